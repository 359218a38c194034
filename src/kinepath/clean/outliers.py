"""Samples that jump away from their track and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Track = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Standard deviation over median absolute deviation, of normally distributed samples.
_NORMAL = 1.4826
_LEAST_NEIGHBOURS = 3


def outliers(position: Track, seen: Mask, window: int, threshold: float, least: float) -> Mask:
    """Find outliers by Hampel's rule: far from the median of their neighbours in time.

    The distance from the median must exceed ``threshold`` times the neighbours' own typical
    distance, 1.4826 times its median, and ``least``. On a fast but smooth movement both grow
    alike: the median of a steady movement is its middle sample, and at a turning point
    x = a t^2 / 2 the middle sample is 0.77 such deviations away. A fast swing stays.

    Parameters
    ----------
    position : ndarray, shape (time, space, keypoints, individuals)
    seen : ndarray of bool, shape (time, keypoints, individuals)
        The samples to look at.
    window : int
        Odd number of frames, the sample in their middle.
    threshold : float
        In standard deviations.
    least : float
        Smallest distance of an outlier, in the unit of ``position``: one body size times a share.

    Returns
    -------
    ndarray of bool, shape (time, keypoints, individuals)

    Notes
    -----
    Hampel, Journal of the American Statistical Association 69 (1974) 383; Davies & Gather,
    ibid. 88 (1993) 782. A sample with fewer than three seen neighbours is never an outlier.
    """
    half = window // 2
    if half == 0 or position.shape[0] < 2 or not np.isfinite(least):
        return np.zeros(seen.shape, dtype=bool)
    known = np.where(seen[:, None], position, np.nan)
    padding = [(half, half)] + [(0, 0)] * (position.ndim - 1)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(known, padding, constant_values=np.nan), window, axis=0
    )
    neighbours = np.isfinite(windows[:, 0]).sum(axis=-1) - seen
    centre = _median(windows)
    # Distances of the neighbours from the median, as vectors: (time, keypoints, individuals, n).
    spread = _NORMAL * _median(np.linalg.norm(windows - centre[..., None], axis=1))
    away = np.linalg.norm(known - centre, axis=1)
    far = (away > threshold * spread) & (away > least)
    return np.asarray(seen & far & (neighbours >= _LEAST_NEIGHBOURS))


def _median(values: Track) -> Track:
    """Median over the last axis of what is not NaN; NaN where there is nothing, and no warning."""
    order = np.sort(values, axis=-1)
    count = np.isfinite(order).sum(axis=-1)
    low = np.take_along_axis(order, np.maximum((count - 1) // 2, 0)[..., None], axis=-1)
    high = np.take_along_axis(order, np.minimum(count // 2, order.shape[-1] - 1)[..., None], -1)
    middle = (low[..., 0] + high[..., 0]) / 2
    return np.where(count > 0, middle, np.nan)
