"""Crops of single people, and keypoints decoded from SimCC (Li et al. 2022, arXiv:2107.03332)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kinepath.io.video import Image
from kinepath.typing import Array

#: A person's box is enlarged by this factor.
_PADDING = 1.25
#: Means and standard deviations of red, green and blue that RTMPose was trained with.
_MEAN = np.array([123.675, 116.28, 103.53], dtype=np.float32)
_STD = np.array([58.395, 57.12, 57.375], dtype=np.float32)


@dataclass(frozen=True)
class CropWindow:
    """The part of an image that is passed to the pose network.

    Parameters
    ----------
    centre, extent : ndarray, shape (2,)
        Its centre, and its width and height, in pixels of the image.
    """

    centre: Array
    extent: Array

    @classmethod
    def around(cls, corners: Array, width: int, height: int) -> CropWindow:
        """Return the window around a box, enlarged, with the network input's aspect ratio."""
        sides = _PADDING * (corners[2:] - corners[:2])
        scale = float(max(sides[0] / width, sides[1] / height))
        return cls((corners[:2] + corners[2:]) / 2, scale * np.array([width, height]))

    def cut(self, image: Image, width: int, height: int) -> NDArray[np.float32]:
        """Return the window's image (3, height, width), ready for the network."""
        scale = self.extent[0] / width
        left, top = self.centre - self.extent / 2
        matrix = np.array([[scale, 0.0, left], [0.0, scale, top]])
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        view = cv2.warpAffine(image, matrix, (width, height), flags=how)
        pixels = (view[..., ::-1].astype(np.float32) - _MEAN) / _STD
        return np.ascontiguousarray(pixels.transpose(2, 0, 1))

    def to_picture(self, shares: Array) -> Array:
        """Map points (..., 2), fractions of the window, to pixels of the image."""
        return shares * self.extent + self.centre - self.extent / 2


def read_simcc(across: Array, down: Array) -> tuple[Array, Array]:
    """Decode keypoints from the two distributions that SimCC networks return.

    Parameters
    ----------
    across, down : ndarray, shape (people, keypoints, bins)
        Score of each keypoint at each position along the width and along the height.

    Returns
    -------
    ndarray, shape (people, keypoints, 2)
        Fractions of the window's width and height.
    ndarray, shape (people, keypoints)
        Mean of both maxima, at most 1; 0 where the network found nothing.
    """
    shares = np.stack([bins.argmax(axis=2) / bins.shape[2] for bins in (across, down)], axis=2)
    confidence = (across.max(axis=2) + down.max(axis=2)).astype(np.float64) / 2
    return shares, np.clip(confidence, 0.0, 1.0)
