"""Put all results on one page."""

from pathlib import Path
from typing import Any

from kinepath import sequence
from kinepath.composite import lead
from kinepath.files import read_json
from kinepath.job import running
from kinepath.site import Activity, Clip, Composite, Form, SiteContent, build, gather

snakemake: Any


def clip(name: str) -> Clip:
    row = snakemake.params.rows[name]
    judged = row["implement"]
    return gather.clip(
        row,
        read_json(f"results/camera_shots/{name}.json"),
        read_json(f"results/conformed/{name}.json"),
        sequence.read(f"results/kinematics/{name}.h5", "kinematics"),
        read_json(f"results/chain/{name}.json") if judged else None,
        videos={
            "video": Path(f"results/conformed/{name}.mp4"),
            "overlay": Path(f"results/overlays/{name}.mp4"),
            "skeleton": Path(f"results/skeletons/{name}.mp4"),
        },
        figures=figures(row),
        form=form(name) if row["exercise"] else None,
    )


def figures(row: dict[str, Any]) -> dict[str, Path]:
    name = row["clip"]
    shown = {"Movement": f"results/kinematics/{name}.png"}
    if row["implement"]:
        shown["Swing"] = f"results/bat/{name}_swing.png"
        shown["Kinetic chain"] = f"results/chain/{name}_corrpath.png"
    if row["exercise"]:
        shown["Repetitions"] = f"results/reps/{name}.png"
    return {shows: Path(path) for shows, path in shown.items()}


def form(name: str) -> Form:
    return gather.form(
        read_json(f"results/form/{name}.json"),
        table=Path(f"results/form/{name}.png"),
        drift=Path(f"results/form/{name}_drift.png"),
        video=Path(f"results/form/{name}.mp4"),
    )


def composite(name: str, members: list[Clip]) -> Composite:
    kinds = {"video": "shots", "overlay": "overlays", "skeleton": "skeletons"}
    return Composite(
        name=name,
        videos={
            kind: Path(f"results/composites/{name}_{part}.mp4") for kind, part in kinds.items()
        },
        fps=snakemake.params.composite_fps or max(clip.fps for clip in members),
        event_s=lead([clip.event_s for clip in members]),
        labels=tuple(clip.label for clip in members),
    )


with running(snakemake.log[0], "the page") as log:
    params = snakemake.params
    clips = {name: clip(name) for name in params.rows}
    activities = tuple(
        Activity(
            activity,
            tuple(clip for clip in clips.values() if clip.activity == activity),
            Path(f"results/pairs/{activity}_matrix.png"),
            {what: Path(f"results/pairs/{activity}_{what}.png") for what in ("map", "tree")},
        )
        for activity in params.activities
    )
    facts = [read_json(f"results/conformed/{name}.json") for name in clips]
    content = SiteContent(
        title=params.settings["title"],
        overview=gather.overview(activities, sum(f["frames"] / f["fps"] for f in facts)),
        composites=tuple(
            composite(name, [clips[member] for member in members])
            for name, members in params.composites.items()
        ),
        activities=activities,
        versions=gather.versions(),
        chains=next(map(Path, snakemake.input.chains), None),
    )
    build(content, Path(snakemake.output.page).parent)
    log.info("%d clips, %d composites", len(clips), len(content.composites))
