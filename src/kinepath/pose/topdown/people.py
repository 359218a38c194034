"""A pose estimator composed of a person detector and a keypoint network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.io.video import Image
from kinepath.pose.base import Detection
from kinepath.pose.topdown.boxes import Boxes
from kinepath.pose.topdown.layouts import Layout
from kinepath.pose.topdown.tracking import Tracker
from kinepath.runtime.batches import Shrinking
from kinepath.typing import Array


@dataclass(frozen=True)
class Person:
    """One person's bounding box in one image."""

    image: Image
    corners: Array


class FindsPeople(Protocol):
    """A detector of the people in each of several images."""

    def __call__(self, images: Sequence[Image]) -> Sequence[Boxes]:
        """Return the boxes of every image, most confident first."""
        ...


class FindsKeypoints(Protocol):
    """A detector of the keypoints of each of several people."""

    layout: Layout

    def __call__(self, people: Sequence[Person]) -> Sequence[tuple[Array, Array]]:
        """Return positions (keypoints, 2), pixels, and confidences (keypoints,) of every person."""
        ...


class TopDown:
    """Find people in batches of images, and their keypoints in batches of people.

    Parameters
    ----------
    detector, poser : callable
        The networks.
    software : str
        The software that runs them.
    settings : mapping
        ``frames_per_batch``, ``people_per_batch`` and ``most_people`` in an image.
    is_shortage : callable
        Returns whether an error means that the device ran out of memory.
    still : bool
        The images are unrelated: nobody is tracked.
    """

    skeleton = BLAZEPOSE

    def __init__(
        self,
        detector: FindsPeople,
        poser: FindsKeypoints,
        software: str,
        settings: Mapping[str, Any],
        is_shortage: Callable[[Exception], bool],
        *,
        still: bool,
    ) -> None:
        self.software = software
        self.batch: int = settings["frames_per_batch"]
        self._detector, self._poser = detector, poser
        self._most = settings["most_people"]
        self._pictures = Shrinking(self.batch, is_shortage)
        self._people = Shrinking(settings["people_per_batch"], is_shortage)
        self._tracker = None if still else Tracker()

    def __call__(self, image: Image, time_s: float) -> Sequence[Detection]:
        """Find the people in the next frame; the tracked one comes first."""
        return self.many([image], [time_s])[0]

    def many(self, images: Sequence[Image], times: Sequence[float]) -> list[Sequence[Detection]]:
        """Find the people in the next frames."""
        boxes = [found.most(self._most) for found in self._pictures(images, self._detector)]
        people = [
            Person(image, corners)
            for image, found in zip(images, boxes, strict=True)
            for corners in found.corners
        ]
        poses = iter(self._people(people, self._poser))
        return [
            self._ordered([self._named(*next(poses)) for _ in found.score], image)
            for image, found in zip(images, boxes, strict=True)
        ]

    def _named(self, position: Array, confidence: Array) -> Detection:
        layout = self._poser.layout
        certainty = layout.to_blazepose(confidence[:, None], 0.0)[:, 0]
        return Detection(layout.to_blazepose(position, np.nan), certainty, None)

    def _ordered(self, people: list[Detection], image: Image) -> Sequence[Detection]:
        if self._tracker is None:
            return people
        return self._tracker(people, (image.shape[1], image.shape[0]))
