"""Cleaning keypoint tracks: uncertain samples out, short gaps filled, smoothed, all marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.sequence import carried_attrs, with_parameters
from kinepath.smoothing import savitzky_golay, window_length

#: What was done to a sample, as bits of the variable ``changed``.
CHANGES = {"low_confidence": 1, "filled": 2, "smoothed": 4, "repeated_frame": 8}

Track = NDArray[np.float64]
Mask = NDArray[np.bool_]


def clean(dataset: xr.Dataset, settings: Mapping[str, Any]) -> xr.Dataset:
    """Clean a pose sequence.

    Samples below the least confidence, and those of frames that show the same picture as the one
    before, are removed; gaps up to a length in seconds are filled by linear interpolation, longer
    ones stay NaN; each stretch without gaps is smoothed.

    Parameters
    ----------
    dataset : xarray.Dataset
        Poses, as a backend gives them.
    settings : mapping
        ``min_confidence`` (0 to 1), ``max_gap_s``, ``smoothing_window_s`` (0: none) and
        ``smoothing_order``.

    Returns
    -------
    xarray.Dataset
        The same variables and ``changed`` (time, keypoints, individuals): bits of
        :data:`CHANGES`. The confidence of a filled sample is the lower one of its neighbours';
        that of a missing sample is 0.
    """
    fps = float(dataset.attrs["fps"])
    confidence = dataset["confidence"].values
    repeated = np.zeros(confidence.shape[0], dtype=bool)
    repeated[np.asarray(dataset.attrs.get("repeated", []), dtype=np.intp)] = True
    missing = np.isnan(dataset["position"].values).any(axis=1)
    low = ~missing & (confidence < settings["min_confidence"])
    again = ~missing & repeated[:, None, None]
    seen = ~(missing | low | again)
    filled = short_gaps(seen, round(settings["max_gap_s"] * fps))
    window = window_length(settings["smoothing_window_s"], fps, settings["smoothing_order"])

    cleaned = dataset.copy()
    for name in ("position", "position_3d"):
        if name in dataset:
            values = fill(dataset[name].values, seen, filled)
            values = smooth(values, window, settings["smoothing_order"])
            cleaned[name] = dataset[name].copy(data=values)
    known = fill_confidence(confidence, seen, filled)
    cleaned["confidence"] = dataset["confidence"].copy(data=known)
    smoothed = (seen | filled) & (_run_length(seen | filled) >= window) & (window > 0)
    cleaned["changed"] = (
        dataset["confidence"].dims,
        _bits(low_confidence=low, filled=filled, smoothed=smoothed, repeated_frame=again),
        {
            "units": "1",
            "long_name": "what was done to the sample",
            "flag_masks": np.array(list(CHANGES.values()), dtype=np.uint8),
            "flag_meanings": " ".join(CHANGES),
        },
    )
    attrs = carried_attrs(dataset)
    attrs["ds_type"] = "poses"
    attrs["parameters"] = with_parameters(dataset.attrs, "clean", settings)
    return cleaned.assign_attrs(attrs)


def _bits(**masks: Mask) -> NDArray[np.uint8]:
    total = np.zeros(next(iter(masks.values())).shape, dtype=np.uint8)
    for name, mask in masks.items():
        total |= np.where(mask, np.uint8(CHANGES[name]), np.uint8(0))
    return total


def _run_length(mask: Mask) -> NDArray[np.intp]:
    """Give for every true sample the length of the run of true samples it is in, along axis 0."""
    count = mask.shape[0]
    order = np.arange(count).reshape(-1, *([1] * (mask.ndim - 1)))
    before = np.maximum.accumulate(np.where(mask, -1, order), axis=0)
    after = np.minimum.accumulate(np.where(mask, count, order)[::-1], axis=0)[::-1]
    return np.where(mask, after - before - 1, 0).astype(np.intp)


def short_gaps(seen: Mask, longest: int) -> Mask:
    """Mark the missing samples between seen ones, in gaps of up to ``longest`` frames (axis 0)."""
    gap = ~seen
    inner = np.maximum.accumulate(seen, axis=0) & np.maximum.accumulate(seen[::-1], axis=0)[::-1]
    return gap & inner & (_run_length(gap) <= longest)


def fill(values: Track, seen: Mask, filled: Mask) -> Track:
    """Interpolate linearly where ``filled``, keep where ``seen``, and set NaN elsewhere.

    Parameters
    ----------
    values : ndarray, shape (time, space, keypoints, individuals)
    seen, filled : ndarray of bool, shape (time, keypoints, individuals)
    """
    result = np.where(seen[:, None], values, np.nan)
    frame = np.arange(values.shape[0])
    for k, i in np.argwhere(filled.any(axis=0)):
        known, gap = seen[:, k, i], filled[:, k, i]
        for axis in range(values.shape[1]):
            result[gap, axis, k, i] = np.interp(frame[gap], frame[known], values[known, axis, k, i])
    return result


def fill_confidence(confidence: Track, seen: Mask, filled: Mask) -> Track:
    """Give filled samples the lower confidence of the seen samples on both sides of the gap."""
    count = confidence.shape[0]
    order = np.arange(count)[:, None, None]
    before = np.maximum.accumulate(np.where(seen, order, 0), axis=0)
    after = np.minimum.accumulate(np.where(seen, order, count - 1)[::-1], axis=0)[::-1]
    lower = np.minimum(
        np.take_along_axis(confidence, before, axis=0),
        np.take_along_axis(confidence, after, axis=0),
    )
    return np.where(seen, confidence, np.where(filled, lower, 0.0))


def smooth(values: Track, window: int, order: int) -> Track:
    """Smooth every stretch without NaN by a Savitzky-Golay filter along axis 0.

    A stretch shorter than the window stays as it is: a filter that reaches over a gap would
    invent motion.
    """
    if window == 0:
        return values
    result = values.copy()
    tracks = result.reshape(values.shape[0], -1)
    for track in tracks.T:
        for start, stop in _stretches(~np.isnan(track)):
            if stop - start >= window:
                track[start:stop] = savitzky_golay(track[start:stop], window, order)
    return tracks.reshape(values.shape)


def _stretches(mask: Mask) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
