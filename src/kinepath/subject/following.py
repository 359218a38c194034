"""A pose backend that follows one athlete in a view of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import numpy as np

from kinepath.pose import BatchEstimator, Detection
from kinepath.subject.appearance import appearance, likeness
from kinepath.subject.body import body_of
from kinepath.subject.crop import Crop
from kinepath.subject.opening import Opener
from kinepath.subject.path import Path
from kinepath.video import Image

#: Farthest from where the athlete is expected, statures, and how much that grows with the time
#: from the nearest sample, statures/s.
_OFF, _PACE = 0.3, 3.0
#: Largest ratio of the statures found and expected.
_RATIO = 1.7
#: Least likeness of the trunk's colours.
_ALIKE = 0.3
#: The backend stays with the person that it has; after so many wrong frames it starts again.
_WRONG = 3


class Following:
    """Looks for the athlete in the view along a path; whoever else is found is left out.

    Parameters
    ----------
    opener : callable
        Opens the backend.
    path : Path
        Where the athlete is.

    Attributes
    ----------
    counts : Counter
        Frames ``followed``, frames with ``nobody`` in the view, and frames in which ``another``
        person was found: too far from where the athlete is, of another size, or of other colours.
    """

    def __init__(self, opener: Opener, path: Path, opened: ExitStack) -> None:
        self.counts: Counter[str] = Counter(followed=0, nobody=0, another=0)
        self._opener, self._path, self._opened = opener, path, opened
        self._estimator = opened.enter_context(opener(False))
        self.skeleton, self.software = self._estimator.skeleton, self._estimator.software
        self.batch = self._estimator.batch if isinstance(self._estimator, BatchEstimator) else 1
        self._wrong = 0

    def __call__(self, image: Image, time_s: float) -> list[Detection]:
        """Find the athlete in the next frame, in pixels of the whole picture."""
        view = self._path.view(time_s)
        return self._athlete(image, view, time_s, self._estimator(view.cut(image), time_s))

    def many(self, images: Sequence[Image], times: Sequence[float]) -> list[list[Detection]]:
        """Find the athlete in the next frames."""
        if not isinstance(self._estimator, BatchEstimator):
            return [self(image, time) for image, time in zip(images, times, strict=True)]
        views = [self._path.view(time) for time in times]
        cut = [view.cut(image) for view, image in zip(views, images, strict=True)]
        found = self._estimator.many(cut, times)
        shown = zip(images, views, times, found, strict=True)
        return [self._athlete(*one) for one in shown]

    def _athlete(
        self, image: Image, view: Crop, time_s: float, found: Sequence[Detection]
    ) -> list[Detection]:
        people = [view.uncropped(person) for person in found]
        athlete = [person for person in people if self._is_athlete(image, person, time_s)]
        self.counts["followed" if athlete else "another" if people else "nobody"] += 1
        self._wrong = self._wrong + 1 if people and not athlete else 0
        if self._wrong == _WRONG:
            self._opened.close()
            self._estimator = self._opened.enter_context(self._opener(False))
            self._wrong = 0
        return athlete[:1]

    def _is_athlete(self, image: Image, person: Detection, time_s: float) -> bool:
        body = body_of(person, self.skeleton)
        centre, stature = self._path.expected(time_s)
        allowed = (_OFF + _PACE * self._path.away(time_s)) * stature
        return bool(
            np.linalg.norm(body.centre - centre) <= allowed
            and 1 / _RATIO < body.stature / stature < _RATIO
            and not likeness(self._path.looks, appearance(image, body)) < _ALIKE
        )


@contextmanager
def following(opener: Opener, path: Path) -> Iterator[Following]:
    """Open a backend that follows the athlete along a path."""
    with ExitStack() as opened:
        yield Following(opener, path, opened)
