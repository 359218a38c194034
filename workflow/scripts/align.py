"""Bring one clip into the common frame."""

from typing import Any

from kinepath import sequence
from kinepath.align import align
from kinepath.job import running
from kinepath.synth.anthropometry import standing_pose

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    reference = standing_pose()
    if snakemake.input.reference:
        clip = sequence.read(snakemake.input.reference, "poses")
        placed = align(clip, reference, mirror=snakemake.params.mirror_reference)
        position = placed["position"].isel(individuals=0)
        reference = position.transpose("time", "keypoints", "space").values
    aligned = align(
        sequence.read(snakemake.input.clean, "poses"),
        reference,
        bat=sequence.read(snakemake.input.bat, "bat") if snakemake.input.bat else None,
        mirror=snakemake.params.mirror,
    )
    log.info("residual %.3f statures", aligned.attrs["residual"])
    sequence.write(aligned, snakemake.output[0], "aligned")
