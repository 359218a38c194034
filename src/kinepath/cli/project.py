"""A project: a folder with a sheet of clips, a short configuration and a Snakefile of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import yaml

from kinepath.errors import KinepathError
from kinepath.io.files import replacing
from kinepath.io.sheet import column_name, values
from kinepath.io.sheet.table import append, is_workbook, read_table
from kinepath.settings import completed, defaults
from kinepath.workflow import HOME

SHEET, CONFIGURATION = Path("config/clips.tsv"), Path("config/config.yaml")
COLUMNS = (
    *("clip", "path", "activity", "label", "date", "athlete", "height_m", "handed", "start_s"),
    *("end_s", "contact_s", "repetitions", "subject", "view", "fps"),
    *("file_fps", "length_s", "notes"),
)
_SNAKEFILE = """\
from kinepath.workflow import SNAKEFILE


configfile: "config/config.yaml"


module kinepath:
    snakefile:
        SNAKEFILE
    config:
        config


use rule * from kinepath
"""
_CONFIGURATION = """\
# What is set here goes before the defaults; `kinepath settings` lists these, each explained.
sheet: config/clips.tsv   # the table of clips; .csv and .xlsx work too

site:
  title: {title}

# pose: {{device: auto}}    # auto, cpu or cuda
# composites:
#   grids: {{best: [clip_1, clip_2]}}   # videos side by side, in step at contact
#   montages: {{may: {{clips: [clip_1, clip_2]}}}}   # one after another
# activities:             # more of them: what is swung, or what is repeated
#   pull_shot: {{implement: cricket_bat}}
"""
#: Words in names of files and folders, and the activity that they speak for.
_WORDS = {
    "batting": "cricket batting batter batsman bat drive hook pull cut sweep scoop glance nets",
    "baseball": "baseball softball",
    "tennis": "tennis serve forehand backhand",
    "golf": "golf driver iron",
    "barbell_squat": "barbellsquat",
    "squat": "squat squats",
    "deadlift": "deadlift deadlifts",
    "bench_press": "bench benchpress",
    "biceps_curl": "curl curls biceps bicep",
    "push_up": "pushup pushups",
    "lateral_raise": "lateral raise raises",
    "kettlebell_swing": "kettlebell",
}
USUAL = "batting"
_DATE = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")


class ProjectError(KinepathError):
    """A folder that is no project, or cannot become one."""


@dataclass(frozen=True)
class Video:
    """What a video says of itself, and what may be done in it.

    Parameters
    ----------
    path : path
        The file.
    clip : str
        Name for the sheet.
    activity : str
        What the names of file and folder speak for, or what was asked for.
    guessed : bool
        Whether they speak for nothing, so that the usual one was taken.
    date : str or None
        When it was filmed, year-month-day: by the container, or by the file's name.
    fps, duration_s : float or None
        As the container states them, hertz and seconds.
    """

    path: Path
    clip: str
    activity: str
    guessed: bool
    date: str | None
    fps: float | None
    duration_s: float | None


def look_at(
    paths: Iterable[Path], taken: Iterable[str] = (), activity: str | None = None
) -> tuple[list[Video], list[str]]:
    """Look at videos without decoding them.

    Parameters
    ----------
    paths : iterable of path
        The files.
    taken : iterable of str
        Names of clips that are used already.
    activity : str, optional
        What is done in all of them; else it is proposed for each.

    Returns
    -------
    videos : list of Video
        Those that can be opened.
    faults : list of str
        What is wrong with the other files.

    Raises
    ------
    ProjectError
        Naming every fault, if no file is a video.
    """
    names, found, faults = {name.lower() for name in taken}, [], []
    for path in paths:
        try:
            values.path(str(path))
            facts = _facts(path)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            faults.append(f"{path}: {getattr(error, 'strerror', None) or error}")
            continue
        proposed = propose(path)
        clip = _unused(path.stem, names)
        names.add(clip.lower())
        found.append(
            Video(path, clip, activity or proposed or USUAL, not (activity or proposed), *facts)
        )
    if not found:
        raise ProjectError("\n".join(faults), remedy="give videos that can be opened")
    return found, faults


def propose(path: Path) -> str | None:
    """Propose what is done in a video from the words of its name and of its folder's.

    >>> propose(Path("clips/Cover_Drive-2.mp4")), propose(Path("gym/IMG_0001.MOV"))
    ('batting', None)
    """
    for text in (path.stem, path.absolute().parent.name):
        words = re.findall(r"[a-z]+", text.lower())
        joined = "".join(words)
        for activity in _WORDS:
            if activity.replace("_", "") in joined:
                return activity
        for activity, known in _WORDS.items():
            if set(words) & set(known.split()):
                return activity
    return None


def initialise(folder: Path, videos: Sequence[Video]) -> None:
    """Make a project.

    Raises
    ------
    ProjectError
        If the folder holds a project already.
    """
    if (folder / "Snakefile").exists() or (folder / SHEET).exists():
        raise ProjectError(f"{folder}: there is a project already", remedy="kinepath add VIDEO...")
    (folder / "config").mkdir(parents=True, exist_ok=True)
    for profile in ("default", "slurm"):
        shutil.copytree(
            HOME / "profiles" / profile, folder / "profiles" / profile, dirs_exist_ok=True
        )
    title = (
        re.sub(r"[_-]+", " ", folder.absolute().name).strip().capitalize() or "Movement analysis"
    )
    _write(folder / "Snakefile", _SNAKEFILE)
    _write(folder / CONFIGURATION, _CONFIGURATION.format(title=_quoted(title)))
    _write(folder / SHEET, "\t".join(COLUMNS) + "\n")
    append(folder / SHEET, [list(_row(video, folder).values()) for video in videos])


def add(folder: Path, videos: Sequence[Video]) -> list[Video]:
    """Append videos to the sheet of a project; those that are in it already are passed over.

    What is known of a video for which the sheet has no column is left out.

    Returns
    -------
    list of Video
        Those that were added.

    Raises
    ------
    ProjectError
        If the sheet is a workbook, naming the rows to paste into it.
    """
    header, rows = sheet_of(folder)
    known = {(folder / values.path(row["path"])).resolve() for row in rows if row.get("path")}
    new = [video for video in videos if video.path.resolve() not in known]
    added = [_row(video, folder) for video in new]
    cells = [[row.get(name, "") for name in header] for row in added]
    path = _sheet_path(folder)
    if new and is_workbook(path):
        lines = "\n".join("\t".join(row) for row in cells)
        raise ProjectError(
            f"{path}: a workbook, which is not written to",
            remedy=f"paste these rows into it:\n{lines}",
        )
    if new:
        append(path, cells)
    return new


def sheet_of(folder: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Read the sheet of a project: its columns and its rows, as text.

    Raises
    ------
    ProjectError
        If the folder is no project.
    SheetError
        If the sheet cannot be read.
    """
    if not (folder / "Snakefile").is_file() or not (folder / CONFIGURATION).is_file():
        raise ProjectError(
            f"{folder.absolute()}: no project here ({CONFIGURATION} and Snakefile are wanted)",
            remedy="change to the project's folder, or make one: kinepath init FOLDER VIDEO...",
        )
    path = _sheet_path(folder)
    lines = [cells for _, cells in read_table(path)]
    if not lines:
        raise ProjectError(
            f"{path}: the sheet is empty", remedy=f"give it the header {' '.join(COLUMNS[:3])}"
        )
    header = [column_name(name, COLUMNS) for name in lines[0]]
    return header, [dict(zip(header, cells, strict=False)) for cells in lines[1:]]


