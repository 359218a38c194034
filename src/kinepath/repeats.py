"""Frames that show the same picture as the one before, and what they say of the true frame rate.

Footage that was brought to another frame rate, such as 25 to 30 hertz, often repeats every so
many frames. Differentiated, each of them is a moment of standing still and the next one of twice
the speed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kinepath.video import Image

#: Size at which pictures are compared, and the blocks whose largest change counts: pixels.
COMPARED_SIZE = (320, 180)
_BLOCK = 10
#: A repeat changes by less than this in every block (grey levels), or by less than the first share
#: of what the frames around it change by (a coarse encoding), and always by less than the second.
_MOST_CHANGE, _NOISE_SHARE, _MOST_SHARE = 3.0, 0.05, 0.2
#: Longest run of repeats that is told from standing still.
_LONGEST_RUN = 3
#: So many repeats at one distance are a pattern.
_LEAST_PATTERN, _PATTERN_SHARE = 4, 0.6


def largest_change(image: Image, before: Image) -> float:
    """Give how much two pictures of :data:`COMPARED_SIZE` differ in the block that differs most.

    Blocks tell small things that move from the rest; the mean over all of a block tells movement
    from noise of the encoding. Grey levels.
    """
    difference = np.abs(image.astype(np.int16) - before)
    width, height = COMPARED_SIZE
    blocks = difference.reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    return float(blocks.mean(axis=(1, 3)).max())


def find_repeats(change: NDArray[np.float64]) -> NDArray[np.intp]:
    """Find the frames that show the same picture as the one before.

    Parameters
    ----------
    change : ndarray, shape (frames,)
        :func:`largest_change` from the frame before; that of the first frame is of no account.

    Returns
    -------
    ndarray of int, shape (n,)
        A still scene is no repeat: a run of up to three frames counts only between two frames that
        change at least five times as much. So repeats are found where something moves.
    """
    repeats = []
    k = 1
    while k < change.size - 1:
        end = k
        usual = change[k - 1] if k > 1 and change[k - 1] > _MOST_CHANGE else 0.0
        limit = min(max(_MOST_CHANGE, _NOISE_SHARE * usual), _MOST_SHARE * usual)
        while end < change.size and change[end] < limit:
            end += 1
        if k < end < change.size and end - k <= _LONGEST_RUN:
            run = np.arange(k, end)
            if change[end] > max(_MOST_CHANGE, change[run].max() / _MOST_SHARE):
                repeats += run.tolist()
        k = max(end, k + 1)
    return np.array(repeats, dtype=np.intp)


def true_rate(repeats: NDArray[np.intp], rate: float) -> float | None:
    """Give the rate of the pictures that are not repeats.

    Parameters
    ----------
    repeats : ndarray of int
        From :func:`find_repeats`.
    rate : float
        Rate of all frames, hertz.

    Returns
    -------
    float or None
        Hertz; None where the repeats have no regular distance (within one frame).
    """
    distance = np.diff(repeats)
    if distance.size < _LEAST_PATTERN - 1:
        return None
    usual = float(np.median(distance))
    regular = np.abs(distance - usual) <= 1
    if regular.mean() < _PATTERN_SHARE:
        return None
    return rate * (1.0 - 1.0 / float(distance[regular].mean()))


def picture_times(
    time: NDArray[np.float64], repeats: NDArray[np.intp], rate: float | None
) -> NDArray[np.float64]:
    """Give the times at which the pictures of the frames were taken.

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
        A repeat has the time of its picture. Without a rate these are the presentation times.
        With one the pictures were taken evenly, but are shown early or late in turn; a mean over
        one turn of the pattern is even again. (By how much all are late is not known.)
    """
    fresh = np.ones(time.size, dtype=bool)
    fresh[repeats] = False
    shown = time[fresh]
    if rate is not None:
        turn = round(1.0 / (1.0 - rate * float(np.median(np.diff(time))))) - 1
        half = max(turn, 1) // 2
        # Of an even number of pictures the outermost two count half each.
        window = np.ones(2 * half + 1)
        window[[0, -1]] -= 0.5 * (turn == 2 * half)
        window /= window.sum()
        if shown.size > 2 * half:
            middle = np.convolve(shown, window, mode="valid")
            lead = np.arange(half, 0, -1) / rate
            shown = np.concatenate([middle[0] - lead, middle, middle[-1] + lead[::-1]])
    return np.asarray(shown[np.cumsum(fresh) - 1])
