"""Whether the skeleton is human in a part of a clip: a collapsed one is not judged."""

from __future__ import annotations

import warnings

import numpy as np
import xarray as xr

from kinepath.body.anthropometry import SEGMENTS
from kinepath.io.sequence import values_of
from kinepath.typing import Array

#: The feet are at the knees where both shanks are shorter than this fraction of a human's while
#: both thighs are longer than that one; legs pointing at the camera have both short.
_SHORT, _LONG = 0.3, 0.6
#: A skeleton whose joints all lie within this distance, statures, has collapsed.
_HEAP = 0.25
#: Upside down: the ankles above the hips and these above the shoulders by this, statures.
_ABOVE = 0.1
#: Minimum fraction of the frames in which an end of the body is seen.
_SEEN = 0.5
_HEAD = ("nose", "left_ear", "right_ear", "left_eye", "right_eye")
_FEET = ("left_ankle", "right_ankle", "left_heel", "right_heel")
_BODY = ("shoulder", "hip", "knee", "ankle")


class Shape:
    """Check the skeleton in a range of frames of a clip.

    Parameters
    ----------
    poses : xarray.Dataset
        Cleaned poses of one individual, with ``stature_px``.
    """

    def __init__(self, poses: xr.Dataset) -> None:
        names = [str(name) for name in poses["keypoints"].values]
        points = values_of(poses, "position") / float(poses.attrs["stature_px"])
        nowhere = np.full((len(points), 2), np.nan)
        body = [f"{side}_{each}" for side in ("left", "right") for each in _BODY]
        self._points: dict[str, Array] = {
            name: points[:, names.index(name)] if name in names else nowhere
            for name in {*_HEAD, *_FEET, *body}
        }

    def fault(self, start: float, end: float) -> str | None:
        """Return why the skeleton is not human between two frames; None if nothing indicates it.

        Lengths and heights are medians over the frames, in the image.
        """
        frames = slice(max(int(np.floor(start)), 0), int(np.ceil(end)) + 1)
        part = {name: points[frames] for name, points in self._points.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # medians of nothing: not seen
            return _fault(part)


def _fault(part: dict[str, Array]) -> str | None:
    ends = {"head": _HEAD, "feet": _FEET}
    unseen = [
        what
        for what, names in ends.items()
        if np.any([np.isfinite(part[name]).all(axis=1) for name in names], axis=0).mean() < _SEEN
    ]
    if len(unseen) == len(ends):
        return "neither the head nor the feet are seen"
    sides = ("left", "right")
    shank, thigh = (
        [_length(part, side, segment) / SEGMENTS[segment][2] for side in sides]
        for segment in ("shank", "thigh")
    )
    if max(shank) < _SHORT and min(thigh) > _LONG:
        return "the feet are at the knees"
    height = {
        each: np.nanmedian([part[f"{side}_{each}"][:, 1] for side in sides]) for each in _BODY
    }
    # The image's y points down.
    if height["ankle"] < height["hip"] - _ABOVE and height["hip"] < height["shoulder"] - _ABOVE:
        return "it stands on its head"
    joints = np.array([part[f"{side}_{each}"] for side in sides for each in _BODY])
    extent = np.nanmax(joints, axis=0) - np.nanmin(joints, axis=0)
    if np.nanmedian(np.linalg.norm(extent, axis=1)) < _HEAP:
        return "all of its joints are in one place"
    return None


def _length(part: dict[str, Array], side: str, segment: str) -> float:
    first, last, _ = SEGMENTS[segment]
    way = part[f"{side}_{first}"] - part[f"{side}_{last}"]
    return float(np.nanmedian(np.linalg.norm(way, axis=1)))
