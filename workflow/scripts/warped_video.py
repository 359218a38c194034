"""Show two clips side by side, the second at the pace of the first."""

from typing import Any

from kinepath import pairs
from kinepath.drawing.pair_video import frames_in_phase, write_warped
from kinepath.io.files import read_json
from kinepath.runtime.job import running

snakemake: Any

clips = snakemake.wildcards.a, snakemake.wildcards.b
with running(snakemake.log[0], f"clips '{clips[0]}' and '{clips[1]}'") as log:
    found = pairs.load(snakemake.input.pairs)
    facts = [read_json(path) for path in snakemake.input.conformed]
    times = {clip: fact["time_s"] for clip, fact in zip(clips, facts, strict=True)}
    frames = frames_in_phase(found, clips, times)
    labels = [label or clip for label, clip in zip(snakemake.params.labels, clips, strict=True)]
    write_warped(
        snakemake.output[0],
        snakemake.input.videos,
        [frames[clip] for clip in clips],
        labels,
        fps=facts[0]["fps"],
        **snakemake.params.settings,
    )
    log.info("%d frames", len(frames[clips[0]]))
