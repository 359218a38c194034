"""Square views of an image, scaled."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinepath.io.video import Image
from kinepath.pose.base import Detection
from kinepath.typing import Array


@dataclass(frozen=True)
class Crop:
    """A square view of an image.

    Pixel centres are at integers in both, so that ``to_picture`` and ``to_view`` are exact
    inverses of each other, and a view of the size of its source is the identity up to a shift.

    Parameters
    ----------
    left, top : float
        Outer corner of the view in the image, pixels; it may lie outside.
    side : float
        Side in the image, pixels.
    size : int
        Side of the view, pixels.
    """

    left: float
    top: float
    side: float
    size: int

    @classmethod
    def around(cls, centre: ArrayLike, side: float, least: int, most: int) -> Crop:
        """Return the view around a point, scaled up to ``least`` or down to ``most`` pixels."""
        x, y = np.asarray(centre, dtype=np.float64) + 0.5
        return cls(x - side / 2, y - side / 2, side, int(np.clip(round(side), least, most)))

    def wider(self, by: float) -> Crop:
        """Return the view with ``by`` times the side and the same centre."""
        more = (by - 1) * self.side / 2
        return Crop(self.left - more, self.top - more, by * self.side, self.size)

    def to_picture(self, points: ArrayLike) -> Array:
        """Map points (..., 2) of the view to the image."""
        corner = np.array([self.left, self.top])
        scale = self.side / self.size
        return np.asarray((np.asarray(points, dtype=np.float64) + 0.5) * scale + corner - 0.5)

    def to_view(self, points: ArrayLike) -> Array:
        """Map points (..., 2) of the image to the view."""
        corner = np.array([self.left, self.top])
        scale = self.size / self.side
        return np.asarray((np.asarray(points, dtype=np.float64) + 0.5 - corner) * scale - 0.5)

    def cut(self, image: Image, only: ArrayLike | None = None) -> Image:
        """Return the view of an image, black outside the image.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
        only : array of float, shape (4,), optional
            Left, top, right, bottom of the box that is shown, pixels of the image; its surroundings
            are painted in the median colour of its border, so that nobody else is seen.
        """
        scale = self.side / self.size
        x, y = self.to_picture((0.0, 0.0))
        how = cv2.INTER_CUBIC if scale < 1 else cv2.INTER_LINEAR
        matrix = np.array([[scale, 0.0, x], [0.0, scale, y]])
        view = cv2.warpAffine(
            image, matrix, (self.size, self.size), flags=how | cv2.WARP_INVERSE_MAP
        )
        if only is not None:
            left, top, right, bottom = self._inside(only)
            shown = view[top:bottom, left:right].copy()
            view[:] = _border(shown)
            view[top:bottom, left:right] = shown
        return np.asarray(view, dtype=np.uint8)

    def _inside(self, box: ArrayLike) -> list[int]:
        """Return a box of the image in the view's pixels, at least two wide and high."""
        corners = self.to_view(np.reshape(np.asarray(box, dtype=np.float64), (2, 2))).round()
        low = corners[0].astype(int).clip(0, self.size - 2)
        high = np.maximum(low + 2, corners[1].astype(int).clip(0, self.size))
        return [int(side) for side in (*low, *high)]

    def uncropped(self, detection: Detection) -> Detection:
        """Map a detection in the view to the image."""
        return Detection(
            self.to_picture(detection.position), detection.confidence, detection.position_3d
        )


def painted_over(image: Image, box: ArrayLike, colour: ArrayLike | None = None) -> Image:
    """Return an image with a box painted over, by default in the median colour of its border."""
    left, top, right, bottom = np.asarray(box).round().astype(int).clip(0)
    covered = image.copy()
    part = covered[top:bottom, left:right]
    if part.size:
        part[:] = _border(part) if colour is None else np.asarray(colour)
    return covered


def _border(part: Image) -> NDArray[np.uint8]:
    edges = np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]])
    return np.asarray(np.median(edges, axis=0), dtype=np.uint8)
