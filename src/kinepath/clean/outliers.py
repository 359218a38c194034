"""Samples that leave the trajectory of their track and return to it."""

from __future__ import annotations

import numpy as np

from kinepath.signal.smoothing import running_maximum
from kinepath.typing import Array, Mask

#: Tolerance of a run's samples around the bridge, as a fraction of the distance covered during the
#: run. At one half a good sample beside an outlier would look as bad as the outlier itself.
_CHORD = 0.75


def outliers(position: Array, seen: Mask, longest: int, least: float) -> Mask:
    """Find short runs of samples that leave the trajectory of the movement and return to it.

    A run is bridged by the cubic that has the positions and velocities on both sides (Hermite's,
    exact for constant acceleration). Its samples are outliers if all of them are farther from the
    bridge than ``least`` and than :data:`_CHORD` of the distance covered meanwhile, by the ends
    and by the velocities: a fast movement may change its speed. What a Hampel filter takes for the
    normal scatter, the spread of a window's samples, is mostly movement in a swing; the bridge
    excludes the movement.

    Parameters
    ----------
    position : ndarray, shape (time, space, keypoints, individuals)
    seen : ndarray of bool, shape (time, keypoints, individuals)
        The samples to check; two on each side of a run must be seen.
    longest : int
        Maximum length of a run, frames.
    least : float
        In the unit of ``position``.

    Returns
    -------
    ndarray of bool, shape (time, keypoints, individuals)
    """
    found = np.zeros(seen.shape, dtype=bool)
    if not least > 0:
        return found
    for length in range(1, longest + 1):
        # Remove the clearest run of a neighbourhood first: good samples beside an outlier look bad.
        for _ in range(position.shape[0]):
            known = np.where((seen & ~found)[:, None], position, np.nan)
            clear = np.nan_to_num(_excess(known, length, least), nan=0.0)
            if not clear.size:
                break
            best = clear >= running_maximum(clear, length + 2)
            starts = best & (clear > 1.0)
            if not starts.any():
                break
            for k in range(length):
                found[2 + k : 2 + k + starts.shape[0]] |= starts
    return found


def _excess(position: Array, length: int, least: float) -> Array:
    """Return the minimum distance from the bridge over the limit, for the runs from frame 2 on."""
    runs = position.shape[0] - length - 3
    if runs < 1:
        return np.zeros((0, *position.shape[2:]))
    before, start = position[:runs], position[1 : runs + 1]
    end, after = position[length + 2 : length + 2 + runs], position[length + 3 :]
    span = length + 1
    rise, fall = (start - before) * span, (after - end) * span
    ground = [np.linalg.norm(way, axis=1) for way in (end - start, rise, fall)]
    limit = np.maximum(least, _CHORD * np.maximum.reduce(ground))
    excess = np.full(limit.shape, np.inf)
    for k in range(1, length + 1):
        u = k / span
        bridge = (
            (2 * u**3 - 3 * u**2 + 1) * start
            + (u**3 - 2 * u**2 + u) * rise
            + (3 * u**2 - 2 * u**3) * end
            + (u**3 - u**2) * fall
        )
        away = np.linalg.norm(position[1 + k : 1 + k + runs] - bridge, axis=1)
        excess = np.minimum(excess, away / limit)
    return excess
