"""Affinity of postures and its autocorrelation, as published.

Fieraru et al. 2021, *AIFit: Automatic 3D Human-Interpretable Feedback Models for Fitness Training*,
CVPR, section 4.1: the affinity A of two postures is the negative mean distance of their joints;
R(tau, s) is the mean of A(p_t, p_{t+tau}) over t = s .. N-s-tau, with s frames left out at both
ends; the period is the smallest tau at a local maximum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinepath.typing import Array

#: Minimum fraction of the sequence left between the trimmed ends.
_LEAST_MIDDLE = 0.4
#: Minimum prominence of a local maximum of R, as a fraction of the range of R; less is noise.
_PROMINENCE = 0.1


@dataclass(frozen=True)
class Period:
    """The period from the autocorrelation.

    Parameters
    ----------
    period : int
        Frames; the smallest at which R has a local maximum.
    trimmed : int
        Frames left out at both ends.
    curve : ndarray, shape (lags,)
        R as a function of the lag at that trimming; NaN where no pair of frames is left.
    """

    period: int
    trimmed: int
    curve: Array


def affinity(points: Array, lags: int) -> Array:
    """Return the affinity of every posture to those that follow it.

    Parameters
    ----------
    points : ndarray, shape (N, joints, space)
    lags : int
        Number of lags, frames from 0 on; this one is excluded.

    Returns
    -------
    ndarray, shape (lags, N)
        Row tau, column t: the negative mean over joints of the distance between the postures at t
        and t + tau; 0 where there is no t + tau. The diagonals of the affinity matrix are rows.
    """
    count, joints, _ = points.shape
    later = np.zeros((lags, count))
    total, difference = np.empty_like(later), np.empty_like(later)
    for joint in range(joints):
        total[:] = 0.0
        for values in points[:, joint].T:
            padded = np.concatenate([values, np.zeros(lags)])
            shifted = np.lib.stride_tricks.sliding_window_view(padded, count)[:lags]
            np.subtract(shifted, values, out=difference)
            total += np.square(difference, out=difference)
        later -= np.sqrt(total, out=total)
    inside = np.add.outer(np.arange(lags), np.arange(count)) < count
    return np.where(inside, later / joints, 0.0)


def autocorrelation(points: Array) -> Array:
    """Return R(tau, s), the mean affinity of postures tau apart without s frames at both ends.

    Parameters
    ----------
    points : ndarray, shape (N, joints, space)

    Returns
    -------
    ndarray, shape (tau, s), of N // 2 lags and as many trimmings
        NaN where no pair is left. Sums along the diagonals are cumulative sums, so the table takes
        no longer than the affinities.
    """
    count = len(points)
    later = affinity(points, count // 2)
    total = np.concatenate([np.zeros((len(later), 1)), np.cumsum(later, axis=1)], axis=1)
    lag, trim = np.arange(len(later))[:, None], np.arange(count // 2)[None, :]
    pairs = count - 2 * trim - lag
    end = np.clip(count - trim - lag, 0, count)
    sums = np.take_along_axis(total, end, axis=1) - total[:, : count // 2]
    return np.asarray(np.where(pairs > 0, sums / np.maximum(pairs, 1), np.nan))


def period(points: Array, shortest: int) -> Period | None:
    """Find the smallest lag at a local maximum of R over lag and trimming.

    Parameters
    ----------
    points : ndarray, shape (N, joints, space)
    shortest : int
        Minimum period, frames.

    Returns
    -------
    Period or None
        None where R has no local maximum that stands out.
    """
    table = autocorrelation(points)
    count = len(points)
    best: Period | None = None
    for trim in range(0, int((1 - _LEAST_MIDDLE) * count / 2) + 1, max(count // 100, 1)):
        curve = table[: max((count - 2 * trim) // 2, 0) + 1, trim]
        lag = first_maximum(curve, shortest)
        if lag is None:
            continue
        higher = best is not None and lag == best.period and curve[lag] > best.curve[lag]
        if best is None or lag < best.period or higher:
            best = Period(lag, trim, curve)
    return best


def first_maximum(curve: Array, shortest: int) -> int | None:
    """Return the first local maximum of a curve that is prominent on both sides."""
    finite = curve[np.isfinite(curve)]
    if finite.size < shortest + 2:
        return None
    least = _PROMINENCE * float(np.ptp(finite))
    inner = np.arange(1, len(finite) - 1)
    peaks = inner[(finite[inner] >= finite[inner - 1]) & (finite[inner] > finite[inner + 1])]
    for peak in peaks[peaks >= shortest]:
        before, after = finite[: peak + 1], finite[peak:]
        higher = np.flatnonzero(after > finite[peak])
        valley = after[: higher[0]].min() if higher.size else after.min()
        if finite[peak] - before.min() >= least and finite[peak] - valley >= least:
            return int(peak)
    return None
