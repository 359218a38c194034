"""Velocities, accelerations, joint angles and the motion of the bat, each with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from kinepath.body.skeleton import mirrored
from kinepath.errors import KinepathError
from kinepath.events import analysed_contact, analysed_stroke
from kinepath.io.remarks import KEY, as_attribute, remarks_of
from kinepath.io.sequence import carried_attrs
from kinepath.kinematics.angles import JOINT_ANGLES, SEGMENTS, planar_angles, spatial_angles
from kinepath.kinematics.geometry import derivative, direction, joint_angle, swing_axis, unwrapped
from kinepath.kinematics.swing import bat_motion, in_metres, swing
from kinepath.kinematics.uncertainty import Error, slow_error
from kinepath.typing import Array

__all__ = [
    "JOINT_ANGLES",
    "SEGMENTS",
    "KinematicsError",
    "derivative",
    "direction",
    "joint_angle",
    "kinematics",
    "swing_axis",
    "unwrapped",
]

#: Minimum number of frames for a velocity with samples on both sides.
_LEAST_FRAMES = 3
_PEAKS_IN_METRES = {
    "peak_speed": "peak_speed_m_s",
    "peak_speed_sd": "peak_speed_m_s_sd",
    "peak_speed_at_least": "peak_speed_at_least_m_s",
}


class KinematicsError(KinepathError):
    """Data sets that do not match."""


def kinematics(
    aligned: xr.Dataset,
    height_m: float | None = None,
    cleaned: xr.Dataset | None = None,
    events: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Compute the kinematics of an aligned sequence.

    Parameters
    ----------
    aligned : xarray.Dataset
        Positions in units of the reference, with the bat where the activity has one; ``stature``,
        the athlete's in these units (:func:`kinepath.align.align`), converts them to statures.
    height_m : float, optional
        The athlete's stature; with it speeds are also returned in metres per second.
    cleaned : xarray.Dataset, optional
        The cleaned poses that were aligned: their ``jitter`` contributes to the uncertainty, and
        ``position_3d`` yields the joint angles in space.
    events : mapping, optional
        What :func:`kinepath.events.find_events` returned: the peak speed is searched for in the
        analysed stroke, and its contact is reported.

    Returns
    -------
    xarray.Dataset
        ``position``, ``velocity``, ``acceleration``, ``speed`` of the keypoints in statures and
        seconds, ``confidence``; the angles of :func:`kinepath.kinematics.angles.planar_angles`
        and, with depth, ``joint_angle_3d``; with a bat what
        :func:`kinepath.kinematics.swing.bat_motion` returns; with ``height_m`` the speeds as
        ``speed_m``, ``bat_speed_m``, ``hand_speed_m`` in m/s. Every quantity ``x`` comes with its
        standard deviation ``x_sd`` (that of a keypoint's coordinate is ``position_sd``; the
        speed's is ``velocity_sd``), see :mod:`kinepath.kinematics.uncertainty`.
        Attributes: ``contact_s`` with ``contact_early_s``, ``contact_late_s`` and
        ``contact_source``; ``swing_axis_x``, ``swing_axis_y``; ``peak_time_s`` of what
        ``peak_of`` names: the bat's tip, or the hands where the tip was not seen in most frames;
        what :func:`kinepath.kinematics.peak.height` returns for it, also in m/s
        (``peak_speed_m_s``, ``peak_speed_m_s_sd``, ``peak_speed_at_least_m_s``); ``note`` where
        something could not be found. Missing values are NaN, as is everything derived from them.

    Raises
    ------
    KinematicsError
        If ``cleaned`` has other frames or keypoints.
    """
    aligned = _in_statures(aligned)
    time = aligned["time"].values
    error = _error(aligned, cleaned)
    dims = aligned["confidence"].dims
    features = aligned[["position", "confidence"]].copy()
    attrs = carried_attrs(aligned)
    velocity = derivative(aligned["position"].values, time)
    acceleration = derivative(velocity, time)
    for name, values, unit in (
        ("velocity", velocity, "stature 1/s"),
        ("acceleration", acceleration, "stature 1/s2"),
    ):
        words = {"units": unit, "long_name": f"{name} of the keypoint"}
        features[name] = (aligned["position"].dims, values, words)
    features["speed"] = (
        dims,
        np.linalg.norm(velocity, axis=1),
        {"units": "stature 1/s", "long_name": "speed of the keypoint"},
    )
    for name, values, unit in (
        ("position", error.position, "stature"),
        ("velocity", error.velocity(time), "stature 1/s"),
        ("acceleration", error.acceleration(time), "stature 1/s2"),
    ):
        known = np.isfinite(features[name].values).all(axis=1)
        words = {"units": unit, "long_name": f"standard deviation of a coordinate of the {name}"}
        features[f"{name}_sd"] = (dims, np.where(known, values, np.nan), words)
    features = features.merge(planar_angles(aligned, features["position_sd"]))
    if cleaned is not None and "position_3d" in cleaned:
        features = features.merge(spatial_angles(cleaned, mirror=_is_mirrored(aligned)))
    if time.size < _LEAST_FRAMES:
        reason = f"no motion: {time.size} frame{'s' * (time.size != 1)}"
        attrs["note"] = "; ".join(filter(None, [attrs.get("note"), reason]))
    if "bat_tip" in aligned:
        features = features.merge(bat_motion(aligned, error)).assign_attrs(attrs)
        attrs |= swing(features, error, analysed_stroke(events or {}))
    attrs |= _contact(events or {})
    if height_m is not None:
        attrs["height_m"] = height_m
        features = features.merge(in_metres(features, height_m))
        for name, metres in _PEAKS_IN_METRES.items():
            if name in attrs:
                attrs[metres] = attrs[name] * height_m
    # Where nobody is seen, this is already reported and explains everything else.
    notes = ("camera_note", "bat_note", "events_note", "note")
    told = notes if attrs.get("person_share") != 0 else ()
    attrs[KEY] = as_attribute(remarks_of(attrs), (attrs.get(name) for name in told))
    return features.assign_attrs(attrs)


