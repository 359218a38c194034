"""Comparing the clips of one activity, each with every other, by dynamic time warping."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath import dtw, sequence
from kinepath.errors import KinepathError
from kinepath.skeleton import BODY_JOINTS

Array = NDArray[np.float64]


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
        Seconds on the raw video's clock; the longest stretch in which all joints are known.
    """

    values: Array
    time: Array


@dataclass(frozen=True)
class Pairs:
    """All comparisons within one activity.

    Parameters
    ----------
    clips : tuple of str
        The compared clips.
    distance : ndarray, shape (clips, clips)
        Dynamic time warping distance of the standardised features (no unit).
    per_step : ndarray, shape (clips, clips)
        The distance divided by the number of points of its warping path.
    steps : dict of (int, int) to ndarray of uint8
        Step codes of the warping path of clips ``a < b`` (see :func:`kinepath.dtw.path_of`).
    times : tuple of ndarray
        Of each clip, the time of the frames that were compared; the paths index into it.
    excluded : dict of str to str
        The clips that were left out, with the reason.
    """

    clips: tuple[str, ...]
    distance: Array
    per_step: Array
    steps: dict[tuple[int, int], NDArray[np.uint8]]
    times: tuple[Array, ...]
    excluded: dict[str, str]

    def matrix(self) -> xr.DataArray:
        """Give the distances per step, labelled by clip, shape (clip_a, clip_b)."""
        coords = {"clip_a": list(self.clips), "clip_b": list(self.clips)}
        return xr.DataArray(self.per_step, coords, ("clip_a", "clip_b"))

    def path(self, a: str, b: str) -> NDArray[np.intp]:
        """Give the warping path of two clips, shape (k, 2): indices into the compared frames.

        Raises
        ------
        ComparisonError
            If one of them was left out, is unknown, or both are the same.
        """
        first, second = self.index(a), self.index(b)
        if first == second:
            raise ComparisonError(f"clip {a!r} is not compared with itself")
        if first < second:
            return dtw.path_of(self.steps[first, second])
        return dtw.path_of(self.steps[second, first])[:, ::-1]

    def index(self, clip: str) -> int:
        """Give the position of a clip; raises :class:`ComparisonError` if it was not compared."""
        if clip in self.clips:
            return self.clips.index(clip)
        reason = self.excluded.get(clip, "no such clip in this activity")
        raise ComparisonError(f"clip {clip!r} was not compared: {reason}")


def features(kinematics: xr.Dataset, settings: Mapping[str, Any]) -> Features:
    """Build the feature sequence of a clip.

    Joint positions are relative to the midpoint of the hips in the same frame, velocities to its
    velocity. Each kind is divided by a fixed typical size (``scale``), so that the kinds weigh
    about equally, and by the square root of its number of coordinates, so that a step's cost is a
    mean over coordinates. The sizes are fixed rather than taken from the clips, so that a clip that
    is added does not change the distances between the others.

    Parameters
    ----------
    kinematics : xarray.Dataset
        ``position`` (stature) and ``velocity`` (stature per second).
    settings : mapping
        ``scale`` (of each kind, in order), ``joints`` (empty: all body joints), ``max_gap_s``
        (missing samples between known ones up to this long are filled in linearly) and
        ``minimum_share`` (of the clip that must be known in one stretch).

    Raises
    ------
    UnusableClipError
        If a joint is never seen or too little of the clip is known.
    """
    joints = list(settings["joints"] or BODY_JOINTS)
    kinds = [
        _relative(kinematics, kind, joints) / (scale * np.sqrt(2 * len(joints)))
        for kind, scale in settings["scale"].items()
    ]
    values = np.concatenate(kinds, axis=2)
    unseen = np.isnan(values).all(axis=(0, 2))
    if unseen.all():
        raise UnusableClipError("no joint is ever seen")
    if unseen.any():
        names = ", ".join(name for name, never in zip(joints, unseen, strict=True) if never)
        raise UnusableClipError(f"never seen: {names}")
    values = values.reshape(len(values), -1)
    values = filled(values, round(settings["max_gap_s"] * float(kinematics.attrs["fps"])))
    begin, end = _longest_run(np.isfinite(values.sum(axis=1)))
    if end - begin < settings["minimum_share"] * len(values):
        raise UnusableClipError(
            f"all joints are known in one stretch for {100 * (end - begin) / len(values):.0f} %"
            f" of the clip, {100 * settings['minimum_share']:.0f} % are needed"
        )
    return Features(values[begin:end], kinematics["time"].values[begin:end])


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
        for before, after in pairwise(known.tolist()):
            if 1 < after - before <= longest + 1:
                column[before : after + 1] = np.linspace(
                    column[before], column[after], after - before + 1
                )
    return result


