"""Corresponding frames of two sequences, by dynamic time warping."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kinepath.signal import dtw
from kinepath.signal.gaps import bridged
from kinepath.typing import Array

_MOST_ROUNDS = 20


def warped_pairs(
    reference: Array, target: Array, into_reference: Callable[[NDArray[np.intp] | None], Array]
) -> NDArray[np.intp] | None:
    """Pair the frames of two sequences by dynamic time warping, alternating with the similarity.

    Warping compares positions, which needs the similarity between the two, which needs the pairs.
    Both steps reduce the same sum of squares, so the alternation converges.

    Parameters
    ----------
    reference : ndarray, shape (T, J, 2)
        NaN where missing.
    target : ndarray, shape (U, J, 2)
        NaN where missing.
    into_reference : callable
        Returns the target mapped to the reference's coordinates by the similarity that best fits
        the pairs passed; None stands for the pairs of linear phase.

    Returns
    -------
    ndarray of int, shape (k, 2), or None
        Corresponding frames of the reference and the target; None where no joint is known in
        both.
    """
    usable = _known(reference) & _known(target)
    if not usable.any():
        return None
    rows = _features(reference[:, usable])
    pairs: NDArray[np.intp] | None = None
    for _ in range(_MOST_ROUNDS):
        columns = _features(into_reference(pairs)[:, usable])
        _, path = dtw.path(rows, columns)
        if pairs is not None and np.array_equal(path, pairs):
            break
        pairs = path
    return pairs


def _known(points: Array) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(points).all(axis=2).any(axis=0))


def _features(points: Array) -> Array:
    """Return (T, 2 J) without gaps, interpolated for the warping only."""
    return bridged(points.reshape(len(points), -1))
