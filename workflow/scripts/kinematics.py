"""Derive the kinematics of one clip."""

from typing import Any

from kinepath import sequence
from kinepath.job import running
from kinepath.kinematics import kinematics

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    aligned = sequence.read(snakemake.input[0], "aligned")
    features = kinematics(aligned, snakemake.params.height_m)
    log.info("bat speed peak at %s s", features.attrs.get("peak_time_s", "no"))
    sequence.write(features, snakemake.output[0], "kinematics")
