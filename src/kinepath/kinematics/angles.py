"""Joint and segment angles, in the image plane and in space, with uncertainties."""

from __future__ import annotations

import numpy as np
import xarray as xr

from kinepath.body.skeleton import mirrored
from kinepath.kinematics.geometry import direction, joint_angle
from kinepath.kinematics.uncertainty import ANGLE_3D, direction_sd, joint_angle_sd
from kinepath.typing import Array

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

#: Segments whose direction in the image is reported, from one keypoint to another.
SEGMENTS: dict[str, tuple[str, str]] = {
    **{
        f"{side}_{segment}": (f"{side}_{first}", f"{side}_{last}")
        for side in ("left", "right")
        for segment, first, last in (
            ("upper_arm", "shoulder", "elbow"),
            ("forearm", "elbow", "wrist"),
            ("thigh", "hip", "knee"),
            ("shank", "knee", "ankle"),
        )
    },
    "shoulders": ("right_shoulder", "left_shoulder"),
    "hips": ("right_hip", "left_hip"),
}

_PLANE = "in the image plane"
_TRUNK = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


def planar_angles(aligned: xr.Dataset, position_sd: xr.DataArray) -> xr.Dataset:
    """Compute the angles in the image plane.

    Parameters
    ----------
    aligned : xarray.Dataset
        ``position`` and ``confidence`` of one individual.
    position_sd : xarray.DataArray
        Standard deviation of a coordinate (time, keypoints, individuals).

    Returns
    -------
    xarray.Dataset
        ``joint_angle`` (time, joint), ``segment_angle`` (time, segment), ``trunk_lean`` and
        ``hip_shoulder_separation`` (time; -180 to 180), degrees, the others continuous, each with a
        standard deviation ``..._sd``, and ``joint_angle_confidence``, the minimum over the
        keypoints used.
    """
    where = aligned["position"].isel(individuals=0).transpose("time", "keypoints", "space")
    scatter = position_sd.isel(individuals=0).transpose("time", "keypoints")
    certain = aligned["confidence"].isel(individuals=0).transpose("time", "keypoints")

    def points(names: tuple[str, ...]) -> list[Array]:
        return [where.sel(keypoints=name).values for name in names]

    def sds(names: tuple[str, ...]) -> list[Array]:
        return [scatter.sel(keypoints=name).values for name in names]

    angles = xr.Dataset(
        coords={"time": aligned["time"], "joint": list(JOINT_ANGLES), "segment": list(SEGMENTS)}
    )
    joints = [(points(names), sds(names)) for names in JOINT_ANGLES.values()]
    _add(
        angles,
        "joint_angle",
        ("time", "joint"),
        np.stack([joint_angle(*at) for at, _ in joints], axis=1),
        np.stack([joint_angle_sd((a, b, c), (s, t, u)) for (a, b, c), (s, t, u) in joints], 1),
        f"angle at the joint {_PLANE}; 180 is straight",
    )
    lowest = [certain.sel(keypoints=list(n)).min("keypoints").values for n in JOINT_ANGLES.values()]
    angles["joint_angle_confidence"] = (
        ("time", "joint"),
        np.stack(lowest, axis=1),
        {"units": "1", "long_name": "lowest confidence of the angle's keypoints"},
    )
    lines = [_line(points(names), sds(names)) for names in SEGMENTS.values()]
    _add(
        angles,
        "segment_angle",
        ("time", "segment"),
        np.stack([_from_right(line) for line, _ in lines], axis=1),
        np.stack([direction_sd(line, sd) for line, sd in lines], axis=1),
        f"direction of the segment {_PLANE}, from the right, counter-clockwise",
    )
    left_shoulder, right_shoulder, left_hip, right_hip = points(_TRUNK)
    trunk = (left_shoulder + right_shoulder - left_hip - right_hip) / 2
    trunk_sd = np.sqrt(sum(sd**2 for sd in sds(_TRUNK))) / 2
    _add(
        angles,
        "trunk_lean",
        ("time",),
        # y points down: a trunk that leans to the right of the image has a positive angle.
        np.degrees(direction(np.stack([-trunk[:, 1], trunk[:, 0]], axis=1))),
        direction_sd(trunk, trunk_sd),
        f"lean of the trunk from upright {_PLANE}; positive to the right",
    )
    (shoulders, shoulders_sd), (hips, hips_sd) = lines[-2], lines[-1]
    _add(
        angles,
        "hip_shoulder_separation",
        ("time",),
        _between(hips, shoulders),
        np.hypot(direction_sd(shoulders, shoulders_sd), direction_sd(hips, hips_sd)),
        f"shoulder line against hip line {_PLANE}",
    )
    return angles


def spatial_angles(cleaned: xr.Dataset, *, mirror: bool) -> xr.Dataset:
    """Compute the joint angles in space, from the depth that the pose model estimates.

    Parameters
    ----------
    cleaned : xarray.Dataset
        Poses of one individual with ``position_3d``, metres.
    mirror : bool
        Whether to swap left and right, as in the clip's aligned positions.

    Returns
    -------
    xarray.Dataset
        ``joint_angle_3d`` and ``joint_angle_3d_sd`` (time, joint), degrees; NaN where a keypoint
        is missing.
    """
    where = cleaned["position_3d"].isel(individuals=0).transpose("time", "keypoints", "space_3d")

    def at(name: str) -> Array:
        return np.asarray(where.sel(keypoints=mirrored(name) if mirror else name).values)

    angle = [joint_angle(*(at(name) for name in names)) for names in JOINT_ANGLES.values()]
    angles = xr.Dataset(coords={"time": cleaned["time"], "joint": list(JOINT_ANGLES)})
    words = "angle at the joint in space, by the pose model's guess of depth"
    values = np.stack(angle, axis=1)
    _add(angles, "joint_angle_3d", ("time", "joint"), values, np.full_like(values, ANGLE_3D), words)
    return angles


def _line(ends: list[Array], sds: list[Array]) -> tuple[Array, Array]:
    return ends[1] - ends[0], np.hypot(*sds)


def _from_right(vector: Array) -> Array:
    # y points down in the image; counter-clockwise is as seen by the viewer.
    return np.degrees(direction(vector * [1.0, -1.0]))


def _between(first: Array, second: Array) -> Array:
    cross = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    empty = (first == 0).all(axis=1) | (second == 0).all(axis=1)
    angle = np.arctan2(cross, (first * second).sum(axis=1))
    return np.degrees(np.where(empty, np.nan, angle))


def _add(
    angles: xr.Dataset, name: str, dims: tuple[str, ...], values: Array, sd: Array, words: str
) -> None:
    angles[name] = (dims, values, {"units": "degree", "long_name": words})
    angles[f"{name}_sd"] = (
        dims,
        np.where(np.isnan(values), np.nan, sd),
        {"units": "degree", "long_name": f"standard deviation of the {name.replace('_', ' ')}"},
    )
