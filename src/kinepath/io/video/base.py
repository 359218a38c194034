"""What the readers and writers of video have in common."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kinepath.errors import KinepathError

Image = NDArray[np.uint8]


class VideoError(KinepathError):
    """A file that cannot be read as video, or an encoder that failed."""


@dataclass(frozen=True)
class Frame:
    """One decoded frame as players show it: upright, with square pixels.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        Blue, green, red.
    time : float
        Presentation time in seconds after the first shown frame.
    """

    image: Image
    time: float


def even(size: int) -> int:
    """Round a size in pixels down to an even number, as yuv420p requires."""
    return max(2, size - size % 2)


def resized(image: Image, width: int, height: int) -> Image:
    """Scale an image; areas are averaged when it is reduced."""
    shrinks = width * height < image.shape[0] * image.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), dtype=np.uint8)
