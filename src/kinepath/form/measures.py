"""Measures in every frame: angles, heights, distances, each with its error."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from kinepath.body.stature import stature_in_picture
from kinepath.form.exercise import Measure
from kinepath.form.view import View
from kinepath.io.sequence import values_of
from kinepath.kinematics.geometry import joint_angle
from kinepath.kinematics.uncertainty import NO_ANGLE, slow_error
from kinepath.typing import Array

#: Contribution of projection to the standard deviation of an angle, degrees: for one side, at the
#: camera's angle off the plane d (degrees), BASE + ONE * d^2; for the mean of both sides
#: BASE + BOTH * d^2.
#: Fitted to projections of simulated squats, see docs/form.md.
BASE, ONE, BOTH = 3.5, 0.012, 0.0075
#: Its contribution to that of a height, statures: a tilt of 5 degrees over a thigh's depth of 0.2.
TILT = 0.017
#: Sides whose mean confidences differ by less are seen equally well.
_ALIKE = 0.15
_IN_SPACE = {"angle", "separation", "ratio"}


@dataclass(frozen=True)
class Series:
    """A measure over time; every array has the shape (time,).

    Parameters
    ----------
    value : ndarray
        In the measure's unit; NaN where a keypoint was not seen.
    slow, fast : ndarray
        Standard deviations from errors that drift with the pose and from jitter.
    projection : ndarray
        Standard deviation due to the camera being off its ideal position and, for an angle, due to
        disagreement with the model's depth: half of the difference.
    confidence : ndarray
        Minimum of the keypoints' confidences, 0 to 1; 0 where not seen.
    space : ndarray or None
        The same from the pose model's estimate of depth; None where there is none.
    side : str
        ``left``, ``right``, ``both``, ``difference``, or ``middle`` where there are no sides.
    """

    value: Array
    slow: Array
    fast: Array
    projection: Array
    confidence: Array
    space: Array | None
    side: str

    @property
    def sd(self) -> Array:
        """Return the standard deviation of a value."""
        return np.sqrt(self.slow**2 + self.fast**2 + self.projection**2)


def measure_series(
    poses: xr.Dataset, measure: Measure, side: str, view: View, views: tuple[str, ...]
) -> Series:
    """Compute a measure in every frame.

    Parameters
    ----------
    poses : xarray.Dataset
        Cleaned poses of one individual.
    measure : Measure
        Not a duration.
    side : str
        ``best`` (the side with the higher confidence over the clip; both if equal), ``both``
        (their mean), ``left``, ``right`` or ``difference`` (absolute).
    view : View
        The camera's view.
    views : tuple of str
        The suitable views.

    Returns
    -------
    Series
    """
    off = off_plane(view, views)
    sides = measure.sides
    if not sides:
        return _one(poses, measure, "", off, "middle")
    left, right = (_one(poses, measure, name, off, name) for name in sides)
    if side in ("left", "right"):
        return left if side == "left" else right
    if side == "best":
        gap = float(np.mean(left.confidence) - np.mean(right.confidence))
        if abs(gap) > _ALIKE:
            return left if gap > 0 else right
        side = "both"
    return _combined(left, right, side)


def off_plane(view: View, views: tuple[str, ...]) -> float | None:
    """Return the camera's angle from the nearest of several views, degrees; None if unknown."""
    found = [off for name in views if (off := view.off_deg(name)) is not None]
    return min(found) if found else None


def _combined(left: Series, right: Series, side: str) -> Series:
    difference = side == "difference"

    def joined(one: Array, other: Array) -> Array:
        return np.abs(one - other) if difference else (one + other) / 2

    def spread(one: Array, other: Array) -> Array:
        return np.hypot(one, other) / (1 if difference else 2)

    # The effects of projection on the two sides partly cancel, unless they are compared.
    share = 1.0 if difference else np.sqrt(2) * (BOTH / ONE)
    space = None
    if left.space is not None and right.space is not None:
        space = joined(left.space, right.space)
    return Series(
        joined(left.value, right.value),
        spread(left.slow, right.slow),
        spread(left.fast, right.fast),
        share * spread(left.projection, right.projection),
        np.minimum(left.confidence, right.confidence),
        space,
        side,
    )


