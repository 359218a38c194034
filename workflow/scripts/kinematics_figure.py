"""Draw the poses, speeds and angles of one clip."""

from typing import Any

from kinepath.drawing.figures import style
from kinepath.drawing.figures.kinematics import draw_kinematics
from kinepath.io import sequence
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'"):
    features = sequence.read(snakemake.input[0], "kinematics")
    style.save(draw_kinematics(features, snakemake.params.label), snakemake.output[0])
