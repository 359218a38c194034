"""Dynamic time warping: how far two sequences differ when each may run at its own pace.

``D(i, j) = ||f_i - g_j||^2 + min(D(i-1, j), D(i, j-1), D(i-1, j-1))``, indices from 1, with
``D(0, 0) = 0`` and a border of infinity (Sakoe and Chiba 1978, doi:10.1109/TASSP.1978.1163055).
The distance is the value at the end of both sequences: a sum of squares in the squared unit of the
features. It grows with the length of the warping path; divide by that length to compare pairs of
different lengths.

The local costs come from one matrix product of augmented rows, ``[f, |f|^2, 1] . [-2g, 1, |g|^2]``,
a block of rows at a time so that it stays in the cache. The recurrence waits for its own last
result at every cell, so four rows advance together, each one column behind the row above.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinepath.errors import KinepathError

Array = NDArray[np.float64]

#: Codes of a warping path's steps: both sequences advance, only the first, only the second.
BOTH, FIRST, SECOND = 0, 1, 2

_ADVANCE = np.array([[1, 1], [1, 0], [0, 1]], dtype=np.intp)
_ROWS = 4
_PAD = _ROWS - 1
_BLOCK = 64
_UNBANDED = -1.0


F = TypeVar("F", bound=Callable[..., object])


def _compiled(function: F) -> F:
    """Compile once, keep the result on disk, and let other threads run meanwhile."""
    return cast(F, numba.njit(cache=True, nogil=True)(function))


class WarpingError(KinepathError):
    """Sequences that cannot be warped onto each other."""


@dataclass(frozen=True)
class Pairwise:
    """All pairs of some sequences.

    Parameters
    ----------
    distance : ndarray, shape (n, n)
        Symmetric, zero on the diagonal.
    steps : dict
        For each pair ``(a, b)``, ``a < b``, the step codes of its warping path (uint8); empty
        unless they were asked for. :func:`path_of` turns them into indices.
    """

    distance: Array
    steps: dict[tuple[int, int], NDArray[np.uint8]]


def distance(f: ArrayLike, g: ArrayLike, band: float | None = None) -> float:
    """Give the dynamic time warping distance of two sequences.

    Parameters
    ----------
    f, g : array_like, shape (n, d) and (m, d), or (n,) and (m,)
        Feature vectors over time. NaN is refused: what a missing sample means is for the caller
        to say.
    band : float, optional
        Half-width of the Sakoe-Chiba band as a fraction of the lengths: the path keeps to
        ``|i/(n-1) - j/(m-1)| <= band``. The band follows the slope of the two lengths and is
        never narrower than half a step of the shorter sequence, so that there is always a path.

    Returns
    -------
    float
        Summed squared Euclidean distance along the best path, in the features' unit squared.

    Raises
    ------
    WarpingError
        If a sequence is empty or not finite, if the numbers of features differ, or if the band
        is negative.
    """
    rows, columns = _checked(f), _checked(g)
    return _warped(rows, columns, _band(band), None)


def path(f: ArrayLike, g: ArrayLike, band: float | None = None) -> tuple[float, NDArray[np.intp]]:
    """Give the dynamic time warping distance of two sequences and the path that attains it.

    Parameters
    ----------
    f, g, band
        As for :func:`distance`.

    Returns
    -------
    distance : float
        As :func:`distance` gives it.
    path : ndarray of int, shape (k, 2)
        Indices into ``f`` and ``g``, from (0, 0) to (n - 1, m - 1), each step advancing one or
        both by one. Of equally good steps, the one that advances both is taken.

    Raises
    ------
    WarpingError
        As for :func:`distance`.
    """
    value, steps = _traced(_checked(f), _checked(g), _band(band))
    return value, path_of(steps)


def path_of(steps: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Turn step codes into the indices of a warping path, shape (steps + 1, 2), from (0, 0)."""
    start = np.zeros((1, 2), dtype=np.intp)
    return np.concatenate([start, np.cumsum(_ADVANCE[steps], axis=0)])


