"""The page: all results of a run in one folder that opens from disk, offline."""

from __future__ import annotations

import base64
import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from kinepath.files import replacing
from kinepath.site.poster import poster

#: What the three videos of a clip or a composite are called on the page, in their order.
KINDS = {"video": "Video", "overlay": "Overlay", "skeleton": "Skeleton"}
#: What the video that counts repetitions is called.
COUNTED = {"form": "Repetitions"}


@dataclass(frozen=True)
class Form:
    """What is told of the repetitions of an exercise.

    Parameters
    ----------
    headline : str
        How many there are, and the set's score.
    scored : bool
        Whether there is a score.
    sentences : tuple of str
        What was missed, when, by how much and how sure; what could not be judged.
    table, drift : path
        Pictures: the repetitions by metric, and the change over the set.
    video : path
        The video with the counter.
    warnings : tuple of str
        What a reader must know first.
    """

    headline: str
    scored: bool
    sentences: tuple[str, ...]
    table: Path
    drift: Path
    video: Path
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clip:
    """The card of one clip.

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
    event_s : float or None
        Playback time of the event that videos are synchronised at; None: their start.
    athlete : str or None
        Who is seen.
    facts : tuple of (str, str)
        Terms and their values.
    warnings : tuple of str
        What is wrong with the clip or missing from its results.
    bat_sources : mapping of str to float
        Share of frames, 0 to 1, of each source of the bat's position; empty without a bat.
    verdict : str or None
        What was found of the kinetic chain, in a few words.
    found : bool
        Whether a kinetic chain was found.
    short : bool
        Whether it was followed to the hands only, for want of a bat.
    reason : str or None
        Why.
    figures : mapping of str to path
        Pictures by what they show, in plain words.
    form : Form or None
        The repetitions, where the activity is an exercise.
    """

    name: str
    label: str
    activity: str
    videos: Mapping[str, Path]
    fps: float
    event_s: float | None = None
    athlete: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    bat_sources: Mapping[str, float] = field(default_factory=dict)
    verdict: str | None = None
    found: bool = False
    short: bool = False
    reason: str | None = None
    figures: Mapping[str, Path] = field(default_factory=dict)
    form: Form | None = None


@dataclass(frozen=True)
class FailedClip:
    """A clip of which nothing can be shown.

    Parameters
    ----------
    name : str
        Name in the sheet, ``[A-Za-z0-9_-]+``.
    label, activity : str
        Any text; shown as it is.
    stage : str
        The stage that failed.
    cause, remedy : str
        What is wrong, and what to do about it.
    log : str or None
        Where more is said.
    """

    name: str
    label: str
    activity: str
    stage: str
    cause: str
    remedy: str
    log: str | None = None


@dataclass(frozen=True)
class Composite:
    """A grid of clips in its three kinds; parameters as for :class:`Clip`."""

    name: str
    videos: Mapping[str, Path]
    fps: float
    event_s: float | None
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Activity:
    """An activity: its clips, in their order, and how alike they are.

    Parameters
    ----------
    name : str
        As in the configuration.
    clips : tuple of Clip
        In their order.
    matrix : path or None
        Picture of all distances between them.
    pictures : mapping of str to path
        More pictures of how alike they are, by what they show.
    """

    name: str
    clips: tuple[Clip, ...]
    matrix: Path | None = None
    pictures: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteContent:
    """All that the page shows.

    Parameters
    ----------
    title : str
        Heading of the page.
    overview : tuple of (str, str)
        Figures of the whole run and what they are.
    composites, activities
        Shown in this order.
    versions : mapping of str to str
        Programs and their versions.
    chains : path or None
        Picture of the kinetic chains of all clips together.
    failed : tuple of FailedClip
        Told of first.
    """

    title: str
    overview: tuple[tuple[str, str], ...]
    composites: tuple[Composite, ...]
    activities: tuple[Activity, ...]
    versions: Mapping[str, str]
    chains: Path | None = None
    failed: tuple[FailedClip, ...] = ()


def build(content: SiteContent, folder: str | Path) -> Path:
    """Write the page and copy all that it shows beside it.

    Parameters
    ----------
    content : SiteContent
        Its texts may be anything; the page shows them literally.
    folder : path
        Gets ``index.html`` and ``media/``; media that are no longer shown are removed.

    Returns
    -------
    Path
        The page.
    """
    folder = Path(folder)
    media = folder / "media"
    shutil.rmtree(media, ignore_errors=True)
    media.mkdir(parents=True)

    def keep(source: Path, name: str) -> str:
        shutil.copyfile(source, media / name)
        return f"media/{name}"

    def still(source: Path, name: str, at_s: float) -> str | None:
        picture = poster(source, at_s)
        if picture is not None:
            (media / name).write_bytes(picture)
        return None if picture is None else f"media/{name}"

    loader = jinja2.PackageLoader("kinepath", "site")
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    style, script = (
        Path(__file__).with_name(name).read_text(encoding="utf-8")
        for name in ("style.css", "player.js")
    )
    page = environment.get_template("page.html").render(
        content=content,
        kinds=KINDS,
        names=KINDS | COUNTED,
        keep=keep,
        still=still,
        style=style,
        script=script,
        style_hash=_csp_hash(style),
        script_hash=_csp_hash(script),
    )
    with replacing(folder / "index.html") as temporary:
        temporary.write_text(page, encoding="utf-8")
    return folder / "index.html"


def _csp_hash(text: str) -> str:
    """Give the source expression by which a content security policy allows an inline text."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
