"""The grip of the hands on the bat, the image's scale, and the arms' cues to its direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from kinepath.body.anthropometry import SCALE_SEGMENTS, SEGMENTS
from kinepath.io.sequence import values_of
from kinepath.typing import Array

#: Distance from the wrist to the middle of the palm, metres.
_PALM_M = 0.07
#: Maximum distance between the hands, metres; a larger one is clipped.
_MOST_APART_M = 0.6
SIDES = ("left", "right")


def pixels_per_metre(poses: xr.Dataset, stature_m: float) -> float:
    """Estimate the image's scale from the apparent length of the athlete's segments.

    A segment pointing towards or away from the camera is foreshortened, never lengthened; the 90th
    percentile over time of each segment's apparent length is close to its true length, and the
    median over the segments is robust to a badly tracked one.

    Returns
    -------
    float
        Pixels per metre; NaN where no segment is ever seen.
    """
    position = poses["position"].isel(individuals=0)
    scales = []
    for upper, lower, share in (SEGMENTS[name] for name in SCALE_SEGMENTS):
        for side in SIDES:
            ends = position.sel(keypoints=[f"{side}_{upper}", f"{side}_{lower}"])
            apparent = np.linalg.norm(ends.diff("keypoints").squeeze("keypoints").values, axis=1)
            apparent = apparent[~np.isnan(apparent)]
            if apparent.size:
                scales.append(float(np.quantile(apparent, 0.9)) / (share * stature_m))
    return float(np.median(scales)) if scales else float("nan")


def joint(poses: xr.Dataset, name: str) -> Array:
    """Return a keypoint's position (time, space); NaN where missing or unknown to the skeleton."""
    if name not in poses["keypoints"].values:
        return np.full((poses.sizes["time"], 2), np.nan)
    return np.asarray(values_of(poses, "position", [name])[:, 0], dtype=np.float64)


def unit(vector: Array) -> Array:
    """Scale vectors (time, space, ...) to length 1; NaN where the length is zero."""
    norm = np.linalg.norm(vector, axis=1, keepdims=True)
    scaled = np.full(vector.shape, np.nan)
    np.divide(vector, norm, out=scaled, where=norm > 0)
    return scaled


def mean_known(values: Array) -> Array:
    """Mean over the first axis of what is known; NaN where nothing is."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    count = known.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


@dataclass(frozen=True)
class Hold:
    """How the hands hold the bat, frame by frame.

    Parameters
    ----------
    grip : ndarray, shape (time, 2)
        Point between the palms, pixels; NaN where no hand is seen.
    forearm, knuckles, hands : ndarray, shape (time, 2)
        Mean direction of the forearms, mean direction from the little finger's knuckle to the
        index finger's, and from the upper hand on the handle to the lower one; at most of length
        1, 0 where unknown.
    apart : ndarray, shape (time,)
        Distance between the palms, metres, at most 0.6: hands detected far apart are detected
        wrongly. 0 where only one is seen or holds the implement.
    pixels_per_m : ndarray, shape (time,)
        Scale of the image; NaN where no segment of the body is ever seen.
    """

    grip: Array
    forearm: Array
    knuckles: Array
    hands: Array
    apart: Array
    pixels_per_m: Array


def hold(poses: xr.Dataset, pixels_per_m: Array, hands: int, handed: str | None) -> Hold:
    """Determine the grip of the hands on the implement.

    Parameters
    ----------
    poses : xarray.Dataset
        Cleaned poses.
    pixels_per_m : ndarray, shape (time,)
        Scale of the image.
    hands : int
        2, or 1: the hand of the side that the athlete plays with.
    handed : {"left", "right", None}
        A right-hander's left hand is the upper one on a two-handed grip. None: unknown.
    """
    sides = SIDES if hands == 2 else ((handed or "right"),)
    palms, forearms, knuckles = [], [], []
    for side in sides:
        wrist, elbow = joint(poses, f"{side}_wrist"), joint(poses, f"{side}_elbow")
        index, pinky = joint(poses, f"{side}_index"), joint(poses, f"{side}_pinky")
        forearm = unit(wrist - elbow)
        fingers = 0.5 * (index + pinky)
        beyond = wrist + _PALM_M * pixels_per_m[:, None] * forearm
        palm = mean_known(np.stack([0.5 * (wrist + fingers), beyond]))
        palms.append(np.where(np.isnan(palm), wrist, palm))
        forearms.append(forearm)
        knuckles.append(unit(index - pinky))
    across = np.zeros_like(palms[0])
    if hands == 2 and handed is not None:
        upper, lower = (0, 1) if handed == "right" else (1, 0)
        apart = (palms[lower] - palms[upper]) / (0.15 * pixels_per_m[:, None])
        across = np.nan_to_num(apart / np.maximum(1.0, np.linalg.norm(apart, axis=1))[:, None])
    between = np.linalg.norm(palms[0] - palms[-1], axis=1) / pixels_per_m
    return Hold(
        mean_known(np.stack(palms)),
        np.nan_to_num(mean_known(np.stack(forearms))),
        np.nan_to_num(mean_known(np.stack(knuckles))),
        across,
        np.nan_to_num(np.minimum(between, _MOST_APART_M)),
        pixels_per_m,
    )
