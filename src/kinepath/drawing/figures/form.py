"""Figures of the form: repetitions by metric as a coloured table, and the drift over the set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kinepath.drawing.figures import style
from kinepath.form.score import score_words
from kinepath.form.sentences import pair, quantity

#: Background of a cell and mark before its number, by verdict: legible without colours too.
_LOOKS = {
    "ok": (style.lighter(style.ACCENT, 0.28), "✓ "),
    "missed": (style.lighter(style.RIGHT, 0.38), "✗ "),
    "abstained": (style.lighter(style.GREY, 0.22), "? "),
    None: ((1.0, 1.0, 1.0), ""),
}
_TITLE_CHARS = 64
_LINE = 0.46
_COLUMN = 1.35
#: Maximum number of repetitions in one figure; a longer set is truncated with a note.
_MOST_COLUMNS = 24


def draw_table(form: Mapping[str, Any], label: str) -> Figure:
    """Draw the table of repetitions by metric.

    Parameters
    ----------
    form : mapping
        From :func:`kinepath.form.assess`.
    label : str
        Name of the clip.
    """
    reps = form["repetitions"][:_MOST_COLUMNS]
    names = list(form["metrics"])
    width = 5.2 + _COLUMN * max(len(reps), 2)
    notes = _notes(form, int(13.5 * width))
    head, foot = 1.25, 0.75 + 0.21 * len(notes)
    height = head + foot + _LINE * (len(names) + 2)
    with style.styled():
        figure = style.new_figure(width, height)
        figure.text(
            0.25 / width,
            1 - 0.4 / height,
            _heading(form, label),
            fontsize=16,
            fontweight="bold",
            va="center",
        )
        figure.text(0.25 / width, 1 - 0.8 / height, _summary(form), fontsize=10, va="center")
        axes = figure.add_axes((0, foot / height, 1, _LINE * (len(names) + 2) / height))
        axes.set_axis_off()
        axes.set_xlim(0, width)
        axes.set_ylim(len(names) + 2, 0)
        for column, entry in enumerate(reps):
            x = 5.1 + _COLUMN * column
            words = f"{entry['number']}" + ("" if entry["complete"] else " (unfinished)")
            axes.text(
                x + _COLUMN / 2,
                0.5,
                words,
                ha="center",
                va="center",
                fontsize=10.5,
                fontweight="bold",
            )
            for row, name in enumerate(names):
                _cell(axes, x, row + 1, entry, name)
            _score_cell(axes, x, len(names) + 1, entry["score"])
        axes.text(0.25, 0.5, "repetition", va="center", fontsize=9.5, color=style.GREY)
        for row, name in enumerate(names):
            _name(axes, row + 1, form["metrics"][name])
        axes.text(0.25, len(names) + 1.5, "Score (0 to 100)", va="center", fontweight="bold")
        if not reps:
            axes.text(5.2, 1.5, "no repetitions", va="center", fontsize=11)
        figure.text(
            0.25 / width,
            0.2 / height,
            "\n".join(notes),
            fontsize=8.5,
            va="bottom",
            color=style.GREY,
            linespacing=1.4,
        )
    return figure


def _heading(form: Mapping[str, Any], label: str) -> str:
    return label if label == form["title"] else f"{label}: {form['title']}"


def _summary(form: Mapping[str, Any]) -> str:
    view, total = form["view"], form["set"]["score"]
    angle = view["from_side_deg"]
    seen = "" if angle is None else f", {angle:.0f}° from the side"
    words = f"View: {view['name']} ({view['source']}{seen}).  Set: "
    if total["value"] is None:
        return words + "no score."
    return words + f"score {score_words(total)}."


def _notes(form: Mapping[str, Any], width: int) -> list[str]:
    lines = [
        "✓ in the range   ✗ missed   ? not judged: view, confidence or nearness to the limit do not"
        " allow it   white: measured only   ~ changes with the smoothing   ± standard deviation"
    ]
    if form["note"]:
        lines.append(form["note"])
    if len(form["repetitions"]) > _MOST_COLUMNS:
        lines.append(f"the first {_MOST_COLUMNS} of {len(form['repetitions'])} repetitions")
    return [part for line in lines for part in fill(line, width).split("\n")]


def _name(axes: Axes, row: float, metric: Mapping[str, Any]) -> None:
    title = fill(metric["title"], _TITLE_CHARS)
    axes.text(0.25, row + 0.36, title, va="center", fontsize=9.5)
    words = "" if metric["range"] is None else f"range {_range(metric)}"
    axes.text(0.25, row + 0.74, words, va="center", fontsize=7.5, color=style.GREY)


def _range(metric: Mapping[str, Any]) -> str:
    low, high = metric["range"]
    unit = metric["unit"]
    if low is None:
        return f"≤ {quantity(high, unit)}"
    return f"≥ {quantity(low, unit)}" if high is None else f"{low:g} to {quantity(high, unit)}"


def _cell(axes: Axes, x: float, row: float, entry: Mapping[str, Any], name: str) -> None:
    metric = entry["metrics"].get(name)
    verdict = None if metric is None else metric["verdict"]
    ground, mark = _LOOKS[verdict]
    axes.add_patch(
        Rectangle(
            (x + 0.03, row + 0.05),
            _COLUMN - 0.06,
            0.9,
            facecolor=ground,
            edgecolor=style.FAINT,
            linewidth=0.6,
        )
    )
    if metric is None or metric["value"] is None:
        text = f"{mark}–"
    else:
        unit = metric["unit"]
        text = f"{mark}{pair(metric['value'], metric['sd'], unit)}".removesuffix(" statures")
    if name in entry["sensitivity"]["changed"]:
        text += " ~"
    axes.text(x + _COLUMN / 2, row + 0.5, text, ha="center", va="center", fontsize=8.5)


def _score_cell(axes: Axes, x: float, row: float, score: Mapping[str, Any]) -> None:
    text = "–" if score["value"] is None else f"{score['value']:.0f} ± {score['sd']:.0f}"
    axes.text(
        x + _COLUMN / 2, row + 0.5, text, ha="center", va="center", fontsize=11, fontweight="bold"
    )


def draw_drift(form: Mapping[str, Any], label: str) -> Figure:
    """Draw every metric over the repetitions, with its range and the fitted line.

    Parameters
    ----------
    form : mapping
        From :func:`kinepath.form.assess`.
    label : str
        Name of the clip.
    """
    names = [name for name in form["metrics"] if form["set"]["metrics"][name]["mean"] is not None]
    columns = 3
    rows = max(-(-len(names) // columns), 1)
    height = 1.3 + 2.1 * rows
    with style.styled():
        figure = style.new_figure(11, height)
        figure.text(
            0.03,
            1 - 0.35 / height,
            f"{label}: change over the set",
            fontsize=16,
            fontweight="bold",
            va="center",
        )
        told = form["set"]["sentences"] or ["No metric changes over the set by more than chance."]
        figure.text(
            0.03, 1 - 0.72 / height, fill(told[0], 130).split("\n")[0], fontsize=9.5, va="center"
        )
        if not names:
            figure.text(0.03, 0.4, "nothing was measured", fontsize=11)
        for index, name in enumerate(names):
            row, column = divmod(index, columns)
            axes = figure.add_axes(
                (0.06 + 0.325 * column, 1 - (1.35 + 2.1 * row + 1.35) / height, 0.25, 1.35 / height)
            )
            _course(axes, form, name)
    return figure


def _course(axes: Axes, form: Mapping[str, Any], name: str) -> None:
    metric, drift = form["metrics"][name], form["set"]["metrics"][name]["drift"]
    points = [
        (entry["number"], entry["metrics"][name])
        for entry in form["repetitions"]
        if entry["complete"] and entry["metrics"][name]["value"] is not None
    ]
    numbers = [number for number, _ in points]
    values = np.array([point["value"] for _, point in points])
    sds = np.array([point["sd"] for _, point in points])
    axes.set_title(fill(metric["title"], 36), fontsize=8.5)
    _limits(axes, numbers, values, sds)
    if metric["range"] is not None:
        low, high = metric["range"]
        bottom, top = axes.get_ylim()
        axes.axhspan(
            bottom if low is None else low,
            top if high is None else high,
            linewidth=0,
            color=style.lighter(style.ACCENT, 0.14),
            zorder=0,
        )
        axes.set_ylim(bottom, top)
    axes.errorbar(numbers, values, yerr=sds, fmt="none", ecolor=style.FAINT, linewidth=2.2)
    for number, point in points:
        missed = point["verdict"] == "missed"
        axes.plot(
            number,
            point["value"],
            "X" if missed else "o",
            markersize=6,
            color=style.RIGHT if missed else style.INK,
        )
    if drift["slope"] is not None:
        ends = np.array([numbers[0], numbers[-1]], dtype=np.float64)
        sure = drift["drifts"]
        axes.plot(
            ends,
            drift["intercept"] + drift["slope"] * ends,
            linewidth=2.0 if sure else 1.0,
            color=style.LEFT,
            linestyle="-" if sure else (0, (3, 3)),
        )
    axes.set_ylabel(metric["unit"] or "ratio", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.set_xticks(numbers if len(numbers) <= 12 else numbers[:: -(-len(numbers) // 12)])


def _limits(axes: Axes, numbers: Sequence[int], values: Any, sds: Any) -> None:
    # Long error bars of metrics that cannot be assessed must not flatten the values.
    spread = max(float(np.ptp(values)), float(np.median(np.minimum(sds, np.abs(values)))), 1e-3)
    axes.set_ylim(float(values.min()) - 1.2 * spread, float(values.max()) + 1.2 * spread)
    axes.set_xlim(min(numbers) - 0.5, max(numbers) + 0.5)
