"""Detection of camera shot boundaries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kinepath.io.video import Image

#: Side of the blocks in which brightness is compared, pixels of repeats.COMPARED_SIZE.
_BLOCK = 5
#: Minimum ratio of the change at a jump within a camera shot to that of the frames beside it, over
#: the image and in the block that changes most; minimum visible change, fraction of full scale.
_JUMP, _JUMP_BLOCK, _JUMP_CHANGE = 3.0, 2.5, 0.003
#: Frames on both sides that a jump is compared with.
_BESIDE = 3
#: Between two views of the same ground the change is fainter: this fraction of the threshold.
_FAINT = 0.6


def mean_change(image: Image, before: Image) -> float:
    """Return the mean change of brightness of small blocks, as a fraction of full scale."""
    difference = image.astype(np.float64) - before
    height, width = image.shape
    shape = (height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    return float(np.abs(difference.reshape(shape).mean(axis=(1, 3))).mean()) / 255.0


def find_cuts(
    time: NDArray[np.float64], change: NDArray[np.float64], threshold: float
) -> NDArray[np.float64]:
    """Find the first frames of new camera shots.

    Parameters
    ----------
    time : ndarray, shape (frames,)
        Presentation times, seconds.
    change : ndarray, shape (frames,)
        Mean absolute change of brightness from the previous frame, as a fraction of full scale.
    threshold : float
        Minimum change of a cut.

    Returns
    -------
    ndarray, shape (cuts,)
        Times of the first frame after each cut, seconds. A change counts as a cut if it reaches
        the threshold and is four times the median change of the half second around it, so that a
        fast pan or a moving crowd does not count. A fainter one, from 0.6 of the threshold, counts
        if it is also 2.2 times that of the frames beside it, as a flash or a gust is not.
    """
    cuts = []
    around = np.pad(change, 1)
    for k in np.flatnonzero(change >= _FAINT * threshold):
        near = np.abs(time - time[k]) <= 0.5
        near[k] = False
        usual = float(np.median(change[near])) if near.any() else 0.0
        stands_out = change[k] >= 2.2 * max(around[k], around[k + 2]) and change[k] >= 3.5 * usual
        if (change[k] >= threshold and change[k] >= 4.0 * usual) or stands_out:
            cuts.append(time[k])
    return np.array(cuts, dtype=np.float64)


def find_jumps(
    change: NDArray[np.float64],
    largest_change: NDArray[np.float64],
    repeats: NDArray[np.intp],
) -> NDArray[np.intp]:
    """Find jumps within a camera shot: a jump cut, or a knock to the camera.

    Parameters
    ----------
    change, largest_change : ndarray, shape (frames,)
        From the previous frame: :func:`mean_change`, and
        :func:`kinepath.conform.duplicates.largest_change`.
    repeats : ndarray of int
        Duplicate frames; the frame after them changes more for that reason alone.

    Returns
    -------
    ndarray of int, shape (n,)
        The first frames after jumps: a single change that far exceeds those of the three frames
        on both sides. Movement does not, as it takes more than one frame, and a flash changes the
        image twice.
    """
    late = {int(k) + 1 for k in repeats}
    found = []
    for k in range(_BESIDE, len(change) - _BESIDE):
        beside = np.r_[k - _BESIDE : k, k + 1 : k + 1 + _BESIDE]
        if (
            k not in late
            and change[k] > max(_JUMP_CHANGE, _JUMP * change[beside].max())
            and largest_change[k] > _JUMP_BLOCK * largest_change[beside].max()
        ):
            found.append(k)
    return np.array(found, dtype=np.intp)
