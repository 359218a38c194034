"""Which pages there are, and which files each shows."""

from __future__ import annotations

from typing import Any

from kinepath.workflow import plan
from kinepath.workflow.project import SHOWN, Project

#: What a clip's page rests on; a clip that lacks any of it is a red row of the first page instead.
_BASE = (
    *SHOWN,
    "results/camera_shots/{clip}.json",
    "results/clean/{clip}.h5",
    "results/kinematics/{clip}.png",
)
_OF_IMPLEMENTS = (
    "results/bat/{clip}_swing.png",
    "results/events/{clip}.json",
    "results/chain/{clip}.json",
    "results/chain/{clip}_corrpath.png",
)
_OF_EXERCISES = (
    "results/reps/{clip}.png",
    "results/form/{clip}.json",
    "results/form/{clip}.png",
    "results/form/{clip}_drift.png",
    "results/form/{clip}.mp4",
)


def has_page(project: Project, clip: str) -> bool:
    """Return whether what a clip's page rests on can be made."""
    return all(project.made(part, [clip]) for part in _BASE)


def clip_parts(project: Project, clip: str) -> list[str]:
    """Return all files that a clip's page shows, but for those that cannot be made."""
    parts = [
        *_BASE,
        *(_OF_IMPLEMENTS if project.has_implement(clip) else ()),
        *(_OF_EXERCISES if project.exercise_of(clip) else ()),
    ]
    return project.can_be_made(part.format(clip=clip) for part in parts)


def sheet_row(project: Project, clip: str) -> dict[str, Any]:
    """Return what the pages say of a clip without looking at its results."""
    columns = ("label", "activity", "athlete", "date", "repetitions")
    return {"clip": clip, **plan.only(project.clips[clip], *columns)}


def paired(project: Project) -> list[str]:
    """Return the activities of which two clips or more are compared."""
    return [name for name in project.compared_activities if len(project.compared(name)) > 1]


def tiles_of(project: Project, name: str) -> list[str]:
    """Return the clips in the grid of a page of comparisons; some pages have none."""
    return project.composite_clips(name) if name in project.composites else []


def comparison_clips(project: Project, name: str) -> list[str]:
    """Return the clips that a page of comparisons is about."""
    alike = project.compared(name) if name in paired(project) else []
    return list(dict.fromkeys([*alike, *tiles_of(project, name)]))


def comparison_parts(project: Project, name: str) -> list[str]:
    """Return all files that a page of comparisons shows, but for those that cannot be made."""
    parts = []
    if name in project.composites:
        parts += [
            f"results/composites/{name}_{kind}.mp4" for kind in ("shots", "skeletons", "overlays")
        ]
        for pattern in ("results/kinematics/{clip}.h5", "results/conformed/{clip}.json"):
            parts += project.per_clip(pattern, project.composite_clips(name))
    if name in paired(project):
        parts += [f"results/pairs/{name}.h5", f"results/pairs/{name}_templates.h5"]
        parts += [f"results/pairs/{name}_{figure}.png" for figure in ("matrix", "map", "tree")]
        parts += project.kinematics_of(name)
    return project.can_be_made(dict.fromkeys(parts))


def comparisons(project: Project) -> list[str]:
    """Return the pages of comparisons that can be made."""
    return [
        name
        for name in dict.fromkeys([*project.composites, *paired(project)])
        if f"results/site/comparisons/{name}.html" not in project.unmade
    ]