def pairwise(
    sequences: Sequence[ArrayLike], band: float | None = None, *, paths: bool = False
) -> Pairwise:
    """Compare every sequence with every other.

    Parameters
    ----------
    sequences : sequence of array_like, each of shape (n_i, d)
        As for :func:`distance`.
    band : float, optional
        As for :func:`distance`.
    paths : bool
        Whether to give the warping paths as well.

    Raises
    ------
    WarpingError
        As for :func:`distance`.
    """
    checked = [_checked(sequence) for sequence in sequences]
    width = _band(band)
    distances = np.zeros((len(checked), len(checked)))
    steps = {}
    for a, b in combinations(range(len(checked)), 2):
        if paths:
            value, steps[a, b] = _traced(checked[a], checked[b], width)
        else:
            value = _warped(checked[a], checked[b], width, None)
        distances[a, b] = distances[b, a] = value
    return Pairwise(distances, steps)


def _checked(sequence: ArrayLike) -> Array:
    array = np.ascontiguousarray(sequence, dtype=np.float64)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or array.size == 0:
        raise WarpingError(f"a sequence of shape (n, d), not empty, is needed; got {array.shape}")
    if not np.isfinite(array).all():
        where = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        raise WarpingError(f"a sequence holds NaN or infinity, first in sample {where}")
    return array


def _band(band: float | None) -> float:
    if band is None:
        return _UNBANDED
    if not band >= 0:
        raise WarpingError(f"the band is a fraction of the lengths, 0 or more; got {band}")
    return float(band)


def _warped(f: Array, g: Array, band: float, directions: NDArray[np.uint8] | None) -> float:
    if f.shape[1] != g.shape[1]:
        raise WarpingError(f"sequences of {f.shape[1]} and {g.shape[1]} features")
    rows, columns = _augmented(f, g)
    return float(_warp(rows, columns, len(f), len(g), band, directions))


def _traced(f: Array, g: Array, band: float) -> tuple[float, NDArray[np.uint8]]:
    directions = np.empty((len(f) + _PAD, len(g) + 2 * _PAD), dtype=np.uint8)
    value = _warped(f, g, band, directions)
    return value, _trace(directions, len(f), len(g))