def settings_of(folder: Path) -> dict[str, Any]:
    """Return all settings of a project: its own, and the defaults of the others.

    Raises
    ------
    ProjectError
        If its configuration is no YAML, naming the line.
    """
    path = folder / CONFIGURATION
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}:" if mark else ""
        problem = getattr(error, "problem", None) or "no YAML"
        raise ProjectError(
            f"{path}:{line} {problem}",
            remedy="look at blanks, colons and quotes there and in the line before",
        ) from None
    if not isinstance(given, dict | None):
        raise ProjectError(f"{path}: no keys with values in it", remedy="write key: value")
    return completed(given or {}, defaults(HOME))


def _sheet_path(folder: Path) -> Path:
    return folder / str(settings_of(folder)["sheet"])


def _facts(path: Path) -> tuple[str | None, float | None, float | None]:
    with av.open(f"file:{path}") as container:
        if not container.streams.video:
            raise ValueError("holds no video")
        stream = container.streams.video[0]
        made = str(container.metadata.get("creation_time", ""))
        rate = float(stream.average_rate) if stream.average_rate else None
        length = container.duration / av.time_base if container.duration else None
    found = _DATE.search(made) or _DATE.search(path.stem)
    return ("-".join(found.groups()) if found else None), rate, length


def _unused(stem: str, names: Iterable[str]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", stem).strip("_-")[:90] or "clip"
    plain = f"{plain}_clip" if plain.lower() == "summary" else plain
    taken, name, number = set(names), plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain}_{number}"
    return name


def _row(video: Video, folder: Path) -> dict[str, str]:
    path = video.path.resolve()
    home = folder.resolve()
    shown = path.relative_to(home) if path.is_relative_to(home) else path
    row = dict.fromkeys(COLUMNS, "")
    return row | {
        "clip": video.clip,
        "path": str(shown),
        "activity": video.activity,
        "date": video.date or "",
        "file_fps": f"{video.fps:.6g}" if video.fps else "",
        "length_s": f"{video.duration_s:.2f}" if video.duration_s else "",
        "notes": "the activity is a guess: check it" if video.guessed else "",
    }


def _write(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
