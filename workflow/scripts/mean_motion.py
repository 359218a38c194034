"""Find the mean motion of an activity."""

from typing import Any

from kinepath.align import points_of
from kinepath.align.mean_motion import mean_motion
from kinepath.body.anthropometry import standing_pose
from kinepath.camera import steadied
from kinepath.io import sequence
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"activity '{snakemake.wildcards.activity}'") as log:
    motions, names = {}, []
    sources = zip(
        snakemake.params.clips,
        snakemake.input.clean,
        snakemake.input.camera,
        snakemake.params.mirror,
        strict=True,
    )
    for clip, clean, camera, mirror in sources:
        poses = steadied(sequence.read(clean, "poses"), sequence.read(camera, "camera"))
        motions[clip] = points_of(poses, mirror=mirror)
        names = [str(name) for name in poses["keypoints"].values]
    mean = mean_motion(motions, names, standing_pose(), snakemake.params.correspondence)
    log.info("%d rounds, residual %.3f statures", mean.attrs["rounds"], mean.attrs["residual"])
    if mean.attrs["excluded"]:
        log.warning("not in the mean: %s", mean.attrs["excluded"])
    sequence.write(mean, snakemake.output[0], "mean")
