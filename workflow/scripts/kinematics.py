"""Derive the kinematics of one clip."""

from typing import Any

from kinepath.io import sequence
from kinepath.io.files import read_json
from kinepath.kinematics import kinematics
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    features = kinematics(
        sequence.read(snakemake.input.aligned, "aligned"),
        snakemake.params.height_m,
        sequence.read(snakemake.input.clean, "poses"),
        read_json(snakemake.input.events) if snakemake.input.events else None,
    )
    log.info("speed peak at %s s", features.attrs.get("peak_time_s", "no"))
    log.info("%s", features.attrs.get("peak_reason", "no peak"))
    sequence.write(features, snakemake.output[0], "kinematics")
