"""The appearance of a person: the colours of the trunk."""

from __future__ import annotations

import cv2
import numpy as np

from kinepath.io.video import Image
from kinepath.pose.subject.body import FramedPerson
from kinepath.typing import Array

_BINS = 6
#: Pixels are sampled from the image around the trunk, scaled to a small patch.
_PATCH = 24


def appearance(image: Image, body: FramedPerson) -> Array:
    """Return the colours of a person's trunk.

    Returns
    -------
    ndarray, shape (216,)
        The square roots of a normalised Lab histogram, so that the dot product of two is their
        Bhattacharyya coefficient. All zero where the trunk is outside the image.
    """
    low = np.floor(body.trunk.min(axis=0) - 1).astype(int).clip(0)
    high = np.ceil(body.trunk.max(axis=0) + 2).astype(int).clip(0)
    patch = image[low[1] : high[1], low[0] : high[0]]
    if min(patch.shape[:2]) < 2:
        return np.zeros(_BINS**3)
    step = max(1, min(patch.shape[:2]) // _PATCH)
    small = np.ascontiguousarray(patch[::step, ::step])
    mask = np.zeros(small.shape[:2], dtype=np.uint8)
    corners = np.round((body.trunk - low) / step).astype(np.int32)
    cv2.fillConvexPoly(mask, cv2.convexHull(corners), 1)
    if not mask.any():
        return np.zeros(_BINS**3)
    colours = cv2.cvtColor(small, cv2.COLOR_BGR2LAB)[mask > 0].astype(int) * _BINS // 256
    cells = (colours * np.array([_BINS**2, _BINS, 1])).sum(axis=1)
    counts = np.bincount(cells, minlength=_BINS**3)
    return np.asarray(np.sqrt(counts / counts.sum()), dtype=np.float64)


def likeness(one: Array, other: Array) -> float:
    """Return how similar two appearances are, 0 to 1 (the same); NaN where one is unknown."""
    if not (one.any() and other.any()):
        return float("nan")
    return float(one @ other)
