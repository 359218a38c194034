"""The mean motion of a label's clips, as shown by the page that compares two clips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.pairs import Features, Pairs, features, shared, speeds
from kinepath.pairs.summary import medoid
from kinepath.signal import dtw
from kinepath.site.curves import clip_panels, flat_figure, rounded
from kinepath.site.warps import warp
from kinepath.typing import Array

#: Minimum fraction of clips with a value for the mean to have one.
_ENOUGH = 0.5
#: Minimum length of the mean of unit vectors; shorter ones have no mean direction.
_AGREE = 0.5


def label_means(
    templates: xr.Dataset,
    pairs: Pairs,
    motions: Mapping[str, xr.Dataset],
    labels: Mapping[str, str],
    settings: Mapping[str, Any],
) -> dict[str, dict[str, Any]]:
    """Average the clips of each label, every clip warped onto the label's template.

    Parameters
    ----------
    templates : xarray.Dataset
        Of the activity, from :func:`kinepath.pairs.summary.template_dataset`.
    pairs : Pairs
        All clips of the activity.
    motions : mapping of str to xarray.Dataset
        Their kinematics.
    labels : mapping of str to str
        Of each clip.
    settings : mapping
        Settings of the comparison of pairs.

    Returns
    -------
    dict of str to dict
        By label, for labels of two or more clips, what :func:`kinepath.site.curves.clip_curves`
        returns for a clip, with these differences: values are means over the clips that have one,
        null where fewer than half do; ``sd`` is their standard deviation; left-handers are
        mirrored; speeds are in metres only if the height of every athlete is known. Additionally:
        ``label``, ``fps``, ``start_s``, ``event_s`` (contact; null where fewer than half have one),
        ``height_m`` (the mean), ``clips`` and, of each of them, its path onto the template in
        ``warps``, as :func:`kinepath.site.warps.warp` returns it.
    """
    found = {}
    for label in map(str, templates["label"].values):
        clips = [clip for clip in pairs.clips if labels[clip] == label]
        if len(clips) > 1:
            values = templates["template"].sel(label=label).values
            found[label] = _mean(label, clips, values, pairs, motions, settings)
    return found


def _mean(
    label: str,
    clips: Sequence[str],
    values: Array,
    pairs: Pairs,
    motions: Mapping[str, xr.Dataset],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    values = values[np.isfinite(values).any(axis=1)]
    centre = pairs.clips[medoid(pairs.per_step, [pairs.index(clip) for clip in clips])]
    fps = float(motions[centre].attrs["fps"])
    parts = {clip: features(motions[clip], settings) for clip in clips}
    time = np.arange(len(values)) / fps
    template = Features(values, time, parts[centre].parts, parts[centre].weights)
    _, curves = speeds([motions[clip] for clip in clips])
    measured = _comparable([motions[clip] for clip in clips])
    warps, onto, contacts = {}, [], []
    for clip, motion, curve in zip(clips, measured, curves, strict=True):
        columns, _ = shared(parts[clip], template)
        _, path = dtw.path(parts[clip].values[:, columns], values[:, columns], settings["band"])
        compared = np.flatnonzero(np.isin(motion["time"].values, parts[clip].time))
        warps[clip] = warp(parts[clip], template, path, curve[compared])
        onto.append(_Onto(compared[path[:, 0]], path[:, 1], len(values)))
        contacts.append(_contact(motion, onto[-1]))
    known = [each for each in contacts if each is not None]
    heights = [motion.attrs["height_m"] for motion in measured if "height_m" in motion.attrs]
    return {
        "label": label,
        "clips": list(clips),
        "fps": fps,
        "start_s": 0.0,
        "event_s": float(np.median(known)) / fps if len(known) >= _ENOUGH * len(clips) else None,
        "height_m": float(np.mean(heights)) if heights else None,
        "time_s": rounded(time, 4),
        "mirrored": False,
        "panels": _panels([clip_panels(motion) for motion in measured], onto),
        "sources": None,
        "events": [],
        "figure": _figure([flat_figure(motion) for motion in measured], onto),
        "warps": warps,
    }


class _Onto:
    """Map values at a clip's frames to those of the template."""

    def __init__(self, frames: NDArray[np.intp], partners: NDArray[np.intp], count: int) -> None:
        self.frames, self.partners, self.count = frames, partners, count

    def __call__(self, values: Array) -> Array:
        """Average the frames, shape (frames, ...), that correspond to each of the template's."""
        given = values[self.frames]
        known = np.isfinite(given)
        total = np.zeros((self.count, *given.shape[1:]))
        number = np.zeros_like(total)
        np.add.at(total, self.partners, np.where(known, given, 0.0))
        np.add.at(number, self.partners, known)
        return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def _comparable(motions: Sequence[xr.Dataset]) -> list[xr.Dataset]:
    """Make all name their sides by the mirrored pose, and use the same unit."""
    metres = all("height_m" in motion.attrs for motion in motions)
    found = []
    for motion in motions:
        same = motion.copy()
        same.attrs = {k: v for k, v in motion.attrs.items() if metres or k != "height_m"}
        found.append(same.assign_attrs(mirrored=0))
    return found


