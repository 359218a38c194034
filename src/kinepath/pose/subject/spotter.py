"""Detecting one person near a known position, in consecutive frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from kinepath.io.video import Image
from kinepath.pose.base import BatchEstimator
from kinepath.pose.subject.body import FramedPerson, body_of
from kinepath.pose.subject.crop import Crop
from kinepath.pose.subject.opening import Opener
from kinepath.pose.subject.people import look
from kinepath.typing import Array

#: A backend on consecutive frames keeps tracking the same person; after this many frames with
#: another one it is restarted.
_WRONG = 3
#: Ratio by which the view is wider in a second attempt.
_WIDER = 1.25


class Spotter:
    """Detect a person by tracking, and where that fails, once more in the single frame.

    Parameters
    ----------
    opener : callable
        Opens the backend.
    opened : ExitStack
        Closes it.
    """

    def __init__(self, opener: Opener, opened: ExitStack) -> None:
        self._opener = opener
        self._still = opened.enter_context(opener(True))
        self._opened = opened.enter_context(ExitStack())
        self._in_order = self._opened.enter_context(opener(False))
        self.skeleton, self.software = self._still.skeleton, self._still.software
        self.batch = self._in_order.batch if isinstance(self._in_order, BatchEstimator) else 1
        self._wrong = 0

    def __call__(
        self,
        image: Image,
        time_s: float,
        view: Crop,
        room: Array,
        fits: Callable[[FramedPerson], bool],
    ) -> tuple[FramedPerson | None, bool]:
        """Detect the person in the next frame.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
        time_s : float
            Its time; later than that of the previous one.
        view : Crop
            The view to search.
        room : ndarray, shape (4,)
            The surroundings of this box are painted over: a neighbour could otherwise be detected
            instead of the person.
        fits : callable
            Whether a detection can be that person.

        Returns
        -------
        body : FramedPerson or None
            The person.
        other : bool
            Whether somebody who does not fit was seen.
        """
        other = False
        for people in self._looks(image, time_s, view, room):
            fitting = [body for body in people if fits(body)]
            if fitting:
                return fitting[0], other
            other = other or bool(people)
        return None, other

    def many(
        self, images: Sequence[Image], times: Sequence[float], views: Sequence[Crop]
    ) -> list[list[FramedPerson]]:
        """Find everybody in the views of the next frames, if the backend takes batches."""
        assert isinstance(self._in_order, BatchEstimator)
        cut = [view.cut(image) for view, image in zip(views, images, strict=True)]
        found = zip(views, self._in_order.many(cut, times), strict=True)
        return [
            [body_of(view.uncropped(person), self.skeleton) for person in people]
            for view, people in found
        ]

    def _looks(
        self, image: Image, time_s: float, view: Crop, room: Array
    ) -> Iterator[list[FramedPerson]]:
        people = look(image, view, self._in_order, time_s, only=room)
        yield people
        # The person detected did not fit, or nobody was detected.
        self._wrong = self._wrong + 1 if people else 0
        if self._wrong == _WRONG:
            self._opened.close()
            self._in_order = self._opened.enter_context(self._opener(False))
            self._wrong = 0
        yield look(image, view, self._still, only=room)
        yield look(image, view.wider(_WIDER), self._still, only=room)


@contextmanager
def spotting(opener: Opener) -> Iterator[Spotter]:
    """Open a backend for detecting one person."""
    with ExitStack() as opened:
        yield Spotter(opener, opened)
