"""Put all results on one page."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kinepath import sequence
from kinepath.composite import lead
from kinepath.files import read_json
from kinepath.job import running
from kinepath.site import Activity, Clip, Composite, FailedClip, Form, SiteContent, build, gather

snakemake: Any

given = set(snakemake.input)
params = snakemake.params


def shown(paths: Mapping[str, str]) -> dict[str, Path]:
    """Give those of some files that were made."""
    return {what: Path(path) for what, path in paths.items() if path in given}


def failures_of(name: str) -> list[Mapping[str, Any]]:
    return [failure for failure in params.failures if failure["clip"] == name]


def has_card(name: str) -> bool:
    return all(pattern.format(clip=name) in given for pattern in params.card)


def clip(name: str) -> Clip:
    chain = f"results/chain/{name}.json"
    return gather.clip(
        params.rows[name],
        read_json(f"results/camera_shots/{name}.json"),
        read_json(f"results/conformed/{name}.json"),
        sequence.read(f"results/kinematics/{name}.h5", "kinematics"),
        read_json(chain) if chain in given else None,
        videos={
            "video": Path(f"results/conformed/{name}.mp4"),
            "overlay": Path(f"results/overlays/{name}.mp4"),
            "skeleton": Path(f"results/skeletons/{name}.mp4"),
        },
        figures=shown(
            {
                "Movement": f"results/kinematics/{name}.png",
                "Swing": f"results/bat/{name}_swing.png",
                "Kinetic chain": f"results/chain/{name}_corrpath.png",
                "Repetitions": f"results/reps/{name}.png",
            }
        ),
        form=form(name),
        failures=failures_of(name),
    )


def form(name: str) -> Form | None:
    parts = shown(
        {
            "table": f"results/form/{name}.png",
            "drift": f"results/form/{name}_drift.png",
            "video": f"results/form/{name}.mp4",
        }
    )
    found = f"results/form/{name}.json"
    return gather.form(read_json(found), **parts) if len(parts) == 3 and found in given else None


def failed(name: str) -> FailedClip:
    probed = f"results/probe/{name}.json"
    return gather.failed(
        params.rows[name], read_json(probed) if probed in given else None, failures_of(name)
    )


def composite(name: str, members: Iterable[Clip]) -> Composite | None:
    kinds = {"video": "shots", "overlay": "overlays", "skeleton": "skeletons"}
    videos = shown({k: f"results/composites/{name}_{part}.mp4" for k, part in kinds.items()})
    tiles = list(members)
    if not videos:
        return None
    return Composite(
        name=name,
        videos=videos,
        fps=params.composite_fps or max(tile.fps for tile in tiles),
        event_s=lead([tile.event_s for tile in tiles]),
        labels=tuple(tile.label for tile in tiles),
    )


def activity(name: str) -> Activity:
    likeness = shown({w: f"results/pairs/{name}_{w}.png" for w in ("matrix", "map", "tree")})
    return Activity(
        name,
        tuple(clip for clip in clips.values() if clip.activity == name),
        likeness.pop("matrix", None),
        likeness,
    )


with running(snakemake.log[0], "the page") as log:
    clips = {name: clip(name) for name in params.rows if has_card(name)}
    activities = tuple(map(activity, params.activities))
    composites = (
        composite(name, [clips[member] for member in members if member in clips])
        for name, members in params.composites.items()
    )
    facts = [read_json(f"results/conformed/{name}.json") for name in clips]
    content = SiteContent(
        title=params.settings["title"],
        overview=gather.overview(activities, sum(f["frames"] / f["fps"] for f in facts)),
        composites=tuple(filter(None, composites)),
        activities=tuple(each for each in activities if each.clips),
        versions=gather.versions(),
        chains=shown({"chains": "results/chain/summary.png"}).get("chains"),
        failed=tuple(failed(name) for name in params.rows if name not in clips),
    )
    build(content, Path(snakemake.output.page).parent)
    log.info("%d clips, %d failed", len(clips), len(content.failed))
