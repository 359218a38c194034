"""Put the videos of several clips side by side."""

from pathlib import Path
from typing import Any

from kinepath import sequence
from kinepath.composite import Tile, event_in_playback, grid
from kinepath.files import read_json
from kinepath.job import running

snakemake: Any

with running(snakemake.log[0], f"composite '{snakemake.wildcards.name}'") as log:
    settings = snakemake.params.settings
    tiles = []
    for video, kinematics, conformed, label in zip(
        snakemake.input.videos,
        snakemake.input.kinematics,
        snakemake.input.conformed,
        snakemake.params.labels,
        strict=True,
    ):
        facts = read_json(conformed)
        event = event_in_playback(
            settings["by"], sequence.read(kinematics, "kinematics").attrs, facts
        )
        if event is None:
            log.info("%s: no stroke; starts with the grid", facts["clip"])
        else:
            log.info("%s: %s %.3f s after the start", facts["clip"], settings["by"], event)
        tiles.append(Tile(Path(video), label, event))
    grid(
        tiles,
        snakemake.output[0],
        columns=settings["columns"],
        tile_width=settings["tile_width"],
        tile_height=settings["tile_height"],
        fps=settings["fps"],
        ends=settings["ends"],
        crf=settings["crf"],
    )
    log.info("%d tiles written", len(tiles))