def compare(clips: Mapping[str, xr.Dataset], settings: Mapping[str, Any]) -> Pairs:
    """Compare every clip with every other.

    Parameters
    ----------
    clips : mapping of str to xarray.Dataset
        The kinematics of the clips.
    settings : mapping
        As for :func:`features`, and ``band`` (see :func:`kinepath.dtw.distance`).
    """
    usable: dict[str, Features] = {}
    excluded: dict[str, str] = {}
    for clip, kinematics in clips.items():
        try:
            usable[clip] = features(kinematics, settings)
        except UnusableClipError as error:
            excluded[clip] = str(error)
    found = dtw.pairwise([f.values for f in usable.values()], settings["band"], paths=True)
    per_step = np.zeros_like(found.distance)
    for (a, b), steps in found.steps.items():
        per_step[a, b] = per_step[b, a] = found.distance[a, b] / (len(steps) + 1)
    times = tuple(f.time for f in usable.values())
    return Pairs(tuple(usable), found.distance, per_step, found.steps, times, excluded)


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


def save(pairs: Pairs, path: str | Path, attrs: Mapping[str, Any]) -> None:
    """Write comparisons to a file of kind ``pairs``; the paths as step codes, end to end."""
    order = list(combinations(range(len(pairs.clips)), 2))
    codes = _joined([pairs.steps[pair] for pair in order], np.uint8)
    names = np.array(pairs.clips, dtype=object)
    dataset = xr.Dataset(
        {
            "distance": (
                ("clip_a", "clip_b"),
                pairs.distance,
                {"units": "1", "long_name": "dynamic time warping distance"},
            ),
            "distance_per_step": (
                ("clip_a", "clip_b"),
                pairs.per_step,
                {"units": "1", "long_name": "distance per point of the warping path"},
            ),
            "step": (
                "steps",
                codes,
                {
                    "units": "1",
                    "long_name": "steps of all warping paths, pair after pair",
                    "flag_values": np.array([dtw.BOTH, dtw.FIRST, dtw.SECOND], dtype=np.uint8),
                    "flag_meanings": "both first second",
                },
            ),
            "step_offset": (
                "pair_edge",
                _offsets([len(pairs.steps[pair]) for pair in order]),
                {
                    "units": "1",
                    "long_name": "where in step each pair (0,1), (0,2), ... begins and ends",
                },
            ),
            "frame_time": (
                "frames",
                _joined(pairs.times, np.float64),
                {"units": "seconds", "long_name": "times of the compared frames, clip after clip"},
            ),
            "frame_offset": (
                "clip_edge",
                _offsets([len(time) for time in pairs.times]),
                {"units": "1", "long_name": "where in frame_time each clip begins and ends"},
            ),
        },
        coords={"clip_a": names, "clip_b": names},
        attrs={**attrs, "excluded": json.dumps(pairs.excluded, ensure_ascii=False)},
    )
    sequence.write(dataset, path, "pairs")


def load(path: str | Path) -> Pairs:
    """Read a file that :func:`save` wrote.

    Raises
    ------
    kinepath.sequence.SequenceError
        If it is no such file.
    """
    dataset = sequence.read(path, "pairs")
    clips = tuple(str(name) for name in dataset["clip_a"].values)
    paths = np.split(dataset["step"].values, dataset["step_offset"].values[1:-1])
    times = np.split(dataset["frame_time"].values, dataset["frame_offset"].values[1:-1])
    order = list(combinations(range(len(clips)), 2))
    return Pairs(
        clips,
        dataset["distance"].values,
        dataset["distance_per_step"].values,
        dict(zip(order, paths[: len(order)], strict=True)),
        tuple(times[: len(clips)]),
        json.loads(dataset.attrs["excluded"]),
    )


def _relative(kinematics: xr.Dataset, kind: str, joints: Sequence[str]) -> Array:
    """Give a quantity of the joints relative to the midpoint of the hips, (time, joints, 2)."""
    one = kinematics[kind].isel(individuals=0).transpose("time", "keypoints", "space")
    hips = one.sel(keypoints=["left_hip", "right_hip"]).values.mean(axis=1, keepdims=True)
    return np.asarray(one.sel(keypoints=list(joints)).values - hips)


def _longest_run(known: NDArray[np.bool_]) -> tuple[int, int]:
    """Give the begin and end of the longest run of known samples (0, 0 if there is none)."""
    padded = np.concatenate([[0], known.astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(padded)).reshape(-1, 2)
    if not len(edges):
        return 0, 0
    begin, end = edges[np.argmax(edges[:, 1] - edges[:, 0])]
    return int(begin), int(end)


def _joined(parts: Sequence[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=dtype), *parts])


def _offsets(lengths: Sequence[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
