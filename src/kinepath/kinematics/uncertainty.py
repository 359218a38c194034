"""Standard deviations of keypoints, and their propagation to velocities and angles.

The error of a keypoint has two components. A slow one, with a standard deviation determined by the
confidence, drifts with the pose: its autocorrelation decays as exp(-lag / :data:`MEMORY_S`).
A fast one, the jitter, is measured on the track itself and is independent from frame to frame.
Both are equal in x and y and independent between keypoints; derived quantities follow to first
order. The numbers were fitted to the default pose model on rendered clips with known ground truth
(``benchmarks/accuracy.py`` reports how often the truth lies within two standard deviations).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinepath.typing import Array

#: Slow error, statures: at full confidence, and what is added at zero confidence.
SURE, UNSURE = 0.017, 0.11
#: Correlation time of slow errors, seconds.
MEMORY_S = 1.5
#: Maximum standard deviation of an angle, degrees: that of a uniform distribution.
NO_ANGLE = 180.0 / np.sqrt(3.0)
#: Relative standard deviation of the stature in the image, and with it of all speeds, by the
#: segments of the default pose model: 0.89 to 1.01 of the true one (docs/accuracy.md).
STATURE = 0.06
#: Standard deviation of a joint angle in space, degrees: depth is estimated from one image.
ANGLE_3D = 25.0
#: Standard deviation of the bat's tip, statures, by source.
TIP = {"none": np.nan, "observed": 0.03, "interpolated": 0.06, "pose_proxy": 0.25}


def slow_error(confidence: Array) -> Array:
    """Return the standard deviation of a coordinate's slow error, statures; NaN where missing.

    >>> slow_error(np.array([1.0, 0.75, 0.0])).round(4).tolist()
    [0.017, 0.0378, nan]
    """
    sure = np.clip(confidence, 0.0, 1.0)
    return np.where(confidence > 0, SURE + UNSURE * (1.0 - sure) ** 1.2, np.nan)


@dataclass(frozen=True)
class Error:
    """The errors of tracks, each a standard deviation of one coordinate.

    Parameters
    ----------
    slow, fast : ndarray, shape (time, ...)
        NaN where a sample is missing.
    """

    slow: Array
    fast: Array

    @property
    def position(self) -> Array:
        """Return the standard deviation of a coordinate."""
        return np.hypot(self.slow, self.fast)

    def velocity(self, time: Array) -> Array:
        """Return that of a central difference, and of the speed, of the same shape."""
        frames = self.slow.shape[0]
        if frames < 2:
            return np.full_like(self.slow, np.nan)
        order = np.arange(frames)
        before, after = np.maximum(order - 1, 0), np.minimum(order + 1, frames - 1)
        span = _along(time[after] - time[before], self.slow)
        slow = (self.slow[before] ** 2 + self.slow[after] ** 2) * -np.expm1(-span / MEMORY_S)
        fast = self.fast[before] ** 2 + self.fast[after] ** 2
        # A missing sample has no derivative, even if both its neighbours are known.
        return np.asarray(np.sqrt(slow + fast) / span + 0.0 * self.slow)

    def mean_velocity(self, time: Array, frames: int) -> Array:
        """Return that of the mean velocity over ``frames`` frames, shape (time - frames, ...)."""
        span = _along(time[frames:] - time[:-frames], self.slow)
        slow = (self.slow[:-frames] ** 2 + self.slow[frames:] ** 2) * -np.expm1(-span / MEMORY_S)
        fast = self.fast[:-frames] ** 2 + self.fast[frames:] ** 2
        return np.asarray(np.sqrt(slow + fast) / span)

    def acceleration(self, time: Array) -> Array:
        """Return that of a central difference of central differences, of the same shape."""
        frames = self.slow.shape[0]
        result = np.full_like(self.slow, np.nan)
        if frames < 5:
            return result
        span = _along((time[4:] - time[:-4]) / 2, self.slow)
        near, far = (np.exp(-lag / MEMORY_S) for lag in (span, 2 * span))
        slow = np.mean([self.slow[k : frames - 4 + k] ** 2 for k in (0, 2, 4)], axis=0)
        outer = self.fast[:-4] ** 2 + self.fast[4:] ** 2
        fast = outer + 4 * self.fast[2:-2] ** 2
        total = slow * (6 - 8 * near + 2 * far) + fast
        between = 0.0 * (self.slow[1:-3] + self.slow[3:-1])
        result[2:-2] = np.sqrt(np.maximum(total, 0.0)) / span**2 + between
        return result


def _along(values: Array, like: Array) -> Array:
    return values.reshape(-1, *[1] * (like.ndim - 1))


def joint_angle_sd(points: tuple[Array, Array, Array], sds: tuple[Array, Array, Array]) -> Array:
    """Return the standard deviation of :func:`kinepath.kinematics.joint_angle`, degrees.

    Parameters
    ----------
    points : (first, joint, last), each an ndarray of shape (..., space)
        NaN where missing.
    sds : three of ndarray, shape (...)
        Standard deviations of a coordinate of each point.

    Returns
    -------
    ndarray, shape (...)
        With a and b the segments from the joint and theta the angle between them, the variance is
        s1^2 / |a|^2 + s3^2 / |b|^2 + s2^2 (1 / |a|^2 + 1 / |b|^2 - 2 cos(theta) / |a||b|); at most
        that of a uniformly distributed angle.
    """
    first, joint, last = points
    a, b = first - joint, last - joint
    inverse_a, inverse_b = _inverse_length(a), _inverse_length(b)
    shared = (a * b).sum(axis=-1) * inverse_a**2 * inverse_b**2
    middle = inverse_a**2 + inverse_b**2 - 2 * shared
    variance = (
        (sds[0] * inverse_a) ** 2 + (sds[2] * inverse_b) ** 2 + sds[1] ** 2 * np.maximum(middle, 0)
    )
    return np.asarray(np.minimum(np.degrees(np.sqrt(variance)), NO_ANGLE))


def direction_sd(vector: Array, sd: Array) -> Array:
    """Return the standard deviation of the direction of vectors (..., 2), degrees.

    ``sd`` is that of a coordinate of the vector, not of its ends.
    """
    return np.asarray(np.minimum(np.degrees(sd * _inverse_length(vector)), NO_ANGLE))


def _inverse_length(vector: Array) -> Array:
    length: NDArray[np.float64] = np.linalg.norm(vector, axis=-1)
    inverse = np.full(length.shape, np.nan)
    np.divide(1.0, length, out=inverse, where=length > 0)
    return inverse
