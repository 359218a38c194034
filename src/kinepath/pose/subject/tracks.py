"""Tracking each person through sampled frames, forwards and backwards."""

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

#: A track ends after this time without its person, seconds; in a long window, whose sampled frames
#: are farther apart, after this number of frames.
_PATIENCE_S, _PATIENCE = 0.4, 2.5
#: Maximum speed of a trunk in the image, statures/s, and additional tolerance, statures.
_PACE, _SLACK = 4.0, 0.15
#: Minimum mean confidence of the body joints.
_SURE = 0.35
#: Minimum similarity of the trunk's colours to those at the track's start.
_ALIKE = 0.35
#: Minimum and maximum stature detected, relative to the current one.
_RATIO = (0.45, 1.6)
#: The current stature is updated towards the detected one, up to this ratio per step, by this power
#: where that is larger and where it is smaller: a person who bends, or is partly missed, keeps
#: their height.
_MOST_CHANGE, _GROWS, _SHRINKS = 1.25, 0.2, 0.03


@dataclass
class Track:
    """One person in sampled frames.

    Parameters
    ----------
    bodies : dict of int to FramedPerson
        By the number of the sampled frame; frames without the person are absent.
    statures : dict of int to float
        The current estimate of the stature, pixels: more stable than that of the bodies.
    looks : ndarray
        The appearance in the frame in which the person was first detected.
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
    """Find the people in several frames and track each through all of them.

    Parameters
    ----------
    sample : Sample
        Frames of one camera shot.
    searched : sequence of int
        The frames in which people are detected.
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
    """Track one person, with a stature of at least ``least`` pixels, from a frame to both ends."""
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
