"""Where a sequence does not go on as it was: cuts within the window, and jumps of the skeleton."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from kinepath.body.skeleton import BODY_JOINTS
from kinepath.typing import Array

#: The fraction of the joints that move less than the rest of them: so far must even these jump.
_LEAST_MOVED = 0.2
#: How far that is at least, statures, and how many times as far as in the frames around.
_JUMP, _TIMES = 0.1, 6.0
#: Frames on both sides that a jump is compared with, and over which it must last.
_AROUND, _LASTS = 6, 4


def cut_frames(time: Array, cuts_s: Sequence[float]) -> list[int]:
    """Return the first frame after each cut that lies within a sequence.

    Parameters
    ----------
    time : ndarray, shape (frames,)
        Seconds.
    cuts_s : sequence of float
        Times of the first frames after cuts, seconds.
    """
    frames = np.searchsorted(time, np.asarray(cuts_s, dtype=np.float64) - 1e-3)
    return [int(frame) for frame in np.unique(frames) if 0 < frame < time.size]


def skeleton_jumps(poses: xr.Dataset, stature: float) -> list[int]:
    """Find where all joints jump together from one frame to the next, and stay where they are.

    A cut that shows the athlete elsewhere, a kick against the tripod and a tracker that goes over
    to another person look so; no movement does, for its joints neither all move nor from rest.

    Parameters
    ----------
    poses : xarray.Dataset
        Poses of one individual.
    stature : float
        The athlete's stature in the image, pixels.

    Returns
    -------
    list of int
        The first frame after each jump.
    """
    names = [str(name) for name in poses["keypoints"].values]
    columns = [names.index(name) for name in BODY_JOINTS if name in names]
    ordered = poses["position"].isel(individuals=0).transpose("time", "keypoints", "space")
    points = ordered.values[:, columns]
    if len(points) < 2 * _LASTS or not stature > 0:
        return []
    repeated = np.atleast_1d(np.asarray(poses.attrs.get("repeated", []), dtype=np.intp))
    step = _moved(points[1:], points[:-1])
    step[repeated - 1] = np.nan
    found = []
    for k in np.flatnonzero(step > _JUMP * stature):
        near = np.r_[step[max(k - _AROUND, 0) : k], step[k + 1 : k + 1 + _AROUND]]
        usual = float(np.nanmedian(near)) if np.isfinite(near).any() else 0.0
        before, after = points[max(k - _LASTS + 1, 0) : k + 1], points[k + 1 : k + 1 + _LASTS]
        lasts = float(_moved(_middle(after)[None], _middle(before)[None])[0])
        if step[k] > _TIMES * usual and lasts > 0.7 * step[k]:
            found.append(int(k) + 1)
    return [k for place, k in enumerate(found) if place == 0 or k > found[place - 1] + 1]


def _moved(after: Array, before: Array) -> Array:
    """Return how far the joints that move least have moved, per frame; NaN if few are seen."""
    way = np.linalg.norm(after - before, axis=2)
    enough = np.isfinite(way).mean(axis=1) >= 0.5
    least = np.full(len(way), np.nan)
    if enough.any():
        least[enough] = np.nanquantile(way[enough], _LEAST_MOVED, axis=1)
    return least


def _middle(points: Array) -> Array:
    """Return the median of each joint over frames; NaN where it is not seen in any."""
    seen = np.isfinite(points).all(axis=2).any(axis=0)
    middle = np.full(points.shape[1:], np.nan)
    middle[seen] = np.nanmedian(points[:, seen], axis=0)
    return middle
