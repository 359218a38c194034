"""Duplicate frames, which show the previous frame's image, and the true frame rate they imply.

Footage converted to another frame rate, such as 25 to 30 or 24 to 60 hertz, duplicates frames;
a recorder that cannot keep up freezes. In derivatives, each duplicate appears as a standstill
and the frame after it as a jump.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from kinepath.io.video import Image

#: Size at which images are compared, and of the blocks whose largest change is used: pixels.
COMPARED_SIZE = (320, 180)
_BLOCK = 10
#: A duplicate changes by less than this in every block (grey levels), or by less than the first
#: fraction of the change of the frames around it (coarse encoding), and always by less than the
#: second.
_MOST_CHANGE, _NOISE_SHARE, _MOST_SHARE = 3.0, 0.05, 0.2
#: A longer run of duplicates is a freeze only if movement stops and resumes abruptly: the frames
#: beside it change by at least this fraction of the change of those near them. A person who comes
#: to rest slows down first.
_SHORT_RUN, _NEAR, _AT_ONCE = 3, 4, 0.5
#: Minimum number, and fraction, of runs of duplicates at one distance that form a pattern.
_LEAST_PATTERN, _PATTERN_SHARE = 4, 0.6
#: Maximum period of a pattern, in different images, and its tolerance, in frames per image.
_LONGEST_TURN, _DRIFT = 48, 0.004


def largest_change(image: Image, before: Image) -> float:
    """Return the largest difference of two images of :data:`COMPARED_SIZE` over all blocks.

    Blocks separate small moving objects from the rest; the mean over a block separates movement
    from encoding noise. Grey levels.
    """
    difference = np.abs(image.astype(np.int16) - before)
    width, height = COMPARED_SIZE
    blocks = difference.reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    return float(blocks.mean(axis=(1, 3)).max())


def find_repeats(change: NDArray[np.float64], cuts: Collection[int] = ()) -> NDArray[np.intp]:
    """Find duplicate frames, which show the same image as the previous one.

    Parameters
    ----------
    change : ndarray, shape (frames,)
        :func:`largest_change` from the previous frame; that of the first frame is ignored.
    cuts : collection of int
        First frames of camera shots. The change there is not movement, so that a title between
        two shots counts as still, not frozen.

    Returns
    -------
    ndarray of int, shape (n,)
        A still scene is not a duplicate: a run of frames without change counts only between two
        frames that change at least five times as much, and a run of more than three only where
        movement stops and resumes abruptly. Duplicates are thus found only where something moves.
    """
    repeats = []
    k = 1
    while k < change.size - 1:
        end = k
        usual = change[k - 1] if k > 1 and change[k - 1] > _MOST_CHANGE else 0.0
        limit = min(max(_MOST_CHANGE, _NOISE_SHARE * usual), _MOST_SHARE * usual)
        while end < change.size and change[end] < limit:
            end += 1
        if k < end < change.size:
            run = np.arange(k, end)
            moves = change[end] > max(_MOST_CHANGE, change[run].max() / _MOST_SHARE)
            short = end - k <= _SHORT_RUN
            if moves and (short or (k - 1 not in cuts and _freezes(change, k, end))):
                repeats += run.tolist()
        k = max(end, k + 1)
    return np.array(repeats, dtype=np.intp)


def _freezes(change: NDArray[np.float64], begin: int, end: int) -> bool:
    """Return whether movement is at full speed right before and right after a run of frames."""
    # Fewer than four frames of movement may be near; the very first frame has no change.
    before = change[1:begin][change[1:begin] > _MOST_CHANGE][-_NEAR:]
    after = change[end:][change[end:] > _MOST_CHANGE][:_NEAR]
    return bool(
        before[-1] >= _AT_ONCE * np.median(before) and after[0] >= _AT_ONCE * np.median(after)
    )


def runs(repeats: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Return the first frame and the length of every run of duplicates."""
    if not repeats.size:
        return []
    grouped = groupby(enumerate(repeats.tolist()), key=lambda pair: pair[1] - pair[0])
    members = [[frame for _, frame in group] for _, group in grouped]
    return [(run[0], len(run)) for run in members]


