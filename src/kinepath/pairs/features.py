"""The features of a clip for comparison: a standardised vector per frame, without gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.body.skeleton import BODY_JOINTS, side
from kinepath.errors import KinepathError
from kinepath.io.sequence import values_of
from kinepath.settings.results import PairsSettings
from kinepath.signal.gaps import bridged, runs_of
from kinepath.typing import Array

#: Parts of the body by which the cost of a comparison is reported, in order.
GROUPS = ("left leg", "right leg", "trunk", "left arm", "right arm", "bat")


class ComparisonError(KinepathError):
    """Clips that cannot be compared, or a pair that was not."""


class UnusableClipError(ComparisonError):
    """A clip in which too little is seen for a comparison; the message states what is missing."""


@dataclass(frozen=True)
class Features:
    """The features of a clip.

    Parameters
    ----------
    values : ndarray, shape (frames, d)
        Standardised features without gaps; columns of parts that are not seen are all NaN.
    time : ndarray, shape (frames,)
        Seconds on the raw video's clock; the longest stretch in which all seen parts are known.
    parts : tuple of str
        For each of the ``d`` columns the joint that it describes, or ``bat``.
    weights : ndarray, shape (d,)
        Fraction of a step's cost due to each column where all differ equally; they sum to 1.
    """

    values: Array
    time: Array
    parts: tuple[str, ...]
    weights: Array

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Return which columns are known, shape (d,)."""
        return np.asarray(np.isfinite(self.values[0]), dtype=np.bool_)

    @property
    def unseen(self) -> tuple[str, ...]:
        """Return the parts that are not seen."""
        pairs = zip(self.parts, self.seen.tolist(), strict=True)
        return tuple(dict.fromkeys(part for part, seen in pairs if not seen))


def features(
    kinematics: xr.Dataset, settings: PairsSettings | Mapping[str, Any] | None = None
) -> Features:
    """Compute the feature sequence of a clip.

    Joint positions are relative to the midpoint of the hips in the same frame, as is the bat's tip;
    velocities are relative to its velocity; angles are used as they are. Each kind is divided by a
    fixed typical size (``scale``), so that the kinds have similar weights, and by the square root
    of its number of coordinates, so that a step's cost is a mean over coordinates. The sizes are
    fixed rather than computed from the clips, so that adding a clip does not change the distances
    between the others.

    A camera from the side does not see the far arm. Parts (joints, angles, bat) are dropped,
    starting with the one known in the fewest frames, until the others are known together for long
    enough; a pair is compared by what both clips show (:func:`shared`).

    Parameters
    ----------
    kinematics : xarray.Dataset
        ``position`` (stature), ``velocity`` (stature per second), ``joint_angle`` (degrees) and,
        where something is swung, ``bat_tip`` (stature).
    settings : PairsSettings or mapping, optional
        ``scale`` of each kind that is compared (``position``, ``velocity``, ``angle``, ``bat``;
        the last is ignored where nothing is swung), ``joints`` (empty: all body joints),
        ``max_gap_s`` (gaps between known samples up to this length are interpolated linearly),
        ``minimum_share`` (fraction of the clip that must be known in one stretch) and
        ``minimum_parts`` (fraction of the parts that must be known in it).

    Raises
    ------
    UnusableClipError
        If too few parts are known together for long enough.
    """
    settings = PairsSettings.of(settings)
    kinds = [
        (values / (scale * np.sqrt(values.shape[1])), parts)
        for kind, scale in settings.scale.items()
        for values, parts in [_measured(kinematics, kind, list(settings.joints or BODY_JOINTS))]
        if parts
    ]
    values = np.concatenate([values for values, _ in kinds], axis=1)
    parts = tuple(part for _, of_kind in kinds for part in of_kind)
    weights = np.concatenate([np.full(len(p), 1 / (len(kinds) * len(p))) for _, p in kinds])
    if np.isnan(values).all():
        raise UnusableClipError("no joint is ever seen")
    values = bridged(values, round(settings.max_gap_s * float(kinematics.attrs["fps"])))
    begin, end, unseen = _stretch(values, parts, settings)
    values = values[begin:end]
    values[:, [part in unseen for part in parts]] = np.nan
    return Features(values, kinematics["time"].values[begin:end], parts, weights)


def shared(first: Features, second: Features) -> tuple[NDArray[np.bool_], float]:
    """Return the features by which two clips are compared.

    Returns
    -------
    columns : ndarray of bool, shape (d,)
        The features that both clips show.
    share : float
        Their summed weights, above 0 and up to 1. The distance is divided by it: features that one
        of the clips does not show are assumed to differ like the rest.
    """
    columns = first.seen & second.seen
    return columns, share_of(first.weights, columns)


