"""The mean of sequences under dynamic time warping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kinepath.signal import dtw
from kinepath.typing import Array


@dataclass(frozen=True)
class Barycentre:
    """A mean sequence.

    Parameters
    ----------
    values : ndarray, shape (n, d)
        The mean, with the number of samples of the start sequence.
    cost : tuple of float
        Sum of the distances of all sequences to the mean, before each iteration and after the last.
    """

    values: Array
    cost: tuple[float, ...]


def barycentre(
    sequences: Sequence[ArrayLike],
    start: ArrayLike,
    band: float | None = None,
    *,
    rounds: int = 20,
    tolerance: float = 1e-4,
) -> Barycentre:
    """Average sequences under dynamic time warping (DBA).

    Every sequence is warped onto the mean; then each sample of the mean becomes the average of all
    samples that were warped onto it. Neither step can increase the sum of the distances, which are
    squared (Petitjean et al. 2011, doi:10.1016/j.patcog.2010.09.013). This also holds with a band,
    as the mean keeps its length.

    Parameters
    ----------
    sequences : sequence of array_like, each of shape (n_i, d)
        The sequences to average; at least one.
    start : array_like, shape (n, d)
        The initial mean, ideally the medoid of the sequences.
    band : float, optional
        See :func:`kinepath.signal.dtw.distance`.
    rounds : int
        Maximum number of iterations.
    tolerance : float
        Relative gain below which the iteration stops.

    Raises
    ------
    WarpingError
        As for :func:`kinepath.signal.dtw.distance`.
    """
    mean = np.asarray(start, dtype=np.float64)
    members = [np.asarray(sequence, dtype=np.float64) for sequence in sequences]
    pairs = [(0, k) for k in range(1, len(members) + 1)]
    cost: list[float] = []
    for _ in range(rounds + 1):
        found = dtw.warp(dtw.prepare([mean, *members]), pairs, band, paths=True)
        cost.append(float(found.distance.sum()))
        if len(cost) > rounds or (len(cost) > 1 and cost[-2] - cost[-1] <= tolerance * cost[-2]):
            break
        total, count = np.zeros_like(mean), np.zeros(len(mean))
        for k, member in enumerate(members):
            at, other = dtw.path_of(found.steps(k)).T
            np.add.at(total, at, member[other])
            np.add.at(count, at, 1)
        mean = total / count[:, np.newaxis]
    return Barycentre(mean, tuple(cost))
