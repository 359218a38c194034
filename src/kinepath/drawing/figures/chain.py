"""The figure of a kinetic chain: when each part moves fastest, and which part leads which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from numpy.typing import ArrayLike

from kinepath.body.skeleton import mirrored, side
from kinepath.chain import signals
from kinepath.chain.result import ChainResult, Edge, Node, Null
from kinepath.drawing.figures import style
from kinepath.drawing.figures.labels import box_around, place_clear
from kinepath.typing import Array

_COLOURS = {"left": style.LEFT, "right": style.RIGHT, "middle": style.MIDDLE}
#: Left and right are shifted slightly above and below their common level to avoid overlap.
_SHIFT = {"left": 0.17, "right": -0.17, "middle": 0.0}
_NODE_SIZE = 190


def draw_chain(
    result: ChainResult, label: str, time: Array, speed: Array | None, moving: str = "bat"
) -> Figure:
    """Draw the correlation path of a clip.

    Parameters
    ----------
    result : ChainResult
        The kinetic chain.
    label : str
        The clip's label, any script.
    time : ndarray, shape (time,)
        Seconds on the raw video's clock.
    speed : ndarray, shape (time,), or None
        Speed of the bat or the hands, statures per second, NaN where unknown; None where the
        activity has no bat.
    moving : str
        What ``speed`` refers to.

    Returns
    -------
    matplotlib.figure.Figure
        Save it with :func:`kinepath.drawing.figures.style.save`.
    """
    with style.styled():
        figure = style.new_figure(11, 8.2)
        strip, panel = figure.subplots(
            2,
            1,
            height_ratios=[1, 4.4],
            gridspec_kw={
                "left": 0.11,
                "right": 0.97 if result.null is None else 0.725,
                "top": 0.835,
                "bottom": 0.165,
                "hspace": 0.2,
            },
        )
        if result.null is not None:
            draw_null(figure.add_axes((0.8, 0.3, 0.17, 0.36)), result.null)
        _title(figure, result, label)
        peak = _speed_strip(strip, time, speed, moving)
        alive = [node for node in result.nodes if node.activation_time_s is not None]
        heights = _heights(result.nodes)
        _levels(panel, result.nodes)
        if alive:
            window = _window(alive, time)
            panel.set_xlim(*window)
            strip.axvspan(*window, color=style.FAINT, alpha=0.35, linewidth=0, zorder=0)
            if peak is not None and window[0] <= peak <= window[1]:
                panel.axvline(peak, color=style.GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
            _graph(panel, result, alive, heights)
        else:
            panel.set_xticks([])
            panel.text(
                0.5, 0.5, "nothing to correlate", transform=panel.transAxes, ha="center",
                color=style.GREY, fontsize=13,
            )  # fmt: skip
        _dead_nodes(panel, [node for node in result.nodes if not node.alive], heights)
        _legend(figure)
        _notes(figure, result)
    return figure


def _title(figure: Figure, result: ChainResult, label: str) -> None:
    badge, colour = "no kinetic chain", style.GREY
    if result.path:
        badge, colour = "chain stops before the bat", style.WARN
    if result.reaches_hands:
        badge, colour = "chain to the hands, bat not seen", style.WARN
    if result.reaches_bat:
        badge, colour = "kinetic chain to the bat", style.ACCENT
    figure.text(0.045, 0.957, label, fontsize=17, fontweight="bold", va="center")
    figure.text(
        0.97,
        0.957,
        badge,
        fontsize=12,
        fontweight="bold",
        color="white",
        ha="right",
        va="center",
        bbox={
            "boxstyle": "round,pad=0.45",
            "facecolor": colour,
            "edgecolor": "none",
        },
    )
    figure.text(0.045, 0.912, fill(result.reason, 140), fontsize=10, va="center", linespacing=1.3)
    way = " → ".join(name.replace("_", " ") for name in result.path)
    figure.text(0.045, 0.878, way, fontsize=10.5, va="center", color=style.ACCENT, weight="bold")


def _speed_strip(axes: Axes, time: Array, speed: Array | None, moving: str) -> float | None:
    """Draw the speed of bat or hands; return the time of its peak."""
    axes.set_xlim(time[0], max(time[-1], time[0] + 1e-3))
    axes.tick_params(labelsize=8.5)
    axes.set_ylabel(f"speed of the\n{moving}\n(BH/s)", fontsize=8.5)
    if speed is None or np.isnan(speed).all():
        axes.set_yticks([])
        words = "no bat in this activity" if speed is None else "the bat is not known in any frame"
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", color=style.GREY)
        return None
    axes.fill_between(time, np.nan_to_num(speed), color=style.ACCENT, alpha=0.18, linewidth=0)
    axes.plot(time, speed, color=style.ACCENT, linewidth=1.6)
    axes.set_ylim(0, 1.3 * max(float(np.nanmax(speed)), 1e-9))
    best = int(np.nanargmax(speed))
    axes.plot(time[best], speed[best], "v", color=style.INK, markersize=7)
    late = time[best] > (time[0] + time[-1]) / 2
    axes.annotate(
        f"peak {speed[best]:.1f} at {time[best]:.2f} s",
        (float(time[best]), float(speed[best])),
        xytext=(-9 if late else 9, 0),
        textcoords="offset points",
        ha="right" if late else "left",
        va="center",
        fontsize=9,
    )
    return float(time[best])


def draw_null(axes: Axes, null: Null) -> None:
    """Draw the distribution of scores of random timings, and the clip's own score."""
    counts, edges = null.histogram(24)
    without = int(np.count_nonzero(null.maxima <= 0))
    counts = counts.astype(np.float64)
    counts[0] -= without
    axes.stairs(100 * counts / len(null.maxima), edges, fill=True, color=style.FAINT)
    axes.set_xlim(-0.04 * edges[-1], 1.05 * edges[-1])
    top = max(float((100 * counts / len(null.maxima)).max()), 1e-3)
    axes.set_ylim(0, 1.35 * top)
    beyond = null.p <= null.alpha
    colour = style.ACCENT if beyond else style.GREY
    axes.plot([null.observed] * 2, [0, 1.02 * top], color=colour, linewidth=2.2)
    axes.plot(null.observed, 1.02 * top, "v", color=colour, markersize=8)
    share = 0.5 if 0.25 < null.observed / edges[-1] < 0.75 else float(null.observed > edges[-1] / 2)
    axes.annotate(
        "this clip", (null.observed, 1.1 * top), color=colour, fontsize=8.5, fontweight="bold",
        ha=("left", "center", "right")[round(2 * share)], va="bottom",
    )  # fmt: skip
    axes.set_title("Could it be chance?", fontsize=10, fontweight="bold", pad=20)
    axes.text(
        0, 1.03, f"{len(null.maxima)} random {null.kind}", transform=axes.transAxes, fontsize=8.5,
        color=style.GREY,
    )  # fmt: skip
    verdict = f"as good by chance: {100 * null.p:.1f} %\n(believed up to {100 * null.alpha:.0f} %)"
    nothing = f"{100 * without / len(null.maxima):.0f} % of them: no order at all"
    axes.set_xlabel(f"weight of the best path\n\n{verdict}\n{nothing}", fontsize=8.5)
    axes.set_ylabel(f"share of random {null.kind} (%)", fontsize=8.5)
    axes.tick_params(labelsize=8)


