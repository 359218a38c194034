"""Pose backends that track one athlete in a view of their own, or nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np

from kinepath.io.video import Image
from kinepath.pose.base import Detection, Estimator
from kinepath.pose.subject.appearance import appearance, likeness
from kinepath.pose.subject.body import FramedPerson
from kinepath.pose.subject.opening import Opener
from kinepath.pose.subject.path import Path
from kinepath.pose.subject.spotter import Spotter, spotting

#: Maximum distance from the athlete's expected position, statures, and its growth with the time
#: from the nearest sample, statures/s.
_OFF, _PACE = 0.3, 3.0
#: Minimum and maximum stature detected, relative to the expected: a bent person appears smaller.
_RATIO = (0.45, 1.6)
#: Minimum similarity of the trunk's colours.
_ALIKE = 0.3


class Following:
    """Detect the athlete in the view along a path, ignoring other people.

    Parameters
    ----------
    spotter : Spotter
        Detects one person.
    path : Path
        Positions of the athlete.

    Attributes
    ----------
    counts : Counter
        Frames ``followed``, frames with ``nobody`` in the view, and frames in which ``another``
        person was found: too far from the athlete, of another size, or of other colours.
    """

    def __init__(self, spotter: Spotter, path: Path) -> None:
        self.counts: Counter[str] = Counter(followed=0, nobody=0, another=0)
        self._spotter, self._path = spotter, path
        self.skeleton, self.software = spotter.skeleton, spotter.software
        self.batch = spotter.batch

    def __call__(self, image: Image, time_s: float) -> list[Detection]:
        """Find the athlete in the next frame, in pixels of the whole image."""
        view, room = self._path.view(time_s), self._path.room(time_s)
        fits = partial(self._is_athlete, image, time_s)
        return self._counted(*self._spotter(image, time_s, view, room, fits))

    def many(self, images: Sequence[Image], times: Sequence[float]) -> list[list[Detection]]:
        """Find the athlete in the next frames, with a single pass over each.

        Backends that take batches find everybody, so that nobody masks the athlete.
        """
        if self.batch == 1:
            return [self(image, time) for image, time in zip(images, times, strict=True)]
        views = [self._path.view(time) for time in times]
        people = self._spotter.many(images, times, views)
        return [self._chosen(*one) for one in zip(images, times, people, strict=True)]

    def _chosen(self, image: Image, time_s: float, people: list[FramedPerson]) -> list[Detection]:
        fitting = [body for body in people if self._is_athlete(image, time_s, body)]
        return self._counted(fitting[0] if fitting else None, bool(people))

    def _counted(self, athlete: FramedPerson | None, other: bool) -> list[Detection]:
        self.counts["followed" if athlete else "another" if other else "nobody"] += 1
        return [athlete.detection] if athlete else []

    def _is_athlete(self, image: Image, time_s: float, body: FramedPerson) -> bool:
        centre, stature = self._path.expected(time_s)
        allowed = (_OFF + _PACE * self._path.away(time_s)) * stature
        return bool(
            np.linalg.norm(body.centre - centre) <= allowed
            and _RATIO[0] < body.stature / stature < _RATIO[1]
            and not likeness(self._path.looks, appearance(image, body)) < _ALIKE
        )


@contextmanager
def following(opener: Opener, path: Path) -> Iterator[Following]:
    """Open a backend that tracks the athlete along a path."""
    with spotting(opener) as spotter:
        yield Following(spotter, path)


class _Nobody:
    def __init__(self, estimator: Estimator) -> None:
        self.skeleton, self.software = estimator.skeleton, estimator.software

    def __call__(self, image: Image, time_s: float) -> list[Detection]:
        return []


@contextmanager
def following_nobody(opener: Opener) -> Iterator[Estimator]:
    """Open a backend that detects nobody: where the athlete was not found, all is missing."""
    with opener(True) as estimator:
        yield _Nobody(estimator)
