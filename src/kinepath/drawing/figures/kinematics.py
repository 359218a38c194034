"""The figure of one clip: poses, speeds and angles over time, with their uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from kinepath.bat import SOURCES
from kinepath.body.skeleton import BLAZEPOSE, side
from kinepath.drawing.figures import style
from kinepath.io.sequence import values_of
from kinepath.kinematics.peak import MEASURED, peak_words
from kinepath.signal.gaps import runs_of
from kinepath.typing import Array

_COLOURS = {"left": style.LEFT, "right": style.RIGHT, "middle": style.MIDDLE}
_POSES = 9
#: Time that the poses span before and after the event, seconds; less in a shorter clip.
_REACH_S = 0.6
_FACE = ("nose", "eye", "ear", "mouth")


@dataclass(frozen=True)
class _Line:
    """One curve: values and standard deviation (time,), NaN where missing, and possible range."""

    label: str
    colour: str
    values: Array
    sd: Array
    dashed: bool = False
    least: float = -np.inf
    most: float = np.inf


def draw_kinematics(features: xr.Dataset, label: str) -> Figure:
    """Draw poses, speeds and angles of a clip over time.

    Parameters
    ----------
    features : xarray.Dataset
        What :func:`kinepath.kinematics.kinematics` returns.
    label : str
        The clip's label, any script.

    Returns
    -------
    matplotlib.figure.Figure
        Save it with :func:`kinepath.drawing.figures.style.save`. Bands are one standard deviation
        on either side; grey intervals are those in which a quantity of the panel was not seen.
    """
    time = np.asarray(features["time"].values)
    event = features.attrs.get("contact_s", features.attrs.get("peak_time_s"))
    panels = [_speeds(features), *_joint_panels(features), _trunk(features)]
    with style.styled():
        figure = style.new_figure(11, 10.4)
        strip, *rows = figure.subplots(
            1 + len(panels),
            1,
            height_ratios=[2.3, 1.35, *[1.0] * (len(panels) - 1)],
            gridspec_kw={"left": 0.1, "right": 0.97, "top": 0.905, "bottom": 0.085, "hspace": 0.24},
        )
        _title(figure, features, label)
        shown = pose_times(time, event)
        _poses(strip, features, shown, event)
        for axes, (heading, lines) in zip(rows, panels, strict=True):
            _panel(axes, time, heading, lines)
            _marks(axes, shown, features.attrs)
            axes.tick_params(labelbottom=axes is rows[-1])
        rows[0].set_ylim(bottom=0)
        rows[-1].set_xlabel("time (s, clock of the raw video)")
        _peak(rows[0], features, panels[0][1])
        _foot(figure, features)
    return figure


def pose_times(time: Array, event: float | None) -> Array:
    """Choose the times of the poses: centred on the event, or spread over the clip.

    Parameters
    ----------
    time : ndarray, shape (time,)
        Seconds.
    event : float, optional
        Seconds.

    Returns
    -------
    ndarray
        Equally spaced, none outside the clip.
    """
    if event is None:
        return np.linspace(time[0], time[-1], min(_POSES, len(time)))
    reach = min(_REACH_S, max(event - time[0], time[-1] - event))
    times = event + np.linspace(-reach, reach, _POSES)
    half = (time[-1] - time[0]) / max(len(time) - 1, 1) / 2
    return np.asarray(times[(times >= time[0] - half) & (times <= time[-1] + half)])


def _title(figure: Figure, features: xr.Dataset, label: str) -> None:
    attrs = features.attrs
    figure.text(0.1, 0.966, label, fontsize=17, fontweight="bold", va="center")
    seconds = features["time"].values[-1] - features["time"].values[0]
    words = attrs.get("note", f"{features.sizes['time']} frames, {seconds:.1f} s.")
    if "peak_time_s" in attrs:
        words = f"Fastest {attrs['peak_of']} at {attrs['peak_time_s']:.2f} s: {peak_words(attrs)}"
        words += ", in the image plane at the athlete's distance."
        if attrs["peak_kind"] != MEASURED:
            words = f"{words[:-1]}: {attrs['peak_reason']}."
    figure.text(0.1, 0.935, fill(words, 160), fontsize=9.2, va="center", color=style.INK)


def _speeds(features: xr.Dataset) -> tuple[str, list[_Line]]:
    metres = "height_m" in features.attrs
    suffix, unit = ("_m", "m/s") if metres else ("", "BH/s")

    def line(name: str, label: str, colour: str, *, dashed: bool = False) -> _Line:
        values, sd = features[f"{name}{suffix}"], features[f"{name}{suffix}_sd"]
        return _Line(label, colour, values.values, sd.values, dashed)

    if "bat_speed" in features:
        guessed = features["bat_source"].values == SOURCES["pose_proxy"]
        words = f"{features.attrs.get('implement', 'bat')} tip"
        words += ", inferred from the arms" if guessed.mean() > 0.5 else ""
        return f"Speed\n({unit})", [
            line("bat_speed", words, style.ACCENT, dashed=bool(guessed.mean() > 0.5)),
            line("hand_speed", "hands", style.MIDDLE),
        ]
    height = features.attrs.get("height_m", 1.0)
    speed = height * features["speed"].isel(individuals=0)
    sd = height * features["velocity_sd"].isel(individuals=0)
    return f"Speed of the\nwrists ({unit})", [
        _Line(
            name,
            _COLOURS[name],
            speed.sel(keypoints=f"{name}_wrist").values,
            sd.sel(keypoints=f"{name}_wrist").values,
        )
        for name in ("left", "right")
    ]


def _joint_panels(features: xr.Dataset) -> list[tuple[str, list[_Line]]]:
    panels = []
    for joint in ("elbow", "knee", "hip"):
        lines = []
        for name in ("left", "right"):
            angle = features["joint_angle"].sel(joint=f"{name}_{joint}").values
            sd = features["joint_angle_sd"].sel(joint=f"{name}_{joint}").values
            lines.append(_Line(name, _COLOURS[name], angle, sd, least=0.0, most=180.0))
        panels.append((f"{joint.capitalize()}\nangle (°)", lines))
    return panels


def _trunk(features: xr.Dataset) -> tuple[str, list[_Line]]:
    return "Trunk (°)", [
        _Line(words, colour, features[name].values, features[f"{name}_sd"].values)
        for name, words, colour in (
            ("trunk_lean", "lean, to the right +", style.MIDDLE),
            ("hip_shoulder_separation", "hip–shoulder separation", style.ACCENT),
        )
    ]


def _panel(axes: Axes, time: Array, heading: str, lines: Sequence[_Line]) -> None:
    axes.set_ylabel(heading, fontsize=9)
    axes.tick_params(labelsize=8.5)
    axes.set_xlim(time[0], max(time[-1], time[0] + 1e-3))
    axes.grid(axis="y", color=style.FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    known = [line for line in lines if np.isfinite(line.values).any()]
    for start, stop in _unseen(time, lines):
        axes.axvspan(start, stop, color=style.FAINT, alpha=0.55, linewidth=0, zorder=0)
    for line in lines:
        low = np.clip(line.values - line.sd, line.least, line.most)
        high = np.clip(line.values + line.sd, line.least, line.most)
        axes.fill_between(time, low, high, color=line.colour, alpha=0.15, linewidth=0)
        way = (0, (4, 2)) if line.dashed else "-"
        axes.plot(
            time, line.values, color=line.colour, linewidth=1.6, linestyle=way, label=line.label
        )
    if not known:
        axes.set_yticks([])
        axes.text(0.5, 0.5, "not seen", transform=axes.transAxes, ha="center", color=style.GREY)
        return
    # The range of the curves, not of their bands: the band of an unknown angle covers everything.
    values = np.concatenate([line.values[np.isfinite(line.values)] for line in known])
    bottom, top = float(values.min()), float(values.max())
    margin = 0.25 * max(top - bottom, 1e-6)
    axes.set_ylim(bottom - margin, top + margin)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    # The legend for left and right is below all panels.
    if {line.label for line in lines} != {"left", "right"}:
        axes.legend(
            loc="upper left", ncols=len(lines), fontsize=8, borderaxespad=0.1, handlelength=1.6
        )


def _unseen(time: Array, lines: Sequence[_Line]) -> list[tuple[float, float]]:
    """Return the intervals in which one of the lines is missing, except at the ends of the clip."""
    missing = np.any([np.isnan(line.values) for line in lines], axis=0)
    half = (time[-1] - time[0]) / max(len(time) - 1, 1) / 2
    return [(float(time[a] - half), float(time[b - 1] + half)) for a, b in runs_of(missing)]


def _marks(axes: Axes, shown: Array, attrs: Mapping[str, Any]) -> None:
    axes.plot(
        shown,
        np.zeros_like(shown),
        "^",
        color=style.GREY,
        markersize=3.5,
        transform=axes.get_xaxis_transform(),
        clip_on=False,
        zorder=5,
    )
    if "contact_s" in attrs:
        early, late = attrs["contact_early_s"], attrs["contact_late_s"]
        axes.axvspan(early, late, color=style.WARN, alpha=0.12, linewidth=0, zorder=0)
        axes.axvline(attrs["contact_s"], color=style.WARN, linewidth=1.2, zorder=1)


def _peak(axes: Axes, features: xr.Dataset, lines: Sequence[_Line]) -> None:
    event = features.attrs.get("peak_time_s")
    if event is None:
        return
    time = features["time"].values
    best = int(np.argmin(np.abs(time - event)))
    line = lines[1] if features.attrs["peak_of"] == "hands" else lines[0]
    axes.plot(time[best], line.values[best], "o", color=style.WARN, markersize=6, zorder=6)


def _poses(axes: Axes, features: xr.Dataset, shown: Array, event: float | None) -> None:
    """Draw the poses side by side, each with its time below."""
    axes.set_axis_off()
    time = features["time"].values
    names = [str(name) for name in features["keypoints"].values]
    position = values_of(features, "position") * [1.0, -1.0]
    frames = [int(np.argmin(np.abs(time - moment))) for moment in shown]
    chosen = position[frames]
    if not np.isfinite(chosen).any():
        axes.text(0.5, 0.5, "nobody was seen", transform=axes.transAxes, ha="center")
        return
    bat = _bat(features)
    low, high = (float(q) for q in np.nanquantile(position[..., 1], [0.005, 0.995]))
    width = _spacing(chosen)
    for slot, frame in enumerate(frames):
        middle = _middle(position[frame])
        shift = np.array([slot * width - middle, 0.0])
        is_event = event is not None and frame == int(np.argmin(np.abs(time - event)))
        if is_event:
            left = (slot - 0.5) * width
            axes.axvspan(left, left + width, color=style.WARN, alpha=0.13, linewidth=0)
        _stick(axes, position[frame] + shift, names)
        if bat is not None:
            ends = bat[frame] + shift
            axes.plot(*ends.T, color=style.ACCENT, linewidth=2.4, zorder=4, clip_on=False)
        axes.text(
            slot * width,
            low - 0.09,
            f"{time[frame]:.2f} s",
            ha="center",
            va="top",
            fontsize=9,
            fontweight="bold" if is_event else "normal",
            color=style.INK if is_event else style.GREY,
        )
    axes.set_xlim(-0.55 * width, (len(frames) - 0.45) * width)
    highest = high + 0.12
    if bat is not None and np.isfinite(bat[frames]).any():
        highest = max(highest, float(np.nanmax(bat[frames][..., 1])) + 0.03)
    axes.set_ylim(low - 0.2, highest)
    axes.set_aspect("equal")


def _spacing(poses: Array) -> float:
    """Return the width that one pose needs, in statures."""
    reach = [np.ptp(x[np.isfinite(x)]) for x in poses[..., 0] if np.isfinite(x).any()]
    return float(np.clip(1.1 * max(reach), 0.64, 1.2))


def _middle(points: Array) -> float:
    """Return the horizontal centre of a pose; 0 where nobody is seen."""
    x = points[:, 0][np.isfinite(points[:, 0])]
    return float((x.min() + x.max()) / 2) if x.size else 0.0


def _bat(features: xr.Dataset) -> Array | None:
    """Return grip and tip (time, 2, space), y up; None where no bat was tracked."""
    if "bat_tip" not in features:
        return None
    ends = np.stack([features["bat_grip"].values, features["bat_tip"].values], axis=1)
    ends[features["bat_source"].values == SOURCES["pose_proxy"]] = np.nan
    return np.asarray(ends * [1.0, -1.0])


def _stick(axes: Axes, points: Array, names: Sequence[str]) -> None:
    for first, last in BLAZEPOSE.segments:
        face = any(part in end for end in (first, last) for part in _FACE)
        if face or first not in names or last not in names:
            continue
        ends = points[[names.index(first), names.index(last)]]
        colour = _COLOURS[side(first) if side(first) == side(last) else "middle"]
        axes.plot(ends[:, 0], ends[:, 1], color=colour, linewidth=2, solid_capstyle="round")
    head = [points[names.index(name)] for name in ("left_ear", "right_ear") if name in names]
    if head and np.isfinite(head).all():
        centre = np.mean(head, axis=0)
        axes.plot(*centre, "o", color="white", markeredgecolor=style.INK, markersize=10, mew=1.6)


def _foot(figure: Figure, features: xr.Dataset) -> None:
    handles = [
        Line2D([], [], color=style.LEFT, linewidth=3, label="left side"),
        Line2D([], [], color=style.RIGHT, linewidth=3, label="right side"),
        Patch(color=style.GREY, alpha=0.3, linewidth=0, label="band: ± one standard deviation"),
        Patch(color=style.FAINT, linewidth=0, label="not seen"),
        Line2D(
            [], [], linestyle="", marker="^", markersize=5, color=style.GREY, label="pose above"
        ),
    ]
    if "peak_time_s" in features.attrs:
        words = f"fastest {features.attrs['peak_of']}"
        handles.append(
            Line2D([], [], linestyle="", marker="o", markersize=5, color=style.WARN, label=words)
        )
    if "contact_s" in features.attrs:
        words = "contact, and its 90 % interval"
        handles.append(Line2D([], [], color=style.WARN, linewidth=2, label=words))
    figure.legend(
        handles=handles, loc="lower center", ncols=len(handles), fontsize=8.5, columnspacing=1.6,
        bbox_to_anchor=(0.53, 0.005),
    )  # fmt: skip
