"""Grids of videos synchronised at an event, such as contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ffmpeg
import numpy as np
from numpy.typing import ArrayLike
from PIL import Image as PillowImage

from kinepath.drawing.text import DARK, PALE, canvas, fitted_mask
from kinepath.errors import KinepathError
from kinepath.io.files import replacing
from kinepath.io.video import (
    Image,
    VideoReader,
    read_frames,
    resized,
    run_ffmpeg,
    video_writer,
    x264_options,
)

_FILL = "0x" + bytes(reversed(DARK)).hex()
_BORDER = 2  # pixels of background around each tile's image


class CompositeError(KinepathError):
    """A grid that cannot be built."""


@dataclass(frozen=True)
class Tile:
    """One video of a grid.

    Parameters
    ----------
    path : path
        The video, of a constant frame rate.
    label : str
        Shown in the upper left corner; any text.
    event_s : float, optional
        When the event happens, in seconds of the video's own playback. A tile without an event
        starts when the grid starts.
    """

    path: Path
    label: str
    event_s: float | None = None


def playback_time(presentation_time_s: ArrayLike, moment_s: float, fps: float) -> float:
    """Convert a moment on the raw video's clock to playback time of the conformed video.

    Parameters
    ----------
    presentation_time_s : array_like, shape (frames,)
        Presentation time of each conformed frame, raw clock, increasing.
    moment_s : float
        The moment, raw clock.
    fps : float
        Frame rate at which the conformed video plays, hertz.

    Returns
    -------
    float
        Seconds from the conformed video's start; moments outside it are clipped to its nearest end.
    """
    times = np.asarray(presentation_time_s, dtype=np.float64)
    return float(np.interp(moment_s, times, np.arange(len(times)))) / fps


def contact_in_playback(
    kinematics: Mapping[str, Any], conformed: Mapping[str, Any]
) -> float | None:
    """Return the time of contact in the playback of a conformed video.

    Parameters
    ----------
    kinematics : mapping
        Attributes of the clip's kinematics.
    conformed : mapping
        Facts about the conformed video.

    Returns
    -------
    float or None
        Seconds from its start; None where no stroke was found.
    """
    contact = kinematics.get("contact_s")
    if contact is None:
        return None
    return playback_time(conformed["time_s"], contact, conformed["fps"])


def event_in_playback(
    by: str, kinematics: Mapping[str, Any], conformed: Mapping[str, Any]
) -> float | None:
    """Return the time at which a tile is synchronised with the others; None where it is not.

    When synchronised by phase, all tiles have the frames of the first one.
    """
    return contact_in_playback(kinematics, conformed) if by == "contact" else 0.0


def retimed(source: str | Path, frames: ArrayLike, output: str | Path, fps: float) -> None:
    """Write a video that shows chosen frames of another one.

    Parameters
    ----------
    source, output : path
        The video to read, once and in order, and the one to write.
    frames : array_like of int
        Source frame of each output frame; never decreasing.
    fps : float
        Frame rate of the output, hertz.

    Raises
    ------
    VideoError
        If the video cannot be read or ffmpeg fails.
    """
    images = (frame.image for frame in read_frames(source))
    first = next(images)
    height, width = first.shape[:2]
    times = np.bincount(np.asarray(frames))
    # The grid is encoded again: this encoding must not be visible in it.
    with video_writer(output, width, height, fps, crf=10, preset="ultrafast") as writer:
        for image, count in zip(chain([first], images), times.tolist(), strict=False):
            for _ in range(count):
                writer.write(image)


def letterboxed(image: Image, width: int, height: int) -> Image:
    """Fit an image into a dark one of a given size, keeping its aspect ratio."""
    rows, columns = image.shape[:2]
    scale = min(width / columns, height / rows)
    inner = resized(image, max(1, round(columns * scale)), max(1, round(rows * scale)))
    boxed = canvas(width, height)
    top, left = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    boxed[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return boxed


def lead(events_s: Sequence[float | None], ends: str = "pad") -> float | None:
    """Return the time of the common event in the grid.

    Parameters
    ----------
    events_s : sequence of float or None
        When the event happens in each tile, seconds; None where a tile has none.
    ends : {"pad", "trim"}
        See :func:`schedule`.

    Returns
    -------
    float or None
        Seconds: as in the tile with the latest event or, trimmed, the earliest. None where no tile
        has the event.
    """
    known = [event for event in events_s if event is not None]
    if not known:
        return None
    return min(known) if ends == "trim" else max(known)


def schedule(
    frames: Sequence[int], events: Sequence[int | None], ends: str = "pad"
) -> tuple[tuple[int, ...], range]:
    """Place tiles on a common timeline so that their events coincide.

    Parameters
    ----------
    frames : sequence of int
        Number of frames of each tile, at the grid's rate.
    events : sequence of int or None
        The frame at which each tile's event happens.
    ends : {"pad", "trim"}
        Whether the grid lasts from the first tile's start to the last one's end, or only while
        all tiles that have the event play (all tiles, where none has it).

    Returns
    -------
    before : tuple of int
        How often each tile's first frame is repeated before it starts. A tile without an event
        starts with the grid.
    shown : range
        The frames of the common timeline that the grid shows; empty where, trimmed, no moment is
        in all tiles.
    """
    known = [event for event in events if event is not None]
    latest, earliest = max(known, default=0), min(known, default=0)
    start = 0 if ends == "pad" else latest - earliest
    before = tuple(start if event is None else latest - event for event in events)
    stops = [wait + count for wait, count in zip(before, frames, strict=True)]
    if ends == "pad":
        return before, range(max(stops))
    # A tile without the event, which may be short, must not trim the others.
    bound = [stop for stop, event in zip(stops, events, strict=True) if event is not None]
    return before, range(start, min(bound or stops))


def grid(
    tiles: Sequence[Tile],
    path: str | Path,
    *,
    columns: int = 3,
    tile_width: int = 640,
    tile_height: int = 360,
    fps: float | None = None,
    ends: str = "pad",
    crf: int = 20,
) -> None:
    """Write a grid of videos, row by row, with their events synchronised.

    Each tile is scaled to fit, keeping its aspect ratio; before its start and after its end it
    freezes, unless the grid is trimmed. Cells without a tile stay dark. A single ffmpeg process
    decodes each tile once.

    Parameters
    ----------
    tiles : sequence of Tile
        At least one; fewer than ``columns`` make one shorter row.
    path : path
        Where to write.
    columns : int
        Number of tiles in a row.
    tile_width, tile_height : int
        Size of a tile in pixels, both even.
    fps : float, optional
        Frame rate of the grid, hertz; the maximum of the tiles' by default.
    ends : {"pad", "trim"}
        See :func:`schedule`.
    crf : int
        Constant rate factor of x264: a lower one yields better quality and larger files.

    Raises
    ------
    CompositeError
        If there is no tile, a size is odd or too small, a video does not state its length, or
        nothing is left of a trimmed grid.
    VideoError
        If a tile cannot be read or ffmpeg fails.
    """
    if not tiles:
        raise CompositeError(f"{path}: a grid needs at least one tile")
    if tile_width % 2 or tile_height % 2 or min(tile_width, tile_height) < 32:
        raise CompositeError(f"tiles of {tile_width}x{tile_height}: even sizes from 32 are needed")
    facts = [_frames_and_rate(tile.path) for tile in tiles]
    rate = fps or min(60.0, max(own for _, own in facts))
    frames = [max(1, round(count * rate / own)) for count, own in facts]
    events = [None if tile.event_s is None else round(tile.event_s * rate) for tile in tiles]
    before, shown = schedule(frames, events, ends)
    if not shown:
        raise CompositeError(
            f"{path}: no moment is in all of {len(tiles)} videos when they are in step",
            remedy="set composites.ends to pad, or take out the clip that is cut near contact",
        )
    with TemporaryDirectory() as folder, replacing(path) as temporary:
        streams = []
        for index, (tile, wait) in enumerate(zip(tiles, before, strict=True)):
            label = Path(folder, f"{index}.png")
            _write_label(label, tile.label, tile_width, tile_height)
            # One link per tile: ffmpeg-python would merge two tiles that show the same file.
            link = Path(folder, f"{index}{tile.path.suffix}")
            link.symlink_to(tile.path.resolve())
            stream = _fitted(ffmpeg.input(str(link), threads=1).video, tile_width, tile_height)
            stream = stream.overlay(ffmpeg.input(str(label)), x=_BORDER, y=_BORDER)
            streams.append(_timed(stream, rate, wait, shown))
        picture = _arranged(streams, min(columns, len(streams)), tile_width, tile_height)
        run_ffmpeg(ffmpeg.output(picture, str(temporary), r=rate, **x264_options(crf)), path)


def _frames_and_rate(path: Path) -> tuple[int, float]:
    with VideoReader(path) as reader:
        frames, rate = reader.stated_frames, reader.stated_rate
    if not frames or not rate:
        raise CompositeError(f"{path}: the file does not state its length and frame rate")
    return frames, rate


def _fitted(stream: Any, width: int, height: int) -> Any:
    inner = {"w": width - 2 * _BORDER, "h": height - 2 * _BORDER}
    fit = {"force_original_aspect_ratio": "decrease", "force_divisible_by": 2, "flags": "bicubic"}
    return (
        stream.filter("scale", **inner, **fit)
        .filter("pad", w=width, h=height, x="(ow-iw)/2", y="(oh-ih)/2", color=_FILL)
        .filter("setsar", 1)
        .filter("format", "yuv420p")
    )


def _timed(stream: Any, rate: float, wait: int, shown: range) -> Any:
    # Counted in frames, not seconds: the tiles then agree to the frame at any rate.
    return (
        stream.filter("fps", fps=rate, start_time=0)
        .filter("tpad", start=wait, start_mode="clone", stop=-1, stop_mode="clone")
        .filter("trim", start_frame=shown.start, end_frame=shown.stop)
        .filter("setpts", "PTS-STARTPTS")
    )


def _arranged(streams: Sequence[Any], columns: int, width: int, height: int) -> Any:
    if len(streams) == 1:
        return streams[0]
    corners = [(i % columns * width, i // columns * height) for i in range(len(streams))]
    layout = "|".join(f"{x}_{y}" for x, y in corners)
    return ffmpeg.filter(streams, "xstack", inputs=len(streams), layout=layout, fill=_FILL)


def _write_label(path: Path, text: str, width: int, height: int) -> None:
    """Write a label as an image; text drawn by ffmpeg would have to be escaped."""
    line = max(12, round(0.055 * height))
    gap = round(0.4 * line)
    mask = fitted_mask(text, line, width - 2 * (_BORDER + gap))
    plate = np.empty((line + gap, mask.shape[1] + 2 * gap, 4), dtype=np.uint8)
    plate[..., :3] = np.array(DARK[::-1], dtype=np.uint8)
    plate[..., 3] = 170 if mask.any() else 0
    part = plate[gap // 2 : gap // 2 + line, gap : gap + mask.shape[1]]
    weight = mask[..., None] / np.float32(255)
    ink = np.array([*PALE[::-1], 255], dtype=np.float32)
    part[...] = np.round(part + (ink - part) * weight).astype(np.uint8)
    PillowImage.fromarray(plate).save(path)
