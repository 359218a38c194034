"""Joining camera shots of one athlete in one place: after a knocked tripod, or a jump cut.

Such shots belong to one set of an exercise. They are recognised from the images on either side of
the cut: the backgrounds match up to a slight shift, rotation or change of scale, and the same
person is in the same place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kinepath.conform import Window
from kinepath.io.video import Image, VideoReader, resized
from kinepath.pose.base import Estimator
from kinepath.pose.subject.appearance import appearance, likeness
from kinepath.pose.subject.body import FramedPerson
from kinepath.pose.subject.opening import Opener
from kinepath.pose.subject.panning import moved, scale_of
from kinepath.pose.subject.selection import largest_person
from kinepath.typing import Array

#: An image, and the person in it.
_Look = tuple[Image, FramedPerson]
#: Images are compared at this height, pixels.
_HEIGHT = 480
#: Times from a cut at which a person is searched for until one is found, seconds.
_LOOKS_S = (0.0, 0.15, 0.3, 0.5)
#: Number of features; minimum inliers, their tolerance in pixels, and their minimum fraction.
_FEATURES, _LEAST, _AGREES, _FRACTION = 800, 12, 3.0, 0.25
#: Maximum scale and shift (fraction of the width) of the image from a knock to the tripod.
_ENLARGES, _SHIFTS = 1.35, 0.4
#: Minimum correlation of identical backgrounds; below this standard deviation, grey levels, a
#: background has no texture to correlate, and the difference must be at most the third number.
_SAME_PLACE, _FLAT, _SAME_LEVEL = 0.6, 8.0, 8.0
#: Limits for the same person: similarity, distance (statures) and ratio of heights (a crouching
#: person is detected at half the height).
_ALIKE, _APART, _TALLER = 0.4, 0.8, 2.2
#: A shot this short between two others may be a flash, seconds.
_FLASH_S = 0.4


def join(facts: Mapping[str, Any], windows: Sequence[Window], opener: Opener) -> list[Window]:
    """Join the camera shots of a clip that show one athlete in one place.

    Parameters
    ----------
    facts : mapping
        What :func:`kinepath.probe.probe` found.
    windows : sequence of Window
        The camera shots, in order.
    opener : callable
        Opens the pose backend.

    Returns
    -------
    list of Window
        The shots after joining; a flash between two joined shots is included.
    """
    if len(windows) < 2:
        return list(windows)
    first, last = _images_beside(facts, windows)
    with opener(True) as estimator:
        begin = [_with_person(images, estimator) for images in first]
        end = [_with_person(images, estimator) for images in last]
    groups = [[0]]
    for k in range(1, len(windows)):
        held = groups[-1][-1]
        # The shot before a flash may continue after it.
        behind_flash = len(groups) > 1 and groups[-1] == [held] and _is_short(windows[held])
        if _continues(end[held], begin[k]):
            groups[-1] += [k]
        elif behind_flash and _continues(end[groups[-2][-1]], begin[k]):
            groups.pop()
            groups[-1] += [held, k]
        else:
            groups.append([k])
    return [Window(windows[group[0]].start, windows[group[-1]].end) for group in groups]


def _is_short(window: Window) -> bool:
    return window.end - window.start <= _FLASH_S


def _images_beside(
    facts: Mapping[str, Any], windows: Sequence[Window]
) -> tuple[list[list[Image]], list[list[Image]]]:
    """Return images of every shot: those nearest its start first, and those nearest its end."""
    time = np.asarray(facts["frame_time_s"], dtype=np.float64)
    begin, end = [], []
    for window in windows:
        inside = np.flatnonzero((time >= window.start - 1e-6) & (time <= window.end + 1e-6))
        near = [int(np.searchsorted(time[inside], window.start + t)) for t in _LOOKS_S]
        # A cut may blend two frames, so the outermost are left out where there are others.
        places = [min(max(k, 1), len(inside) - 1) for k in near]
        begin.append([int(inside[k]) for k in places])
        end.append([int(inside[max(len(inside) - 1 - k, 0)]) for k in places])
    wanted = {index for places in (*begin, *end) for index in places}
    images = {}
    with VideoReader.of(facts) as reader:
        for index, (picture, _) in enumerate(reader.pictures()):
            if index in wanted:
                images[index] = _small(reader.upright(picture))
    first, last = ([[images[k] for k in places] for places in side] for side in (begin, end))
    return first, last


def _small(image: Image) -> Image:
    height, width = image.shape[:2]
    return resized(image, max(round(width * _HEIGHT / height), 2), _HEIGHT)


def _with_person(images: Sequence[Image], estimator: Estimator) -> _Look | None:
    """Return the first image in which a person is seen, and the person; None if there is none."""
    for image in images:
        person = largest_person(image, estimator)
        if person is not None:
            return image, person
    return None


def _continues(before: _Look | None, after: _Look | None) -> bool:
    """Return whether two images show the same person in the same place."""
    if before is None or after is None:
        return False
    (image, one), (later, other) = before, after
    similarity = _registration(image, later, one, other)
    return (
        similarity is not None
        and _same_place(image, later, similarity, one, other)
        and _same_person(image, later, similarity, one, other)
    )


def _ground(image: Image, body: FramedPerson) -> NDArray[np.uint8]:
    """Return the mask of the background, without the person."""
    mask = np.full(image.shape[:2], 255, dtype=np.uint8)
    x0, y0, x1, y1 = np.round(body.box()).astype(int).clip(0)
    mask[y0:y1, x0:x1] = 0
    return mask


def _registration(
    before: Image, after: Image, one: FramedPerson, other: FramedPerson
) -> Array | None:
    """Return the similarity that maps the first background to the second; None if none does."""
    still = np.eye(2, 3)
    if _same_place(before, after, still, one, other):
        return still
    finder = cv2.ORB.create(_FEATURES)
    corners, marks = zip(
        *(
            finder.detectAndCompute(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), _ground(image, body))
            for image, body in ((before, one), (after, other))
        ),
        strict=True,
    )
    if any(each is None or len(each) < _LEAST for each in marks):
        return None
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(*marks)
    if len(matches) < _LEAST:
        return None
    similarity, agree = cv2.estimateAffinePartial2D(
        np.array([corners[0][m.queryIdx].pt for m in matches]),
        np.array([corners[1][m.trainIdx].pt for m in matches]),
        ransacReprojThreshold=_AGREES,
    )
    if similarity is None or agree.sum() < max(_LEAST, _FRACTION * len(matches)):
        return None
    shift = np.linalg.norm(moved(one.centre, similarity) - one.centre)
    scale = scale_of(similarity)
    if not 1 / _ENLARGES < scale < _ENLARGES or shift > _SHIFTS * before.shape[1]:
        return None
    return np.asarray(similarity, dtype=np.float64)


def _same_place(
    before: Image, after: Image, similarity: Array, one: FramedPerson, other: FramedPerson
) -> bool:
    """Return whether two backgrounds match after registering the first to the second."""
    size = (after.shape[1], after.shape[0])
    if before.shape != after.shape:
        return False
    shifted = cv2.warpAffine(before, similarity, size)
    there = cv2.warpAffine(_ground(before, one), similarity, size, flags=cv2.INTER_NEAREST)
    mask = cv2.erode(there, np.ones((9, 9), np.uint8)) & _ground(after, other)
    if (mask > 0).mean() < 0.15:
        return False
    grey = [
        cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (0, 0), 2.0)[mask > 0]
        for image in (shifted, after)
    ]
    first, second = (np.asarray(each, dtype=np.float64) for each in grey)
    if min(first.std(), second.std()) < _FLAT:
        return float(np.abs(first - second).mean()) < _SAME_LEVEL
    return float(np.corrcoef(first, second)[0, 1]) > _SAME_PLACE


def _same_person(
    before: Image, after: Image, similarity: Array, one: FramedPerson, other: FramedPerson
) -> bool:
    apart = np.linalg.norm(moved(one.centre, similarity) - other.centre)
    stature = max(one.stature * scale_of(similarity), other.stature)
    taller = stature / max(min(one.stature * scale_of(similarity), other.stature), 1e-6)
    alike = likeness(appearance(before, one), appearance(after, other))
    return bool(
        apart < _APART * stature and taller < _TALLER and (np.isnan(alike) or alike > _ALIKE)
    )
