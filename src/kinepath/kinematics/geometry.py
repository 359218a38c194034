"""Derivatives and angles of tracks."""

from __future__ import annotations

import numpy as np

from kinepath.typing import Array


def derivative(values: Array, time: Array) -> Array:
    """Differentiate over time by central differences (one-sided at both ends).

    Parameters
    ----------
    values : ndarray, shape (time, ...)
        NaN where missing; the derivative is NaN there and at both neighbours.
    time : ndarray, shape (time,)
        Seconds.

    Returns
    -------
    ndarray, shape (time, ...)
        Per second; all NaN with a single sample.
    """
    if time.size < 2:
        return np.full_like(values, np.nan)
    return np.asarray(np.gradient(values, time, axis=0), dtype=np.float64)


def joint_angle(first: Array, joint: Array, last: Array) -> Array:
    """Compute the angle at a joint between two segments, arccos(a.b / |a||b|), in degrees.

    Parameters
    ----------
    first, joint, last : ndarray, shape (..., space)
        Keypoints; NaN where missing.

    Returns
    -------
    ndarray, shape (...)
        0 (folded) to 180 (straight); NaN where a keypoint is missing or a segment has zero length.
    """
    a, b = first - joint, last - joint
    # atan2 remains accurate near 0 and 180 degrees, where arccos loses half of the digits.
    if a.shape[-1] == 2:
        cross = np.abs(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
    else:
        cross = np.linalg.norm(np.cross(a, b), axis=-1)
    angle = np.degrees(np.arctan2(cross, (a * b).sum(axis=-1)))
    empty = (np.linalg.norm(a, axis=-1) == 0) | (np.linalg.norm(b, axis=-1) == 0)
    return np.where(empty, np.nan, angle)


def unwrapped(angle: Array) -> Array:
    """Unwrap angles (radians) over time, also across missing samples.

    Each known sample is brought to within half a turn of the previous known one.
    """
    result = angle.copy()
    known = ~np.isnan(angle)
    result[known] = np.unwrap(angle[known])
    return result


def direction(vector: Array) -> Array:
    """Compute the continuous direction arg(v) of vectors (time, 2) over time, in radians.

    NaN where a vector is missing or has zero length.
    """
    still = (vector == 0).all(axis=1)
    return unwrapped(np.where(still, np.nan, np.arctan2(vector[:, 1], vector[:, 0])))


def swing_axis(tip: Array) -> Array:
    """Compute the swing axis, the first principal component of the bat tip's trajectory.

    Parameters
    ----------
    tip : ndarray, shape (time, 2)
        NaN where missing.

    Returns
    -------
    ndarray, shape (2,)
        A unit vector; NaN where fewer than three samples are known or the tip does not move. Its
        sign is fixed: the tip's fastest known velocity has a positive component along it.
    """
    known = tip[~np.isnan(tip).any(axis=1)]
    if known.shape[0] < 3 or np.ptp(known, axis=0).max() == 0.0:
        return np.full(2, np.nan)
    axis = np.linalg.svd(known - known.mean(axis=0), full_matrices=False)[2][0]
    step = np.diff(tip, axis=0)
    step = step[~np.isnan(step).any(axis=1)]
    if step.size:
        fastest = step[np.argmax((step**2).sum(axis=1))]
        axis = axis if fastest @ axis >= 0 else -axis
    return np.asarray(axis, dtype=np.float64)