def _one(poses: xr.Dataset, measure: Measure, side: str, off: float | None, told: str) -> Series:
    points, confidence, jitter = (
        values_of(poses, name, measure.named(side)).swapaxes(0, 1)
        for name in ("position", "confidence", "jitter")
    )
    jitter = np.nan_to_num(jitter)
    stature = float(poses.attrs["stature_px"])
    value = evaluate(measure.kind, points, stature)
    slow = _propagated(measure.kind, points, stature * slow_error(confidence), stature)
    fast = _propagated(measure.kind, points, jitter, stature)
    known = np.isfinite(value)
    space = _space(poses, measure, side)
    projection = _projection(measure.kind, value, off)
    if measure.kind == "angle" and space is not None:
        # Where the image and the model's depth disagree, neither is reliable.
        projection = np.hypot(projection, np.nan_to_num(np.abs(value - space)) / 2)
    return Series(
        value,
        np.where(known, slow, np.nan),
        np.where(known, fast, np.nan),
        np.where(known, projection, np.nan),
        np.where(known, confidence.min(axis=0), 0.0),
        space,
        told,
    )


def _space(poses: xr.Dataset, measure: Measure, side: str) -> Array | None:
    if "position_3d" not in poses or measure.kind not in _IN_SPACE:
        return None
    points = values_of(poses, "position_3d", measure.named(side)).swapaxes(0, 1)
    # Metres are the pose model's; the athlete's own stature is not known to it.
    trunk = poses["position_3d"].isel(individuals=0).transpose("keypoints", "time", "space_3d")
    return evaluate(measure.kind, points, _stature_3d(trunk))


def _stature_3d(deep: xr.DataArray) -> float:
    names = [str(name) for name in deep["keypoints"].values]
    return stature_in_picture(deep.transpose("time", "space_3d", "keypoints").values, names)


def evaluate(kind: str, points: Array, stature: float) -> Array:
    """Compute a measure from points.

    Parameters
    ----------
    kind : str
        See :data:`kinepath.form.exercise.UNITS`.
    points : ndarray, shape (keypoints, time, space)
        y points down; NaN where missing.
    stature : float
        The athlete's height in the unit of the points.

    Returns
    -------
    ndarray, shape (time,)
        NaN where a keypoint is missing.
    """
    if kind == "angle":
        return joint_angle(points[0], points[1], points[2])
    if kind == "ratio":
        over = _distance(points[2], points[3])
        return np.asarray(_distance(points[0], points[1]) / np.where(over > 0, over, np.nan))
    line = points[1] - points[0]
    if kind == "inclination":
        return np.asarray(np.degrees(np.arctan2(np.abs(line[:, 0]), -line[:, 1])))
    if kind == "height":
        return np.asarray(line[:, 1] / stature)
    if kind == "horizontal":
        return np.asarray(-line[:, 0] / stature)
    return _distance(points[0], points[1]) / stature


def _distance(first: Array, last: Array) -> Array:
    return np.asarray(np.linalg.norm(first - last, axis=-1), dtype=np.float64)


def _propagated(kind: str, points: Array, sd: Array, stature: float) -> Array:
    """Propagate errors of the coordinates (keypoints, time) to a standard deviation (time,).

    To first order, each coordinate displaced by its standard deviation in both directions.
    """
    variance = np.zeros(points.shape[1])
    for keypoint in range(points.shape[0]):
        for axis in range(points.shape[2]):
            moved = points.copy()
            moved[keypoint, :, axis] += sd[keypoint]
            above = evaluate(kind, moved, stature)
            moved[keypoint, :, axis] -= 2 * sd[keypoint]
            variance += ((above - evaluate(kind, moved, stature)) / 2) ** 2
    limit = NO_ANGLE if kind in ("angle", "inclination") else np.inf
    return np.asarray(np.minimum(np.sqrt(variance), limit), dtype=np.float64)


def _projection(kind: str, value: Array, off: float | None) -> Array:
    if kind == "ratio":
        # Two parallel widths are foreshortened equally.
        return np.zeros_like(value)
    if kind == "height":
        # Heights do not depend on the camera's azimuth, but on its tilt.
        return np.full_like(value, TILT)
    angular = kind in ("angle", "inclination")
    if off is None:
        return np.full_like(value, NO_ANGLE) if angular else np.abs(value)
    if angular:
        return np.full_like(value, min(BASE + ONE * off**2, NO_ANGLE))
    return np.asarray(np.abs(value) * (1 - np.cos(np.radians(off))))


def at_frames(series: Series, frames: slice) -> Series:
    """Restrict a series to a range of frames."""
    return replace(
        series,
        **{
            name: getattr(series, name)[frames]
            for name in ("value", "slow", "fast", "projection", "confidence")
        },
        space=None if series.space is None else series.space[frames],
    )
