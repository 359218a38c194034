"""Looking for one person, of whom it is known about where they are, in pictures in order."""

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

#: A backend that is shown pictures in order stays with the person that it has; after so many
#: wrong pictures it starts again.
_WRONG = 3
#: How much wider the view is where a second look is needed.
_WIDER = 1.25


class Spotter:
    """Looks for a person: as the pictures go on, and where that fails, once more by itself.

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
        """Look for the person in the next picture.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
        time_s : float
            When it was taken; later than the one before.
        view : Crop
            Where to look.
        room : ndarray, shape (4,)
            What is around this box is painted over: somebody beside the person would be seen
            in their place.
        fits : callable
            Whether one who is seen can be that person.

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
        """Find everybody in the views of the next pictures, if the backend takes several."""
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
        # Who is here did not fit, or nobody is.
        self._wrong = self._wrong + 1 if people else 0
        if self._wrong == _WRONG:
            self._opened.close()
            self._in_order = self._opened.enter_context(self._opener(False))
            self._wrong = 0
        yield look(image, view, self._still, only=room)
        yield look(image, view.wider(_WIDER), self._still, only=room)


@contextmanager
def spotting(opener: Opener) -> Iterator[Spotter]:
    """Open a backend for looking for one person."""
    with ExitStack() as opened:
        yield Spotter(opener, opened)