def share_of(weights: Array, columns: NDArray[np.bool_]) -> float:
    """Sum the weights of some columns; exactly 1 for all of them."""
    return 1.0 if columns.all() else float(weights[columns].sum())


def usable(
    clips: Iterable[tuple[str, xr.Dataset]],
    settings: PairsSettings | Mapping[str, Any] | None = None,
) -> tuple[dict[str, Features], dict[str, str]]:
    """Compute the features of many clips, one at a time.

    Returns
    -------
    found : dict of str to Features
        In the order of the input.
    excluded : dict of str to str
        The clips that cannot be compared, with the reason.
    """
    settings = PairsSettings.of(settings)
    found: dict[str, Features] = {}
    excluded: dict[str, str] = {}
    for clip, kinematics in clips:
        try:
            found[clip] = features(kinematics, settings)
        except UnusableClipError as error:
            excluded[clip] = str(error)
    return found, excluded


def group_of(part: str) -> str:
    """Return the part of the body that a joint belongs to, one of :data:`GROUPS`.

    >>> group_of("left_knee"), group_of("right_wrist"), group_of("left_hip"), group_of("bat")
    ('left leg', 'right arm', 'trunk', 'bat')
    """
    if part == "bat":
        return part
    if part.endswith(("hip", "shoulder")) or side(part) == "middle":
        return "trunk"
    arm = part.endswith(("elbow", "wrist", "pinky", "index", "thumb")) and "foot" not in part
    return f"{side(part)} {'arm' if arm else 'leg'}"


def speeds(clips: Sequence[xr.Dataset]) -> tuple[str, list[Array]]:
    """Return one speed per frame of each clip, the same quantity for all.

    Parameters
    ----------
    clips : sequence of xarray.Dataset
        From :func:`kinepath.kinematics.kinematics`.

    Returns
    -------
    name : str
        ``bat tip`` (or that of another implement) where it was seen in all clips, else ``hands``
        where known in all, else ``body``: the mean of the body joints that are seen in most frames.
    curves : list of ndarray, shape (time,)
        Statures per second; NaN where unknown.
    """
    peaks = {str(clip.attrs.get("peak_of")) for clip in clips}
    if not {"None", "hands"} & peaks:
        return max(peaks), [np.asarray(clip["bat_speed"].values) for clip in clips]
    if "None" not in peaks:
        return "hands", [np.asarray(clip["hand_speed"].values) for clip in clips]
    return "body", [_body_speed(clip) for clip in clips]


def _body_speed(clip: xr.Dataset) -> Array:
    joints = clip["speed"].isel(individuals=0).sel(keypoints=list(BODY_JOINTS))
    known = joints.notnull().transpose("time", "keypoints").values.mean(axis=0) > 0.5
    if not known.any():
        return np.full(clip.sizes["time"], np.nan)
    return np.asarray(joints[{"keypoints": known}].mean("keypoints", skipna=False).values)


def _measured(
    kinematics: xr.Dataset, kind: str, joints: Sequence[str]
) -> tuple[Array, tuple[str, ...]]:
    """Return a kind of feature, shape (time, columns), and what each column describes."""
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
    """Return a quantity of the given joints, shape (time, joints, 2)."""
    return values_of(kinematics, kind, joints)


def _stretch(
    values: Array, parts: Sequence[str], settings: PairsSettings
) -> tuple[int, int, set[str]]:
    """Return the start and end of the stretch that is compared, and the parts unseen in it."""
    names = list(dict.fromkeys(parts))
    columns = np.array([names.index(part) for part in parts])
    finite = np.isfinite(values)
    known = np.stack([finite[:, columns == k].all(axis=1) for k in range(len(names))], axis=1)
    # The part known in the fewest frames is dropped first; of equal ones the last.
    order = np.argsort(-known.sum(axis=0), kind="stable")
    best = 0
    for count in range(len(names), 0, -1):
        if count < settings.minimum_parts * len(names):
            break
        begin, end = _longest_run(np.all(known[:, order[:count]], axis=1))
        if end - begin >= settings.minimum_share * len(values):
            return begin, end, {names[k] for k in order[count:]}
        best = max(best, end - begin)
    rare = [f"{names[k]} in {_percent(known[:, k].mean())}" for k in order[::-1][:3]]
    raise UnusableClipError(
        f"{_percent(settings.minimum_parts)} of the joints are known in one stretch for"
        f" {_percent(best / len(values))} of the clip, {_percent(settings.minimum_share)} are"
        f" needed; least known: {', '.join(rare)} of the frames"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _longest_run(known: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the start and end of the longest run of known samples (0, 0 if there is none)."""
    return max(runs_of(known), key=lambda run: run[1] - run[0], default=(0, 0))
