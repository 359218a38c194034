"""Sampling of a few frames of a video, evenly in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from kinepath.io.video import Frame, Image, resized
from kinepath.pose.subject.panning import inverse, panning
from kinepath.typing import Array

#: Larger images are scaled down to this height, at which the smallest person is still detected.
_HEIGHT = 720


@dataclass(frozen=True)
class Sample:
    """Frames of one camera shot.

    Parameters
    ----------
    images : list of ndarray
        Scaled down where they are large.
    time : ndarray, shape (frames,)
        Seconds.
    scale : float
        Pixels of the video per pixel of the images.
    """

    images: list[Image]
    time: Array
    scale: float

    @property
    def size(self) -> tuple[int, int]:
        """Return the width and height of the images."""
        return self.images[0].shape[1], self.images[0].shape[0]

    @cached_property
    def _pannings(self) -> list[Array]:
        return [panning(before, after) for before, after in pairwise(self.images)]

    def panned(self, before: int, after: int) -> Array:
        """Return the camera motion from a frame to the next, or to the previous one."""
        if after > before:
            return self._pannings[before]
        return inverse(self._pannings[after])

    def searched(self, count: int) -> list[int]:
        """Return ``count`` frame numbers, evenly within the sample."""
        last = len(self.images) - 1
        return sorted({round((k + 0.5) / count * last) for k in range(count)})


def sample_step(duration_s: float, rate_hz: float, most: int) -> float:
    """Return the time between frames so that at most ``most`` are sampled, seconds."""
    return max(1.0 / rate_hz, duration_s / most)


def sample(frames: Iterable[Frame], start_s: float, end_s: float, step_s: float) -> Sample:
    """Sample frames from ``start_s`` to ``end_s``, at least ``step_s`` seconds apart."""
    images: list[Image] = []
    time: list[float] = []
    scale = 1.0
    for frame in frames:
        if frame.time > end_s + 1e-6:
            break
        if frame.time < start_s - 1e-6 or (time and frame.time < time[-1] + step_s - 1e-6):
            continue
        height, width = frame.image.shape[:2]
        image = frame.image
        if height > _HEIGHT:
            scale = height / _HEIGHT
            image = resized(image, round(width / scale), _HEIGHT)
        images.append(image)
        time.append(frame.time)
    return Sample(images, np.array(time), scale)
