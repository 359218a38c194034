"""Compare the clips of one activity."""

from typing import Any

from kinepath import pairs, sequence
from kinepath.figures import style
from kinepath.figures.pairs import draw_matrix
from kinepath.job import running

snakemake: Any

activity, settings = snakemake.wildcards.activity, snakemake.params.settings
with running(snakemake.log[0], f"activity '{activity}'") as log:
    names = snakemake.params.clips
    found = pairs.compare(
        {
            clip: sequence.read(path, "kinematics")
            for clip, path in zip(names, snakemake.input, strict=True)
        },
        settings,
    )
    for clip, reason in found.excluded.items():
        log.warning("clip %r is left out: %s", clip, reason)
    attrs = {"activity": activity, "parameters": sequence.with_parameters({}, "pairs", settings)}
    pairs.save(found, snakemake.output.pairs, attrs)
    labels = {
        clip: label or clip for clip, label in zip(names, snakemake.params.labels, strict=True)
    }
    style.save(draw_matrix(found, activity, labels), snakemake.output.matrix)
