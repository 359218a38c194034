"""The speed of each node during the swing: the signals that the default method compares.

A segment's signal is the rate of change of the vector between its ends, a joint's its speed
relative to the feet. Nothing is centred on the pelvis, so that the pelvis is a valid node. A
speed has no sign, so that no swing axis is needed. Depth matters: seen by one camera, a rotating
segment appears fastest where it is least foreshortened, which shifts the peak by up to 50 ms;
the pose model's 3D keypoints are therefore used where available.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from kinepath.bat import SOURCES
from kinepath.body.skeleton import BODY_JOINTS, mirrored
from kinepath.chain.series import NoSeriesError
from kinepath.settings.results import TimingSettings
from kinepath.signal.gaps import bridged
from kinepath.signal.smoothing import samples, savitzky_golay, window_length
from kinepath.typing import Array

BAT, GRIP, TIP = "bat", "bat_grip", "bat_tip"
_FEET = ("left_ankle", "right_ankle")

#: Possible nodes and their keypoints (one: a joint; two: a segment, proximal end first). The
#: leading arm is the left one; clips of left-handers are mirrored first.
CATALOGUE: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in BODY_JOINTS},
    "left_shank": ("left_knee", "left_ankle"),
    "right_shank": ("right_knee", "right_ankle"),
    "left_thigh": ("left_hip", "left_knee"),
    "right_thigh": ("right_hip", "right_knee"),
    "pelvis": ("right_hip", "left_hip"),
    "trunk": ("right_shoulder", "left_shoulder"),
    "left_upper_arm": ("left_shoulder", "left_elbow"),
    "right_upper_arm": ("right_shoulder", "right_elbow"),
    "left_forearm": ("left_elbow", "left_wrist"),
    "right_forearm": ("right_elbow", "right_wrist"),
    BAT: (GRIP, TIP),
}

#: Note on a clip without depth.
FLAT = (
    "The pose has no depth: to one camera, a lag of up to about 50 ms can come from foreshortening"
    " alone, and the intervals are wide accordingly."
)

#: Levels from the ground to the bat; a chain only climbs.
LEVELS = ("ankle", "shank", "knee", "thigh", "hip", "pelvis", "trunk", "shoulder", "upper arm",
          "elbow", "forearm", "wrist", "bat")  # fmt: skip
_LOWER_BODY = LEVELS.index("pelvis")
_HANDS = LEVELS.index("forearm")


def level(node: str) -> int:
    """Return the height of a node along the body, an index into :data:`LEVELS`."""
    return LEVELS.index(node.removeprefix("left_").removeprefix("right_").replace("_", " "))


def begins(node: str) -> bool:
    """Return whether a chain may start at a node: legs and pelvis."""
    return level(node) <= _LOWER_BODY


def at_hands(node: str) -> bool:
    """Return whether a node is next to the hands: a forearm or a wrist."""
    return _HANDS <= level(node) < LEVELS.index(BAT)


@dataclass(frozen=True)
class Signals:
    """The speeds of the nodes in a window around the swing.

    Parameters
    ----------
    names : tuple of str
        The nodes that are seen often enough, from the ground up.
    speed : ndarray, shape (nodes, time)
        Metres per second with 3D keypoints, else statures per second; no NaN.
    time : ndarray, shape (time,)
        Seconds on the raw video's clock.
    fps : float
        Frame rate, hertz.
    missing : mapping of str to str
        Why other nodes have no signal.
    depth : bool
        Whether the speeds are in space rather than in the image plane.
    notes : tuple of str
        What a reader must know.
    """

    names: tuple[str, ...]
    speed: Array
    time: Array
    fps: float
    missing: Mapping[str, str]
    depth: bool = True
    notes: tuple[str, ...] = ()


def with_depth(kinematics: xr.Dataset, poses: xr.Dataset) -> xr.Dataset:
    """Add the cleaned 3D keypoints of a clip to its kinematics, mirrored likewise."""
    if "position_3d" not in poses:
        return kinematics
    depth = poses["position_3d"].transpose("time", "space_3d", "keypoints", "individuals")
    if kinematics.attrs.get("mirrored"):
        names = [mirrored(str(name)) for name in depth["keypoints"].values]
        # Only the distance between keypoints is used, which is invariant to a flip of x.
        depth = depth.sel(keypoints=names).assign_coords(keypoints=depth["keypoints"].values)
    return kinematics.assign(position_3d=depth)


def swing_speed(kinematics: xr.Dataset) -> tuple[str, Array | None]:
    """Return the speed (time,) that defines a swing, and of what: the bat or the hands.

    The hands are used where the bat's tip was not seen in most frames; None without a bat.
    """
    if "bat_speed" not in kinematics:
        return "bat", None
    hands = kinematics.attrs.get("peak_of") == "hands"
    name = "hand_speed" if hands else "bat_speed"
    return "hands" if hands else "bat", np.asarray(kinematics[name].values)


def signals(
    kinematics: xr.Dataset,
    settings: TimingSettings | Mapping[str, Any],
    *,
    bat: bool,
) -> Signals:
    """Compute the signals of the configured nodes around the peak of the swing.

    Parameters
    ----------
    kinematics : xarray.Dataset
        With ``peak_time_s``; with ``position_3d`` where the pose model estimates depth.
    settings : TimingSettings or mapping
        ``nodes``, ``before_s`` and ``after_s`` (the window around the speed peak),
        ``smoothing_s``, ``minimum_confidence``, ``max_gap_s``, ``minimum_share`` (fraction of the
        window in which a node must be seen) and ``allow_proxy``.
    bat : bool
        Whether the bat is known well enough to be a node.

    Raises
    ------
    NoSeriesError
        If there is no speed peak, or the clip does not contain enough of the window around it.
    """
    settings = TimingSettings.of(settings)
    fps = float(kinematics.attrs["fps"])
    time = kinematics["time"].values
    frames = _window(kinematics, time, fps, settings)
    names: list[str] = sorted(settings.nodes, key=level)
    if not bat:
        names = [name for name in names if name != BAT]
    speeds, missing = [], {}
    for name in names:
        points = [_point(kinematics, part, settings) for part in CATALOGUE[name]]
        moving = points[-1] - (points[0] if len(points) == 2 else _feet(kinematics, settings))
        moving = bridged(moving, round(settings.max_gap_s * fps))[frames]
        speed = speed_of(moving, fps, settings.smoothing_s)
        seen = float(np.mean(np.isfinite(speed)))
        if seen < settings.minimum_share:
            missing[name] = f"seen in {100 * seen:.0f} % of the swing"
        elif np.nanmax(speed) <= 1e-9:
            missing[name] = "does not move"
        else:
            speeds.append(bridged(speed))
    kept = tuple(name for name in names if name not in missing)
    depth = "position_3d" in kinematics
    speed = np.stack(speeds) if speeds else np.zeros((0, len(time[frames])))
    return Signals(kept, speed, time[frames], fps, missing, depth, () if depth else (FLAT,))


def speed_of(moving: Array, fps: float, smoothing_s: float) -> Array:
    """Return the speed (time,) of a point or vector (time, space); NaN where unknown."""
    known = np.isfinite(moving).all(axis=1)
    window = window_length(smoothing_s, fps, 2)
    if window and known.all() and len(moving) >= samples(window):
        moving = savitzky_golay(moving, window, 2)
    if len(moving) < 2:
        return np.full(len(moving), np.nan)
    return np.asarray(np.linalg.norm(np.gradient(moving, 1 / fps, axis=0), axis=1))


def _window(kinematics: xr.Dataset, time: Array, fps: float, settings: TimingSettings) -> slice:
    if "peak_time_s" not in kinematics.attrs:
        raise NoSeriesError("neither the bat nor the hands are seen to swing")
    peak = int(np.argmin(np.abs(time - kinematics.attrs["peak_time_s"])))
    before, after = (round(each * fps) for each in (settings.before_s, settings.after_s))
    begin, end = max(peak - before, 0), min(peak + after + 1, len(time))
    if peak - begin < 0.7 * before or end - 1 - peak < 0.5 * after:
        raise NoSeriesError(
            f"the fastest moment, at {time[peak]:.2f} s, is too near to an end of the clip"
        )
    return slice(begin, end)


def _point(kinematics: xr.Dataset, name: str, settings: TimingSettings) -> Array:
    """Return a keypoint or an end of the bat (time, space), NaN at too low confidence."""
    if name in (GRIP, TIP):
        values = kinematics[name].transpose("time", "space").values
        sure = kinematics["bat_confidence"].values >= settings.minimum_confidence
        if not settings.allow_proxy:
            sure &= kinematics["bat_source"].values != SOURCES["pose_proxy"]
    else:
        variable = "position_3d" if "position_3d" in kinematics else "position"
        one = kinematics.isel(individuals=0).sel(keypoints=name)
        values = one[variable].transpose("time", ...).values
        sure = one["confidence"].values >= settings.minimum_confidence
    return np.where(sure[:, np.newaxis], values, np.nan)


def _feet(kinematics: xr.Dataset, settings: TimingSettings) -> Array:
    """Return the midpoint of the ankles: 3D keypoints are relative to the hips, which move."""
    ends = [_point(kinematics, name, settings) for name in _FEET]
    return np.asarray((ends[0] + ends[1]) / 2)
