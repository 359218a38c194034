"""The height of a speed peak: measured, bounded from below, or not measurable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinepath.kinematics.uncertainty import STATURE, Error
from kinepath.typing import Array

#: A speed peak narrower than this at half its height, in frames, is not resolved: on
#: simulated swings wider ones kept at least 87 % of the true height (docs/accuracy.md).
LEAST_PEAK_FRAMES = 6.0
MEASURED, AT_LEAST, NOT_MEASURABLE = "measured", "at least", "not measurable"
#: Maximum probability that a bound lies above the peak.
_RISK = 0.025
#: Maximum time from the peak of positions that bound it, seconds: a single swing of the arms.
_NEAR_S = 0.15


@dataclass(frozen=True)
class PointTrack:
    """A moving point.

    Parameters
    ----------
    name : str
        Its name in sentences.
    position : ndarray, shape (time, space)
        In statures; NaN where unknown.
    error : Error
        That of a coordinate of its position.
    seen : ndarray of bool, shape (time,)
        Where it was observed, not interpolated or inferred.
    """

    name: str
    position: Array
    error: Error
    seen: NDArray[np.bool_]


def height(track: PointTrack, time: Array, speed: Array, sd: Array, peak: int) -> dict[str, Any]:
    """Determine the height of a speed peak, as far as possible.

    Parameters
    ----------
    track : PointTrack
        The moving point.
    time : ndarray, shape (time,)
        Seconds.
    speed, sd : ndarray, shape (time,)
        Its speed and the speed's standard deviation, BH/s; NaN where unknown.
    peak : int
        Index of the fastest sample.

    Returns
    -------
    dict
        ``peak_kind``: ``measured``, ``at least`` or ``not measurable``; ``peak_speed`` and
        ``peak_speed_sd`` of a measured peak; ``peak_speed_at_least`` of a bounded one;
        ``peak_width_s``, at half its height, 0 where one side is unknown;
        ``peak_reason``, a sentence.

    Notes
    -----
    A mean cannot exceed the maximum. So the mean speed between two observed positions, less its
    error, bounds the peak from below also where nothing was observed between them, or where the
    peak is too short for the frame rate. The best of many such bounds is used, so each has a
    confidence such that all of them together hold with 97.5 % (Bonferroni's inequality). The
    athlete's size in the image is uncertain by :data:`kinepath.kinematics.uncertainty.STATURE`,
    which widens the error of a measured peak and lowers a bound.
    """
    name = track.name
    start, end = _half_height(speed, peak)
    width, fps = peak_width(speed, peak), (len(time) - 1) / (time[-1] - time[0])
    # A central difference also uses the samples before and after.
    around = track.seen[max(start - 1, 0) : end + 2]
    found = {"peak_width_s": float(width / fps)}
    if width == 0:
        reason = f"the speed of the {name} is not known on both sides of its peak"
    elif not around.all():
        reason = (
            f"the {name} was seen in {around.sum()} of the {around.size} frames around its peak"
        )
    else:
        spans = f"at half of its height the speed peak of the {name} spans {width:.1f} frames"
        reason = f"{spans} of {fps:.0f} a second"
        if width >= LEAST_PEAK_FRAMES:
            kind = {"peak_kind": MEASURED, "peak_reason": f"{reason}: it is resolved"}
            total = float(np.hypot(sd[peak], STATURE * speed[peak]))
            values = {"peak_speed": float(speed[peak]), "peak_speed_sd": total}
            return found | kind | values
        reason += ", too few to tell how high it is"
    least = _at_least(track, time, peak)
    if least <= 0:
        return found | {"peak_kind": NOT_MEASURABLE, "peak_reason": reason}
    return found | {
        "peak_kind": AT_LEAST,
        "peak_reason": reason,
        "peak_speed_at_least": float(least),
    }


def _at_least(track: PointTrack, time: Array, peak: int) -> float:
    """Return the maximum lower bound of any mean speed between observed positions near a peak."""
    near = np.flatnonzero(track.seen & (np.abs(time - time[peak]) <= _NEAR_S))
    best, pairs = 0.0, near.size * (near.size - 1) // 2
    safe = NormalDist().inv_cdf(1 - _RISK / max(pairs, 1))
    for frames in range(1, int(near[-1] - near[0]) + 1 if near.size else 1):
        first = np.intersect1d(near, near - frames)
        chord = np.linalg.norm(track.position[first + frames] - track.position[first], axis=1)
        speed = chord / (time[first + frames] - time[first])
        sd = track.error.mean_velocity(time, frames)[first]
        best = max(best, float(np.nanmax(speed - safe * sd, initial=0.0)))
    return best / (1 + NormalDist().inv_cdf(1 - _RISK) * STATURE)


def peak_words(attrs: Mapping[str, Any]) -> str:
    """Format the height of a peak in words, in m/s where the stature is known.

    Examples
    --------
    >>> peak_words({"peak_kind": "measured", "peak_speed": 8.02, "peak_speed_sd": 0.31})
    '8.0 ± 0.3 BH/s'
    >>> peak_words({"peak_kind": "at least", "peak_speed_at_least": 7.1, "height_m": 1.8})
    'at least 12.8 m/s'
    >>> peak_words({"peak_kind": "not measurable"})
    'not measurable'
    """
    factor, unit = attrs.get("height_m", 1.0), "m/s" if "height_m" in attrs else "BH/s"
    if attrs["peak_kind"] == MEASURED:
        value, sd = factor * attrs["peak_speed"], factor * attrs["peak_speed_sd"]
        return f"{value:.1f} ± {sd:.1f} {unit}"
    if attrs["peak_kind"] == AT_LEAST:
        return f"at least {factor * attrs['peak_speed_at_least']:.1f} {unit}"
    return NOT_MEASURABLE


def peak_width(speed: Array, peak: int) -> float:
    """Compute the width of a peak at half its height, in frames.

    Between the crossings on both sides, interpolated linearly; 0 where one of them is unknown
    because a sample is missing or the clip ends, so that the peak cannot be assessed.
    """
    half, width = speed[peak] / 2, 0.0
    for step, at in zip((-1, 1), _half_height(speed, peak), strict=True):
        if not 0 <= at + step < len(speed) or np.isnan(speed[at + step]):
            return 0.0
        width += abs(at - peak) + (speed[at] - half) / (speed[at] - speed[at + step])
    return width


def _half_height(speed: Array, peak: int) -> tuple[int, int]:
    """Return the first and last of the samples around a peak that exceed half of it."""
    half, ends = speed[peak] / 2, []
    for step in (-1, 1):
        at = peak
        while 0 <= at + step < len(speed) and speed[at + step] > half:
            at += step
        ends.append(at)
    return ends[0], ends[1]