def true_rate(repeats: NDArray[np.intp], rate: float) -> float | None:
    """Return the rate of the images without duplicates.

    Parameters
    ----------
    repeats : ndarray of int
        From :func:`find_repeats`.
    rate : float
        Rate of all frames, hertz.

    Returns
    -------
    float or None
        Hertz; None where runs of duplicates have no regular spacing and length (within one frame).
    """
    found = np.array(runs(repeats)).reshape(-1, 2)
    distance, length = np.diff(found[:, 0]), found[:-1, 1]
    if distance.size < _LEAST_PATTERN - 1:
        return None
    regular = (np.abs(distance - np.median(distance)) <= 1) & (
        np.abs(length - np.median(length)) <= 1
    )
    if regular.mean() < _PATTERN_SHARE:
        return None
    return rate * (1.0 - float(length[regular].sum() / distance[regular].sum()))


def with_ends(
    repeats: NDArray[np.intp], change: NDArray[np.float64], held: float
) -> NDArray[np.intp]:
    """Add duplicates of the first and last image, distinguishable from rest only by the pattern.

    Parameters
    ----------
    repeats, change : ndarray
        From and for :func:`find_repeats`.
    held : float
        Number of frames for which the pattern shows each image.
    """
    most = math.ceil(held) - 1
    moves = np.flatnonzero(change[1:] > _MOST_CHANGE) + 1
    if not moves.size:
        return repeats
    first, last = np.arange(1, moves[0]), np.arange(moves[-1] + 1, change.size)
    ends = [run for run in (first, last) if run.size <= most]
    return np.union1d(repeats, np.concatenate([*ends, repeats])).astype(np.intp)


def freezes(
    repeats: NDArray[np.intp], fps_images: float | None, rate: float
) -> list[tuple[int, int]]:
    """Return the runs of duplicates (first frame, length) that are longer than the pattern's.

    Parameters
    ----------
    repeats : ndarray of int
        From :func:`find_repeats`.
    fps_images : float or None
        From :func:`true_rate`.
    rate : float
        Rate of all frames, hertz.
    """
    usual = 0.0 if fps_images is None else rate / fps_images
    return [run for run in runs(repeats) if run[1] > max(_SHORT_RUN, usual)]


def picture_times(
    time: NDArray[np.float64], repeats: NDArray[np.intp], rate: float | None
) -> NDArray[np.float64]:
    """Return the times at which the frames' images were captured.

    Parameters
    ----------
    time : ndarray, shape (frames,)
        Presentation times, seconds.
    repeats : ndarray of int
        From :func:`find_repeats`.
    rate : float or None
        From :func:`true_rate`.

    Returns
    -------
    ndarray, shape (frames,)
        A duplicate has the time of its image. Without a rate these are the presentation times. With
        one the images were captured evenly, but are shown alternately early and late; a mean over
        one period of the pattern is even again. (A common delay remains unknown.) Where the pattern
        is broken, as by a freeze, the presentation times stay.
    """
    fresh = np.ones(time.size, dtype=bool)
    fresh[repeats] = False
    shown = time[fresh]
    if rate is not None:
        turn = _turn(1.0 / (rate * float(np.median(np.diff(time)))))
        half = turn // 2
        # For an even number of images the outermost two have half the weight.
        window = np.ones(2 * half + 1)
        window[[0, -1]] -= 0.5 * (turn == 2 * half)
        window /= window.sum()
        if shown.size > 2 * half:
            middle = np.convolve(shown, window, mode="valid")
            lead = np.arange(half, 0, -1) / rate
            even = np.concatenate([middle[0] - lead, middle, middle[-1] + lead[::-1]])
            shown = np.where(np.abs(even - shown) <= 1.0 / rate, even, shown)
    return np.asarray(shown[np.cumsum(fresh) - 1])


def _turn(held: float) -> int:
    """Return the period, in images, of a pattern that shows each image for ``held`` frames."""
    for images in range(1, _LONGEST_TURN + 1):
        if abs(images * held - round(images * held)) <= _DRIFT * images:
            return images
    return 1
