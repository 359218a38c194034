"""Following each person through sampled pictures, forwards and backwards."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kinepath.subject.appearance import appearance, likeness
from kinepath.subject.body import Body
from kinepath.subject.opening import Opener
from kinepath.subject.people import find_people, is_same, look, view_of
from kinepath.video import Image

Floats = NDArray[np.float64]
#: A track ends after so long without its person, seconds.
_PATIENCE_S = 0.4
#: Farthest that a trunk moves in the picture in a second, statures, and what is allowed besides.
_PACE, _SLACK = 4.0, 0.15
#: Least mean confidence of the body joints.
_SURE = 0.35
#: Least likeness of the trunk's colours to those at the track's start.
_ALIKE = 0.35


@dataclass
class Track:
    """One person in sampled pictures.

    Parameters
    ----------
    bodies : dict of int to Body
        By the number of the sampled picture; pictures without the person are absent.
    looks : ndarray
        The appearance in the picture in which the person was found first.
    """

    bodies: dict[int, Body]
    looks: Floats = field(repr=False)

    def median(self, of: str) -> Floats:
        """Give the median over time of an attribute of the bodies."""
        return np.asarray(np.median([getattr(b, of) for b in self.bodies.values()], axis=0))


def find_tracks(
    images: Sequence[Image],
    time: Floats,
    searched: Sequence[int],
    opener: Opener,
    tiles: Sequence[float],
) -> list[Track]:
    """Find the people in some pictures and follow each through all of them.

    Parameters
    ----------
    images : sequence of ndarray
        Pictures of one camera shot.
    time : ndarray, shape (pictures,)
        When they were taken, seconds.
    searched : sequence of int
        The pictures in which people are looked for.
    opener : callable
        Opens the backend.
    tiles : sequence of float
        See :func:`kinepath.subject.people.find_people`.

    Returns
    -------
    list of Track
        The longest first.
    """
    tracks: list[Track] = []
    with opener(True) as estimator:
        for k in searched:
            for person in find_people(images[k], estimator, tiles):
                if not any(k in t.bodies and is_same(t.bodies[k], person) for t in tracks):
                    tracks.append(follow(images, time, k, person, opener))
    tracks.sort(key=lambda track: -len(track.bodies))
    kept: list[Track] = []
    for track in tracks:
        if not any(_coincide(track, other) for other in kept):
            kept.append(track)
    return kept


def follow(
    images: Sequence[Image], time: Floats, start: int, person: Body, opener: Opener
) -> Track:
    """Follow one person from a picture to both ends."""
    track = Track({start: person}, appearance(images[start], person))
    for numbers in (range(start, len(images)), range(start, -1, -1)):
        _follow_one_way(track, images, time, numbers, opener)
    return track


def _follow_one_way(
    track: Track, images: Sequence[Image], time: Floats, numbers: range, opener: Opener
) -> None:
    last = track.bodies[numbers[0]]
    stature, seen = last.stature, float(time[numbers[0]])
    with ExitStack() as opened:
        estimator = opened.enter_context(opener(False))
        for k in numbers:
            away = abs(float(time[k]) - seen)
            if away > _PATIENCE_S:
                return
            view = view_of(last.centre, stature)
            shown = abs(float(time[k] - time[numbers[0]]))
            people = look(images[k], view, estimator, shown)
            found = [
                body
                for body in people
                if body.score >= _SURE
                and np.linalg.norm(body.centre - last.centre) < (_SLACK + _PACE * away) * stature
                and 0.6 < body.stature / stature < 1.6
                and not likeness(track.looks, appearance(images[k], body)) < _ALIKE
            ]
            if found:
                last = min(found, key=lambda b: float(np.linalg.norm(b.centre - last.centre)))
                stature += 0.2 * (last.stature - stature)
                seen = float(time[k])
                track.bodies[k] = last
            elif people:
                # It would stay with the wrong person.
                opened.close()
                estimator = opened.enter_context(opener(False))


def _coincide(track: Track, other: Track) -> bool:
    common = track.bodies.keys() & other.bodies.keys()
    same = sum(is_same(track.bodies[k], other.bodies[k]) for k in common)
    return same > 0.5 * min(len(track.bodies), len(other.bodies))
