"""The figure of the repetitions of one clip: key frames, segmentation and autocorrelation."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kinepath.body.skeleton import side
from kinepath.drawing.figures import style
from kinepath.io.sequence import values_of
from kinepath.pose.base import skeleton_of
from kinepath.repetitions import Analysis
from kinepath.typing import Array

_COLOURS = {"left": style.LEFT, "right": style.RIGHT, "middle": style.MIDDLE}
_FACE = ("eye", "ear", "mouth")
_MOST_POSES = 10
_MARGINS = {"left": 0.08, "right": 0.97, "top": 0.865, "bottom": 0.09, "hspace": 0.45}


def draw_reps(analysis: Analysis, facts: dict[str, Any], poses: xr.Dataset, label: str) -> Figure:
    """Draw the repetitions found in a clip.

    Parameters
    ----------
    analysis : Analysis
        What :func:`kinepath.repetitions.analyse` returned.
    facts : dict
        What :func:`kinepath.repetitions.report` returned for it.
    poses : xarray.Dataset
        The clip's cleaned poses.
    label : str
        The clip's label, any script.

    Returns
    -------
    matplotlib.figure.Figure
        Save it with :func:`kinepath.drawing.figures.style.save`.
    """
    with style.styled():
        figure = style.new_figure(11, 7.6)
        strip, phase, curve = figure.subplots(
            3, 1, height_ratios=[1.7, 1.6, 1.0], gridspec_kw=_MARGINS
        )
        count, unfinished = facts["count"], " and an unfinished one" if facts["unfinished"] else ""
        noun = "repetition" if count == 1 else "repetitions"
        figure.text(0.08, 0.955, label, fontsize=17, fontweight="bold", va="center")
        minimum = "at least " if facts.get("count_is_minimum") else ""
        words = f"{facts['exercise']}: {minimum}{count} {noun}{unfinished}."
        if facts["period_s"] is not None:
            words += f" One takes {facts['period_s']:.2f} s."
        if facts["note"]:
            words += f" Note: {facts['note']}."
        figure.text(0.08, 0.912, fill(words, 125), fontsize=10.5, va="center")
        _strip(strip, facts, poses)
        _phase(phase, analysis, facts, np.asarray(poses["time"].values))
        _breaks(phase, poses)
        _curve(curve, analysis, facts)
    return figure


def _breaks(axes: Axes, poses: xr.Dataset) -> None:
    """Mark where the sequence is discontinuous."""
    for number, frame in enumerate(np.atleast_1d(poses.attrs.get("breaks", []))):
        moment = float(poses["time"].values[int(frame)])
        axes.axvline(moment, color=style.INK, linewidth=1.2, linestyle=(0, (2, 2)))
        if number == 0:
            axes.text(
                moment, 0.03, " camera jumps", fontsize=7.5, transform=axes.get_xaxis_transform()
            )


def key_frames(facts: dict[str, Any]) -> list[tuple[int, str]]:
    """Choose the frames to draw: rest and turn of each repetition, or of some if there are many.

    >>> key_frames({"repetitions": [{"number": 1, "start_frame": 2.2, "turn_frame": 7.6}]})
    [(2, '1 start'), (8, '1 turn')]
    """
    repetitions = facts["repetitions"]
    most = _MOST_POSES // 2
    chosen = np.unique(np.linspace(0, len(repetitions) - 1, min(len(repetitions), most)).round())
    return [
        (round(repetitions[int(k)][f"{event}_frame"]), f"{repetitions[int(k)]['number']} {event}")
        for k in chosen
        for event in ("start", "turn")
    ]


def _strip(axes: Axes, facts: dict[str, Any], poses: xr.Dataset) -> None:
    """Draw the key frames as stick figures side by side."""
    axes.set_axis_off()
    frames = key_frames(facts)
    position = values_of(poses, "position") * [1.0, -1.0]
    shown = [(frame, words) for frame, words in frames if np.isfinite(position[frame]).any()]
    if not shown:
        axes.text(0.5, 0.5, "no repetition to show", transform=axes.transAxes, ha="center")
        return
    chosen = position[[frame for frame, _ in shown]]
    low, high = float(np.nanmin(chosen[..., 1])), float(np.nanmax(chosen[..., 1]))
    reach = [float(np.ptp(x[np.isfinite(x)])) for x in chosen[..., 0]]
    width = max(1.15 * max(reach), 0.45 * (high - low), 1.0)
    for slot, (frame, words) in enumerate(shown):
        x = position[frame, :, 0]
        middle = (np.nanmin(x) + np.nanmax(x)) / 2
        _stick(axes, position[frame] + [slot * width - middle, 0.0], poses)
        axes.text(
            slot * width, low - 0.06 * (high - low), words, ha="center", va="top", fontsize=8.5
        )
    axes.set_xlim(-0.6 * width, (max(len(shown), 6) - 0.4) * width)
    axes.set_ylim(low - 0.2 * (high - low), high + 0.05 * (high - low))
    axes.set_aspect("equal", anchor="W")


def _stick(axes: Axes, points: Array, poses: xr.Dataset) -> None:
    skeleton = skeleton_of(poses)
    for first, last in skeleton.segments:
        if any(part in end for end in (first, last) for part in _FACE):
            continue
        ends = points[[skeleton.index(first), skeleton.index(last)]]
        colour = _COLOURS[side(first) if side(first) == side(last) else "middle"]
        axes.plot(ends[:, 0], ends[:, 1], color=colour, linewidth=1.8, solid_capstyle="round")
    nose = points[skeleton.index("nose")]
    axes.plot(*nose, "o", color="white", markeredgecolor=style.INK, markersize=7, mew=1.4)


def _phase(axes: Axes, analysis: Analysis, facts: dict[str, Any], time: Array) -> None:
    """Draw the movement along its direction, with the repetitions shaded."""
    axes.set_title("Movement along its main direction, and the repetitions", fontsize=10)
    axes.set_xlabel("time (s, clock of the raw video)", fontsize=9)
    axes.set_ylabel("statures", fontsize=9)
    axes.tick_params(labelsize=8.5)
    if len(time) > 1:
        axes.set_xlim(time[0], time[-1])
    if analysis.movement is None:
        axes.set_yticks([])
        axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", color=style.GREY)
        return
    signal = analysis.movement.signal
    for each in facts["repetitions"]:
        colour = style.ACCENT if each["complete"] else style.WARN
        share = 0.1 + 0.35 * each["confidence"]
        axes.axvspan(each["start_s"], each["end_s"], color=colour, alpha=share, linewidth=0)
        for moment in (each["start_s"], each["end_s"]):
            axes.axvline(moment, color=colour, linewidth=0.9)
        words = f"{each['number']}\n{each['confidence']:.2f}"
        axes.text(
            (each["start_s"] + each["end_s"]) / 2, 1.0, words, ha="center", va="bottom",
            fontsize=7.5, transform=axes.get_xaxis_transform(), color=style.INK,
        )  # fmt: skip
        height = np.interp(each["turn_s"], time, signal)
        axes.plot(each["turn_s"], height, "v", color=style.INK, markersize=4)
    axes.plot(time, signal, color=style.INK, linewidth=1.3)
    axes.set_title(axes.get_title(loc="left"), fontsize=10, pad=24)
    axes.text(
        1.0, 1.17, "number and confidence above; ▾ turn; orange: unfinished", ha="right",
        transform=axes.transAxes, fontsize=8, color=style.GREY,
    )  # fmt: skip


def _curve(axes: Axes, analysis: Analysis, facts: dict[str, Any]) -> None:
    """Draw the published autocorrelation of the affinity with its first maximum."""
    axes.set_title("Mean affinity of postures some time apart (AIFit)", fontsize=10)
    axes.set_xlabel("time apart (s)", fontsize=9)
    axes.set_ylabel("statures", fontsize=9)
    axes.tick_params(labelsize=8.5)
    if analysis.period is None:
        axes.set_yticks([])
        axes.text(0.5, 0.5, "no maximum", transform=axes.transAxes, ha="center", color=style.GREY)
        return
    values = analysis.period.curve
    apart = np.arange(len(values)) * analysis.step / facts["fps"]
    best = analysis.period.period
    axes.plot(apart, values, color=style.INK, linewidth=1.3)
    axes.plot(apart[best], values[best], "o", color=style.WARN, markersize=6)
    axes.text(
        1.0, 1.05, f"● first maximum {apart[best]:.2f} s", ha="right", fontsize=8.5,
        transform=axes.transAxes, color=style.WARN,
    )  # fmt: skip
