"""The camera motion between two frames, to predict the position of a person."""

from __future__ import annotations

import cv2
import numpy as np

from kinepath.io.video import Image
from kinepath.typing import Array

#: Number of corners, and minimum number and fraction of inliers.
_CORNERS, _LEAST, _SHARE = 300, 15, 0.4
#: Maximum distance of an inlier, pixels.
_AGREES = 1.5


def panning(before: Image, after: Image) -> Array:
    """Estimate the camera motion: a similarity from the first image's pixels to the second's.

    Returns
    -------
    ndarray, shape (2, 3)
        Rotation and scale, and translation; the identity where there are too few inliers (a plain
        background, a cut).
    """
    rest = np.eye(2, 3)
    grey = cv2.cvtColor(before, cv2.COLOR_BGR2GRAY)
    then = cv2.cvtColor(after, cv2.COLOR_BGR2GRAY)
    corners = cv2.goodFeaturesToTrack(grey, _CORNERS, 0.005, 6)
    if corners is None or len(corners) < _LEAST:
        return rest
    matched, good, _ = cv2.calcOpticalFlowPyrLK(grey, then, corners, np.empty_like(corners))
    kept = good.ravel() > 0
    if kept.sum() < _LEAST:
        return rest
    similarity, agree = cv2.estimateAffinePartial2D(
        corners[kept], matched[kept], ransacReprojThreshold=_AGREES
    )
    if similarity is None or agree.sum() < max(_LEAST, _SHARE * len(corners)):
        return rest
    return np.asarray(similarity, dtype=np.float64)


def scale_of(similarity: Array) -> float:
    """Return the scale of a similarity."""
    return float(np.sqrt(abs(np.linalg.det(similarity[:, :2]))))


def moved(points: Array, similarity: Array) -> Array:
    """Apply a similarity to points (..., 2)."""
    return np.asarray(points @ similarity[:, :2].T + similarity[:, 2])


def inverse(similarity: Array) -> Array:
    """Return the inverse of a similarity."""
    return np.asarray(cv2.invertAffineTransform(similarity), dtype=np.float64)
