"""The content of the pages, in words and numbers, before it becomes HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Names of the three videos of a clip or a grid on the page, in order.
KINDS = {"overlay": "Overlay", "skeleton": "Skeleton", "video": "Original"}
#: Name of the video that counts repetitions.
COUNTED = {"form": "Repetitions"}


@dataclass(frozen=True)
class Form:
    """The report on the repetitions of an exercise.

    Parameters
    ----------
    headline : str
        Their number, and the set's score.
    scored : bool
        Whether there is a score, covering most of the points.
    sentences : tuple of str
        What was missed, when, by how much and with what certainty; what could not be assessed.
    repetitions : tuple of mapping
        For each: ``number``, ``start_s`` and ``end_s`` (clock of the raw video), ``complete``,
        ``score`` (words) and ``verdicts``, (metric, words, verdict) of each metric.
    table, drift : path
        Figures: the repetitions by metric, and the change over the set.
    video : path
        The video with the counter.
    warnings : tuple of str
        What a reader must know first.
    """

    headline: str
    scored: bool
    sentences: tuple[str, ...]
    repetitions: tuple[Mapping[str, Any], ...]
    table: Path
    drift: Path
    video: Path
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clip:
    """The page of one clip.

    Parameters
    ----------
    name : str
        Name in the sheet, ``[A-Za-z0-9_-]+``.
    label, activity : str
        Any text; shown as it is.
    videos : mapping of str to path
        Videos by kind, see :data:`KINDS`.
    fps : float
        Frame rate of the videos, hertz.
    start_s : float
        Time of their first frame on the clock of the results, seconds.
    raw_start_s, raw_pace : float
        The same on a player's clock of the raw video, and the rate of that clock relative to the
        videos': not 1 in slow motion whose true rate the sheet states. The sheet's times use it.
    size : (int, int)
        Width and height of the upright raw video, pixels: the coordinates of the sheet's boxes.
    height_m : float or None
        The athlete's height, where speeds are in metres.
    event_s : float or None
        Playback time of the event at which videos are synchronised; None: their start.
    athlete, date : str or None
        The athlete, and the date of recording.
    facts : tuple of (str, str)
        Terms and their values.
    warnings, remarks : tuple of str
        Doubts about the results, and irregularities of the video file or the method.
    sources : mapping of str to float
        Fraction of frames, 0 to 1, of each source of the implement's position; empty without one.
    verdict, reason : str or None
        The result on the sequence, in a few words, and the reason.
    found : bool
        Whether a sequence was found.
    mirrored : bool
        Whether it is a left-hander's, mirrored for comparisons.
    figures : mapping of str to path
        Figures by their content, in plain words.
    form : Form or None
        The repetitions, where the activity is an exercise.
    data : mapping of str to path
        Files for download, by their name beside the page.
    corrections : str
        The sheet's corrections of its repetitions, as written there.
    """

    name: str
    label: str
    activity: str
    videos: Mapping[str, Path]
    fps: float
    start_s: float = 0.0
    raw_start_s: float = 0.0
    raw_pace: float = 1.0
    size: tuple[int, int] = (0, 0)
    height_m: float | None = None
    event_s: float | None = None
    athlete: str | None = None
    date: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    sources: Mapping[str, float] = field(default_factory=dict)
    verdict: str | None = None
    found: bool = False
    mirrored: bool = False
    reason: str | None = None
    figures: Mapping[str, Path] = field(default_factory=dict)
    form: Form | None = None
    data: Mapping[str, Path] = field(default_factory=dict)
    corrections: str = ""


@dataclass(frozen=True)
class FailedClip:
    """A clip without results.

    Parameters
    ----------
    name : str
        Name in the sheet, ``[A-Za-z0-9_-]+``.
    label, activity : str
        Any text; shown as it is.
    stage : str
        The stage that failed.
    cause, remedy : str
        What is wrong, and what can be done about it.
    log : str or None
        The log with details.
    athlete, date : str or None
        From the sheet.
    """

    name: str
    label: str
    activity: str
    stage: str
    cause: str
    remedy: str
    log: str | None = None
    athlete: str | None = None
    date: str | None = None


@dataclass(frozen=True)
class Comparison:
    """A page that shows clips side by side.

    Parameters
    ----------
    name : str
        Of the activity or the grid.
    videos : mapping of str to path
        The grid by kind; empty where there is none.
    fps : float
        Frame rate of the grid, hertz.
    event_s : float or None
        Playback time at which all clips of the grid reach their event, seconds.
    clips : tuple of (str, str)
        Name and label of each clip that is shown or compared.
    figures : mapping of str to path
        Figures of the clips' similarity, by their content.
    """

    name: str
    videos: Mapping[str, Path]
    fps: float
    event_s: float | None
    clips: tuple[tuple[str, str], ...]
    figures: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Index:
    """The first page: all clips in a table.

    Parameters
    ----------
    title : str
        Heading of all pages.
    records : tuple of mapping
        A row of the table for each clip with a page, from :func:`kinepath.site.gather.record`.
    failed : tuple of FailedClip
        Clips without a page.
    comparisons : tuple of (str, int)
        Name and number of clips of each page of comparisons.
    versions : mapping of str to str
        Programs and their versions.
    figures : mapping of str to path
        Figures on all clips together, by their content.
    montages : tuple of (str, path)
        Titles and videos of montages.
    """

    title: str
    records: tuple[Mapping[str, Any], ...]
    failed: tuple[FailedClip, ...]
    comparisons: tuple[tuple[str, int], ...]
    versions: Mapping[str, str]
    figures: Mapping[str, Path] = field(default_factory=dict)
    montages: tuple[tuple[str, Path], ...] = ()
