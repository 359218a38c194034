"""Draw the skeleton of one clip on a dark ground."""

from typing import Any

from kinepath.drawing.painter import read_painter
from kinepath.drawing.text import canvas
from kinepath.io.files import read_json
from kinepath.io.video import video_writer
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
    ground = canvas(facts["width"], facts["height"])
    with video_writer(
        snakemake.output.video, facts["width"], facts["height"], facts["fps"], crf=settings["crf"]
    ) as writer:
        for frame in range(facts["frames"]):
            writer.write(scene.paint(ground.copy(), frame))
            if writer.frames % 250 == 0 or writer.frames == facts["frames"]:
                log.info("%d of %d frames", writer.frames, facts["frames"])
