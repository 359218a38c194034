"""Gaps and runs in time series: finding them, and filling gaps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kinepath.typing import Array, Mask


def run_length(mask: Mask) -> NDArray[np.intp]:
    """Return, for every true sample, the length of its run of true samples along axis 0."""
    count = mask.shape[0]
    order = np.arange(count).reshape(-1, *([1] * (mask.ndim - 1)))
    before = np.maximum.accumulate(np.where(mask, -1, order), axis=0)
    after = np.minimum.accumulate(np.where(mask, count, order)[::-1], axis=0)[::-1]
    return np.where(mask, after - before - 1, 0).astype(np.intp)


def runs_of(mask: Mask) -> list[tuple[int, int]]:
    """Return the start and end (exclusive) of every run of true samples in a mask (time,)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def short_gaps(seen: Mask, longest: int) -> Mask:
    """Mark the missing samples between seen ones, in gaps of up to ``longest`` frames (axis 0)."""
    gap = ~seen
    inner = np.maximum.accumulate(seen, axis=0) & np.maximum.accumulate(seen[::-1], axis=0)[::-1]
    return gap & inner & (run_length(gap) <= longest)


def bridged(values: Array, longest: int | None = None) -> Array:
    """Interpolate linearly over missing samples along time.

    Parameters
    ----------
    values : ndarray, shape (time, ...)
        NaN where missing. A column without any known sample stays missing.
    longest : int, optional
        Longest gap to fill, samples; gaps at the ends then stay too. Without it all gaps are
        filled, those at the ends with the nearest known sample.
    """
    frame = np.arange(len(values))
    columns = values.reshape(len(values), -1).astype(np.float64)
    for column in columns.T:
        known = np.isfinite(column)
        if known.all() or not known.any():
            continue
        between = np.interp(frame, frame[known], column[known])
        gaps = ~known if longest is None else short_gaps(known, longest)
        column[gaps] = between[gaps]
    return columns.reshape(values.shape)


def fill(values: Array, seen: Mask, filled: Mask) -> Array:
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


def fill_confidence(confidence: Array, seen: Mask, filled: Mask) -> Array:
    """Set the confidence of filled samples to the lower of those on either side of the gap."""
    before, after = _neighbours(seen)
    lower = np.minimum(
        np.take_along_axis(confidence, before, axis=0),
        np.take_along_axis(confidence, after, axis=0),
    )
    return np.where(seen, confidence, np.where(filled, lower, 0.0))


def fill_uncertainty(values: Array, seen: Mask, filled: Mask) -> Array:
    """Return the uncertainty of filled samples, 0 where nothing was filled.

    Parameters
    ----------
    values : ndarray, shape (time, space, keypoints, individuals)
    seen, filled : ndarray of bool, shape (time, keypoints, individuals)

    Returns
    -------
    ndarray, shape (time, keypoints, individuals)
        Standard deviation of a coordinate, in the unit of ``values``: the chord d between the
        samples on both sides times u (1 - u), with u running from 0 to 1 through the gap. A point
        that covers the whole chord early or late in the gap is up to d away from the line at a
        known time; at u = 1/2 this assigns a quarter of d to each coordinate.
    """
    before, after = _neighbours(seen)
    ends = [np.take_along_axis(values, index[:, None], axis=0) for index in (before, after)]
    chord = np.linalg.norm(ends[1] - ends[0], axis=1)
    order = np.arange(seen.shape[0])[:, None, None]
    share = (order - before) / np.maximum(after - before, 1)
    return np.where(filled, chord * share * (1 - share), 0.0)


def _neighbours(seen: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the indices of the last seen sample up to each and of the next one (ends: any)."""
    count = seen.shape[0]
    order = np.arange(count)[:, None, None]
    before = np.maximum.accumulate(np.where(seen, order, 0), axis=0)
    after = np.minimum.accumulate(np.where(seen, order, count - 1)[::-1], axis=0)[::-1]
    return before.astype(np.intp), after.astype(np.intp)
