"""Stick figures: a skeleton and a bat drawn on images.

Colours are Okabe and Ito's, distinguishable with any colour vision (jfly.uni-koeln.de/color): left
is blue, right orange, the midline pale; the bat is yellow where it was observed, green where it
was interpolated and a dashed purple where it was only inferred from the pose.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from kinepath.body.skeleton import Skeleton, side
from kinepath.drawing.text import PALE, Colour, bgr
from kinepath.io.video import Image
from kinepath.signal.gaps import bridged
from kinepath.typing import Array

SIDES = {"left": bgr("56b4e9"), "right": bgr("e69f00"), "middle": PALE}
#: Colour and wording for the codes of a bat file's ``source``; 0 means that there is no bat.
BAT = {
    1: (bgr("f0e442"), "bat observed"),
    2: (bgr("2fc79b"), "bat interpolated"),
    3: (bgr("d98cb8"), "bat inferred from pose"),
}
_POSE_PROXY = 3
_HALO = bgr("0b0d10")

_FACE = ("nose", "eye", "ear", "mouth")
_SHIFT = 4  # fractional bits of OpenCV's coordinates: without them slow movement jitters
_FAR = 20_000.0  # pixels; OpenCV's coordinates overflow slightly farther out


def opacity(confidence: float) -> float:
    """Return the opacity of a mark: 0 where missing, low at low confidence, 1 from 0.8 upwards.

    >>> opacity(0.0), round(opacity(0.1), 2), opacity(0.9)
    (0.0, 0.15, 1.0)
    """
    if not confidence > 0:
        return 0.0
    return min(1.0, max(0.15, 0.15 + 0.85 * (float(confidence) - 0.1) / 0.7))


def person_size(position: Array) -> float:
    """Return the diagonal of the bounding box of a person's keypoints, in pixels.

    Parameters
    ----------
    position : ndarray, shape (keypoints, 2)
        Pixels; NaN where missing.

    Returns
    -------
    float
        NaN with fewer than two keypoints.
    """
    seen = position[np.isfinite(position).all(axis=1)]
    return float(np.hypot(*np.ptp(seen, axis=0))) if len(seen) > 1 else float("nan")


def person_sizes(position: Array, fps: float) -> Array:
    """Return the size of a person in every frame: a running median over one second.

    It sets the line widths, so it must neither flicker with the pose nor ignore a zoom.

    Parameters
    ----------
    position : ndarray, shape (time, keypoints, 2)
        Pixels; NaN where missing.
    fps : float
        Frame rate, hertz.

    Returns
    -------
    ndarray, shape (time,)
        Pixels; frames without a person have the size of their neighbours. All NaN when no frame
        shows a person.
    """
    sizes = np.array([person_size(frame) for frame in position])
    if not np.isfinite(sizes).any():
        return sizes
    filled = bridged(sizes)
    half = round(fps / 2)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(filled, half, "edge"), 2 * half + 1)
    return np.asarray(np.median(windows, axis=-1))


def draw_skeleton(
    image: Image,
    position: Array,
    confidence: Array,
    skeleton: Skeleton,
    *,
    size: float | None = None,
    halo: bool = False,
) -> Image:
    """Draw one person on an image.

    Segments have the colour of their side and fade with the lower confidence of their two ends.
    The keypoints of a face are drawn as an outline of the head with a dot where the nose points.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        Blue, green, red; it is drawn into.
    position : ndarray, shape (keypoints, 2)
        Pixels, x right, y down. NaN is not drawn.
    confidence : ndarray, shape (keypoints,)
        0 to 1; keypoints with confidence 0 are not drawn.
    skeleton : Skeleton
        The keypoints' names and segments.
    size : float, optional
        Size of the person in pixels, which sets the line width; from the keypoints by default.
    halo : bool
        Whether to draw a dark edge around the lines, for use on a video.

    Returns
    -------
    ndarray
        ``image``.
    """
    shown = np.isfinite(position).all(axis=1) & (confidence > 0)
    if not shown.any():
        return image
    if size is None:
        size = person_size(np.where(shown[:, None], position, np.nan))
    width = _line_width(size)
    strokes = [
        (position[[first, last]], colour, opacity(min(confidence[first], confidence[last])))
        for first, last, colour in _body(skeleton)
        if shown[first] and shown[last]
    ]
    head = _head(position, confidence, shown, skeleton, size)
    if halo:
        for ends, _, visible in strokes:
            _edge(image, ends, width, visible)
    if head is not None:
        _draw_head(image, *head, width=width, halo=halo)
    for ends, colour, visible in strokes:
        _line(image, ends, colour, width, visible)
    for joint, colour in _joints(skeleton):
        if shown[joint]:
            visible = opacity(confidence[joint])
            _disc(image, position[joint], 0.85 * width, colour, visible)
            _disc(image, position[joint], 0.35 * width, _HALO, visible)
    return image


def draw_bat(
    image: Image,
    grip: Array,
    tip: Array,
    confidence: float,
    source: int,
    *,
    size: float,
    halo: bool = False,
) -> Image:
    """Draw the bat from grip to tip in the colour of its source, dashed where inferred from pose.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        Blue, green, red; it is drawn into.
    grip, tip : ndarray, shape (2,)
        Pixels; nothing is drawn if either is NaN.
    confidence : float
        0 to 1; sets the opacity.
    source : int
        0 none, 1 observed, 2 interpolated, 3 inferred from the pose.
    size : float
        Size of the person in pixels, which sets the line width.
    halo : bool
        Whether to draw a dark edge around the line.

    Returns
    -------
    ndarray
        ``image``.
    """
    ends = np.stack([grip, tip])
    if source not in BAT or not np.isfinite(ends).all():
        return image
    width, visible = round(1.25 * _line_width(size)), opacity(confidence)
    lines = _dashes(ends, max(0.03 * size, 2.2 * width)) if source == _POSE_PROXY else [ends]
    for line in lines:
        if halo:
            _edge(image, line, width, visible)
        _line(image, line, BAT[source][0], width, visible)
    return image


def draw_trail(image: Image, tips: Array, sources: NDArray[np.int8], *, size: float) -> Image:
    """Draw the trail of the bat's tip: a line that becomes thinner and fades towards the past.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        Blue, green, red; it is drawn into.
    tips : ndarray, shape (n, 2)
        Pixels, oldest first; a segment to or from NaN is not drawn.
    sources : ndarray of int, shape (n,)
        As for :func:`draw_bat`.
    size : float
        Size of the person in pixels, which sets the line width.

    Returns
    -------
    ndarray
        ``image``.
    """
    steps = len(tips) - 1
    for index in range(steps):
        ends, source = tips[index : index + 2], int(sources[index + 1])
        if source in BAT and np.isfinite(ends).all():
            age = (index + 1) / steps
            width = max(1, round(_line_width(size) * (0.3 + 0.5 * age)))
            _line(image, ends, BAT[source][0], width, 0.7 * age)
    return image


def _line_width(size: float) -> int:
    # OpenCV rejects the widths that a keypoint far outside the image would lead to.
    return max(2, round(0.011 * min(size, 10_000))) if np.isfinite(size) else 2


@cache
def _face(skeleton: Skeleton) -> frozenset[str]:
    # A skeleton with only a nose has no face to outline: its nose is drawn as any keypoint.
    parts = {name for name in skeleton.keypoints if any(part in name for part in _FACE)}
    return frozenset(parts if len(parts) > 2 else ())


@cache
def _body(skeleton: Skeleton) -> tuple[tuple[int, int, Colour], ...]:
    """Return the ends and the colours of the segments that are drawn as lines."""
    body = []
    for first, last in skeleton.segments:
        if not {first, last} & _face(skeleton):
            name = side(first) if side(first) == side(last) else "middle"
            body.append((skeleton.index(first), skeleton.index(last), SIDES[name]))
    return tuple(body)


@cache
def _joints(skeleton: Skeleton) -> tuple[tuple[int, Colour], ...]:
    """Return the keypoints that are drawn as dots: the ends of the segments drawn as lines."""
    ends = sorted({end for first, last, _ in _body(skeleton) for end in (first, last)})
    return tuple((end, SIDES[side(skeleton.keypoints[end])]) for end in ends)


def _head(
    position: Array,
    confidence: Array,
    shown: NDArray[np.bool_],
    skeleton: Skeleton,
    size: float,
) -> tuple[Array, float, Array | None, Array | None, float] | None:
    """Return the head's centre and radius, the nose, the base of the neck, and the opacity."""
    face = [i for i in skeleton.indices(tuple(sorted(_face(skeleton)))) if shown[i]]
    if len(face) < 2:
        return None
    places = {skeleton.keypoints[i]: position[i] for i in face}
    ears = [places[name] for name in ("left_ear", "right_ear") if name in places]
    centre = np.mean(ears if len(ears) == 2 else list(places.values()), axis=0)
    reach = max(float(np.hypot(*(place - centre))) for place in places.values())
    radius = float(np.clip(1.1 * reach, 0.055 * size, 0.085 * size))
    shoulders = [i for i in skeleton.indices(("left_shoulder", "right_shoulder")) if shown[i]]
    neck = position[shoulders].mean(axis=0) if len(shoulders) == 2 else None
    visible = opacity(float(np.mean(confidence[face])))
    return centre, radius, places.get("nose"), neck, visible


