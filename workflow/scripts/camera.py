"""Find how the camera of one clip moved."""

from typing import Any

from kinepath.camera import estimate, working_size
from kinepath.io import sequence
from kinepath.io.files import read_json
from kinepath.io.video import read_grey
from kinepath.runtime.job import running

snakemake: Any

settings = snakemake.params.settings
with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    poses = sequence.read(snakemake.input.poses, "poses")
    size = poses.attrs["frame_width"], poses.attrs["frame_height"]
    camera = estimate(
        read_grey(snakemake.input.video, working_size(*size, settings["width"])),
        poses,
        size,
        read_json(snakemake.input.facts)["cuts_s"],
        settings,
    )
    log.info("%s, %d shots", camera.attrs["verdict"], camera.attrs["shots"])
    if "note" in camera.attrs:
        log.warning("%s", camera.attrs["note"])
    sequence.write(camera, snakemake.output[0], "camera")