def _levels(axes: Axes, nodes: Sequence[Node]) -> None:
    used = _used(nodes)
    axes.set_ylim(-0.6, len(used) - 0.4)
    axes.set_yticks(range(len(used)), [name.capitalize() for name in used])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("when each part moves fastest (s, clock of the raw video)")
    for level in range(len(used)):
        axes.axhline(level, color=style.FAINT, linewidth=0.8, zorder=0)


def _used(nodes: Sequence[Node]) -> list[str]:
    """Return the levels that have a node, from the ground up."""
    return [signals.LEVELS[k] for k in sorted({signals.level(node.name) for node in nodes})]


def _heights(nodes: Sequence[Node]) -> dict[str, float]:
    """Return the height of every node; the sides are separated only where both are present."""
    used = _used(nodes)
    names = {node.name for node in nodes}
    return {
        name: used.index(signals.LEVELS[signals.level(name)])
        + (_SHIFT[side(name)] if mirrored(name) in names else 0.0)
        for name in names
    }


def _window(alive: Sequence[Node], time: Array) -> tuple[float, float]:
    """Return the time interval of all activations, with margins for labels on both sides."""
    times = [node.activation_time_s for node in alive if node.activation_time_s is not None]
    middle = (min(times) + max(times)) / 2
    half = max((max(times) - min(times)) / 2 * 1.25, 0.12)
    return max(middle - half, float(time[0]) - 0.1), min(middle + half, float(time[-1]) + 0.1)


def _graph(
    axes: Axes, result: ChainResult, alive: Sequence[Node], heights: Mapping[str, float]
) -> None:
    places = {node.name: (node.activation_time_s or 0.0, heights[node.name]) for node in alive}
    along = set(result.path_edges)
    for edge in result.edges:
        if edge not in along:
            _arrow(axes, places, edge, style.GREY, 0.8, 0.45)
    for edge in result.path_edges:
        _arrow(axes, places, edge, style.ACCENT, 1.5 + 6 * edge.c, 0.9)
    for node in alive:
        if node.interval_s is not None:
            axes.plot(
                node.interval_s, [heights[node.name]] * 2, color=_COLOURS[side(node.name)],
                linewidth=6, alpha=0.3, solid_capstyle="butt", zorder=2,
            )  # fmt: skip
        on_path, colour = node.name in result.path, _COLOURS[side(node.name)]
        axes.scatter(
            *places[node.name],
            s=_NODE_SIZE,
            color=style.lighter(colour, 1.0 if on_path or not result.path else 0.5),
            edgecolor="white",
            linewidth=1.2,
            zorder=4,
        )
        letter = {"left": "L", "right": "R", "middle": ""}[side(node.name)]
        axes.annotate(
            letter,
            places[node.name],
            color="white",
            fontsize=8,
            fontweight="bold",
            ha="center",
            va="center_baseline",
            zorder=5,
        )
    _label_edges(axes, places, result.path_edges)


