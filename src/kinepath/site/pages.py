"""Writing the pages: HTML from the templates, with all the files that it shows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import jinja2
import numpy as np
from plotly.offline import get_plotlyjs

from kinepath.errors import KinepathError
from kinepath.io.files import replacing
from kinepath.site.content import COUNTED, KINDS, Clip, Comparison, Index
from kinepath.site.curves import write_table
from kinepath.site.media import poster, thumbnail, web_video

#: Time of the montage frame shown until it is played, seconds: its title.
_TITLE_S = 0.5
#: Maximum width of a grid's video on its page, pixels, and quality of figures in percent.
_GRID_WIDTH, _FIGURE_QUALITY = 1600, 88
#: Content security policy: only the folder's own files may be loaded, from disk or from a server.
_POLICY = (
    "default-src 'none'; img-src 'self' file: data: blob:; media-src 'self' file:;"
    " style-src 'self' file: 'unsafe-inline'; script-src 'self' file:; base-uri 'none';"
    " form-action 'none'"
)


class FigureError(KinepathError):
    """A figure that cannot be shown."""


def write_clip(clip: Clip, curves: Mapping[str, Any], title: str, folder: str | Path) -> Path:
    """Write the page of one clip.

    Parameters
    ----------
    clip : Clip
        Its texts may contain anything; the page shows them literally.
    curves : mapping
        From :func:`kinepath.site.curves.clip_curves`.
    title : str
        Heading of all pages.
    folder : path
        Folder of the site; receives ``clips/{name}.html`` and ``clips/{name}/``, whose other
        contents are removed.

    Returns
    -------
    Path
        The page.
    """
    pages = Path(folder) / "clips"
    media = _emptied(pages / clip.name)
    kinds: dict[str, Path] = dict(clip.videos)
    if clip.form:
        kinds["form"] = clip.form.video
    for kind, source in kinds.items():
        _video(source, media / kind, clip.event_s or 0.0)
    posters = [kind for kind in (*KINDS, *COUNTED) if (media / f"{kind}.jpg").is_file()]
    if posters:
        small = thumbnail((media / f"{posters[0]}.jpg").read_bytes())
        (media / "thumbnail.jpg").write_bytes(small)
    figures = {
        what: _figure(path, media, what.lower().replace(" ", "-"))
        for what, path in clip.figures.items()
    }
    if clip.form:
        figures["Metrics of every repetition"] = _figure(clip.form.table, media, "metrics")
        figures["Change over the set"] = _figure(clip.form.drift, media, "drift")
    for name, path in clip.data.items():
        shutil.copyfile(path, media / name)
    write_table(curves, media / "curves.csv")
    script = {
        "name": clip.name,
        "label": clip.label,
        "fps": clip.fps,
        "start_s": clip.start_s,
        "raw_start_s": clip.raw_start_s,
        "raw_pace": clip.raw_pace,
        "event_s": clip.event_s,
        "corrections": clip.corrections,
        "size": list(clip.size),
        "height_m": clip.height_m,
        **curves,
    }
    _write_script(media / "data.js", "clips", clip.name, script)
    return _render(
        "clip.html",
        pages / f"{clip.name}.html",
        root="../",
        title=title,
        clip=clip,
        kinds=[kind for kind in (*KINDS, *COUNTED) if kind in kinds],
        names=KINDS | COUNTED,
        posters=posters,
        figures=figures,
    )


def write_comparison(
    page: Comparison,
    pairs: Mapping[str, Mapping[str, Any]],
    means: Mapping[str, Mapping[str, Any]],
    title: str,
    folder: str | Path,
) -> Path:
    """Write the page that shows clips side by side.

    Parameters
    ----------
    page : Comparison
        The content of the page.
    pairs : mapping
        By clip, from :func:`kinepath.site.warps.warps_of`; for the page that compares two.
    means : mapping
        By label, from :func:`kinepath.site.label_means.label_means`; likewise.
    title, folder
        See :func:`write_clip`; the folder receives ``comparisons/{name}.html`` and
        ``comparisons/{name}/``.

    Returns
    -------
    Path
        The page.
    """
    pages = Path(folder) / "comparisons"
    media = _emptied(pages / page.name)
    for kind, source in page.videos.items():
        _video(source, media / kind, page.event_s or 0.0, _GRID_WIDTH)
    figures = {what: _figure(path, media) for what, path in page.figures.items()}
    for clip, warps in pairs.items():
        _write_script(media / f"{clip}.js", "warps", clip, warps)
    # Names of clips contain no dot, so this is not a clip's file.
    _write_script(media / "label.means.js", "means", page.name, means)
    return _render(
        "comparison.html",
        pages / f"{page.name}.html",
        root="../",
        title=title,
        page=page,
        kinds=[kind for kind in KINDS if kind in page.videos],
        names=KINDS,
        posters={kind for kind in page.videos if (media / f"{kind}.jpg").is_file()},
        figures=figures,
    )


def write_index(index: Index, folder: str | Path) -> Path:
    """Write the first page, the athletes' pages, the page that compares two clips, and the assets.

    Parameters
    ----------
    index : Index
        The content of the pages.
    folder : path
        Folder of the site; receives ``index.html``, ``compare.html``, ``athletes/``, ``assets/``
        and ``media/``, whose other contents are removed.

    Returns
    -------
    Path
        The first page.
    """
    folder = Path(folder)
    media = _emptied(folder / "media")
    figures = {what: _figure(path, media) for what, path in index.figures.items()}
    for number, (_, source) in enumerate(index.montages, start=1):
        _video(source, media / f"montage-{number}", _TITLE_S)
    assets = _emptied(folder / "assets")
    for asset in sorted(files("kinepath.site").joinpath("assets").iterdir(), key=lambda a: a.name):
        (assets / asset.name).write_bytes(asset.read_bytes())
    (assets / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
    athletes = _emptied(folder / "athletes")
    numbers = {name: k for k, name in enumerate(_athletes(index.records), start=1)}
    for name, number in numbers.items():
        theirs = [entry for entry in index.records if entry["athlete"] == name]
        _write_script(athletes / f"{number}.js", "athletes", str(number), theirs)
        _render(
            "athlete.html",
            athletes / f"{number}.html",
            root="../",
            title=index.title,
            athlete=name,
            number=number,
            records=theirs,
        )
    listed = [
        {key: entry[key] for key in ("clip", "label", "activity", "athlete")}
        for entry in index.records
    ]
    compared = sorted(name for name, _ in index.comparisons)
    _write_script(media / "list.js", "list", "", {"clips": listed, "activities": compared})
    _render("compare.html", folder / "compare.html", root="", title=index.title)
    return _render(
        "index.html", folder / "index.html", root="", index=index, title=index.title,
        figures=figures, athletes=numbers,
    )  # fmt: skip


def _athletes(records: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({entry["athlete"] for entry in records if entry["athlete"]})


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _video(source: Path, target: Path, at_s: float, width: int | None = None) -> None:
    """Write a video for the page and its poster to ``target`` with their extensions."""
    size = {} if width is None else {"width": width}
    web_video(source, target.with_suffix(".mp4"), **size)
    image = poster(source, at_s, **size)
    if image is not None:
        target.with_suffix(".jpg").write_bytes(image)


def _figure(source: Path, folder: Path, stem: str | None = None) -> str:
    """Write a figure for the page as WebP, at a fifth of its PNG's size."""
    image = cv2.imdecode(np.fromfile(source, dtype=np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise FigureError(f"{source}: no image that can be read; delete it and run again")
    target = folder / f"{stem or source.stem}.webp"
    _, encoded = cv2.imencode(".webp", image, [cv2.IMWRITE_WEBP_QUALITY, _FIGURE_QUALITY])
    target.write_bytes(encoded.tobytes())
    return f"{folder.name}/{target.name}"


def _write_script(path: Path, kind: str, name: str, content: Any) -> None:
    """Write data as a script, because a page opened from disk cannot load other files."""
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    with replacing(path) as temporary:
        Path(temporary).write_text(
            f"((window.kinepath ??= {{}}).{kind} ??= {{}})[{json.dumps(name)}] = {text};\n",
            encoding="utf-8",
        )


def _render(template: str, path: Path, **content: Any) -> Path:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("kinepath.site"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["words"] = lambda text: text.replace("_", " ")
    page = environment.get_template(template).render(policy=_POLICY, **content)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        Path(temporary).write_text(page, encoding="utf-8")
    return path
