"""Finding all people in one image, also small ones, with a single-person backend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kinepath.io.video import Image
from kinepath.pose.base import Detection, Estimator
from kinepath.pose.subject.body import FramedPerson, body_of, room
from kinepath.pose.subject.crop import Crop, painted_over
from kinepath.typing import Array

#: Width of a person's view in statures, and its minimum and maximum size in pixels.
VIEW_STATURES = 2.8
VIEW_PIXELS = (320, 640)
#: Maximum number of people searched for in one view, those already found being painted over.
_MOST = 3
#: Minimum mean confidence of the body joints.
_SURE = 0.5
#: Two detections closer than this are the same person, statures.
_SAME = 0.3


def find_people(image: Image, estimator: Estimator, tiles: Sequence[float]) -> list[FramedPerson]:
    """Find people in an image: in all of it, and in overlapping enlarged tiles of it.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
    estimator : Estimator
        Opened for single images.
    tiles : sequence of float
        Sides of the tiles, as fractions of the image's height. A person is detected in a tile
        of 1.5 to 4 times their height.

    Returns
    -------
    list of FramedPerson
        Each person once, most confident first; only people detected in two views: two tiles, or
        a tile and a view around them.
    """
    found = [
        body
        for view in _views(image, tiles)
        for body in _one_after_the_other(image, view, estimator)
        if body.score >= _SURE
    ]
    people: list[FramedPerson] = []
    for body in sorted(found, key=lambda body: -body.score):
        if any(is_same(body, other) for other in people):
            continue
        seen_twice = nearest([other for other in found if other is not body], body)
        if seen_twice or _seen_again(image, body, estimator):
            people.append(body)
    return people


def _one_after_the_other(image: Image, view: Crop, estimator: Estimator) -> Iterator[FramedPerson]:
    for _ in range(_MOST):
        found = [
            body
            for body in look(image, view, estimator)
            if 0.15 * view.side < body.stature < 1.5 * view.side
        ]
        if not found:
            return
        yield from found
        for body in found:
            image = painted_over(image, body.box())


def _seen_again(image: Image, body: FramedPerson, estimator: Estimator) -> bool:
    only = room(body.centre, body.stature, body.box())
    views = (view_of(body.centre, scale * body.stature) for scale in (1.0, 1.2))
    found = (nearest(look(image, view, estimator, only=only), body) for view in views)
    return any(again is not None and again.score >= _SURE for again in found)


def look(
    image: Image,
    view: Crop,
    estimator: Estimator,
    time_s: float = 0.0,
    *,
    only: Array | None = None,
) -> list[FramedPerson]:
    """Find the people in one view of an image, in the image's pixels.

    ``only`` is the box in which people are searched for, see :meth:`Crop.cut`.
    """
    found: Sequence[Detection] = estimator(view.cut(image, only), time_s)
    return [body_of(view.uncropped(person), estimator.skeleton) for person in found]


def view_of(centre: Array, stature: float) -> Crop:
    """Return the view around a person."""
    return Crop.around(centre, VIEW_STATURES * stature, *VIEW_PIXELS)


def nearest(people: Sequence[FramedPerson], to: FramedPerson) -> FramedPerson | None:
    """Return the person nearest to another in position and size; None if nobody matches."""
    near = [body for body in people if is_same(body, to) and 0.6 < body.stature / to.stature < 1.6]
    return min(near, key=lambda body: _distance(body, to), default=None)


def is_same(one: FramedPerson, other: FramedPerson) -> bool:
    """Return whether two people are in the same place, relative to their size."""
    return _distance(one, other) < _SAME * min(one.stature, other.stature)


def _distance(one: FramedPerson, other: FramedPerson) -> float:
    return float(np.linalg.norm(one.centre - other.centre))


def _views(image: Image, tiles: Sequence[float]) -> Iterator[Crop]:
    height, width = image.shape[:2]
    centre = np.array([width, height]) / 2 - 0.5
    yield Crop.around(centre, float(max(width, height)), *VIEW_PIXELS)
    for share in tiles:
        side = min(share * height, width, height)
        for y in _steps(height, side):
            for x in _steps(width, side):
                yield Crop(x, y, side, int(np.clip(round(side), *VIEW_PIXELS)))


def _steps(length: float, side: float) -> list[float]:
    """Return the starts of tiles so that each overlaps the next by two thirds."""
    count = 1 + int(np.ceil((length - side) / (side / 3) - 1e-9))
    return [float(start) for start in np.linspace(0.0, length - side, count)]