def _in_statures(aligned: xr.Dataset) -> xr.Dataset:
    """Rescale from the fit's scale to the athlete's own stature, where the alignment found it."""
    stature = aligned.attrs.get("stature", 1.0)
    lengths = [name for name in ("position", "bat_tip", "bat_grip") if name in aligned]
    scaled = {name: aligned[name].copy(data=aligned[name].values / stature) for name in lengths}
    attrs = {"stature": 1.0, "scale": aligned.attrs.get("scale", 1.0) * stature}
    return aligned.assign(scaled).assign_attrs(attrs)


def _contact(events: Mapping[str, Any]) -> dict[str, Any]:
    contact = analysed_contact(events)
    if contact is None:
        return {}
    told = {"contact_s" if key == "time_s" else f"contact_{key}": contact[key] for key in contact}
    return told | ({"events_note": events["note"]} if events["note"] else {})


def _is_mirrored(aligned: xr.Dataset) -> bool:
    return bool(aligned.attrs.get("mirrored", 0))


def _error(aligned: xr.Dataset, cleaned: xr.Dataset | None) -> Error:
    """Return the errors of the keypoints, statures: (time, keypoints, individuals)."""
    missing = np.isnan(aligned["position"].values).any(axis=1)
    slow = np.where(missing, np.nan, slow_error(aligned["confidence"].values))
    if cleaned is None:
        return Error(slow, 0.0 * slow)
    names = [str(name) for name in aligned["keypoints"].values]
    same = cleaned.sizes["time"] == aligned.sizes["time"] and np.allclose(
        cleaned["time"].values, aligned["time"].values
    )
    if not same or names != [str(name) for name in cleaned["keypoints"].values]:
        raise KinematicsError("the cleaned poses have other frames or keypoints than the aligned")
    jitter: Array = cleaned["jitter"].transpose("time", "keypoints", "individuals").values
    if _is_mirrored(aligned):
        jitter = jitter[:, [names.index(mirrored(name)) for name in names]]
    return Error(slow, np.nan_to_num(jitter / aligned.attrs["scale"]) + 0.0 * slow)
