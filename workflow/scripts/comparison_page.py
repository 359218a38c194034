"""Write a page that shows clips beside each other."""

from pathlib import Path
from typing import Any

import xarray as xr

from kinepath import pairs
from kinepath.drawing.composite import event_in_playback, lead
from kinepath.drawing.naming import names
from kinepath.io import sequence
from kinepath.io.files import read_json
from kinepath.runtime.job import running
from kinepath.site import Comparison, write_comparison
from kinepath.site.label_means import label_means
from kinepath.site.warps import warps_of

snakemake: Any

#: Of each clip its path to so many nearest others is kept.
NEIGHBOURS = 100

name = snakemake.wildcards.name
given = set(snakemake.input)
params = snakemake.params


def motion(clip: str) -> xr.Dataset:
    """Read the kinematics of a clip."""
    return sequence.read(f"results/kinematics/{clip}.h5", "kinematics")


with running(snakemake.log[0], f"the page '{name}'") as log:
    kinds = {"overlay": "overlays", "skeleton": "skeletons", "video": "shots"}
    videos = {kind: f"results/composites/{name}_{part}.mp4" for kind, part in kinds.items()}
    figures = {
        "Distances": f"results/pairs/{name}_matrix.png",
        "Map": f"results/pairs/{name}_map.png",
        "Tree": f"results/pairs/{name}_tree.png",
    }
    conformed = [read_json(f"results/conformed/{clip}.json") for clip in params.tiles]
    shown = params.grid
    events = [
        event_in_playback(shown["by"], motion(clip).attrs, facts)
        for clip, facts in zip(params.tiles, conformed, strict=True)
    ]
    page = Comparison(
        name=name,
        videos={kind: Path(path) for kind, path in videos.items() if path in given},
        fps=shown["fps"] or max((facts["fps"] for facts in conformed), default=0.0),
        event_s=lead(events, shown["ends"]),
        clips=tuple(zip(params.labels, names(params.labels), strict=True)),
        figures={what: Path(path) for what, path in figures.items() if path in given},
    )
    warps, means = {}, {}
    if f"results/pairs/{name}.h5" in given:
        found = pairs.load(f"results/pairs/{name}.h5")
        motions = {clip: motion(clip) for clip in found.clips}
        warps = warps_of(found, motions, params.pairs, NEIGHBOURS)
        templates = sequence.read(f"results/pairs/{name}_templates.h5", "pair-templates")
        means = label_means(templates, found, motions, params.labels, params.pairs)
    write_comparison(page, warps, means, params.settings["title"], "results/site")
    log.info("%d clips", len(page.clips))