def _contact(motion: xr.Dataset, onto: _Onto) -> float | None:
    """Return the template's frame at which a clip has its contact."""
    if "contact_s" not in motion.attrs:
        return None
    frame = int(np.argmin(np.abs(motion["time"].values - motion.attrs["contact_s"])))
    there = onto.partners[onto.frames == frame]
    return float(np.median(there)) if there.size else None


def _spread(values: Iterable[Array]) -> tuple[Array, Array]:
    """Return mean and standard deviation over clips, NaN where too few have a value."""
    stacked = np.stack(list(values))
    known = np.isfinite(stacked)
    number = known.sum(axis=0)
    enough = number >= max(_ENOUGH * len(stacked), 1)
    mean = np.where(known, stacked, 0.0).sum(axis=0) / np.maximum(number, 1)
    squares = np.where(known, (stacked - mean) ** 2, 0.0).sum(axis=0)
    sd = np.sqrt(squares / np.maximum(number - 1, 1))
    return np.where(enough, mean, np.nan), np.where(enough & (number > 1), sd, np.nan)


def _panels(
    of_clips: Sequence[Sequence[Mapping[str, Any]]], onto: Sequence[_Onto]
) -> list[dict[str, Any]]:
    panels = []
    for panel in of_clips[0]:
        lines = []
        for line in panel["lines"]:
            same = [_line(each, panel["title"], line["name"]) for each in of_clips]
            moved = [move(v) for move, v in zip(onto, same, strict=True) if v is not None]
            if len(moved) == len(of_clips):
                mean, sd = _spread(moved)
                lines.append({"name": line["name"], "values": rounded(mean), "sd": rounded(sd)})
        panels.append({"title": panel["title"], "unit": panel["unit"], "lines": lines})
    return panels


def _line(panels: Sequence[Mapping[str, Any]], title: str, name: str) -> Array | None:
    for panel in panels:
        for line in panel["lines"]:
            if (panel["title"], line["name"]) == (title, name):
                return np.array(line["values"], dtype=np.float64)
    return None


def _figure(figures: Sequence[Mapping[str, Any]], onto: Sequence[_Onto]) -> dict[str, Any]:
    def moved(key: str, points: int) -> list[Array]:
        return [
            move(np.array(figure[key], dtype=np.float64).reshape(-1, points, 2))
            for move, figure in zip(onto, figures, strict=True)
        ]

    first = figures[0]
    swung = all(figure["implement"] is not None for figure in figures)
    return {
        **{key: first[key] for key in ("names", "edges")},
        "flat": rounded(_spread(moved("flat", len(first["names"])))[0], 0),
        "space": None,
        "implement": rounded(_mean_rod(moved("implement", 2)), 0) if swung else None,
    }


def _mean_rod(rods: Sequence[Array]) -> Array:
    """Average grips, directions and lengths; NaN where the directions have no mean.

    Each rod, and the mean, is grip and tip, shape (frames, 2, 2).
    """
    along = [rod[:, 1] - rod[:, 0] for rod in rods]
    length = [np.linalg.norm(each, axis=1, keepdims=True) for each in along]
    direction, _ = _spread(
        each / np.where(size > 0, size, np.nan) for each, size in zip(along, length, strict=True)
    )
    agreement = np.linalg.norm(direction, axis=1, keepdims=True)
    direction = np.where(agreement >= _AGREE, direction / np.maximum(agreement, 1e-9), np.nan)
    grip, _ = _spread([rod[:, 0] for rod in rods])
    return np.stack([grip, grip + _spread(length)[0] * direction], axis=1)
