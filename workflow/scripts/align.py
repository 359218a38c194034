"""Bring one clip into the common frame."""

from typing import Any

from kinepath.align import align
from kinepath.body.anthropometry import standing_pose
from kinepath.camera import steadied
from kinepath.io import sequence
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    source, reference = snakemake.input, standing_pose()
    if source.get("reference"):
        poses = sequence.read(source.reference, "poses")
        steady = steadied(poses, sequence.read(source.reference_camera, "camera"))
        placed = align(steady, reference, mirror=snakemake.params.mirror_reference)
        position = placed["position"].isel(individuals=0)
        reference = position.transpose("time", "keypoints", "space").values
    elif source.get("mean"):
        position = sequence.read(source.mean, "mean")["position"]
        reference = position.transpose("phase", "keypoints", "space").values
    camera = sequence.read(source.camera, "camera")
    aligned = align(
        steadied(sequence.read(source.clean, "poses"), camera),
        reference,
        bat=steadied(sequence.read(source.bat, "bat"), camera) if source.bat else None,
        mirror=snakemake.params.mirror,
        correspondence=snakemake.params.correspondence,
    )
    log.info("residual %.3f statures; %s", aligned.attrs["residual"], aligned.attrs["camera"])
    sequence.write(aligned, snakemake.output[0], "aligned")
