"""Frames in which the backend mistook another person for the athlete, found from jumps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.pose.base import Detection, skeleton_of
from kinepath.pose.subject.body import body_of
from kinepath.typing import Array

#: Maximum speed of a trunk in the image, statures/s, and additional tolerance, statures; the last
#: is the maximum after a gap.
_PACE, _SLACK, _FAR = 4.0, 0.15, 1.0
#: Maximum ratio of the statures in two frames, and between two stretches.
_RATIO, _STRETCH_RATIO = 1.5, 1.8


def another_person(time: Array, centre: Array, stature: Array) -> NDArray[np.bool_]:
    """Find the frames in which a person other than the athlete is seen.

    The frames with a person are split into stretches without a jump in position or size. The
    athlete is the person in the stretch with the largest weight (frames times stature) and in all
    that are reachable from it, forwards and backwards.

    Parameters
    ----------
    time : ndarray, shape (frames,)
        Seconds.
    centre : ndarray, shape (frames, 2)
        Middle of the trunk, pixels; NaN where nobody is seen.
    stature : ndarray, shape (frames,)
        Pixels; NaN likewise.

    Returns
    -------
    ndarray of bool, shape (frames,)
        False where nobody is seen.
    """
    another = np.isfinite(stature)
    seen = np.flatnonzero(another)
    if not seen.size:
        return another

    def joined(before: int, after: int, ratio: float) -> bool:
        larger, smaller = sorted((stature[before], stature[after]), reverse=True)
        allowed = min(_SLACK + _PACE * abs(time[after] - time[before]), _FAR) * larger
        return bool(
            larger < ratio * smaller and np.linalg.norm(centre[after] - centre[before]) <= allowed
        )

    breaks = [k + 1 for k, (a, b) in enumerate(pairwise(seen.tolist())) if not joined(a, b, _RATIO)]
    stretches = np.split(seen, breaks)
    weight = [float(stature[stretch].sum()) for stretch in stretches]
    main = int(np.argmax(weight))
    another[stretches[main]] = False
    for order in (stretches[main + 1 :], stretches[:main][::-1]):
        step = 1 if len(order) and order[0][0] > stretches[main][0] else -1
        edge = int(stretches[main][-1 if step > 0 else 0])
        for stretch in order:
            near, far = (int(stretch[0]), int(stretch[-1]))[::step]
            if joined(edge, near, _STRETCH_RATIO):
                another[stretch] = False
                edge = far
    return another


def without_swaps(poses: xr.Dataset) -> tuple[xr.Dataset, dict[str, int]]:
    """Mark frames in which another person is seen as missing.

    Parameters
    ----------
    poses : xarray.Dataset
        From :func:`kinepath.pose.estimation.estimate`.

    Returns
    -------
    poses : xarray.Dataset
        With NaN, confidence 0 and ``person_share`` of the remaining frames.
    counts : dict of str to int
        Frames ``followed``, with ``another`` person, and with ``nobody``.
    """
    skeleton = skeleton_of(poses)
    position = poses["position"].values[..., 0].transpose(0, 2, 1)
    confidence = poses["confidence"].values[..., 0]
    seen = np.isfinite(position).any(axis=(1, 2))
    centre, stature = np.full((len(seen), 2), np.nan), np.full(len(seen), np.nan)
    for k in np.flatnonzero(seen):
        body = body_of(Detection(position[k], confidence[k], None), skeleton)
        centre[k], stature[k] = body.centre, body.stature
    another = another_person(np.asarray(poses["time"].values, np.float64), centre, stature)
    followed = int((seen & ~another).sum())
    counts = {"followed": followed, "another": int(another.sum()), "nobody": int((~seen).sum())}
    if not another.any():
        return poses, counts
    marked = poses.copy(deep=True)
    for name, nothing in (("position", np.nan), ("confidence", 0.0), ("position_3d", np.nan)):
        if name in marked:
            marked[name].values[another] = nothing
    marked.attrs["person_share"] = followed / len(seen)
    return marked, counts
