"""Velocities, accelerations, joint angles and the motion of the bat."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.bat import SOURCES
from kinepath.sequence import carried_attrs

Array = NDArray[np.float64]

#: Joint angles between three keypoints, the joint in the middle; 180 degrees is a straight limb.
JOINT_ANGLES: dict[str, tuple[str, str, str]] = {
    f"{side}_{joint}": (f"{side}_{first}", f"{side}_{joint}", f"{side}_{last}")
    for side in ("left", "right")
    for joint, first, last in (
        ("elbow", "shoulder", "wrist"),
        ("shoulder", "elbow", "hip"),
        ("hip", "shoulder", "knee"),
        ("knee", "hip", "ankle"),
    )
}


def derivative(values: Array, time: Array) -> Array:
    """Differentiate over time by centred differences (one-sided at both ends).

    Parameters
    ----------
    values : ndarray, shape (time, ...)
        NaN where missing; the derivative is NaN there and at both neighbours.
    time : ndarray, shape (time,)
        Seconds.

    Returns
    -------
    ndarray, shape (time, ...)
        Per second; all NaN where there is a single sample.
    """
    if time.size < 2:
        return np.full_like(values, np.nan)
    return np.asarray(np.gradient(values, time, axis=0), dtype=np.float64)


def joint_angle(first: Array, joint: Array, last: Array) -> Array:
    """Angle at a joint between two segments, arccos(a.b / |a||b|), in degrees.

    Parameters
    ----------
    first, joint, last : ndarray, shape (..., space)
        Keypoints; NaN where missing.

    Returns
    -------
    ndarray, shape (...)
        0 (folded) to 180 (straight); NaN where a keypoint is missing or a segment has no length.
    """
    a, b = first - joint, last - joint
    # atan2 keeps its accuracy near 0 and 180 degrees, where arccos loses half of the digits.
    if a.shape[-1] == 2:
        cross = np.abs(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
    else:
        cross = np.linalg.norm(np.cross(a, b), axis=-1)
    angle = np.degrees(np.arctan2(cross, (a * b).sum(axis=-1)))
    empty = (np.linalg.norm(a, axis=-1) == 0) | (np.linalg.norm(b, axis=-1) == 0)
    return np.where(empty, np.nan, angle)


def unwrapped(angle: Array) -> Array:
    """Make angles (radians) continuous over time, across missing samples too.

    Each known sample is brought to within half a turn of the known one before it.
    """
    result = angle.copy()
    known = ~np.isnan(angle)
    result[known] = np.unwrap(angle[known])
    return result


def direction(vector: Array) -> Array:
    """Continuous direction arg(v) of vectors (time, 2) over time, in radians."""
    return unwrapped(np.arctan2(vector[:, 1], vector[:, 0]))


def swing_axis(tip: Array) -> Array:
    """First principal component of the bat tip's trace, the axis of the swing.

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


def kinematics(aligned: xr.Dataset, height_m: float | None = None) -> xr.Dataset:
    """Derive the motion features of an aligned sequence.

    Parameters
    ----------
    aligned : xarray.Dataset
        Positions in statures, with the bat where the activity has one.
    height_m : float, optional
        The athlete's stature; with it the peak speed is given in metres per second too.

    Returns
    -------
    xarray.Dataset
        ``position``, ``velocity``, ``acceleration``, ``speed`` of the keypoints in statures and
        seconds, ``confidence``; ``joint_angle`` (time, joint) in degrees in the picture's plane
        with ``joint_angle_confidence``, ``trunk_lean`` and ``hip_shoulder_separation``; with a
        bat ``bat_speed``, ``bat_angular_velocity`` and what is known of the bat. Attributes:
        ``swing_axis_x``, ``swing_axis_y``; ``peak_time_s``, ``peak_speed`` and ``peak_speed_m_s``
        of what ``peak_of`` names: the bat's tip, or the hands where the tip was not seen in most
        frames; ``note`` where something could not be found.
        The confidence of a derived value is the lowest of the samples it rests on.
    """
    time = aligned["time"].values
    features = aligned[["position", "confidence"]].copy()
    attrs = carried_attrs(aligned)
    velocity = derivative(aligned["position"].values, time)
    moving = {"velocity": velocity, "acceleration": derivative(velocity, time)}
    for (name, values), unit in zip(moving.items(), ("1/s", "1/s2"), strict=True):
        features[name] = (
            aligned["position"].dims,
            values,
            {"units": f"stature {unit}", "long_name": f"{name} of the keypoint"},
        )
    features["speed"] = (
        aligned["confidence"].dims,
        np.linalg.norm(velocity, axis=1),
        {"units": "stature 1/s", "long_name": "speed of the keypoint"},
    )
    features = features.merge(_angles(aligned))
    if "bat_tip" in aligned:
        features = features.merge(_bat_motion(aligned, time))
        attrs |= _swing(features)
    if height_m is not None:
        attrs["height_m"] = height_m
        if "peak_speed" in attrs:
            attrs["peak_speed_m_s"] = attrs["peak_speed"] * height_m
    return features.assign_attrs(attrs)