def _draw_head(
    image: Image,
    centre: Array,
    radius: float,
    nose: Array | None,
    neck: Array | None,
    visible: float,
    *,
    width: int,
    halo: bool,
) -> None:
    angles = np.linspace(0, 2 * np.pi, 49)
    outline = centre + radius * np.column_stack([np.cos(angles), np.sin(angles)])
    lines = [outline]
    if neck is not None and (gap := float(np.hypot(*(neck - centre)))) > radius:
        lines.append(np.stack([centre + (neck - centre) * radius / gap, neck]))
    for line in lines:
        if halo:
            _edge(image, line, width, visible)
        _line(image, line, SIDES["middle"], width, visible)
    if nose is not None and radius > 3 * width:
        _disc(image, nose, 0.7 * width, SIDES["middle"], visible)


def _dashes(ends: Array, length: float) -> list[Array]:
    count = max(2, round(float(np.hypot(*(ends[1] - ends[0]))) / (2 * max(length, 1.0))))
    starts = np.arange(count) / (count - 0.6)
    at = np.stack([starts, starts + 0.4 / (count - 0.6)], axis=1)
    return list(ends[0] + at[:, :, None] * (ends[1] - ends[0]))


def _fixed(points: Array) -> NDArray[np.int32]:
    return np.asarray(np.rint(points.clip(-_FAR, _FAR) * (1 << _SHIFT)), dtype=np.int32)


