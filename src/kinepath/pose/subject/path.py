"""The smooth path of the view along an athlete's track, and the athlete's expected position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinepath.pose.subject.body import room
from kinepath.pose.subject.crop import Crop
from kinepath.pose.subject.people import VIEW_PIXELS, VIEW_STATURES
from kinepath.pose.subject.tracks import Track
from kinepath.typing import Array

#: Ratio of the smoothing of size to that of position.
_SIZE_SLOWER = 3.0


@dataclass(frozen=True)
class Path:
    """The athlete's expected position at any time, and the view that shows them.

    Parameters
    ----------
    time : ndarray, shape (samples,)
        Seconds, increasing: the sampled frames in which the athlete was tracked.
    centre : ndarray, shape (samples, 2)
        Middle of the trunk, pixels.
    stature : ndarray, shape (samples,)
        Pixels, smooth.
    steady : ndarray, shape (samples, 2)
        Middle of the view, pixels: ``centre``, smooth.
    box : ndarray, shape (samples, 4)
        Box that contains the athlete: left, top, right, bottom, pixels.
    looks : ndarray
        See :mod:`kinepath.pose.subject.appearance`.
    """

    time: Array
    centre: Array
    stature: Array
    steady: Array
    box: Array
    looks: Array

    @classmethod
    def along(cls, track: Track, time: Array, scale: float, smoothing_s: float) -> Path:
        """Compute the path along a track.

        Parameters
        ----------
        track : Track
            The athlete in the sampled frames.
        time : ndarray, shape (frames,)
            Times of these, seconds.
        scale : float
            Pixels of the video per pixel of the sampled images.
        smoothing_s : float
            Standard deviation of the Gaussian that smooths the view's path, seconds.
        """
        numbers = sorted(track.bodies)
        at = time[numbers]
        centre = scale * np.array([track.bodies[k].centre for k in numbers])
        stature = scale * np.array([track.statures[k] for k in numbers])
        box = scale * np.array([track.bodies[k].box() for k in numbers])
        smooth = _gaussian(at, _SIZE_SLOWER * smoothing_s) @ stature
        weight = _gaussian(at, smoothing_s)
        return cls(
            at,
            centre,
            smooth,
            weight @ centre,
            np.array([room(*known) for known in zip(centre, smooth, box, strict=True)]),
            track.looks,
        )

    def expected(self, time: float) -> tuple[Array, float]:
        """Return the expected position of the trunk at a time, pixels, and the stature."""
        return _at(time, self.time, self.centre), float(np.interp(time, self.time, self.stature))

    def room(self, time: float) -> Array:
        """Return the box in which the athlete is searched for at a time, pixels."""
        return _at(time, self.time, self.box)

    def away(self, time: float) -> float:
        """Return the time to the nearest sample, seconds."""
        return float(np.abs(self.time - time).min())

    def view(self, time: float) -> Crop:
        """Return the view at a time."""
        side = VIEW_STATURES * float(np.interp(time, self.time, self.stature))
        return Crop.around(_at(time, self.time, self.steady), side, *VIEW_PIXELS)


def _at(time: float, known: Array, points: Array) -> Array:
    return np.array([np.interp(time, known, points[:, axis]) for axis in range(points.shape[1])])


def _gaussian(time: Array, width: float) -> Array:
    """Return the weights (samples, samples) of a Gaussian smoother over non-uniform times."""
    weight = np.exp(-0.5 * ((time[:, None] - time) / width) ** 2)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))
