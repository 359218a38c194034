"""Draw the warping path of one pair of clips."""

from typing import Any

import numpy as np

from kinepath import pairs, sequence
from kinepath.figures import style
from kinepath.figures.pairs import draw_warping
from kinepath.job import running

snakemake: Any

clips = snakemake.wildcards.a, snakemake.wildcards.b
with running(snakemake.log[0], f"clips '{clips[0]}' and '{clips[1]}'"):
    found = pairs.load(snakemake.input.pairs)
    path = found.path(*clips)
    times = [found.times[found.index(clip)] for clip in clips]
    curves = []
    for source, time in zip(snakemake.input.kinematics, times, strict=True):
        kinematics = sequence.read(source, "kinematics")
        speed = pairs.speed(kinematics)
        curves.append(speed[np.isin(kinematics["time"].values, time)])
    labels = tuple(
        label or clip for label, clip in zip(snakemake.params.labels, clips, strict=True)
    )
    figure = draw_warping(path, times, curves, labels, "speed (statures/s)")
    style.save(figure, snakemake.output[0])
