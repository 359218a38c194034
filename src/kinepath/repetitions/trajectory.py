"""The trajectory of a body in posture space."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.body.skeleton import BODY_JOINTS
from kinepath.body.stature import stature_in_picture
from kinepath.errors import KinepathError
from kinepath.io.sequence import values_of
from kinepath.signal.gaps import bridged
from kinepath.signal.smoothing import samples, savitzky_golay, window_length
from kinepath.typing import Array

JOINTS = (*BODY_JOINTS, "nose")
#: Minimum fraction of frames in which a joint must be seen to be used; minimum number of joints.
_LEAST_SEEN, _LEAST_JOINTS = 0.5, 4
#: Minimum number of frames for a movement.
LEAST_FRAMES = 8
#: Distance between the shoulder joints in statures (Drillis & Contini 1966; see kinepath.synth).
_SHOULDER_BREADTH = 0.207


class UntellableError(KinepathError):
    """Poses in which repetitions cannot be searched for; the message states why."""


@dataclass(frozen=True)
class Trajectory:
    """Postures over time.

    Parameters
    ----------
    points : ndarray, shape (time, joints, space)
        Statures, relative to the midpoint of the hips (or, where these are not seen, of the
        shoulders); missing samples are interpolated, without NaN.
    place : ndarray, shape (time, 2)
        Position of that midpoint in the image, statures.
    certainty : ndarray, shape (time,)
        Mean confidence of the joints, with 0 for missing ones.
    joints : tuple of str
        The joints that are used.
    source : str
        ``position`` or ``position_3d``.
    fps : float
        Hertz.
    """

    points: Array
    place: Array
    certainty: Array
    joints: tuple[str, ...]
    source: str
    fps: float

    @property
    def flat(self) -> Array:
        """Return the postures as vectors (time, joints * space)."""
        return self.points.reshape(len(self.points), -1)

    def every(self, step: int) -> Trajectory:
        """Keep every ``step``-th frame."""
        return replace(
            self,
            points=self.points[::step],
            place=self.place[::step],
            certainty=self.certainty[::step],
            fps=self.fps / step,
        )


def trajectory(poses: xr.Dataset, source: str, smoothing_s: float) -> Trajectory:
    """Compute the trajectory from poses.

    Parameters
    ----------
    poses : xarray.Dataset
        Cleaned poses of one individual.
    source : str
        ``position`` or ``position_3d``.
    smoothing_s : float
        Window of a Savitzky-Golay filter of second order, seconds.

    Raises
    ------
    UntellableError
        If there is not exactly one person, too few frames, or too few joints are seen.
    """
    fps = float(poses.attrs["fps"])
    if poses.sizes["individuals"] != 1:
        count = poses.sizes["individuals"]
        raise UntellableError(f"{count} people: it is not known whose repetitions are meant")
    if poses.sizes["time"] < LEAST_FRAMES:
        raise UntellableError(f"{poses.sizes['time']} frames are too few for a repetition")
    names = [str(name) for name in poses["keypoints"].values]
    present = [name for name in JOINTS if name in names]
    columns = [names.index(name) for name in present]
    points = _values(poses, source)[:, columns]
    seen = _seen(points)
    used = seen.mean(axis=0) >= _LEAST_SEEN
    if used.sum() < _LEAST_JOINTS:
        never = "nobody is seen" if not seen.any() else "too few joints are seen"
        raise UntellableError(f"{never} in half of the frames")
    joints = tuple(name for name, use in zip(present, used, strict=True) if use)
    window = window_length(smoothing_s, fps, 2)
    smooth = partial(_smooth, window=window if samples(window) <= len(points) else 0.0)
    filled = smooth(bridged(points[:, used]))
    picture = _values(poses, "position")[:, columns][:, used]
    flat = smooth(bridged(picture))
    middle = _centre(flat, joints)
    centred = filled - _centre(filled, joints)[:, None]
    confidence = values_of(poses, "confidence")
    known = np.where(seen, confidence[:, columns], 0.0)[:, used]
    return Trajectory(
        centred / _stature(centred, joints),
        middle / _stature(flat - middle[:, None], joints),
        known.mean(axis=1),
        joints,
        source,
        fps,
    )


def _values(poses: xr.Dataset, source: str) -> Array:
    return np.asarray(values_of(poses, source), dtype=np.float64)


def _seen(points: Array) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(points).all(axis=2))


def _smooth(values: Array, window: float) -> Array:
    return savitzky_golay(values, window, 2) if window else values


def _centre(points: Array, joints: tuple[str, ...]) -> Array:
    for pair in (("left_hip", "right_hip"), ("left_shoulder", "right_shoulder")):
        if set(pair) <= set(joints):
            return np.asarray(points[:, [joints.index(name) for name in pair]].mean(axis=1))
    return np.asarray(points.mean(axis=1))


def _stature(points: Array, joints: tuple[str, ...]) -> float:
    """Estimate the stature from long segments, else from the shoulders, else from the extent."""
    stature = stature_in_picture(points.transpose(0, 2, 1), list(joints))
    if np.isfinite(stature) and stature > 0:
        return stature
    shoulders = ("left_shoulder", "right_shoulder")
    if set(shoulders) <= set(joints):
        left, right = (points[:, joints.index(name)] for name in shoulders)
        breadth = float(np.quantile(np.linalg.norm(left - right, axis=1), 0.9)) / _SHOULDER_BREADTH
        if breadth > 0:
            return breadth
    extent = float(np.ptp(points, axis=1).max())
    if extent <= 0:
        raise UntellableError("all joints are in one place")
    return extent