def _angles(aligned: xr.Dataset) -> xr.Dataset:
    position = aligned["position"].isel(individuals=0).transpose("time", "keypoints", "space")
    confidence = aligned["confidence"].isel(individuals=0).transpose("time", "keypoints")

    def points(*names: str) -> list[Array]:
        return [position.sel(keypoints=name).values for name in names]

    def lowest(*names: str) -> Array:
        return np.asarray(confidence.sel(keypoints=list(names)).min("keypoints").values)

    joints = list(JOINT_ANGLES)
    angle = np.stack([joint_angle(*points(*JOINT_ANGLES[name])) for name in joints], axis=1)
    certain = np.stack([lowest(*JOINT_ANGLES[name]) for name in joints], axis=1)
    left_shoulder, right_shoulder, left_hip, right_hip = points(
        "left_shoulder", "right_shoulder", "left_hip", "right_hip"
    )
    trunk = (left_shoulder + right_shoulder - left_hip - right_hip) / 2
    # y points down: a trunk that leans to the right of the picture has a positive angle.
    lean = np.degrees(unwrapped(np.arctan2(trunk[:, 0], -trunk[:, 1])))
    shoulders, hips = left_shoulder - right_shoulder, left_hip - right_hip
    between = np.arctan2(
        hips[:, 0] * shoulders[:, 1] - hips[:, 1] * shoulders[:, 0], (hips * shoulders).sum(axis=1)
    )
    plane = "in the picture's plane"
    return xr.Dataset(
        {
            "joint_angle": (
                ("time", "joint"),
                angle,
                {"units": "degree", "long_name": f"angle at the joint {plane}; 180 is straight"},
            ),
            "joint_angle_confidence": (
                ("time", "joint"),
                certain,
                {"units": "1", "long_name": "lowest confidence of the angle's keypoints"},
            ),
            "trunk_lean": (
                "time",
                lean,
                {"units": "degree", "long_name": f"lean of the trunk from upright {plane}"},
            ),
            "hip_shoulder_separation": (
                "time",
                np.degrees(unwrapped(between)),
                {"units": "degree", "long_name": f"shoulder line against hip line {plane}"},
            ),
        },
        coords={"time": aligned["time"], "joint": joints},
    )


def _bat_motion(aligned: xr.Dataset, time: Array) -> xr.Dataset:
    tip, grip = aligned["bat_tip"].values, aligned["bat_grip"].values
    motion = aligned[["bat_tip", "bat_grip", "bat_confidence", "bat_source"]].copy()
    for name, points, what in (("bat", tip, "bat's tip"), ("hand", grip, "hands on the bat")):
        motion[f"{name}_speed"] = (
            "time",
            np.linalg.norm(derivative(points, time), axis=1),
            {"units": "stature 1/s", "long_name": f"speed of the {what}"},
        )
    motion["bat_angular_velocity"] = (
        "time",
        derivative(direction(tip - grip), time),
        {"units": "rad/s", "long_name": "rate of turn of the bat, d/dt arg(tip - grip)"},
    )
    return motion


def _swing(features: xr.Dataset) -> dict[str, Any]:
    """Give the attributes that sum the swing up."""
    axis = swing_axis(features["bat_tip"].values)
    seen = float(np.mean(features["bat_source"].values == SOURCES["observed"]))
    # A tip that is guessed from the arms turns faster than any bat when the arms fold.
    moving, name = ("bat_speed", "bat tip") if seen > 0.5 else ("hand_speed", "hands")
    speed = features[moving].values
    if np.isnan(axis).any() or np.isnan(speed).all():
        return {"note": "; ".join(filter(None, [features.attrs.get("note"), "no bat motion"]))}
    return {
        "swing_axis_x": float(axis[0]),
        "swing_axis_y": float(axis[1]),
        "peak_of": name,
        "peak_time_s": float(features["time"].values[np.nanargmax(speed)]),
        "peak_speed": float(np.nanmax(speed)),
    }
