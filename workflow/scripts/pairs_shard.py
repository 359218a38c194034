"""Compute one job's share of an activity's pairs into the cache."""

from typing import Any

from kinepath import pairs
from kinepath.io import sequence
from kinepath.io.files import write_json
from kinepath.runtime.job import running

snakemake: Any

activity, settings = snakemake.wildcards.activity, snakemake.params.settings
shard = int(snakemake.wildcards.shard), int(snakemake.wildcards.shards)
with running(snakemake.log[0], f"activity '{activity}', shard {shard[0]} of {shard[1]}") as log:
    clips, _ = pairs.usable(
        (
            (clip, sequence.read(path, "kinematics"))
            for clip, path in zip(snakemake.params.clips, snakemake.input.kinematics, strict=True)
        ),
        settings,
    )
    found = pairs.fill(
        clips,
        settings["band"],
        cache=pairs.Cache(snakemake.params.cache, log),
        shard=shard,
        threads=snakemake.threads,
        log=log,
    )
    write_json(snakemake.output[0], {"pairs": len(pairs.shard_keys(found.keys, shard))})
