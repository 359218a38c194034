"""Tracking the background of a clip: corners outside the person, matched to key frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kinepath.io.video import Image
from kinepath.settings.motion import CameraSettings
from kinepath.signal.similarity import AlignmentError, Similarity, fit
from kinepath.typing import Array

Points = NDArray[np.float32]

IDENTITY = Similarity(1.0, 0.0, (0.0, 0.0))

#: Side of the patch compared around a corner, pixels of the working image.
_PATCH = 21
#: Maximum difference of matching patches, as a fraction of the key patch's contrast.
_LARGEST_DIFFERENCE = 0.7
#: Minimum inliers, as a number and as a fraction of all corners searched for.
_LEAST_INLIERS, _LEAST_SHARE = 12, 0.35
#: Minimum root mean square distance of inliers from their centre, fraction of the diagonal: scale
#: and rotation of a smaller cluster do not constrain the rest of the image.
_LEAST_SPREAD = 0.12
#: A new key frame is chosen when the fraction of inliers is lower, or the scale changes more.
_KEY_SHARE, _KEY_SCALE = 0.6, 1.05
#: An old key frame is reused within this scale and shift (fraction of the image's width).
_NEAR_SCALE, _NEAR_SHIFT = 1.03, 0.12


@dataclass(frozen=True)
class Step:
    """The registration of a frame.

    Parameters
    ----------
    similarity : Similarity
        From the frame to the first frame of its shot, pixels.
    residual : float
        Root mean square distance of the inliers, pixels.
    inliers : int
        Number of inliers.
    share : float
        That number over the number of corners searched for.
    """

    similarity: Similarity
    residual: float
    inliers: int
    share: float


@dataclass(frozen=True)
class _Key:
    image: Image
    corners: Points
    contrast: Array
    similarity: Similarity


class Follower:
    """Track the background of one camera shot from frame to frame.

    Every frame is matched to a key frame rather than to the previous frame, so that errors
    accumulate only where one key frame is linked to another.

    Parameters
    ----------
    pixel : tuple of float
        Pixels of the video per pixel of the working image, along x and y.
    settings : CameraSettings
        ``features`` (maximum number of corners) and ``match_px`` (maximum distance of inliers,
        pixels of the working image).
    """

    def __init__(self, pixel: tuple[float, float], settings: CameraSettings) -> None:
        self._pixel = np.array(pixel)
        self._most = int(settings.features)
        self._tolerance = float(settings.match_px) * float(self._pixel.mean())
        self._keys: list[_Key] = []
        self._key = 0
        self._last = IDENTITY

    def start(self, image: Image, background: Image) -> Step | None:
        """Start with the first frame of a shot; return None where it has too few corners."""
        self._keys, self._key, self._last = [], 0, IDENTITY
        if not self._add_key(image, background, IDENTITY):
            return None
        count = len(self._keys[0].corners)
        return Step(IDENTITY, 0.0, count, 1.0)

    def follow(self, image: Image, background: Image) -> Step | None:
        """Match the next frame; return None where too little of the background is recognised.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width)
            The working image.
        background : ndarray of uint8, shape (height, width)
            0 where the person is.
        """
        step = self._matched(self._keys[self._key], image, background)
        if step is None:
            return None
        self._last = step.similarity
        scale = step.similarity.scale / self._keys[self._key].similarity.scale
        if step.share < _KEY_SHARE or abs(np.log(scale)) > np.log(_KEY_SCALE):
            self._change_key(image, background, step)
        return step

    def _matched(self, key: _Key, image: Image, background: Image) -> Step | None:
        height, width = image.shape
        to_frame = self._last.inverse()
        expected = to_frame.apply(key.similarity.apply(self._full(key.corners)))
        guess = self._working(expected).astype(np.float32)
        within = ((guess >= 0) & (guess <= [width - 1, height - 1])).all(axis=1)
        clipped = np.clip(guess, 0, [width - 1, height - 1]).astype(np.float32)
        inside = np.asarray(within & (_at(background, clipped) > 0))
        if inside.sum() < _LEAST_INLIERS:
            return None
        corners, contrast, guess = key.corners[inside], key.contrast[inside], guess[inside]
        found, status, difference = cv2.calcOpticalFlowPyrLK(
            key.image,
            image,
            corners.reshape(-1, 1, 2),
            guess.reshape(-1, 1, 2).copy(),
            winSize=(_PATCH, _PATCH),
            maxLevel=3,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )
        # The error of corners that were not found is uninitialised memory.
        same = np.flatnonzero(status.ravel())
        same = same[difference.ravel()[same] < _LARGEST_DIFFERENCE * contrast[same]]
        return self._agreeing(key, corners[same], found.reshape(-1, 2)[same], len(corners))

    def _agreeing(self, key: _Key, corners: Points, found: Points, looked: int) -> Step | None:
        if len(corners) < _LEAST_INLIERS:
            return None
        there, here = self._full(corners), self._full(found)
        _, agree = cv2.estimateAffinePartial2D(
            here, there, method=cv2.RANSAC, ransacReprojThreshold=self._tolerance, maxIters=500
        )
        agree = agree.ravel() > 0 if agree is not None else np.zeros(len(here), dtype=bool)
        if agree.sum() < max(_LEAST_INLIERS, _LEAST_SHARE * looked):
            return None
        here, there = here[agree], there[agree]
        diagonal = float(np.hypot(*(np.array(key.image.shape[::-1]) * self._pixel)))
        if np.sqrt(here.var(axis=0).sum()) < _LEAST_SPREAD * diagonal:
            return None
        try:
            to_key = fit(here, there)
        except AlignmentError:
            return None
        left = np.linalg.norm(to_key.apply(here) - there, axis=1)
        return Step(
            chained(key.similarity, to_key),
            float(np.sqrt(np.mean(left**2))),
            int(agree.sum()),
            float(agree.sum() / looked),
        )

    def _change_key(self, image: Image, background: Image, step: Step) -> None:
        """Change to a more similar key frame: an old one if there is one, else this frame."""
        height, width = image.shape
        middle = self._full(np.array([[width / 2, height / 2]], dtype=np.float32))[0]
        reach = _NEAR_SHIFT * width * self._pixel[0]
        for k, key in enumerate(self._keys):
            between = chained(key.similarity.inverse(), step.similarity)
            shift = float(np.linalg.norm(between.apply(middle) - middle))
            if (
                k != self._key
                and shift < reach
                and abs(np.log(between.scale)) < np.log(_NEAR_SCALE)
            ):
                self._key = k
                return
        self._add_key(image, background, step.similarity)

    def _add_key(self, image: Image, background: Image, similarity: Similarity) -> bool:
        corners = cv2.goodFeaturesToTrack(
            image, self._most, 0.01, max(4.0, image.shape[1] / 80), mask=background, blockSize=5
        )
        if corners is None or len(corners) < 2 * _LEAST_INLIERS:
            return False
        corners = corners.reshape(-1, 2)
        self._keys.append(_Key(image, corners, _at(_contrast(image), corners), similarity))
        self._key = len(self._keys) - 1
        return True

    def _full(self, points: Points) -> Array:
        """Map points of the working image to the video (pixel centres are integers)."""
        return np.asarray((points.astype(np.float64) + 0.5) * self._pixel - 0.5)

    def _working(self, points: Array) -> Array:
        return np.asarray((points + 0.5) / self._pixel - 0.5)


def chained(second: Similarity, first: Similarity) -> Similarity:
    """Return the similarity that applies ``first`` and then ``second``."""
    x, y = second.apply(np.array(first.translation))
    turn = first.rotation + second.rotation
    return Similarity(
        first.scale * second.scale,
        float(np.arctan2(np.sin(turn), np.cos(turn))),
        (float(x), float(y)),
    )


def _contrast(image: Image) -> Array:
    """Return the standard deviation of the brightness in the patch around every pixel."""
    values = image.astype(np.float32)
    size = (_PATCH, _PATCH)
    mean, square = cv2.blur(values, size), cv2.blur(values * values, size)
    return np.asarray(np.sqrt(np.maximum(square - mean * mean, 0.0)), dtype=np.float64)


def _at(picture: NDArray[Any], points: Points) -> NDArray[Any]:
    x, y = np.rint(points).astype(np.intp).T
    return np.asarray(picture[y, x])
