"""Draw the skeleton of one clip over its video."""

from typing import Any

from kinepath.drawing.painter import PainterError, read_painter
from kinepath.io.files import read_json
from kinepath.io.video import read_frames, video_writer
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    facts, settings = read_json(snakemake.input.conformed), snakemake.params.settings
    scene = read_painter(
        snakemake.input.poses,
        snakemake.input.bat or None,
        label=snakemake.params.label or snakemake.wildcards.clip,
        trail_s=settings["trail_s"],
    )
    scene.require(facts["frames"])
    with video_writer(
        snakemake.output.video, facts["width"], facts["height"], facts["fps"], crf=settings["crf"]
    ) as writer:
        for picture in read_frames(snakemake.input.video):
            writer.write(scene.paint(picture.image, writer.frames, halo=True))
            if writer.frames % 250 == 0 or writer.frames == facts["frames"]:
                log.info("%d of %d frames", writer.frames, facts["frames"])
        if writer.frames != facts["frames"]:
            raise PainterError(
                f"{snakemake.input.video}: {writer.frames} frames, not {facts['frames']}"
            )
