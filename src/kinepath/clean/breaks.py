"""Discontinuities of a sequence: cuts within the window, and jumps of the skeleton."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from kinepath.body.skeleton import BODY_JOINTS
from kinepath.io.sequence import values_of
from kinepath.typing import Array

#: Quantile of the joints' displacements that must jump.
_LEAST_MOVED = 0.2
#: Its minimum, statures, and its minimum ratio to that of the surrounding frames.
_JUMP, _TIMES = 0.1, 6.0
#: Frames on both sides that a jump is compared with, and frames for which it must persist.
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
    """Find where all joints jump together from one frame to the next, and stay there.

    A cut that shows the athlete elsewhere, a knocked tripod and a tracker that switches to another
    person look like this; no movement does, as its joints neither all move nor start from rest.

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
    points = values_of(poses, "position")[:, columns]
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
    """Return the displacement of the least moving joints per frame; NaN if few are seen."""
    way = np.linalg.norm(after - before, axis=2)
    enough = np.isfinite(way).mean(axis=1) >= 0.5
    least = np.full(len(way), np.nan)
    if enough.any():
        least[enough] = np.nanquantile(way[enough], _LEAST_MOVED, axis=1)
    return least


def _middle(points: Array) -> Array:
    """Return the median of each joint over frames; NaN where it is never seen."""
    seen = np.isfinite(points).all(axis=2).any(axis=0)
    middle = np.full(points.shape[1:], np.nan)
    middle[seen] = np.nanmedian(points[:, seen], axis=0)
    return middle
