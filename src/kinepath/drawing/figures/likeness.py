"""Figures of the similarity of an activity's clips: a tree and a map."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.cluster.hierarchy import dendrogram, linkage
from scipy.spatial.distance import squareform

from kinepath.drawing.figures import style
from kinepath.pairs import Pairs

#: Colour-blind safe (Okabe and Ito 2008); further labels reuse them with another marker.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#22272e")
_MARKERS = "os^Dv<>"
_MOST_NAMES = 80
_MOST_NAMES_ON_MAP = 12
_UNLABELLED = "no label"


def draw_tree(pairs: Pairs, activity: str, labels: Mapping[str, str | None]) -> Figure:
    """Draw the dendrogram of an activity's clips: average linkage of distances per step.

    Parameters
    ----------
    pairs : Pairs
        The comparisons.
    activity : str
        The activity, for the title.
    labels : mapping of str to (str or None)
        The label of each clip, which determines the leaf's colour.
    """
    count = len(pairs.clips)
    shown = min(count, _MOST_NAMES)
    with style.styled():
        height = float(np.clip(0.22 * shown, 1.6, 11)) + 1.6
        figure = style.new_figure(9, height)
        axes = figure.add_axes((0.05, 0.62 / height, 0.62, (height - 1.25) / height))
        axes.set_title(f"{activity}: which clips are alike", fontsize=14, fontweight="bold")
        if count < 2:
            return _nothing(figure, axes, count)
        tree = linkage(squareform(pairs.per_step, checks=False), "average", optimal_ordering=True)
        drawn: dict[str, Any] = dendrogram(
            tree, orientation="left", ax=axes, no_labels=True,
            color_threshold=0.0, above_threshold_color=style.GREY,
        )  # fmt: skip
        looks = _looks(pairs, labels)
        for place, leaf in enumerate(drawn["leaves"]):
            clip = pairs.clips[leaf]
            colour, marker = looks[labels[clip] or _UNLABELLED]
            y = 10 * place + 5
            axes.plot(0, y, marker, color=colour, markersize=5 if count <= _MOST_NAMES else 2,
                      clip_on=False)  # fmt: skip
            if count <= _MOST_NAMES:
                label = labels[clip]
                words = f"{label} ({clip})" if label and label != clip else clip
                axes.annotate(
                    words if len(words) <= 40 else words[:39] + "…", (0, y), xytext=(8, 0),
                    textcoords="offset points", va="center", fontsize=8, color=colour,
                    annotation_clip=False,
                )  # fmt: skip
        axes.set_xlabel("distance per step at which groups join")
        axes.spines["left"].set_visible(False)
        axes.tick_params(left=False, labelleft=False)
        if count > _MOST_NAMES:
            _legend(figure, looks)
    return figure


def draw_map(
    pairs: Pairs,
    activity: str,
    labels: Mapping[str, str | None],
    summary: Mapping[str, Any],
) -> Figure:
    """Draw the clips in the plane, similar ones near each other, with the retrieval score.

    Parameters
    ----------
    pairs, activity, labels
        As for :func:`draw_tree`.
    summary : mapping
        From :func:`kinepath.pairs.summary.summarise`.
    """
    count = len(pairs.clips)
    with style.styled():
        figure = style.new_figure(9, 6.8)
        axes = figure.add_axes((0.08, 0.17, 0.62, 0.73))
        axes.set_title(f"{activity}: the clips as a map", fontsize=14, fontweight="bold")
        if count < 2:
            return _nothing(figure, axes, count)
        looks = _looks(pairs, labels)
        medoids = {of["medoid"] for of in summary["labels"].values() if of["clips"] > 1}
        for clip, (x, y) in summary["map"]["position"].items():
            colour, marker = looks[labels[clip] or _UNLABELLED]
            edge = style.INK if clip in medoids else style.PAPER
            axes.scatter(x, y, s=70 if clip in medoids else 36, marker=marker, color=colour,
                         edgecolors=edge, linewidths=1.6 if clip in medoids else 0.5)  # fmt: skip
            if count <= _MOST_NAMES_ON_MAP:
                axes.annotate(clip, (x, y), xytext=(5, 4), textcoords="offset points", fontsize=7,
                              color=style.GREY)  # fmt: skip
        axes.set_aspect("equal", adjustable="datalim")
        axes.tick_params(labelsize=8)
        _legend(figure, looks)
        share = f"The plane keeps {100 * summary['map']['explained']:.0f} % of the differences."
        ringed = " Ringed: the most typical clip of a label." if medoids else ""
        figure.text(
            0.08, 0.03, fill(f"{share}{ringed} {scored(summary['retrieval'])}", 120),
            fontsize=9, color=style.GREY, va="bottom",
        )  # fmt: skip
    return figure


def scored(retrieval: Mapping[str, Any]) -> str:
    """Format a retrieval score as a sentence."""
    if retrieval["score"] is None:
        return f"Whether alike clips share a label cannot be scored: {retrieval['reason']}."
    other = "of another athlete" if retrieval["left_out"] == "athlete" else "of all others"
    return (
        f"The nearest clip {other} has the same label for {100 * retrieval['score']:.0f} % of"
        f" {retrieval['clips']} clips (shuffled labels: {100 * retrieval['chance']:.0f} %,"
        f" p = {retrieval['p_value']:.2g})."
    )


def _looks(pairs: Pairs, labels: Mapping[str, str | None]) -> dict[str, tuple[str, str]]:
    names = dict.fromkeys(labels[clip] or _UNLABELLED for clip in pairs.clips)
    known = [name for name in names if name != _UNLABELLED]
    looks = {
        name: (_COLOURS[k % len(_COLOURS)], _MARKERS[k // len(_COLOURS) % len(_MARKERS)])
        for k, name in enumerate(known)
    }
    return looks | ({_UNLABELLED: (style.GREY, "o")} if _UNLABELLED in names else {})


def _legend(figure: Figure, looks: Mapping[str, tuple[str, str]]) -> None:
    shown = list(looks.items())[:24]
    handles = [
        Line2D([], [], color=colour, marker=marker, linestyle="", markersize=6)
        for _, (colour, marker) in shown
    ]
    names = [name if len(name) <= 24 else name[:23] + "…" for name, _ in shown]
    figure.legend(handles, names, loc="upper left", bbox_to_anchor=(0.72, 0.92), fontsize=9)


def _nothing(figure: Figure, axes: Axes, count: int) -> Figure:
    axes.set_axis_off()
    words = "one clip: nothing to compare it with" if count else "no clip can be compared"
    axes.text(0.5, 0.5, words, ha="center", transform=axes.transAxes, color=style.GREY)
    return figure
