"""Draw the contact sheet of a swing."""

from typing import Any

from kinepath import sequence
from kinepath.events import analysed_contact
from kinepath.figures import style
from kinepath.figures.swing import draw_swing, pictures_of, swing_frames
from kinepath.files import read_json
from kinepath.job import running
from kinepath.video import read_frames

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
