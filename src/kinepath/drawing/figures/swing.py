"""The contact sheet of a swing: frames around its peak, with the bat and the trail of its tip."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from kinepath.bat import SOURCES
from kinepath.drawing.figures import style
from kinepath.io.sequence import values_of
from kinepath.io.video import Image
from kinepath.typing import Array

#: Number of frames in a sheet, and the time before and after the peak speed they cover, seconds.
_PICTURES, _COLUMNS = 12, 4
_BEFORE_S, _AFTER_S = 0.45, 0.3
_TRAIL_S = 0.3
_COLOURS = {"observed": "#f0e442", "interpolated": "#2fc79b", "pose_proxy": "#d98cb8"}
_WORDS = {
    "observed": "observed",
    "interpolated": "interpolated",
    "pose_proxy": "inferred from the pose",
}


def swing_frames(bat: xr.Dataset, contact_s: float | None = None) -> NDArray[np.intp]:
    """Choose the frames of the sheet: evenly spaced around contact.

    Without contact, around the maximum speed of the tip; if the tip was not seen in two
    consecutive frames, around the middle of the clip.
    """
    time, tip = bat["time"].values, bat["tip"].transpose("time", "space").values
    source = bat["source"].values
    seen = (source == SOURCES["observed"]) | (source == SOURCES["interpolated"])
    step = np.linalg.norm(np.diff(tip, axis=0), axis=1)
    speed = np.where(seen[1:] & seen[:-1], step, np.nan)
    if contact_s is None:
        middle = np.nanargmax(speed) if np.isfinite(speed).any() else len(time) // 2
        contact_s = float(time[middle])
    inside = np.flatnonzero((time >= contact_s - _BEFORE_S) & (time <= contact_s + _AFTER_S))
    count = min(_PICTURES, inside.size)
    return np.unique(inside[np.linspace(0, inside.size - 1, count).round().astype(int)])


def pictures_of(images: Iterable[Image], frames: NDArray[np.intp]) -> list[Image]:
    """Return the chosen frames of a video that is read frame by frame."""
    wanted = set(frames.tolist())
    return [image for k, image in enumerate(images) if k in wanted]


def draw_swing(
    pictures: list[Image],
    frames: NDArray[np.intp],
    bat: xr.Dataset,
    poses: xr.Dataset,
    label: str,
) -> Figure:
    """Draw the sheet.

    Parameters
    ----------
    pictures : list of ndarray of uint8, shape (height, width, 3)
        Blue, green, red; one per element of ``frames``.
    frames : ndarray of int
        From :func:`swing_frames`.
    bat, poses : xarray.Dataset
        The bat and the cleaned poses of the clip.
    label : str
        The clip's label.

    Returns
    -------
    matplotlib.figure.Figure
        Save it with :func:`kinepath.drawing.figures.style.save`.
    """
    tip, grip = (bat[end].transpose("time", "space").values for end in ("tip", "grip"))
    source, time = bat["source"].values, bat["time"].values
    box = _box(poses, tip, frames, pictures[0].shape)
    rows = -(-len(frames) // _COLUMNS)
    shape = (box[3] - box[1]) / (box[2] - box[0])
    width = 11.0
    with style.styled():
        figure = style.new_figure(width, width / _COLUMNS * shape * rows + 0.9)
        for place, (picture, frame) in enumerate(zip(pictures, frames, strict=True)):
            axes = figure.add_subplot(rows, _COLUMNS, place + 1)
            axes.imshow(picture[..., ::-1])
            past = np.flatnonzero((time <= time[frame]) & (time >= time[frame] - _TRAIL_S))
            _trail(axes, tip[past], source[past])
            _implement(axes, grip[frame], tip[frame], source[frame])
            words = f"{time[frame]:.2f} s   {100 * bat['confidence'].values[frame]:.0f} %"
            axes.set_title(words, fontsize=8, color=style.INK, pad=2)
            axes.set(xlim=(box[0], box[2]), ylim=(box[3], box[1]), xticks=[], yticks=[])
        figure.suptitle(_heading(label, source), fontsize=11, x=0.02, ha="left")
        handles = [
            Line2D([], [], color=colour, linewidth=3, label=_WORDS[name])
            for name, colour in _COLOURS.items()
        ]
        figure.legend(handles=handles, loc="upper right", ncols=3, fontsize=8, frameon=False)
        top = 1 - 0.55 / figure.get_figheight()
        figure.subplots_adjust(0.01, 0.01, 0.99, top, wspace=0.02, hspace=0.1)
    return figure


def _heading(label: str, source: NDArray[np.int8]) -> str:
    share = 100 * np.mean(source == SOURCES["observed"])
    return f"{label}: bat observed in {share:.0f} % of the frames"


def _box(
    poses: xr.Dataset, tip: Array, frames: NDArray[np.intp], shape: tuple[int, ...]
) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom of the region with athlete and bat in all chosen frames."""
    height, width = shape[:2]
    body = values_of(poses, "position")
    points = np.concatenate([body[frames].reshape(-1, 2), tip[frames]])
    points = points[np.isfinite(points).all(axis=1)]
    if not points.size:
        return 0.0, 0.0, float(width), float(height)
    low, high = points.min(axis=0), points.max(axis=0)
    room = 0.08 * float((high - low).max()) + 2
    left, top = np.maximum(low - room, 0)
    right, bottom = np.minimum(high + room, [width, height])
    return float(left), float(top), float(max(right, left + 8)), float(max(bottom, top + 8))


def _trail(axes: Axes, tip: Array, source: NDArray[np.int8]) -> None:
    for name, colour in _COLOURS.items():
        for k in np.flatnonzero(source[1:] == SOURCES[name]) + 1:
            axes.plot(*tip[k - 1 : k + 1].T, color=colour, linewidth=1.4, alpha=0.9)
        shown = source == SOURCES[name]
        axes.plot(*tip[shown].T, ".", color=colour, markersize=4)


def _implement(axes: Axes, grip: Array, tip: Array, source: int) -> None:
    for name, colour in _COLOURS.items():
        if source == SOURCES[name]:
            axes.plot(*np.stack([grip, tip]).T, color="black", linewidth=2.6, alpha=0.5)
            axes.plot(*np.stack([grip, tip]).T, color=colour, linewidth=1.4)
            axes.plot(*tip, "o", color=colour, markeredgecolor="black", markersize=5)
