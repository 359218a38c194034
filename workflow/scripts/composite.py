"""Put the videos of several clips side by side."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kinepath import pairs
from kinepath.drawing.composite import CompositeError, Tile, event_in_playback, grid, retimed
from kinepath.drawing.pair_video import frames_in_phase
from kinepath.io import sequence
from kinepath.io.files import read_json
from kinepath.runtime.job import running

snakemake: Any

params, step = snakemake.params, snakemake.params.step
videos = dict(zip(params.clips, map(Path, snakemake.input.videos), strict=True))
labels = dict(zip(params.clips, params.labels, strict=True))
conformed = dict(zip(params.clips, snakemake.input.conformed, strict=True))
kinematics = dict(zip(params.clips, snakemake.input.kinematics, strict=True))

with (
    running(snakemake.log[0], f"composite '{snakemake.wildcards.name}'") as log,
    TemporaryDirectory() as folder,
):
    facts = {clip: read_json(path) for clip, path in conformed.items()}
    clips = list(params.clips)
    if step["by"] == "phase":
        found = pairs.load(snakemake.input.pairs)
        for clip in [clip for clip in clips if clip not in found.clips]:
            log.warning("%s: not in the grid: %s", clip, found.excluded.get(clip, "not compared"))
            clips.remove(clip)
        if len(clips) < 2:
            raise CompositeError(
                f"{snakemake.wildcards.name}: a grid in step by phase needs two clips that can be"
                " compared",
                remedy="choose others, or set `by` of this grid to contact or start",
            )
        shown = frames_in_phase(found, clips, {clip: facts[clip]["time_s"] for clip in clips})
        for clip, frames in shown.items():
            output = Path(folder, f"{clip}.mp4")
            retimed(videos[clip], frames, output, facts[clips[0]]["fps"])
            videos[clip] = output
    tiles = []
    for clip in clips:
        attrs = sequence.read(kinematics[clip], "kinematics").attrs
        event = event_in_playback(step["by"], attrs, facts[clip])
        if event is None:
            log.info("%s: no stroke; starts with the grid", clip)
        else:
            log.info("%s: %s %.3f s after the start", clip, step["by"], event)
        tiles.append(Tile(videos[clip], labels[clip], event))
    grid(
        tiles,
        snakemake.output[0],
        columns=step["columns"],
        ends=step["ends"],
        **params.settings,
    )
    log.info("%d tiles written", len(tiles))
