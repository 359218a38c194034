"""Find the bat of one clip."""

from typing import Any

from kinepath.bat import source_shares
from kinepath.bat.detectors import load_detector
from kinepath.bat.tracking import track
from kinepath.io import sequence
from kinepath.io.video import read_frames
from kinepath.runtime.job import running

snakemake: Any

given = snakemake.params
with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    settings = {
        **given.settings,
        **given.implement,
        "stature_m": given.stature_m or given.settings["stature_m"],
        "handed": given.handed,
    }
    bat = track(
        lambda: (frame.image for frame in read_frames(snakemake.input.video)),
        sequence.read(snakemake.input.poses, "poses"),
        sequence.read(snakemake.input.camera, "camera"),
        settings,
        load_detector(settings["detector"]),
    )
    for name, share in source_shares(bat["source"].values).items():
        log.info("%s: %.0f %% of the frames", name, 100 * share)
    if not bat.attrs["usable"]:
        log.warning("%s", bat.attrs["bat_note"])
    sequence.write(bat, snakemake.output[0], "bat")
