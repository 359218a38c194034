"""The published segmentation, plainly: AIFit (Fieraru et al. 2021, CVPR), section 4.1."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from kinepath.repetitions.affinity import autocorrelation
from kinepath.typing import Array

_SAMPLES = 20


def table_by_loops(points: Array) -> Array:
    """Return R(tau, s) by its definition: what ``kinepath.repetitions.affinity`` does faster."""
    count = len(points)
    difference = points[:, None] - points[None]
    affinity = -np.sqrt((difference**2).sum(axis=-1)).mean(axis=-1)
    table = np.full((count // 2, count // 2), np.nan)
    for lag in range(count // 2):
        for trim in range(count // 2):
            if count - 2 * trim - lag > 0:
                pairs = [affinity[t, t + lag] for t in range(trim, count - trim - lag)]
                table[lag, trim] = np.mean(pairs)
    return table


def segment(points: Array, shortest: int, *, optimise: bool = True) -> Array:
    """Return the bounds (k + 1,) of k touching intervals, frames; none where R has no maximum.

    ``shortest`` is a kindness: the smallest local maximum of R is often noise.
    """
    count = len(points)
    table = autocorrelation(points)
    found = [
        (lag, trim)
        for trim in range(0, count // 4, max(count // 100, 1))
        if (lag := _first_maximum(table[: (count - 2 * trim) // 2, trim], shortest))
    ]
    if not found:
        return np.zeros(0)
    lag, trim = min(found, key=lambda pair: (pair[0], -table[pair]))
    flat = points.reshape(count, -1)
    starts = np.arange(max(min(lag, count - lag), 1))
    means = np.array([_mean_affinity(flat, _bounds(start, lag, count - trim)) for start in starts])
    inner = np.flatnonzero((means[1:-1] >= means[:-2]) & (means[1:-1] > means[2:])) + 1
    start = int(inner[0]) if inner.size else int(np.argmax(means))
    bounds = _bounds(start, lag, count - trim)
    if not optimise or not 3 <= len(bounds) <= 16:
        return bounds
    result = minimize(
        lambda trial: -_mean_affinity(flat, np.clip(np.sort(trial), 0, count - 1)),
        bounds,
        method="Powell",
        options={"maxiter": 2, "maxfev": 400},
    )
    return np.clip(np.sort(result.x), 0, count - 1)


def _first_maximum(curve: Array, shortest: int) -> int | None:
    for lag in range(max(shortest, 1), len(curve) - 1):
        if curve[lag - 1] <= curve[lag] > curve[lag + 1]:
            return lag
    return None


def _bounds(start: int, lag: int, end: int) -> Array:
    return np.arange(start, end, lag, dtype=np.float64)


def _mean_affinity(flat: Array, bounds: Array) -> float:
    """Return the mean affinity over all pairs of intervals, resampled to equal length."""
    if len(bounds) < 3:
        return -np.inf if len(bounds) < 2 else 0.0
    share = np.linspace(0, 1, _SAMPLES)
    frames = bounds[:-1, None] + share * np.diff(bounds)[:, None]
    before = np.clip(frames.astype(np.intp), 0, len(flat) - 2)
    rest = (frames - before)[..., None]
    shapes = (1 - rest) * flat[before] + rest * flat[before + 1]
    square = ((shapes[:, None] - shapes[None]) ** 2).sum(axis=-1)
    return -float(np.sqrt(square).mean())
