"""Count the repetitions of one clip in its video."""

from typing import Any

from kinepath.drawing.form_video import Counter
from kinepath.drawing.painter import ClipPainter
from kinepath.form import read_exercise
from kinepath.io import sequence
from kinepath.io.files import read_json
from kinepath.io.video import read_frames, video_writer
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    facts, settings = read_json(snakemake.input.conformed), snakemake.params.settings
    poses = sequence.read(snakemake.input.poses, "poses")
    exercise = read_exercise(snakemake.input.exercise[0], snakemake.params.schema)
    scene = ClipPainter.of(poses, None, label=snakemake.params.label, trail_s=0.0)
    scene.require(facts["frames"])
    counter = Counter.of(scene, poses, read_json(snakemake.input.form), exercise)
    with video_writer(
        snakemake.output.video, facts["width"], facts["height"], facts["fps"], crf=settings["crf"]
    ) as writer:
        for picture in read_frames(snakemake.input.video):
            writer.write(counter.paint(picture.image, writer.frames))
    log.info("%d frames", facts["frames"])
