"""The motion of the bat and the hands, and their peak speed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from kinepath.bat import SOURCES
from kinepath.kinematics import peak
from kinepath.kinematics.geometry import derivative, direction, swing_axis
from kinepath.kinematics.uncertainty import TIP, Error, direction_sd
from kinepath.typing import Array

#: Maximum time between contact and the implement's peak speed, seconds.
_NEAR_CONTACT_S = 0.2


def bat_motion(aligned: xr.Dataset, keypoints: Error) -> xr.Dataset:
    """Compute the motion of bat and hands.

    Parameters
    ----------
    aligned : xarray.Dataset
        With ``bat_tip``, ``bat_grip``, ``bat_confidence`` and ``bat_source``.
    keypoints : Error
        Errors of its keypoints (time, keypoints, individuals); the wrists' are used for the hands.

    Returns
    -------
    xarray.Dataset
        ``bat_speed`` and ``hand_speed`` (stature/s), ``bat_angular_velocity`` (rad/s), each with
        ``..._sd``, and what is known of the bat.
    """
    time = aligned["time"].values
    tip, grip = aligned["bat_tip"].values, aligned["bat_grip"].values
    errors = {"bat": _tip_error(aligned), "hand": _grip_error(aligned, keypoints)}
    motion = aligned[["bat_tip", "bat_grip", "bat_confidence", "bat_source"]].copy()
    for name, points, what in (("bat", tip, "bat's tip"), ("hand", grip, "hands on the bat")):
        speed = np.linalg.norm(derivative(points, time), axis=1)
        sd = np.where(np.isnan(speed), np.nan, errors[name].velocity(time))
        _add(motion, f"{name}_speed", speed, sd, "stature 1/s", f"speed of the {what}")
    turn = direction(tip - grip)
    rate = derivative(turn, time)
    slow, fast = (
        np.radians(direction_sd(tip - grip, np.hypot(a, b)))
        for a, b in (
            (errors["bat"].slow, errors["hand"].slow),
            (errors["bat"].fast, errors["hand"].fast),
        )
    )
    sd = np.where(np.isnan(rate), np.nan, Error(slow, fast).velocity(time))
    words = "rate of turn of the bat, d/dt arg(tip - grip)"
    _add(motion, "bat_angular_velocity", rate, sd, "rad/s", words)
    return motion


def _tip_error(aligned: xr.Dataset) -> Error:
    source = aligned["bat_source"].values
    sd = np.full(source.shape, np.nan)
    for name, code in SOURCES.items():
        sd[source == code] = TIP[name]
    sd[np.isnan(aligned["bat_tip"].values).any(axis=1)] = np.nan
    # The error of an inferred tip varies as slowly as the arms turn; an observed tip's, per frame.
    guessed = source == SOURCES["pose_proxy"]
    return Error(np.where(guessed, sd, 0.0 * sd), np.where(guessed, 0.0 * sd, sd))


def _grip_error(aligned: xr.Dataset, keypoints: Error) -> Error:
    names = [str(name) for name in aligned["keypoints"].values]
    wrists = [names.index(f"{side}_wrist") for side in ("left", "right")]
    missing = np.isnan(aligned["bat_grip"].values).any(axis=1)

    def of_mean(sd: Array) -> Array:
        both = sd[:, wrists, 0]
        known = np.isfinite(both)
        count = np.maximum(known.sum(axis=1), 1)
        mean = np.sqrt(np.where(known, both**2, 0.0).sum(axis=1)) / count
        return np.where(missing | ~known.any(axis=1), np.nan, mean)

    return Error(of_mean(keypoints.slow), of_mean(keypoints.fast))


def _add(motion: xr.Dataset, name: str, values: Array, sd: Array, units: str, words: str) -> None:
    motion[name] = ("time", values, {"units": units, "long_name": words})
    motion[f"{name}_sd"] = (
        "time",
        sd,
        {"units": units, "long_name": f"standard deviation of the {words}"},
    )


def in_metres(features: xr.Dataset, height_m: float) -> xr.Dataset:
    """Return the speeds in metres per second, ``..._m`` with ``..._m_sd``, from the stature."""
    speeds = [name for name in ("speed", "bat_speed", "hand_speed") if name in features]
    scaled = {}
    for name in speeds:
        sd = "velocity_sd" if name == "speed" else f"{name}_sd"
        for source, target in ((name, f"{name}_m"), (sd, f"{name}_m_sd")):
            values = features[source]
            attrs = {**values.attrs, "units": "m/s"}
            scaled[target] = (values.dims, values.values * height_m, attrs)
    return xr.Dataset(scaled, coords=features.coords)


def swing(
    features: xr.Dataset, keypoints: Error, stroke: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the attributes that summarise the swing; see :func:`kinepath.kinematics.kinematics`.

    The peak is searched for within a stroke, from the top of the backlift to the end of the
    follow-through, and near contact where the sheet states it; without a stroke, in the whole
    clip.
    """
    axis = swing_axis(features["bat_tip"].values)
    # A tip inferred from the arms turns faster than any bat when the arms fold.
    if not _is_usable(features):
        grip, moving = features["bat_grip"].values, "hand_speed"
        known = np.isfinite(grip).all(axis=1)
        track = peak.PointTrack("hands", grip, _grip_error(features, keypoints), known)
        speed = features[moving].values
    else:
        tip, moving = features["bat_tip"].values, "bat_speed"
        observed = features["bat_source"].values == SOURCES["observed"]
        track = peak.PointTrack(f"{_word(features)} tip", tip, _tip_error(features), observed)
        guessed = features["bat_source"].values == SOURCES["pose_proxy"]
        # A central difference also uses the samples before and after.
        near = guessed | np.append(guessed[1:], False) | np.insert(guessed[:-1], 0, False)
        speed = np.where(near, np.nan, features[moving].values)
    time, sd = features["time"].values, features[f"{moving}_sd"].values
    if stroke is not None:
        inside = np.ones(time.size, dtype=bool)
        if stroke["top_of_backlift_s"] is not None:
            inside &= time >= stroke["top_of_backlift_s"]
        if stroke["follow_through_s"] is not None:
            inside &= time <= stroke["follow_through_s"]
        if stroke["contact"]["source"] == "sheet":
            inside &= np.abs(time - stroke["contact"]["time_s"]) <= _NEAR_CONTACT_S
        speed = np.where(inside, speed, np.nan)
    if np.isnan(axis).any() or np.isnan(speed).all():
        reason = f"no motion of the {_word(features)}"
        return {"note": "; ".join(filter(None, [features.attrs.get("note"), reason]))}
    best = int(np.nanargmax(speed))
    return {
        "swing_axis_x": float(axis[0]),
        "swing_axis_y": float(axis[1]),
        "peak_of": track.name,
        "peak_time_s": float(time[best]),
        **peak.height(track, time, speed, sd, best),
    }


def _word(features: xr.Dataset) -> str:
    return str(features.attrs.get("implement", "bat"))


def _is_usable(features: xr.Dataset) -> bool:
    """Return whether the bat was observed often enough, as stated by the bat stage where it ran."""
    seen = np.mean(features["bat_source"].values == SOURCES["observed"])
    return bool(features.attrs.get("bat_usable", seen > 0.5))
