"""Which clips a run can work on, and which settings concern which stage."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from kinepath.io import proposals
from kinepath.io.files import read_json, replacing
from kinepath.workflow.outcome import Ledger
from kinepath.workflow.summary import NOBODY_SEEN

#: What a clip's raw video is read for; with these made, it is needed no more.
FROM_RAW = (
    "results/probe/{clip}.json",
    "results/camera_shots/{clip}.json",
    "results/camera_shots/{clip}.png",
    "results/conformed/{clip}.mp4",
    "results/conformed/{clip}.json",
)
#: Settings of the pose that concern only backends with networks of their own, and those that only
#: concern where a model comes from; the model itself is an input of the rule.
_OF_NETWORKS = ("frames_per_batch", "people_per_batch", "most_people")
_OF_MODEL = ("model_path", "model_sha256")
#: Settings of the smoothing, by the filter that they are for.
_FILTERS = {
    "savitzky_golay": ("smoothing_window_s", "smoothing_order"),
    "butterworth": ("smoothing_cutoff_hz",),
    "none": (),
}


def is_done_with(clip: str, path: str) -> bool:
    """Return whether all that is made from a clip's raw video is there, made from this path."""
    if not all(Path(name.format(clip=clip)).is_file() for name in FROM_RAW):
        return False
    try:
        return bool(read_json(FROM_RAW[0].format(clip=clip))["file"] == path)
    except (ValueError, KeyError, TypeError):
        return False


def absent(paths: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Find the clips whose raw video is not there.

    Parameters
    ----------
    paths : mapping of str to str
        Raw videos, or folders of images, by clip.

    Returns
    -------
    missing : list of str
        Clips that cannot be analysed without it.
    finished : list of str
        Clips whose results from it are there already and stay valid, as with a disk that is
        unplugged.
    """
    gone = [clip for clip, path in paths.items() if not Path(path).exists()]
    finished = [clip for clip in gone if is_done_with(clip, paths[clip])]
    return [clip for clip in gone if clip not in finished], finished


def absences(
    missing: Iterable[str], finished: Iterable[str], paths: Mapping[str, str]
) -> list[str]:
    """Return a line for each clip whose raw video is not there; see :func:`absent`."""
    lines = [f"clip '{clip}': {'; '.join(proposals.missing(paths[clip]))}" for clip in missing]
    lines += [
        f"clip '{clip}': {paths[clip]} is not there now; its finished results are used"
        for clip in finished
    ]
    return lines


def still_unusable(
    ledger: Ledger, identify: Callable[[str], str], clips: Iterable[str]
) -> set[str]:
    """Return the clips that a former run found unusable and that have not changed since."""
    return {
        clip
        for clip in clips
        if clip in ledger.unusable and ledger.unusable[clip] == identify(clip)
    }


def exercise_files(path: Path) -> list[Path]:
    """Return the file of an exercise and, of a variant, that of the exercise that it extends.

    A file that is missing or cannot be read is left to the job that reads it.
    """
    try:
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        base = path.with_name(f"{entry['extends']}.yaml")
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        return [path]
    return [path, base] if base.is_file() else [path]


def tiles(clips: Sequence[str], unseen: Collection[str], most: int) -> list[str]:
    """Choose the clips of a grid, in their order: those in which somebody is seen go first."""
    chosen = sorted(clips, key=lambda clip: clip in unseen)[:most]
    return [clip for clip in clips if clip in chosen]


def unseen(table: str | Path) -> set[str]:
    """Return the clips in which nobody was seen, by a table of :mod:`kinepath.workflow.summary`."""
    try:
        with Path(table).open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        return {row["clip"] for row in rows if row["status"] == NOBODY_SEEN}
    except (OSError, ValueError, KeyError):
        return set()


def clean_settings(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the cleaning without those of filters that are not in use."""
    unused = {
        key for kind, keys in _FILTERS.items() if kind != section["smoothing"] for key in keys
    }
    return {key: value for key, value in section.items() if key not in unused}


def chain_settings(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the chain: the method and its own, not those of the others."""
    method = section["method"]
    return {"method": method, method: section[method]}


def pose_settings(section: Mapping[str, Any], backend: str) -> dict[str, Any]:
    """Return the settings of the pose that concern one backend, but for its networks."""
    others = [key for key, value in section.items() if isinstance(value, dict)]
    unused = {*others, *_OF_MODEL, *(["model"] if backend in others else _OF_NETWORKS)}
    shared = {key: value for key, value in section.items() if key not in unused}
    return {**shared, "backend": backend}


def only(section: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Return some of a section's settings."""
    return {key: section[key] for key in keys}


def link(path: str | Path, name: str, folder: str | Path) -> str:
    """Return a link to a file, for programs that cannot take its own name.

    Parameters
    ----------
    path : path
        The file or folder; it need not exist.
    name : str
        Name of the link, without the file's suffix.
    folder : path
        Where links are kept; it is made. A link that points elsewhere is replaced.
    """
    target = Path(path).absolute()
    place = Path(folder) / f"{name}{target.suffix if '{' not in target.suffix else ''}"
    if not place.is_symlink() or place.readlink() != target:
        place.parent.mkdir(parents=True, exist_ok=True)
        with replacing(place) as temporary:
            temporary.symlink_to(target)
    return str(place)