@_compiled
def _augmented(f: Array, g: Array) -> tuple[Array, Array]:
    """Centre both on their common mean and lay them out for the matrix product.

    Centring keeps the product exact where the features have a large common offset. The first is
    padded to whole groups of rows, the second by a margin for the skewed rows at both ends.
    """
    n, features = f.shape
    m = len(g)
    mean = np.zeros(features)
    for sequence in (f, g):
        for i in range(len(sequence)):
            for k in range(features):
                mean[k] += sequence[i, k] / (n + m)
    rows = np.zeros((-(-n // _ROWS) * _ROWS, features + 2))
    columns = np.zeros((m + 2 * _PAD, features + 2))
    for i in range(n):
        for k in range(features):
            value = f[i, k] - mean[k]
            rows[i, k] = value
            rows[i, features] += value * value
        rows[i, features + 1] = 1.0
    for j in range(m):
        for k in range(features):
            value = g[j, k] - mean[k]
            columns[j + _PAD, k] = -2.0 * value
            columns[j + _PAD, features + 1] += value * value
        columns[j + _PAD, features] = 1.0
    return rows, columns


@_compiled
def _window(i: int, n: int, m: int, band: float) -> tuple[int, int]:
    """Give the first and last column of the band in row ``i``."""
    if band < 0.0 or n == 1 or m == 1:
        return 0, m - 1
    reach = max(band, 0.5 / (n - 1), 0.5 / (m - 1))
    centre = i / (n - 1)
    # A cell that lies on the band's edge but for rounding belongs to it.
    first = math.ceil((centre - reach) * (m - 1) - 1e-9)
    last = math.floor((centre + reach) * (m - 1) + 1e-9)
    return max(first, 0), min(last, m - 1)


@_compiled
def _least(a: float, b: float, c: float) -> float:
    least = a if a < b else b
    return least if least < c else c


@_compiled
def _positive(cost: float) -> float:
    # Rounding can leave a square of zero slightly negative.
    return cost if cost > 0.0 else 0.0


@_compiled
def _direction(diagonal: float, up: float, left: float) -> int:
    if diagonal <= up:
        return BOTH if diagonal <= left else SECOND
    return FIRST if up <= left else SECOND


@_compiled
def _block_costs(
    rows: Array, columns: Array, buffer: Array, begin: int, n: int, m: int, band: float
) -> tuple[Array, int]:
    """Give the local costs of a block of rows, infinite outside the band, and their first column.

    The costs have a margin of ``_PAD`` infinite columns on both sides.
    """
    end = min(begin + _BLOCK, len(rows))
    first = _window(begin, n, m, band)[0]
    width = _window(min(end, n) - 1, n, m, band)[1] - first + 1 + 2 * _PAD
    costs = buffer[: (end - begin) * width].reshape(end - begin, width)
    np.dot(rows[begin:end], columns[first : first + width].T, costs)
    for i in range(begin, end):
        if i < n:
            low, high = _window(i, n, m, band)
            costs[i - begin, : low - first + _PAD] = np.inf
            costs[i - begin, high - first + _PAD + 1 :] = np.inf
        else:
            costs[i - begin] = np.inf
    return costs, first


@_compiled
def _warp(
    rows: Array,
    columns: Array,
    n: int,
    m: int,
    band: float,
    directions: NDArray[np.uint8] | None,
) -> float:
    """Run the recurrence; give D(n, m), and the direction into each cell where asked for.

    ``directions[i, j + _PAD]`` is the step into cell (i, j), both counted from 0.
    """
    inf = np.inf
    # Column j of the row above the current four stands at above[j + 1 + _PAD].
    above = np.full(m + _ROWS + _PAD + 1, inf)
    above[_PAD] = 0.0
    buffer = np.empty(_BLOCK * (m + 2 * _PAD))
    costs, first = buffer.reshape(1, -1), 0
    n0 = n1 = n2 = n3 = inf
    last = 0
    for i in range(0, n, _ROWS):
        row = i % _BLOCK
        if row == 0:
            costs, first = _block_costs(rows, columns, buffer, i, n, m, band)
        last = min(i + _ROWS, n) - 1
        begin = _window(i, n, m, band)[0]
        end = _window(last, n, m, band)[1] + 1 + last - i
        column = begin - first + _PAD
        c0, c1 = costs[row, column:], costs[row + 1, column - 1 :]
        c2, c3 = costs[row + 2, column - 2 :], costs[row + 3, column - 3 :]
        upper, lower = above[begin + _PAD :], above[begin + 1 :]
        # nK: row K's newest value; pK: the one before it, which is the diagonal of row K + 1.
        n0 = n1 = n2 = n3 = p0 = p1 = p2 = inf
        diagonal = upper[0]
        for s in range(end - begin):
            up = upper[s + 1]
            if directions is not None:
                at = begin + s + _PAD
                directions[i, at] = _direction(diagonal, up, n0)
                directions[i + 1, at - 1] = _direction(p0, n0, n1)
                directions[i + 2, at - 2] = _direction(p1, n1, n2)
                directions[i + 3, at - 3] = _direction(p2, n2, n3)
            v3 = _positive(c3[s]) + _least(p2, n2, n3)
            v2 = _positive(c2[s]) + _least(p1, n1, n2)
            v1 = _positive(c1[s]) + _least(p0, n0, n1)
            v0 = _positive(c0[s]) + _least(diagonal, up, n0)
            p0, p1, p2, diagonal = n0, n1, n2, up
            n0, n1, n2, n3 = v0, v1, v2, v3
            lower[s] = v3
    # The last four rows stop when the last real row reaches the last column.
    return (n0, n1, n2, n3)[last % _ROWS]


@_compiled
def _trace(directions: NDArray[np.uint8], n: int, m: int) -> NDArray[np.uint8]:
    """Follow the directions back from the end; give the steps in forward order."""
    steps = np.empty(n + m - 2, dtype=np.uint8)
    at = n + m - 2
    i, j = n - 1, m - 1
    while i > 0 or j > 0:
        at -= 1
        steps[at] = directions[i, j + _PAD]
        if steps[at] != SECOND:
            i -= 1
        if steps[at] != FIRST:
            j -= 1
    return steps[at:].copy()
