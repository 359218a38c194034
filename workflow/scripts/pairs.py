"""Compare the clips of one activity."""

from typing import Any

from kinepath import pairs
from kinepath.io import sequence
from kinepath.runtime.job import running

snakemake: Any

activity, settings = snakemake.wildcards.activity, snakemake.params.settings
with running(snakemake.log[0], f"activity '{activity}'") as log:
    clips, excluded = pairs.usable(
        (
            (clip, sequence.read(path, "kinematics"))
            for clip, path in zip(snakemake.params.clips, snakemake.input.kinematics, strict=True)
        ),
        settings,
    )
    for clip, reason in excluded.items():
        log.warning("clip %r is left out: %s", clip, reason)
    for clip, part in clips.items():
        if part.unseen:
            log.warning("clip %r is compared without %s: not seen", clip, ", ".join(part.unseen))
    found = pairs.compare(
        clips,
        settings["band"],
        excluded=excluded,
        cache=pairs.Cache(snakemake.params.cache, log),
        threads=snakemake.threads,
        log=log,
    )
    attrs = {"activity": activity, "parameters": sequence.with_parameters({}, "pairs", settings)}
    pairs.save(found, snakemake.output[0], attrs)
