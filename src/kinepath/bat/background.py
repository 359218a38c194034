"""The background behind the athlete: the temporal median of each stabilised camera shot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.io.video import Image
from kinepath.typing import Array

#: Maximum number of frames in the median of a camera shot, and maximum width of its canvas, pixels.
_PICTURES = 25
_WIDEST = 1400


@dataclass(frozen=True)
class Plate:
    """The background of one camera shot.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
    from_steady : ndarray, shape (3, 3)
        From the shot's stabilised coordinates to the plate's pixels.
    """

    image: Image
    from_steady: Array


def similarities(camera: xr.Dataset) -> Array:
    """Return the stabilising matrices (time, 3, 3) of all frames; NaN where the camera is lost."""
    turn = camera["rotation"].values
    turn = camera["scale"].values * np.exp(1j * turn)
    shift = camera["translation"].transpose("time", "space").values
    matrices = np.zeros((len(turn), 3, 3))
    matrices[:, 0, 0] = matrices[:, 1, 1] = turn.real
    matrices[:, 0, 1], matrices[:, 1, 0] = -turn.imag, turn.imag
    matrices[:, :2, 2], matrices[:, 2, 2] = shift, 1.0
    unknown = camera["state"].values == 0
    matrices[unknown] = np.eye(3)
    return matrices


def plates(
    images: Iterable[Image],
    to_steady: Array,
    shot: NDArray[np.intp],
    grip: Array,
    reach_px: Array,
    scale: float,
) -> dict[int, Plate]:
    """Compute the background of every camera shot in which the hands are seen.

    Parameters
    ----------
    images : iterable of ndarray of uint8, shape (height, width, 3)
        The frames; one is in memory at a time.
    to_steady : ndarray, shape (time, 3, 3)
        See :func:`similarities`.
    shot : ndarray of int, shape (time,)
        Number of each frame's camera shot.
    grip : ndarray, shape (time, 2)
        Position of the hands, pixels.
    reach_px : ndarray, shape (time,)
        Radius around the hands in which the background is needed, pixels.
    scale : float
        Pixels of the plate per stabilised pixel.
    """
    made: dict[int, _Stack] = {}
    usable = np.isfinite(to_steady).all(axis=(1, 2)) & np.isfinite(grip).all(axis=1)
    usable &= np.isfinite(reach_px)
    for number in np.unique(shot[usable]):
        mine = np.flatnonzero(usable & (shot == number))
        centres = np.einsum("tij,tj->ti", to_steady[mine, :2, :2], grip[mine])
        centres += to_steady[mine, :2, 2]
        zoom = np.hypot(to_steady[mine, 0, 0], to_steady[mine, 1, 0])
        reach = (reach_px[mine] * zoom)[:, None]
        low, high = (centres - reach).min(axis=0), (centres + reach).max(axis=0)
        factor = min(scale, _WIDEST / float((high - low).max()))
        frames = mine[np.unique(np.linspace(0, len(mine) - 1, _PICTURES).round().astype(int))]
        matrix = np.array(
            [[factor, 0, -factor * low[0]], [0, factor, -factor * low[1]], [0, 0, 1.0]]
        )
        size = np.ceil(factor * (high - low)).astype(int)
        made[int(number)] = _Stack(frames, matrix, (int(size[0]), int(size[1])), [])
    for k, image in enumerate(images):
        stack = made.get(int(shot[k])) if k < len(shot) else None
        if stack is not None and k in stack.frames:
            stack.add(image, to_steady[k])
    return {number: stack.median() for number, stack in made.items()}


@dataclass
class _Stack:
    frames: NDArray[np.intp]
    matrix: Array
    size: tuple[int, int]
    pictures: list[Image]

    def add(self, image: Image, to_steady: Array) -> None:
        self.pictures.append(warped(image, self.matrix @ to_steady, self.size))

    def median(self) -> Plate:
        middle = np.median(np.stack(self.pictures), axis=0)
        return Plate(np.asarray(np.rint(middle), dtype=np.uint8), self.matrix)


def warped(image: Image, matrix: Array, size: tuple[int, int]) -> Image:
    """Return an image warped by an affine map (3, 3), blurred where it is scaled down.

    Only the visible part is processed, so that the time does not depend on the image's size.
    """
    width, height = size
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1.0]])
    seen = (corners @ np.linalg.inv(matrix).T)[:, :2]
    shrink = 1.0 / np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    margin = 4 + 3 * shrink
    limit = np.array([image.shape[1], image.shape[0]])
    low = np.clip(np.floor(seen.min(axis=0) - margin), 0, limit - 1).astype(int)
    high = np.clip(np.ceil(seen.max(axis=0) + margin), low + 1, limit).astype(int)
    part = image[low[1] : high[1], low[0] : high[0]]
    if shrink > 1.2:
        part = cv2.GaussianBlur(part, (0, 0), 0.45 * shrink)
    moved = matrix.copy()
    moved[:2, 2] += matrix[:2, :2] @ low
    return np.asarray(
        cv2.warpAffine(part, moved[:2], size, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
    )