def _line(image: Image, points: Array, colour: Colour, width: int, visible: float) -> None:
    def draw(target: Image, origin: Array) -> None:
        cv2.polylines(target, [_fixed(points - origin)], False, colour, width, cv2.LINE_AA, _SHIFT)

    _at_opacity(image, points, width, visible, draw)


def _edge(image: Image, points: Array, width: int, visible: float) -> None:
    _line(image, points, _HALO, width + 2 + width // 3, 0.55 * visible)


def _disc(image: Image, centre: Array, radius: float, colour: Colour, visible: float) -> None:
    def draw(target: Image, origin: Array) -> None:
        # Plain numbers: for a single point an array takes longer than the drawing.
        x, y = (
            round(min(max(float(place - start), -_FAR), _FAR) * (1 << _SHIFT))
            for place, start in zip(centre, origin, strict=True)
        )
        reach = max(1, round(radius * (1 << _SHIFT)))
        cv2.circle(target, (x, y), reach, colour, -1, cv2.LINE_AA, _SHIFT)

    _at_opacity(image, centre[None], radius, visible, draw)


def _at_opacity(
    image: Image,
    points: Array,
    margin: float,
    visible: float,
    draw: Callable[[Image, Array], None],
) -> None:
    """Draw opaquely, or on a copy of the region around ``points`` that is then blended in."""
    if visible >= 1:
        draw(image, np.zeros(2))
        return
    limit = np.array(image.shape[1::-1])
    low = np.clip(points.min(axis=0) - margin - 2, 0, limit).astype(int)
    high = np.clip(points.max(axis=0) + margin + 3, 0, limit).astype(int)
    if visible <= 0 or (low >= high).any():
        return
    region = image[low[1] : high[1], low[0] : high[0]]
    painted = region.copy()
    draw(painted, low.astype(np.float64))
    region[...] = cv2.addWeighted(painted, visible, region, 1 - visible, 0)
