"""What of a clip is compared: a feature vector per frame, standardised, without gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.errors import KinepathError
from kinepath.skeleton import BODY_JOINTS, side

Array = NDArray[np.float64]

#: Parts of the body that the cost of a comparison is told by, in the order of telling.
GROUPS = ("left leg", "right leg", "trunk", "left arm", "right arm", "bat")


class ComparisonError(KinepathError):
    """Clips that cannot be compared, or a pair that was not."""


class UnusableClipError(ComparisonError):
    """A clip in which too little is seen for a comparison; the message says what is missing."""


@dataclass(frozen=True)
class Features:
    """What of a clip is compared.

    Parameters
    ----------
    values : ndarray, shape (frames, d)
        Standardised features without gaps.
    time : ndarray, shape (frames,)
        Seconds on the raw video's clock; the longest stretch in which all features are known.
    parts : tuple of str
        For each of the ``d`` columns the joint that it describes, or ``bat``.
    """

    values: Array
    time: Array
    parts: tuple[str, ...]


def features(kinematics: xr.Dataset, settings: Mapping[str, Any]) -> Features:
    """Build the feature sequence of a clip.

    Joint positions are relative to the midpoint of the hips in the same frame, velocities to its
    velocity, the bat's tip too; angles are taken as they are. Each kind is divided by a fixed
    typical size (``scale``), so that the kinds weigh about equally, and by the square root of its
    number of coordinates, so that a step's cost is a mean over coordinates. The sizes are fixed
    rather than taken from the clips, so that a clip that is added does not change the distances
    between the others.

    Parameters
    ----------
    kinematics : xarray.Dataset
        ``position`` (stature), ``velocity`` (stature per second), ``joint_angle`` (degrees) and,
        where something is swung, ``bat_tip`` (stature).
    settings : mapping
        ``scale`` of each kind that is compared (``position``, ``velocity``, ``angle``, ``bat``;
        the last is passed over where nothing is swung), ``joints`` (empty: all body joints),
        ``max_gap_s`` (missing samples between known ones up to this long are filled in linearly)
        and ``minimum_share`` (of the clip that must be known in one stretch).

    Raises
    ------
    UnusableClipError
        If a joint is never seen or too little of the clip is known.
    """
    kinds = [
        (values / (scale * np.sqrt(values.shape[1])), parts)
        for kind, scale in settings["scale"].items()
        for values, parts in [_measured(kinematics, kind, list(settings["joints"] or BODY_JOINTS))]
        if parts
    ]
    values = np.concatenate([values for values, _ in kinds], axis=1)
    parts = tuple(part for _, of_kind in kinds for part in of_kind)
    unseen = np.isnan(values).all(axis=0)
    if unseen.all():
        raise UnusableClipError("no joint is ever seen")
    if unseen.any():
        names = dict.fromkeys(part for part, never in zip(parts, unseen, strict=True) if never)
        raise UnusableClipError(f"never seen: {', '.join(names)}")
    values = filled(values, round(settings["max_gap_s"] * float(kinematics.attrs["fps"])))
    begin, end = _longest_run(np.isfinite(values.sum(axis=1)))
    if end - begin < settings["minimum_share"] * len(values):
        raise UnusableClipError(
            f"all joints are known in one stretch for {100 * (end - begin) / len(values):.0f} %"
            f" of the clip, {100 * settings['minimum_share']:.0f} % are needed"
        )
    return Features(values[begin:end], kinematics["time"].values[begin:end], parts)


def usable(
    clips: Iterable[tuple[str, xr.Dataset]], settings: Mapping[str, Any]
) -> tuple[dict[str, Features], dict[str, str]]:
    """Build the features of many clips, one after another.

    Returns
    -------
    found : dict of str to Features
        In the given order.
    excluded : dict of str to str
        The clips that cannot be compared, with the reason.
    """
    found: dict[str, Features] = {}
    excluded: dict[str, str] = {}
    for clip, kinematics in clips:
        try:
            found[clip] = features(kinematics, settings)
        except UnusableClipError as error:
            excluded[clip] = str(error)
    return found, excluded


def group_of(part: str) -> str:
    """Name the part of the body that a joint belongs to, one of :data:`GROUPS`.

    >>> group_of("left_knee"), group_of("right_wrist"), group_of("left_hip"), group_of("bat")
    ('left leg', 'right arm', 'trunk', 'bat')
    """
    if part == "bat":
        return part
    if part.endswith(("hip", "shoulder")) or side(part) == "middle":
        return "trunk"
    arm = part.endswith(("elbow", "wrist", "pinky", "index", "thumb")) and "foot" not in part
    return f"{side(part)} {'arm' if arm else 'leg'}"


def filled(values: Array, longest: int) -> Array:
    """Fill gaps between known samples linearly.

    Parameters
    ----------
    values : ndarray, shape (time, d)
        NaN where missing.
    longest : int
        Gaps of more samples than this stay, as do those at the ends.
    """
    result = values.copy()
    for column in result.T:
        known = np.flatnonzero(np.isfinite(column))
        if len(known) == len(column):
            continue
        for before, after in pairwise(known.tolist()):
            if 1 < after - before <= longest + 1:
                column[before : after + 1] = np.linspace(
                    column[before], column[after], after - before + 1
                )
    return result


def speed(kinematics: xr.Dataset) -> Array:
    """Give one speed per frame: the bat's, or the mean of the body joints' where there is no bat.

    Returns
    -------
    ndarray, shape (time,)
        Statures per second; NaN where not known.
    """
    if "bat_speed" in kinematics:
        return np.asarray(kinematics["bat_speed"].values)
    joints = kinematics["speed"].isel(individuals=0).sel(keypoints=list(BODY_JOINTS))
    return np.asarray(joints.mean("keypoints", skipna=False).values)


def _measured(
    kinematics: xr.Dataset, kind: str, joints: Sequence[str]
) -> tuple[Array, tuple[str, ...]]:
    """Give a kind of feature, shape (time, columns), and what each column describes."""
    if kind == "angle":
        angles = kinematics["joint_angle"].transpose("time", "joint")
        return np.asarray(angles.values), tuple(str(name) for name in angles["joint"].values)
    if kind == "bat":
        if "bat_tip" not in kinematics:
            return np.empty((kinematics.sizes["time"], 0)), ()
        hips = _joints(kinematics, "position", ["left_hip", "right_hip"]).mean(axis=1)
        tip = kinematics["bat_tip"].transpose("time", "space").values
        return np.asarray(tip - hips), ("bat", "bat")
    hips = _joints(kinematics, kind, ["left_hip", "right_hip"]).mean(axis=1, keepdims=True)
    relative = _joints(kinematics, kind, joints) - hips
    return relative.reshape(len(relative), -1), tuple(joint for joint in joints for _ in range(2))


def _joints(kinematics: xr.Dataset, kind: str, joints: Sequence[str]) -> Array:
    """Give a quantity of some joints, shape (time, joints, 2)."""
    one = kinematics[kind].isel(individuals=0).transpose("time", "keypoints", "space")
    return np.asarray(one.sel(keypoints=list(joints)).values)


def _longest_run(known: NDArray[np.bool_]) -> tuple[int, int]:
    """Give the begin and end of the longest run of known samples (0, 0 if there is none)."""
    padded = np.concatenate([[0], known.astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(padded)).reshape(-1, 2)
    if not len(edges):
        return 0, 0
    begin, end = edges[np.argmax(edges[:, 1] - edges[:, 0])]
    return int(begin), int(end)
