"""Following each person through sampled pictures, forwards and backwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from kinepath.io.video import Image
from kinepath.pose.subject.appearance import appearance, likeness
from kinepath.pose.subject.body import FramedPerson, room
from kinepath.pose.subject.opening import Opener
from kinepath.pose.subject.panning import moved, scale_of
from kinepath.pose.subject.people import find_people, is_same, view_of
from kinepath.pose.subject.sampling import Sample
from kinepath.pose.subject.spotter import spotting
from kinepath.typing import Array

#: A track ends after so long without its person, seconds; in a long window, whose pictures lie
#: farther apart, after so many pictures.
_PATIENCE_S, _PATIENCE = 0.4, 2.5
#: Farthest that a trunk moves in the picture in a second, statures, and what is allowed besides.
_PACE, _SLACK = 4.0, 0.15
#: Least mean confidence of the body joints.
_SURE = 0.35
#: Least likeness of the trunk's colours to those at the track's start.
_ALIKE = 0.35
#: Least and largest stature found, of the one so far.
_RATIO = (0.45, 1.6)
#: The stature so far goes after what is found, up to so much at once, by this power where that is
#: larger and where it is smaller: one who bends, or of whom a part is missed, is as tall as before.
_MOST_CHANGE, _GROWS, _SHRINKS = 1.25, 0.2, 0.03


@dataclass
class Track:
    """One person in sampled pictures.

    Parameters
    ----------
    bodies : dict of int to FramedPerson
        By the number of the sampled picture; pictures without the person are absent.
    statures : dict of int to float
        The stature as far as it is known then, pixels: steadier than that of the bodies.
    looks : ndarray
        The appearance in the picture in which the person was found first.
    """

    bodies: dict[int, FramedPerson]
    statures: dict[int, float]
    looks: Array = field(repr=False)

    def median(self, of: str) -> Array:
        """Return the median over time of an attribute of the bodies."""
        return np.asarray(np.median([getattr(b, of) for b in self.bodies.values()], axis=0))


def find_tracks(
    sample: Sample, searched: Sequence[int], opener: Opener, tiles: Sequence[float]
) -> list[Track]:
    """Find the people in some pictures and follow each through all of them.

    Parameters
    ----------
    sample : Sample
        Pictures of one camera shot.
    searched : sequence of int
        The pictures in which people are looked for.
    opener : callable
        Opens the backend.
    tiles : sequence of float
        See :func:`kinepath.pose.subject.people.find_people`.

    Returns
    -------
    list of Track
        The longest first.
    """
    tracks: list[Track] = []
    with opener(True) as estimator:
        for k in searched:
            for person in find_people(sample.images[k], estimator, tiles):
                if not any(k in t.bodies and is_same(t.bodies[k], person) for t in tracks):
                    tracks.append(follow(sample, k, person, opener))
    tracks.sort(key=lambda track: -len(track.bodies))
    kept: list[Track] = []
    for track in tracks:
        if not any(_coincide(track, other) for other in kept):
            kept.append(track)
    return kept


def follow(
    sample: Sample, start: int, person: FramedPerson, opener: Opener, least: float = 0.0
) -> Track:
    """Follow one person, of at least a stature of ``least`` pixels, from a picture to both ends."""
    stature = max(person.stature, least)
    looks = appearance(sample.images[start], person)
    track = Track({start: person}, {start: stature}, looks)
    for numbers in (range(start, len(sample.images)), range(start, -1, -1)):
        _follow_one_way(track, sample, numbers, opener)
    return track


def _follow_one_way(track: Track, sample: Sample, numbers: range, opener: Opener) -> None:
    start, last = numbers[0], track.bodies[numbers[0]]
    centre, box, stature = last.centre, last.box(), track.statures[start]
    seen = float(sample.time[start])
    step = float(np.median(np.diff(sample.time))) if sample.time.size > 1 else 0.0
    patience = max(_PATIENCE_S, _PATIENCE * step)
    with spotting(opener) as spotter:
        for k in numbers:
            time = float(sample.time[k])
            away = abs(time - seen)
            if away > patience:
                return
            if k != start:
                panned = sample.panned(k - numbers.step, k)
                centre, box = moved(centre, panned), moved(box.reshape(2, 2), panned).ravel()
                stature *= scale_of(panned)
            reach = (_SLACK + _PACE * away) * stature
            fits = partial(_fits, track.looks, sample.images[k], centre, stature, reach)
            found, _ = spotter(
                sample.images[k],
                abs(time - float(sample.time[start])),
                view_of(centre, stature),
                room(centre, stature, box),
                fits,
            )
            if found is not None:
                centre, box, seen = found.centre, found.box(), time
                change = found.stature / stature
                stature *= min(change, _MOST_CHANGE) ** (_GROWS if change > 1 else _SHRINKS)
                track.bodies[k], track.statures[k] = found, stature


def _fits(
    looks: Array, image: Image, centre: Array, stature: float, reach: float, body: FramedPerson
) -> bool:
    return bool(
        body.score >= _SURE
        and np.linalg.norm(body.centre - centre) < reach
        and _RATIO[0] < body.stature / stature < _RATIO[1]
        and not likeness(looks, appearance(image, body)) < _ALIKE
    )


def _coincide(track: Track, other: Track) -> bool:
    common = track.bodies.keys() & other.bodies.keys()
    same = sum(is_same(track.bodies[k], other.bodies[k]) for k in common)
    return same > 0.5 * min(len(track.bodies), len(other.bodies))
