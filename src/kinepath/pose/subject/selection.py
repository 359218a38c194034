"""Choosing the athlete of a window: from the sheet's box, or by the stated rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kinepath.errors import KinepathError
from kinepath.io.video import Image
from kinepath.pose.base import Estimator
from kinepath.pose.subject.body import FramedPerson, oddness
from kinepath.pose.subject.choice import RULE, Candidate, rank
from kinepath.pose.subject.crop import Crop, painted_over
from kinepath.pose.subject.opening import Opener
from kinepath.pose.subject.people import look, view_of
from kinepath.pose.subject.sampling import Sample
from kinepath.pose.subject.tracks import Track, find_tracks, follow
from kinepath.typing import Array

#: Minimum stature, relative to the athlete's, of a rival found with the athlete painted over.
_RIVAL = 0.5
#: Minimum fraction of that stature with which a crouching person is detected.
_CROUCHED = 0.5
#: With rivals the whole image is assessed in this number of frames, evenly in time; the person
#: found there replaces the tracked one if less odd by this much, in this fraction of the frames.
_JUDGED, _LESS_ODD, _MOSTLY = 12, 0.04, 0.8
#: A person who fitted the rule when the camera shot was chosen still does at this fraction of the
#: minimum score: other frames of the same shot were used then.
_STILL_FITS = 0.5
#: Maximum oddness of a person of any size.
_NOBODY = 0.6
#: Duration for which the sheet's box is searched, seconds.
_BOX_S = 0.3


class SubjectError(KinepathError):
    """A box around the athlete that lies outside the image or contains nobody."""


@dataclass(frozen=True)
class Selection:
    """The person to be tracked.

    Parameters
    ----------
    track : Track or None
        The athlete in the sampled frames; None where the whole image is used.
    report : dict
        JSON-serialisable: ``how`` the athlete was chosen, the ``rule``, the ``chosen`` one and the
        ``alternatives`` with the facts for each.
    missing : str, optional
        Why nobody is tracked although people are seen.
    """

    track: Track | None
    report: dict[str, Any]
    missing: str | None = None


def select(
    sample: Sample,
    opener: Opener,
    settings: Mapping[str, Any],
    *,
    box: Sequence[float] | None,
    implement: bool,
    begins_s: float = 0.0,
    fits: bool = False,
) -> Selection:
    """Choose the athlete.

    Parameters
    ----------
    sample : Sample
        Frames of the window.
    opener : callable
        Opens the backend.
    settings : mapping
        The section ``subject`` of the configuration.
    box : sequence of four float, optional
        The sheet's box around the athlete in the first frame, pixels of the video.
    implement : bool
        Whether the athlete swings something.
    begins_s : float, optional
        The clip's time of the first frame, seconds; for the report.
    fits : bool, optional
        Whether somebody fitted the rule when the camera shot was chosen.

    Raises
    ------
    SubjectError
        If the box lies outside the image, or nobody is seen in it.
    """
    if box is not None:
        track = _from_box(sample, np.asarray(box) / sample.scale, opener)
        return Selection(track, {"how": "the box in the sheet"})
    large, alone, _ = _large_and_alone(sample, opener, settings)
    if large and alone:
        return Selection(None, {"how": "large and alone: the whole picture is used"})
    candidates = find_candidates(sample, opener, settings, implement=implement)
    if large and candidates and _is_part(candidates[0].track, sample, opener):
        return Selection(None, {"how": "large, and whole in the whole picture only: it is used"})
    if not candidates:
        return Selection(None, {"how": "nobody was found in the sampled pictures"})
    told = [candidate.told(sample, begins_s) for candidate in candidates]
    report = {"rule": RULE, "sure": round(sureness(candidates), 3)}
    least = settings["least_score"] * (_STILL_FITS if fits else 1.0)
    if candidates[0].score < least:
        missing = (
            f"athlete not found: nobody of {len(told)} seen fits the rule (best score"
            f" {candidates[0].score:.2f}, at least {least:g} is asked for);"
            f" {_advice(told, begins_s)}"
        )
        return Selection(None, {**report, "how": missing, "alternatives": told}, missing)
    how = "the rule" if len(told) > 1 else "only one person was found"
    report |= {"how": how, "chosen": told[0], "alternatives": told[1:]}
    return Selection(candidates[0].track, report)


def _advice(told: Sequence[Mapping[str, Any]], begins_s: float) -> str:
    """Suggest a box: at the start of the window if people are seen there, else later."""
    first = min(float(person["from_s"]) for person in told)
    box = "give the box around the athlete"
    if first - begins_s < _BOX_S:
        return f"{box} at {begins_s:.2f} s as 'subject' in the sheet"
    return (
        f"nobody is seen before {first:.2f} s: put start_s in the sheet there, and {box} at that"
        " time as 'subject'"
    )


def find_athletes(
    sample: Sample, opener: Opener, settings: Mapping[str, Any], *, implement: bool
) -> list[Candidate]:
    """Find the people of a camera shot that is to be compared with others.

    As :func:`select` uses the whole image for a person who is large and alone, nobody else is
    searched for where that person fits the rule: the search in tiles takes twenty times as long.
    """
    large, alone, people = _large_and_alone(sample, opener, settings)
    if large and alone:
        first = max(people, key=lambda k: people[k].score)
        track = follow(sample, first, people[first], opener)
        found = rank([track], sample.time, sample.size, implement=implement)
        if found[0].score >= settings["least_score"]:
            return found
    return find_candidates(sample, opener, settings, implement=implement)


def find_candidates(
    sample: Sample, opener: Opener, settings: Mapping[str, Any], *, implement: bool
) -> list[Candidate]:
    """Find the people of a window, ordered by how well they fit the rule."""
    tracks = find_tracks(sample, sample.searched(settings["searched"]), opener, settings["tiles"])
    return rank(tracks, sample.time, sample.size, implement=implement)


def sureness(candidates: Sequence[Candidate]) -> float:
    """Return the best score over the sum of the two best: 1 without a rival, 0.5 for a tie."""
    two = [candidate.score for candidate in candidates[:2]]
    return two[0] / sum(two) if sum(two) > 0 else 0.5


def _large_and_alone(
    sample: Sample, opener: Opener, settings: Mapping[str, Any]
) -> tuple[bool, bool, dict[int, FramedPerson]]:
    """Return whether the athlete is large, whether nobody comparable is in the image, and the body.

    Searched for in the whole image: a person of at least ``whole_picture`` of its height, and,
    with that person painted over, another one of half the size. The largest person is returned by
    the number of the image.
    """
    people: dict[int, FramedPerson] = {}
    rivals = 0
    searched = sample.searched(settings["searched"])
    with opener(True) as estimator:
        for k in searched:
            image = sample.images[k]
            person = largest_person(image, estimator)
            if person is None:
                continue
            people[k] = person
            ground = image.reshape(-1, 3).mean(axis=0).astype(np.uint8)
            rival = largest_person(painted_over(image, person.box(), ground), estimator)
            rivals += rival is not None and rival.stature >= _RIVAL * person.stature
    tallest = max((person.stature for person in people.values()), default=0.0)
    as_tall = sum(person.stature >= _CROUCHED * tallest for person in people.values())
    large = tallest >= settings["whole_picture"] * sample.size[1]
    large = large and as_tall > 0.5 * len(searched) and _is_human(sample, opener)
    return large, rivals <= 0.25 * len(searched), people


def _is_human(sample: Sample, opener: Opener) -> bool:
    """Return whether the largest person in the whole image has human proportions.

    Over several frames: in a few, the arms of a person holding a bar may be foreshortened in all.
    """
    with opener(True) as estimator:
        people = [
            person
            for k in sample.searched(_JUDGED)
            if (person := largest_person(sample.images[k], estimator)) is not None
        ]
    return bool(people) and oddness(people) < _NOBODY


def _is_part(track: Track, sample: Sample, opener: Opener) -> bool:
    """Return whether a track is of a part of a person whom the whole image shows completely.

    A view may show only the legs and their surroundings; the pose is then meaningless.
    """
    common = [k for k in sample.searched(_JUDGED) if k in track.bodies]
    whole: dict[int, FramedPerson] = {}
    with opener(True) as estimator:
        for k in common:
            person = largest_person(sample.images[k], estimator)
            if person is not None and _holds(person.box(), track.bodies[k].centre):
                whole[k] = person
    if len(whole) < _MOSTLY * len(common) or not whole:
        return False
    followed = [track.bodies[k] for k in whole]
    return oddness(list(whole.values())) < oddness(followed) - _LESS_ODD


def _holds(box: Array, point: Array) -> bool:
    return bool(np.all(box[:2] <= point) and np.all(point <= box[2:]))


def largest_person(image: Image, estimator: Estimator) -> FramedPerson | None:
    """Return the largest person in an image; None where nobody is seen."""
    width, height = image.shape[1], image.shape[0]
    view = Crop.around(((width - 1) / 2, (height - 1) / 2), float(max(width, height)), 320, 1280)
    people = [body for body in look(image, view, estimator) if body.score >= 0.5]
    return max(people, key=lambda body: body.stature, default=None)


def _from_box(sample: Sample, box: Array, opener: Opener) -> Track:
    width, height = sample.size
    if box[0] >= width or box[1] >= height:
        size = " x ".join(str(round(side * sample.scale)) for side in (width, height))
        raise SubjectError(f"the subject's box lies outside of the picture ({size} pixels)")
    middle, tall = (box[:2] + box[2:]) / 2, float(box[3] - box[1])
    grown = box + 0.06 * tall * np.array([-1, -1, 1, 1])
    first = [k for k, time in enumerate(sample.time) if time <= sample.time[0] + _BOX_S]
    with opener(True) as estimator:
        for k in first:
            image = sample.images[k]
            for stature in (tall, 0.8 * tall, 1.25 * tall):
                inside = [
                    body
                    for body in look(image, view_of(middle, stature), estimator, only=grown)
                    if _is_inside(body, box)
                ]
                if inside:
                    person = max(inside, key=lambda body: body.score)
                    return follow(sample, k, person, opener, 0.85 * tall)
    raise SubjectError("nobody is seen in the subject's box at the start of the window")


def _is_inside(body: FramedPerson, box: Array) -> bool:
    return _holds(box, body.centre) and body.score >= 0.5 and body.stature < 2.5 * (box[3] - box[1])
