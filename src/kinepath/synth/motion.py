"""Motion in closed form: a kinetic chain as sums of sigmoids in time.

Every angle is ``stance + (top - stance) s((t - b) / w_b) + (finish - top) s((t - p) / w)`` with the
logistic function ``s`` and ``top`` the value at the top of the backlift. The angular velocity of
the downswing peaks at ``p`` with ``(finish - top) / (4 w)``; the contribution of the backlift there
is less than 0.1 % of that. Segments differ only in ``p``, so that the lag between two segments is
the same at the onset, at the peak and at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from kinepath.synth.shots import Keys
from kinepath.typing import Array

#: The segments of the kinetic chain, proximal first.
SEGMENTS: tuple[str, ...] = ("pelvis", "trunk", "arm", "forearm", "bat")

_BACKLIFT_WIDTH = 0.085


@dataclass(frozen=True)
class Timing:
    """The timing of the segments of the chain.

    Parameters
    ----------
    backlift : float
        Time of the peak angular velocity of the backlift, seconds.
    downswing : float
        The same for the pelvis in the downswing, seconds.
    lags : mapping of str to float
        Lag of each other segment behind the pelvis, seconds.
    width : float
        Time constant of the downswing, seconds: it lasts about eight of them.
    """

    backlift: float
    downswing: float
    lags: Mapping[str, float]
    width: float

    def peak(self, segment: str) -> float:
        """Return the time of the segment's peak angular velocity, seconds."""
        return self.downswing + self.lags.get(segment, 0.0)

    def onset(self, segment: str) -> float:
        """Return the onset of the segment's downswing: the time of 2 % of its angle, seconds."""
        return self.peak(segment) - float(np.log(49.0)) * self.width

    def blend(self, keys: Keys, segment: str, time: Array) -> Array:
        """Return the value (time,) that interpolates ``keys`` with the timing of ``segment``."""
        stance, top, finish = keys
        lift = expit((time - self.backlift) / _BACKLIFT_WIDTH)
        swing = expit((time - self.peak(segment)) / self.width)
        return np.asarray(stance + (top - stance) * lift + (finish - top) * swing)

    def rate(self, keys: Keys, segment: str, time: Array) -> Array:
        """Return the time derivative of :meth:`blend`, per second."""
        stance, top, finish = keys
        lift = expit((time - self.backlift) / _BACKLIFT_WIDTH)
        swing = expit((time - self.peak(segment)) / self.width)
        lift_rate = lift * (1 - lift) / _BACKLIFT_WIDTH
        swing_rate = swing * (1 - swing) / self.width
        return np.asarray((top - stance) * lift_rate + (finish - top) * swing_rate)


def minimum_jerk(time: Array, start: float, end: float) -> Array:
    """Return a smooth step from 0 before ``start`` to 1 after ``end`` (Flash and Hogan 1985).

    Unlike a sigmoid it is exactly constant outside, so that a planted foot does not move.
    """
    s = np.clip((time - start) / (end - start), 0.0, 1.0)
    return np.asarray(s**3 * (10 - 15 * s + 6 * s**2))
