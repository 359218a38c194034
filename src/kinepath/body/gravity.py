"""The direction of gravity, estimated from how people keep their balance.

A tilted camera tilts the person in its 3D axes. A person on their feet keeps the centre of mass
over them: the direction from the midpoint of the feet to the centre of mass is vertical within
a few degrees, most closely where legs and trunk are straight. A person who lies, hangs or is
supported by the hands provides no estimate; the camera's axes are then kept, and this is stated.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.io.sequence import values_of
from kinepath.typing import Array

#: Segment masses as fractions of body mass, at points between two joints (proximal first), and
#: where between them: Winter, Biomechanics and Motor Control of Human Movement, 4th ed., table 4.1.
#: Hands are included in the forearms, the head is placed at the nose, feet are left out (the body
#: stands on them).
_MASSES: tuple[tuple[str, str, float, float], ...] = (
    *((f"{s}_hip", f"{s}_shoulder", 0.497 / 2, 0.5) for s in ("left", "right")),
    *((f"{s}_hip", f"{s}_knee", 0.100, 0.433) for s in ("left", "right")),
    *((f"{s}_knee", f"{s}_ankle", 0.0465, 0.433) for s in ("left", "right")),
    *((f"{s}_shoulder", f"{s}_elbow", 0.028, 0.436) for s in ("left", "right")),
    *((f"{s}_elbow", f"{s}_wrist", 0.022, 0.682) for s in ("left", "right")),
    ("nose", "nose", 0.081, 0.5),
)
_CAMERA_UP = np.array([0.0, -1.0, 0.0])

#: A frame is used if the body is within this angle of the camera's up, degrees.
_MOST_TILT = 45.0
#: Standing: minimum angle of knees and hips (180 is straight), degrees.
_STRAIGHT = 155.0
#: Minimum total time of standing frames, else all balanced ones are used, and of those; seconds.
_LEAST_STANDING_S, _LEAST_BALANCED_S = 0.3, 1.0
#: Directions with a larger median deviation than this are rejected, degrees.
_MOST_SPREAD = 12.0
#: Systematic error of the mean direction beyond its scatter, degrees: sway and posture,
#: bending, a load; ankles lie behind the middle of the feet.
_STANDING_SD, _BALANCED_SD, _ANKLES_SD = 2.0, 4.0, 2.5
#: Frames closer in time than this are not independent, seconds.
_MEMORY_S = 0.5


@dataclass(frozen=True)
class Vertical:
    """The up direction in the camera's axes (x right, y down, z away).

    Parameters
    ----------
    known : bool
        Whether it could be estimated; if not, ``up`` is the camera's own.
    up : tuple of float
        Unit vector.
    tilt_deg : float
        Angle between it and the camera's up, degrees.
    sd_deg : float or None
        Standard deviation of its direction from posture and scatter, degrees; None where unknown.
        A pose model with a systematic depth error adds to it.
    frames : int
        Number of frames that it was estimated from.
    method : str
        ``standing`` (legs and trunk straight), ``balance`` (centre of mass over the feet), or
        ``none``.
    note : str or None
        Why it is unknown.
    """

    known: bool
    up: tuple[float, float, float]
    tilt_deg: float
    sd_deg: float | None
    frames: int
    method: str
    note: str | None


def vertical(poses: xr.Dataset) -> Vertical:
    """Estimate the up direction of a clip.

    Parameters
    ----------
    poses : xarray.Dataset
        Poses of one individual in any skeleton, with ``position_3d`` if available.

    Returns
    -------
    Vertical
        The spatial median over frames of the direction from the feet (heels and toes where the
        skeleton has them, else the ankles) to the centre of mass. Its standard deviation combines
        the scatter, taken as independent every half second, with the effect of posture.
    """
    if "position_3d" not in poses:
        return _unknown("the poses have no depth")
    points = _points(poses)
    feet, exact = _feet(points)
    directions, length = _directions(_centre_of_mass(points) - feet)
    seen = np.isfinite(length) & (length > 0)
    if not seen.any():
        return _unknown("body or feet are never seen in depth")
    near = seen & (directions @ _CAMERA_UP > np.cos(np.radians(_MOST_TILT)))
    fps = float(poses.attrs["fps"])
    for method, frames, least_s, sd in (
        ("standing", near & _straight(points), _LEAST_STANDING_S, _STANDING_SD),
        ("balance", near, _LEAST_BALANCED_S, _BALANCED_SD),
    ):
        if frames.sum() >= max(least_s * fps, 3):
            found = _told(
                directions[frames], fps, method, float(np.hypot(sd, 0.0 if exact else _ANKLES_SD))
            )
            if found is not None:
                return found
    if near.sum() < seen.sum() / 2:
        return _unknown(
            "the athlete is not on the feet, or the camera is tilted by over 45 degrees"
        )
    return _unknown("the athlete's balance varies too much, or is seen too shortly")


def gravity_aligned(poses: xr.Dataset, up: Vertical | None = None) -> xr.Dataset:
    """Rotate ``position_3d`` to align with gravity, so that a tilted camera tilts no one.

    Parameters
    ----------
    poses : xarray.Dataset
        Poses in any skeleton.
    up : Vertical, optional
        The up direction; estimated from the poses by default.

    Returns
    -------
    xarray.Dataset
        ``position_3d`` rotated about the horizontal axis that takes the up direction to -y: y
        points down along gravity, x and z stay as close to the camera's as possible. The attribute
        ``gravity`` holds the fields of :class:`Vertical` as JSON. Where up is unknown, positions
        are unchanged, and ``gravity`` states why.
    """
    found = up or vertical(poses)
    aligned = poses.assign_attrs(gravity=json.dumps(asdict(found), sort_keys=True))
    if found.known:
        turn = rotation_between(np.array(found.up), _CAMERA_UP)
        axis = poses["position_3d"].get_axis_num("space_3d")
        values = np.moveaxis(poses["position_3d"].values, axis, -1) @ turn.T
        aligned["position_3d"] = poses["position_3d"].copy(data=np.moveaxis(values, -1, axis))
    return aligned


def rotation_between(start: Array, end: Array) -> Array:
    """Return the smallest rotation (3, 3) between two unit vectors that are not opposite.

    Rodrigues' formula with the axis ``start x end``.
    """
    axis, cosine = np.cross(start, end), float(start @ end)
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.asarray(np.eye(3) + skew + skew @ skew / (1.0 + cosine))


def _unknown(note: str) -> Vertical:
    return Vertical(False, (0.0, -1.0, 0.0), 0.0, None, 0, "none", note)


def _points(poses: xr.Dataset) -> dict[str, Array]:
    names = [str(name) for name in poses["keypoints"].values]
    return dict(zip(names, values_of(poses, "position_3d").swapaxes(0, 1), strict=True))


def _feet(points: dict[str, Array]) -> tuple[Array, bool]:
    """Return the midpoint of the feet (time, 3), and whether heels and toes define it."""
    exact = "left_heel" in points and bool(np.isfinite(points["left_heel"]).any())
    parts = ("heel", "foot_index") if exact else ("ankle",)
    return np.mean([points[f"{s}_{p}"] for s in ("left", "right") for p in parts], axis=0), exact


def _centre_of_mass(points: dict[str, Array]) -> Array:
    """Return the centre of mass (time, 3) of the visible segments; NaN without trunk and thighs."""
    total = np.zeros_like(points["nose"])
    mass = np.zeros((len(total), 1))
    for proximal, distal, share, where in _MASSES:
        point = (1 - where) * points[proximal] + where * points[distal]
        known = np.isfinite(point).all(axis=1, keepdims=True)
        total += share * np.where(known, point, 0.0)
        mass += share * known
    return np.asarray(np.where(mass > 0.69, total / np.maximum(mass, 0.69), np.nan))


def _directions(vectors: Array) -> tuple[Array, Array]:
    length = np.linalg.norm(vectors, axis=1)
    safe = np.where(np.isfinite(length) & (length > 0), length, 1.0)
    return np.nan_to_num(vectors / safe[:, None]), length


def _straight(points: dict[str, Array]) -> NDArray[np.bool_]:
    """Return in which frames both knees and both hips are straight."""
    straight = np.ones(len(points["nose"]), dtype=bool)
    for side in ("left", "right"):
        chain = [points[f"{side}_{name}"] for name in ("shoulder", "hip", "knee", "ankle")]
        for a, b, c in zip(chain, chain[1:], chain[2:], strict=False):
            first, second = _directions(a - b)[0], _directions(c - b)[0]
            straight &= (first * second).sum(axis=1) < np.cos(np.radians(_STRAIGHT))
    return straight


def _told(directions: Array, fps: float, method: str, sd: float) -> Vertical | None:
    """Return the median direction with its uncertainty; None where the directions disagree."""
    up = _spatial_median(directions)
    angle = np.degrees(np.arccos(np.clip(directions @ up, -1.0, 1.0)))
    spread = float(np.median(angle))
    if spread > _MOST_SPREAD:
        return None
    independent = max(len(directions) / (fps * _MEMORY_S), 1.0)
    tilt = float(np.degrees(np.arccos(np.clip(up @ _CAMERA_UP, -1.0, 1.0))))
    total = float(np.hypot(sd, spread / np.sqrt(independent)))
    x, y, z = (round(float(value), 6) for value in up)
    return Vertical(True, (x, y, z), round(tilt, 3), round(total, 3), len(directions), method, None)


def _spatial_median(directions: Array) -> Array:
    """Return the unit vector with the minimum sum of distances (Weiszfeld's iteration)."""
    centre = directions.mean(axis=0)
    for _ in range(50):
        weight = 1.0 / np.maximum(np.linalg.norm(directions - centre, axis=1), 1e-6)
        centre = (weight[:, None] * directions).sum(axis=0) / weight.sum()
    return np.asarray(centre / np.linalg.norm(centre))
