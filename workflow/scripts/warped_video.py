"""Show two clips side by side, the second at the pace of the first."""

from typing import Any

import numpy as np

from kinepath import pairs
from kinepath.files import read_json
from kinepath.job import running
from kinepath.pairs.video import partners, write_warped

snakemake: Any

clips = snakemake.wildcards.a, snakemake.wildcards.b
with running(snakemake.log[0], f"clips '{clips[0]}' and '{clips[1]}'") as log:
    found = pairs.load(snakemake.input.pairs)
    other = partners(found.path(*clips))
    facts = [read_json(path) for path in snakemake.input.conformed]
    # Only the frames in which all joints are known were compared.
    frames = [
        np.searchsorted(fact["time_s"], found.times[found.index(clip)] - 1e-6)
        for fact, clip in zip(facts, clips, strict=True)
    ]
    labels = [label or clip for label, clip in zip(snakemake.params.labels, clips, strict=True)]
    write_warped(
        snakemake.output[0],
        snakemake.input.videos,
        [frames[0], frames[1][other]],
        labels,
        fps=facts[0]["fps"],
        **snakemake.params.settings,
    )
    log.info("%d frames", len(other))
