"""Draw the contact sheet of a swing."""

from typing import Any

from kinepath.drawing.figures import style
from kinepath.drawing.figures.swing import draw_swing, pictures_of, swing_frames
from kinepath.events import analysed_contact
from kinepath.io import sequence
from kinepath.io.files import read_json
from kinepath.io.video import read_frames
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'"):
    bat = sequence.read(snakemake.input.bat, "bat")
    poses = sequence.read(snakemake.input.poses, "poses")
    contact = analysed_contact(read_json(snakemake.input.events))
    frames = swing_frames(bat, contact["time_s"] if contact else None)
    images = (frame.image for frame in read_frames(snakemake.input.video))
    pictures = pictures_of(images, frames)
    style.save(
        draw_swing(pictures, frames, bat, poses, snakemake.params.label), snakemake.output[0]
    )
