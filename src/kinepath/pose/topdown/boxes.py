"""Bounding boxes of people: preparing a detector's input and reading its output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from kinepath.errors import KinepathError
from kinepath.io.video import Image
from kinepath.typing import Array

Kind = Literal["rtmdet", "yolox"]

#: Means and standard deviations of blue, green and red that RTMDet was trained with; YOLOX takes
#: pixels as they are.
_MEAN = np.array([103.53, 116.28, 123.675], dtype=np.float32)
_STD = np.array([57.375, 57.12, 58.395], dtype=np.float32)
_GREY = 114
_STRIDES = (8, 16, 32)
#: Boxes that overlap more (intersection over union) are one person.
OVERLAP = 0.45


class PersonDetectorError(KinepathError):
    """A detector with an unknown form of output."""


@dataclass(frozen=True)
class Boxes:
    """People in one image, most confident first.

    Parameters
    ----------
    corners : ndarray, shape (people, 4)
        Left, top, right, bottom, pixels.
    score : ndarray, shape (people,)
        0 to 1.
    """

    corners: Array
    score: Array

    def most(self, people: int) -> Boxes:
        """Return the most confident ones."""
        return Boxes(self.corners[:people], self.score[:people])


def letterboxed(image: Image, width: int, height: int, kind: Kind) -> tuple[Image, float]:
    """Scale an image to fit the detector's input, aligned at the upper left corner.

    Returns
    -------
    ndarray of float32, shape (3, height, width)
        Ready for the network; empty parts are grey.
    float
        Pixels of the input per pixel of the image.
    """
    ratio = min(height / image.shape[0], width / image.shape[1])
    size = int(image.shape[1] * ratio), int(image.shape[0] * ratio)
    padded = np.full((height, width, 3), _GREY, dtype=np.uint8)
    padded[: size[1], : size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    pixels = padded.astype(np.float32)
    if kind == "rtmdet":
        pixels = (pixels - _MEAN) / _STD
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)), ratio


def read_boxes(
    outputs: Sequence[Array], size: tuple[int, int], least: float, ratios: Sequence[float]
) -> list[Boxes]:
    """Read the output of an RTMDet or YOLOX network for a batch of images.

    Parameters
    ----------
    outputs : sequence of ndarray
        Either (batch, boxes, 5), corners and score with overlapping ones already removed, and
        optionally the class (batch, boxes), 0 a person; or YOLOX's raw (batch, cells, 5 + classes).
    size : (int, int)
        Width and height of the input.
    least : float
        Minimum score.
    ratios : sequence of float
        Of :func:`letterboxed`, for each image.

    Raises
    ------
    PersonDetectorError
        If the output has another shape.
    """
    first = np.asarray(outputs[0], dtype=np.float64)
    if first.ndim != 3 or first.shape[2] < 5:
        raise PersonDetectorError(
            f"the detector gives {first.shape}, not (pictures, boxes, 5) or (pictures, cells, 6+)"
        )
    if first.shape[2] == 5:
        corners, score, most = first[..., :4], first[..., 4].copy(), 1.0
        if len(outputs) > 1:
            score[np.asarray(outputs[1]) != 0] = 0.0
    else:
        (corners, score), most = _from_cells(first, size), OVERLAP
    return [
        _kept(corners[k] / ratio, np.clip(score[k], 0.0, 1.0), least, most)
        for k, ratio in enumerate(ratios)
    ]


def _from_cells(raw: Array, size: tuple[int, int]) -> tuple[Array, Array]:
    """Decode YOLOX: offsets from the cell and logarithms of sizes, in strides."""
    width, height = size
    cells, strides = [], []
    for stride in _STRIDES:
        y, x = np.mgrid[: height // stride, : width // stride]
        cells.append(np.stack([x.ravel(), y.ravel()], axis=1))
        strides.append(np.full(x.size, float(stride)))
    cell, stride_of = np.concatenate(cells), np.concatenate(strides)[:, None]
    if raw.shape[1] != len(cell):
        raise PersonDetectorError(f"the detector gives {raw.shape[1]} cells, not {len(cell)}")
    middle = (raw[..., :2] + cell) * stride_of
    half = np.exp(raw[..., 2:4]) * stride_of / 2
    return np.concatenate([middle - half, middle + half], axis=2), raw[..., 4] * raw[..., 5]


def _kept(corners: Array, score: Array, least: float, most: float) -> Boxes:
    sure = np.flatnonzero(score >= least)
    order = sure[np.argsort(-score[sure], kind="stable")]
    kept: list[int] = []
    for k in order:
        if (corners[k, 2:] > corners[k, :2]).all() and not any(
            overlap(corners[k], corners[other]) > most for other in kept
        ):
            kept.append(int(k))
    return Boxes(corners[kept], score[kept])


def overlap(one: Array, other: Array) -> float:
    """Return the intersection of two boxes over their union."""
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    shared = float(np.prod(np.clip(sides, 0.0, None)))
    both = float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]))
    return shared / max(both - shared, 1e-9)
