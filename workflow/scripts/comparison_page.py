"""Write a page that shows clips beside each other."""

from pathlib import Path
from typing import Any

from kinepath import pairs, sequence
from kinepath.composite import lead, playback_time
from kinepath.files import read_json
from kinepath.job import running
from kinepath.site import Comparison, write_comparison
from kinepath.site.warps import warps_of

snakemake: Any

#: Of each clip its path to so many nearest others is kept.
NEIGHBOURS = 100

name = snakemake.wildcards.name
given = set(snakemake.input)
params = snakemake.params


def event(clip: str) -> float | None:
    """Return the playback time of a clip's contact."""
    contact = sequence.read(f"results/kinematics/{clip}.h5", "kinematics").attrs.get("contact_s")
    facts = read_json(f"results/conformed/{clip}.json")
    return None if contact is None else playback_time(facts["time_s"], contact, facts["fps"])


with running(snakemake.log[0], f"the page '{name}'") as log:
    kinds = {"overlay": "overlays", "skeleton": "skeletons", "video": "shots"}
    videos = {kind: f"results/composites/{name}_{part}.mp4" for kind, part in kinds.items()}
    figures = {
        "Distances": f"results/pairs/{name}_matrix.png",
        "Map": f"results/pairs/{name}_map.png",
        "Tree": f"results/pairs/{name}_tree.png",
    }
    rates = [read_json(f"results/conformed/{clip}.json")["fps"] for clip in params.tiles]
    page = Comparison(
        name=name,
        videos={kind: Path(path) for kind, path in videos.items() if path in given},
        fps=params.fps or max(rates, default=0.0),
        event_s=lead([event(clip) for clip in params.tiles]) if params.tiles else None,
        clips=tuple(params.labels.items()),
        figures={what: Path(path) for what, path in figures.items() if path in given},
    )
    warps = {}
    if f"results/pairs/{name}.h5" in given:
        found = pairs.load(f"results/pairs/{name}.h5")
        motions = {
            clip: sequence.read(f"results/kinematics/{clip}.h5", "kinematics")
            for clip in found.clips
        }
        warps = warps_of(found, motions, params.pairs, NEIGHBOURS)
    write_comparison(page, warps, params.settings["title"], "results/site")
    log.info("%d clips", len(page.clips))
