"""Draw the warping path of one pair of clips, and tell where they differ."""

from typing import Any

import numpy as np

from kinepath import pairs
from kinepath.drawing.figures import style
from kinepath.drawing.figures.pairs import draw_warping
from kinepath.io import sequence
from kinepath.io.files import write_json
from kinepath.pairs import shares
from kinepath.runtime.job import running

snakemake: Any

clips = snakemake.wildcards.a, snakemake.wildcards.b
with running(snakemake.log[0], f"clips '{clips[0]}' and '{clips[1]}'"):
    found = pairs.load(snakemake.input.pairs)
    path = found.path(*clips)
    motions = [sequence.read(source, "kinematics") for source in snakemake.input.kinematics]
    first, second = (pairs.features(motion, snakemake.params.settings) for motion in motions)
    times = (first.time, second.time)
    quantity, speeds = pairs.speeds(motions)
    curves = [
        curve[np.isin(motion["time"].values, time)]
        for curve, motion, time in zip(speeds, motions, times, strict=True)
    ]
    cost = shares.cost_by_group(first, second, path)
    told = shares.told(cost, path, first.time, shares.phases(first.time, curves[0]))
    hidden = {clip: list(part.unseen) for clip, part in zip(clips, (first, second), strict=True)}
    told["share_compared"] = pairs.shared(first, second)[1]
    write_json(snakemake.output.shares, {"clips": list(clips), "unseen": hidden} | told)
    labels = tuple(
        label or clip for label, clip in zip(snakemake.params.labels, clips, strict=True)
    )
    figure = draw_warping(
        path,
        times,
        curves,
        labels,
        f"speed of the {quantity} (statures/s)",
        shares.along_first(cost, path),
    )
    style.save(figure, snakemake.output.png)