def _arrow(
    axes: Axes,
    places: dict[str, tuple[float, float]],
    edge: Edge,
    colour: str,
    width: float,
    visible: float,
) -> None:
    axes.add_patch(
        FancyArrowPatch(
            places[edge.source],
            places[edge.target],
            arrowstyle="-|>" if width > 1 else "->",
            mutation_scale=9 + 1.6 * width,
            shrinkA=7,
            shrinkB=8,
            linewidth=width,
            color=colour,
            alpha=visible,
            zorder=3 if width > 1 else 2,
        )
    )


def _label_edges(axes: Axes, places: dict[str, tuple[float, float]], edges: Sequence[Edge]) -> None:
    """Label every edge of the path with strength and lag, clear of nodes and the path."""
    size = 1.15 * np.sqrt(_NODE_SIZE) * axes.figure.dpi / 72
    obstacles = [box_around(at, size, size) for at in _pixels(axes, list(places.values()))]
    labels = []
    for edge in edges:
        start, end = np.array(places[edge.source]), np.array(places[edge.target])
        between = [start + share * (end - start) for share in np.linspace(0, 1, 15)]
        obstacles += [box_around(at, size / 2, size / 2) for at in _pixels(axes, between)]
        labels.append(
            axes.annotate(
                _edge_words(edge),
                tuple((start + end) / 2),
                xytext=(0, 0),
                textcoords="offset points",
                fontsize=9,
                fontweight="bold",
                color=style.ACCENT,
                ha="center",
                va="center",
                zorder=6,
                bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": style.ACCENT},
                arrowprops={"arrowstyle": "-", "color": style.ACCENT, "linewidth": 0.8},
            )
        )
    place_clear(axes, labels, obstacles)


def _edge_words(edge: Edge) -> str:
    words = f"{edge.c:.2f} · {1000 * edge.lag_s:.0f} ms"
    if edge.interval_s is None:
        return words
    low, high = (1000 * value for value in edge.interval_s)
    return f"{words} ({low:.0f} to {high:.0f})\nstable {100 * (edge.stability or 0):.0f} %"


def _pixels(axes: Axes, points: Sequence[ArrayLike]) -> list[Array]:
    return list(axes.transData.transform(np.asarray(points, dtype=np.float64)))


def _dead_nodes(axes: Axes, dead: Sequence[Node], heights: Mapping[str, float]) -> None:
    for node in dead:
        axes.annotate(
            "×",
            (0.008, heights[node.name]),
            xycoords=axes.get_yaxis_transform(),
            color=_COLOURS[side(node.name)],
            fontsize=11,
            ha="center",
            va="center",
            zorder=4,
        )


def _legend(figure: Figure) -> None:
    def dot(colour: str, label: str) -> Line2D:
        return Line2D([], [], linestyle="", marker="o", markersize=9, color=colour, label=label)

    handles = [
        dot(style.LEFT, "left side"),
        dot(style.RIGHT, "right side"),
        dot(style.MIDDLE, "middle, bat"),
        Line2D([], [], color=style.MIDDLE, linewidth=6, alpha=0.3, label="uncertain within"),
        Line2D([], [], color=style.ACCENT, linewidth=5, label="chain (correlation · lag)"),
        Line2D([], [], color=style.GREY, linewidth=0.8, alpha=0.6, label="other link"),
        Line2D([], [], color=style.GREY, linestyle=(0, (4, 3)), label="top speed, near contact"),
        Line2D([], [], linestyle="", marker="x", color=style.GREY, label="not seen"),
    ]
    figure.legend(
        handles=handles, loc="center", bbox_to_anchor=(0.5, 0.085), ncols=len(handles),
        fontsize=8.5, columnspacing=1.2, handletextpad=0.5,
    )  # fmt: skip


def _notes(figure: Figure, result: ChainResult) -> None:
    notes = " ".join((f"Method: {result.method}.", *result.notes))
    figure.text(
        0.045,
        0.012,
        fill(notes, 165),
        fontsize=7.5,
        color=style.GREY,
        va="bottom",
        linespacing=1.35,
    )
