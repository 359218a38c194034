"""Figures of comparisons: the matrix of an activity, and the warping path of one pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from kinepath.drawing.figures import style
from kinepath.pairs import GROUPS, Pairs
from kinepath.typing import Array

#: Left is blue and right is orange, as everywhere; the darker shade is the leg.
_GROUP_COLOURS = ("#004a75", "#9a4300", style.GREY, style.LEFT, style.RIGHT, style.ACCENT)
_MOST_VALUES = 14
_MOST_LABELS = 80


def draw_matrix(pairs: Pairs, activity: str, labels: Mapping[str, str]) -> Figure:
    """Draw the matrix of distances between the clips of an activity.

    Similar clips are adjacent (average linkage); a darker cell is a smaller distance per step.

    Parameters
    ----------
    pairs : Pairs
        The comparisons.
    activity : str
        The activity, for the title.
    labels : mapping of str to str
        The label of each clip, any script.
    """
    count = len(pairs.clips)
    size = float(np.clip(0.5 * count, 3.0, 11.0))
    with style.styled():
        note = _note(pairs, labels, int(16 * (size + 2.6)))
        below = 0.35 + 0.17 * (note.count("\n") + 1)
        figure = style.new_figure(size + 3.6, size + 2.0 + below)
        height = size + 2.0 + below
        axes = figure.add_axes((2.2 / (size + 3.6), (1.5 + below) / height,
                                size / (size + 3.6), size / height))  # fmt: skip
        axes.set_title(f"{activity}: distance per step", fontsize=14, fontweight="bold", pad=14)
        figure.text(0.02, 0.15 / height, note, fontsize=8, color=style.GREY, va="bottom")
        if count < 2:
            words = "one clip: nothing to compare it with" if count else "no clip can be compared"
            axes.set_axis_off()
            axes.text(0.5, 0.5, words, ha="center", transform=axes.transAxes, color=style.GREY)
        else:
            order = like_together(pairs.per_step)
            _heat_map(figure, axes, pairs.per_step[np.ix_(order, order)])
            names = [labels[pairs.clips[k]] for k in order]
            _clip_ticks(axes, names)
    return figure


def _note(pairs: Pairs, labels: Mapping[str, str], width: int) -> str:
    """Return a note on the clips left out and those that do not show all compared parts."""
    lines = [f"Left out: {labels[clip]}: {reason}" for clip, reason in pairs.excluded.items()]
    hidden: dict[tuple[str, ...], list[str]] = {}
    for clip, parts in pairs.unseen.items():
        hidden.setdefault(parts, []).append(labels[clip])
    for parts, names in hidden.items():
        unseen = ", ".join(part.replace("_", " ") for part in parts)
        lines.append(f"Compared without {unseen} (not seen): {', '.join(names)}")
    return "\n".join(fill(line, width) for line in lines)


def like_together(distance: Array) -> NDArray[np.intp]:
    """Order clips so that similar ones are neighbours: the leaves of average-linkage clustering.

    Parameters
    ----------
    distance : ndarray, shape (n, n)
        Symmetric, zero on the diagonal.
    """
    if len(distance) < 3:
        return np.arange(len(distance))
    tree = linkage(squareform(distance, checks=False), "average", optimal_ordering=True)
    return np.asarray(leaves_list(tree), dtype=np.intp)


def draw_warping(
    path: NDArray[np.intp],
    times: Sequence[Array],
    curves: Sequence[Array],
    names: Sequence[str],
    quantity: str,
    cost: Array,
) -> Figure:
    """Draw the temporal correspondence of two clips, and where they differ.

    Parameters
    ----------
    path : ndarray of int, shape (k, 2)
        The warping path.
    times : sequence of two ndarray, shapes (n,) and (m,)
        Seconds on each raw video's clock, of the frames that the path indexes.
    curves : sequence of two ndarray, shapes (n,) and (m,)
        A speed in each of these frames; NaN where unknown.
    names : sequence of two str
        Labels of the clips.
    quantity : str
        What the curves show, with the unit.
    cost : ndarray, shape (n, groups)
        Contribution of each frame of the first clip to the distance, by part of the body
        (:func:`kinepath.pairs.shares.along_first`).
    """
    with style.styled():
        figure = style.new_figure(9, 11)
        grid = figure.add_gridspec(
            3, 2, width_ratios=[1, 3.2], height_ratios=[3.2, 1, 1.2],
            left=0.1, right=0.96, top=0.89, bottom=0.06, hspace=0.08, wspace=0.06,
        )  # fmt: skip
        panel = figure.add_subplot(grid[0, 1])
        lower = figure.add_subplot(grid[1, 1], sharex=panel)
        upright = figure.add_subplot(grid[0, 0], sharey=panel)
        first, second = times
        panel.plot([first[0], first[-1]], [second[0], second[-1]], color=style.FAINT, linewidth=1.5)
        panel.plot(first[path[:, 0]], second[path[:, 1]], color=style.ACCENT, linewidth=2.4)
        lower.plot(first, curves[0], color=style.LEFT, linewidth=1.6)
        upright.plot(curves[1], second, color=style.RIGHT, linewidth=1.6)
        upright.invert_xaxis()
        for axes in (panel, lower, upright):
            axes.tick_params(labelsize=9)
        panel.tick_params(labelbottom=False, labelleft=False)
        _mark_peaks(panel, lower, upright, times, curves)
        lower.tick_params(labelbottom=False)
        shares = figure.add_subplot(grid[2, 1], sharex=panel)
        _cost_areas(figure, shares, first, cost)
        shares.set_xlabel(f"{names[0]} (s)", color=style.LEFT, fontsize=11)
        upright.set_ylabel(f"{names[1]} (s)", color=style.RIGHT, fontsize=11)
        upright.set_xlabel(quantity, fontsize=9)
        figure.text(
            0.1, 0.955, f"{names[0]} – {names[1]}", fontsize=15, fontweight="bold", va="center"
        )
        figure.text(
            0.1,
            0.918,
            "Which moments correspond (green), against an even pace (grey). Dotted: fastest moment"
            " of each.\nBelow: what each moment adds to the distance, by part of the body.",
            fontsize=9.5,
            color=style.GREY,
            va="center",
        )
    return figure


def _cost_areas(figure: Figure, axes: Axes, time: Array, cost: Array) -> None:
    """Stack the contributions of the body parts to the distance; label each with its fraction."""
    total = max(float(cost.sum()), 1e-300)
    shown = [k for k in range(len(GROUPS)) if cost[:, k].any()]
    colours = [_GROUP_COLOURS[k] for k in shown]
    if shown:
        axes.stackplot(time, cost[:, shown].T, colors=colours, linewidth=0)
    axes.tick_params(labelsize=8)
    for line, k in enumerate(shown):
        figure.text(
            0.1, 0.19 - 0.021 * line, f"{GROUPS[k]} {100 * cost[:, k].sum() / total:.0f} %",
            color=_GROUP_COLOURS[k], fontsize=9.5, fontweight="bold",
        )  # fmt: skip


def _heat_map(figure: Figure, axes: Axes, values: Array) -> None:
    count = len(values)
    shown = np.where(np.eye(count, dtype=bool), np.nan, values)
    high = max(float(values.max()), 1e-12)
    image = axes.imshow(shown, cmap="viridis", vmin=0.0, vmax=high)
    bar = figure.colorbar(image, ax=axes, fraction=0.045, pad=0.03)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8)
    if count <= _MOST_VALUES:
        for i, j in zip(*np.nonzero(np.isfinite(shown)), strict=True):
            dark = values[i, j] < 0.6 * high
            axes.text(
                j, i, f"{values[i, j]:.2g}", ha="center", va="center", fontsize=8,
                color="white" if dark else style.INK,
            )  # fmt: skip


def _clip_ticks(axes: Axes, names: list[str]) -> None:
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    if len(names) > _MOST_LABELS:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_xlabel(f"{len(names)} clips, in an order that puts like ones together")
        return
    short = [name if len(name) <= 22 else name[:21] + "…" for name in names]
    size = float(np.clip(300 / len(names), 4, 9))
    axes.set_xticks(range(len(names)), short, rotation=40, ha="right", fontsize=size)
    axes.set_yticks(range(len(names)), short, fontsize=size)


def _mark_peaks(
    panel: Axes,
    lower: Axes,
    upright: Axes,
    times: Sequence[Array],
    curves: Sequence[Array],
) -> None:
    """Mark the time of each clip's maximum speed in all panels."""
    for k, (time, curve) in enumerate(zip(times, curves, strict=True)):
        if np.isnan(curve).all():
            continue
        peak = float(time[np.nanargmax(curve)])
        colour = (style.LEFT, style.RIGHT)[k]
        for axes in (panel, (lower, upright)[k]):
            line = axes.axvline if k == 0 else axes.axhline
            line(peak, color=colour, linestyle=":", linewidth=1.2)
