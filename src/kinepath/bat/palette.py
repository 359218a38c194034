"""Learning the implement's colours from the frames in which it was found."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from kinepath.bat.evidence import DIRECTIONS, LENGTHS, STEP, Float, Palette

#: First step along a ray at which the hands do not occlude the implement; steps before the tip and
#: directions beside the implement that are not counted.
_FREE, _TIP_STEPS, _BESIDE = 8, 2, 6
_BLUR_BINS, _CLIP, _FLOOR = 0.8, 3.0, 1e-5

Table = NDArray[np.float64]


def known_colour(colour: Sequence[int] | None) -> Palette | None:
    """Return the palette of an implement of known colour (red, green, blue, 0 to 255)."""
    if colour is None:
        return None
    pixel = np.array([[colour[::-1]]], dtype=np.float32) / 255
    typical = np.asarray(cv2.cvtColor(pixel, cv2.COLOR_BGR2LAB)[0, 0])
    low, high = Palette.LOW, Palette.HIGH
    axes = [
        low[k] + (np.arange(Palette.BINS) + 0.5) / Palette.BINS * (high - low)[k] for k in range(3)
    ]
    cells = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    # Lighting changes brightness more than hue.
    apart = (cells - typical) / np.array([25.0, 10.0, 10.0])
    table = np.clip(_CLIP - 0.5 * (apart**2).sum(axis=-1), -_CLIP, _CLIP)
    return Palette(table.astype(np.float32), typical)


class Learner:
    """Count the colours of the implement and of its surroundings, detection by detection."""

    def __init__(self) -> None:
        self._mine, self._others = (np.zeros((Palette.BINS,) * 3) for _ in range(2))
        self._typical: list[Float] = []

    def add(self, colour: Float, direction: int, length: int) -> None:
        """Add a detection.

        Parameters
        ----------
        colour : ndarray, shape (directions, steps, 3)
            Colours along the rays of one offset.
        direction, length : int
            The hypothesis at which the implement was found.
        """
        last = round(float(LENGTHS[length]) / STEP) - _TIP_STEPS
        mine = colour[direction, _FREE : max(last, _FREE + 1)]
        half = DIRECTIONS // 2
        turn = np.abs((np.arange(DIRECTIONS) - direction + half) % DIRECTIONS - half)
        _count(self._mine, mine)
        _count(self._others, colour[turn > _BESIDE, ::3].reshape(-1, 3))
        self._typical.append(np.median(mine, axis=0))

    def palette(self) -> Palette | None:
        """Return the learned palette; None without any detection."""
        if not self._typical:
            return None
        mine, others = (_density(table) for table in (self._mine, self._others))
        ratio = np.log((mine + _FLOOR) / (others + _FLOOR))
        table = np.clip(ratio, -_CLIP, _CLIP).astype(np.float32)
        typical = np.median(np.stack(self._typical), axis=0)
        return Palette(table, np.asarray(typical, dtype=np.float32))


def _count(table: Table, colours: Float) -> None:
    np.add.at(table, tuple(Palette.bins(colours).T), 1.0)


def _density(table: Table) -> Table:
    smooth = gaussian_filter(table, _BLUR_BINS)
    return np.asarray(smooth / smooth.sum())
