"""The figure of what the kinetic chains of many clips have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kinepath.chain.summary import CommonAxis, Swing
from kinepath.drawing.figures import style

_COLOURS = (style.INK, style.LEFT, style.RIGHT, style.ACCENT, "#cc79a7", style.WARN, "#56b4e9")
_MARKERS = "osD^vP*"


def draw_summary(
    summary: Mapping[str, Any], swings: Mapping[str, Swing], axis: CommonAxis
) -> Figure:
    """Draw the swings on a common time axis, and each link's frequency and lag, with intervals.

    Parameters
    ----------
    summary : mapping
        From :func:`kinepath.chain.summary.summarise`.
    swings : mapping of str to Swing
    axis : CommonAxis
        The common axis of the same clips.
    """
    groups = [group for group in summary["groups"] if group["edges"]] or summary["groups"][:1]
    pairs = [(edge["from"], edge["to"]) for edge in summary["groups"][0]["edges"]]
    shown = groups[: len(_COLOURS)]
    table = _table(summary["groups"])
    rows = max(len(pairs), 2) * (0.35 + 0.13 * len(shown))
    below = 1.0 + 0.2 * len(table)
    height = 4.6 + rows + below
    with style.styled():
        figure = style.new_figure(11, height)
        figure.text(0.045, 1 - 0.4 / height, "Kinetic chains of all clips", fontsize=17,
                    fontweight="bold", va="center")  # fmt: skip
        figure.text(0.045, 1 - 0.8 / height, _sentence(summary), fontsize=10.5, va="center")
        top = figure.add_axes((0.2, 1 - 3.2 / height, 0.77, 1.9 / height))
        _swings(top, swings, axis)
        bottom = below / height
        share, lag = (
            figure.add_axes((left, bottom, width, rows / height))
            for left, width in ((0.2, 0.3), (0.55, 0.42))
        )
        _links(share, lag, pairs, shown)
        figure.text(
            0.045, 0.2 / height, "\n".join(table), fontsize=9, va="bottom", linespacing=1.45
        )
    return figure


def _sentence(summary: Mapping[str, Any]) -> str:
    every = summary["groups"][0]
    words = f"{every['to_bat']} of {every['clips']} clips have a chain to the bat"
    hands = sum(clip["target"] == "hands" for clip in summary["clips"])
    if hands:
        words += f"; in {hands} the bat was not seen: {every['to_hands']} have one to the hands"
    return f"{words}."


def _swings(axes: Axes, swings: Mapping[str, Swing], axis: CommonAxis) -> None:
    axes.set_ylabel("speed\n(share of peak)", fontsize=9)
    if not swings:
        axes.text(0.5, 0.5, "no swing is seen", transform=axes.transAxes, ha="center")
        axes.set_xticks([])
        axes.set_yticks([])
        return
    for name, swing in swings.items():
        chosen = name == axis.reference
        axes.plot(
            axis.time[name],
            swing.speed,
            color=style.ACCENT if chosen else style.GREY,
            linewidth=2.2 if chosen else 0.9,
            alpha=1.0 if chosen else 0.6,
            linestyle="-" if swing.moving == "bat" else (0, (3, 1)),
            zorder=3 if chosen else 2,
        )
    axes.set_ylim(0, 1.08)
    axes.set_xlabel(
        f"time on the common axis: seconds after the fastest moment of {axis.reference} (green;"
        " dashed: hands, the bat was not seen)",
        fontsize=9,
    )
    axes.tick_params(labelsize=8.5)


def _links(
    share: Axes, lag: Axes, pairs: Sequence[tuple[str, str]], groups: Sequence[Mapping[str, Any]]
) -> None:
    count = max(len(pairs), 1)
    for axes, title in ((share, "clips that have the link (%)"), (lag, "mean lag (ms)")):
        axes.set_ylim(-0.6, count - 0.4)
        axes.set_yticks(range(len(pairs)) if axes is share else [])
        axes.set_xlabel(title, fontsize=9.5)
        axes.grid(axis="x", color=style.FAINT, linewidth=0.7)
        axes.set_axisbelow(True)
    if not pairs:
        share.text(0.5, 0.5, "no link in any clip", transform=share.transAxes, ha="center")
        lag.set_xticks([])
        return
    share.set_yticklabels([f"{_words(a)} → {_words(b)}" for a, b in pairs], fontsize=8.5)
    share.set_xlim(0, 103)
    for k, group in enumerate(groups):
        found = {(edge["from"], edge["to"]): edge for edge in group["edges"]}
        for row, pair in enumerate(pairs):
            if pair not in found:
                continue
            edge, y = found[pair], row - 0.32 + 0.64 * (k + 0.5) / len(groups)
            mean = edge["mean_lag_s"]["own"]
            look: dict[str, Any] = {"color": _COLOURS[k], "zorder": 3}
            share.plot(100 * np.array(edge["share_interval"]), [y, y], linewidth=1.5, **look)
            share.plot(100 * edge["share"], y, _MARKERS[k], markersize=5, **look)
            interval = edge["mean_lag_interval_s"]["own"]
            if interval:
                lag.plot(1000 * np.array(interval), [y, y], linewidth=1.5, **look)
            lag.plot(1000 * mean, y, _MARKERS[k], markersize=5, **look)
            common = edge["mean_lag_s"]["common"]
            if common is not None:
                lag.plot(1000 * common, y, _MARKERS[k], markersize=5, markerfacecolor="white",
                         **look)  # fmt: skip
    for k, group in enumerate(groups):
        lag.plot(
            [], [], _MARKERS[k], color=_COLOURS[k], label=f"{group['name']} ({group['clips']})"
        )
    lag.plot([], [], "o", color=style.INK, markerfacecolor="white", label="on the common axis")
    lag.legend(loc="lower left", bbox_to_anchor=(-0.85, 1.0), ncols=4, fontsize=8.5)
    lag.set_xlim(left=min(0.0, lag.get_xlim()[0]))


def _table(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = []
    for group in groups:
        none = group["clips"] - group["to_bat"] - group["to_hands"]
        clips = "1 clip" if group["clips"] == 1 else f"{group['clips']} clips"
        lines.append(
            f"{group['name']}: {clips}, {group['to_bat']} with a chain to the bat,"
            f" {group['to_hands']} to the hands, {none} without"
        )
    return [part for line in lines for part in fill(line, 150).split("\n")]


def _words(name: str) -> str:
    return name.replace("_", " ")
