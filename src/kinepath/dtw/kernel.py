"""The compiled part of dynamic time warping: many pairs in one call, without Python in between.

A block of rows at a time: the local costs of the block, then the recurrence in their place, then,
where a path is wanted, the direction of the step into each cell. The block stays in the cache.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from kinepath.dtw.vector import ROWS, TILE, advance, tile

Array = NDArray[np.float64]
Codes = NDArray[np.uint8]
Indices = NDArray[np.int64]
F = TypeVar("F", bound=Callable[..., object])

#: Codes of a warping path's steps: both sequences advance, only the first, only the second.
BOTH, FIRST, SECOND = 0, 1, 2

#: Relative error that the expanded square |f|^2 + |g|^2 - 2 f.g may cause; else f - g is squared.
TOLERANCE = 1e-10

_PAD = ROWS
_BLOCK = 32
_EPSILON = float(np.finfo(np.float64).eps)


def _compiled(function: F) -> F:
    """Compile once, keep the result on disk, and let other threads run meanwhile."""
    return cast(F, numba.njit(cache=True, nogil=True)(function))


@_compiled
def warp_pairs(
    values: Array,
    starts: Indices,
    lengths: Indices,
    features: int,
    pairs: Indices,
    band: float,
    distances: Array,
    counts: Indices,
    steps: Codes,
) -> int:
    """Warp pairs of sequences; give the number of steps written.

    Parameters
    ----------
    values : ndarray, flat
        The sequences, each feature by feature: sequence ``s`` begins at ``starts[s]``.
    starts, lengths : ndarray of int, shape (sequences,)
        Where each sequence begins and how many samples it has.
    features : int
        Number of features.
    pairs : ndarray of int, shape (pairs, 2)
        Which sequences to compare.
    band : float
        See :func:`kinepath.dtw.distance`; negative: none.
    distances : ndarray, shape (pairs,)
        Gets the distances.
    counts : ndarray of int, shape (pairs,)
        Gets the number of steps of each path.
    steps : ndarray of uint8, flat
        Gets the step codes, path after path; if it is empty, no path is sought.
    """
    longest = lengths.max()
    stride = longest + 2 * _PAD + TILE
    rows = np.empty((-(-longest // ROWS) * ROWS) * (features + 1))
    columns = np.empty((features + 1) * stride)
    mean = np.empty(features)
    table = np.empty((_BLOCK + 1) * stride)
    traced = len(steps) > 0
    directions = np.empty((longest, longest) if traced else (1, 1), dtype=np.uint8)
    path = np.empty(2 * longest, dtype=np.uint8)
    used = 0
    for p in range(len(pairs)):
        a, b = pairs[p]
        n, m = lengths[a], lengths[b]
        f = values[starts[a] : starts[a] + n * features].reshape(features, n)
        g = values[starts[b] : starts[b] + m * features].reshape(features, m)
        norm = _centred(f, g, mean, rows, columns, stride)
        result = _warp(f, g, rows, columns, band, table, stride, traced, directions, False)
        if 8 * (n + m) * (features + 3) * _EPSILON * norm > TOLERANCE * result:
            result = _warp(f, g, rows, columns, band, table, stride, traced, directions, True)
        distances[p] = result
        if traced:
            count = _trace(directions, n, m, path)
            steps[used : used + count] = path[:count][::-1]
            counts[p] = count
            used += count
    return used


@_compiled
def _centred(f: Array, g: Array, mean: Array, rows: Array, columns: Array, stride: int) -> float:
    """Centre both on their common mean, lay them out for :func:`tile`; give the largest norm.

    Centring keeps the expanded square exact where the features have a large common offset.
    """
    features, n = f.shape
    m = g.shape[1]
    norm_at = features * stride
    largest = 0.0
    for k in range(features):
        mean[k] = (f[k].sum() + g[k].sum()) / (n + m)
    columns[norm_at : norm_at + stride] = 0.0
    for k in range(features):
        for j in range(m):
            value = g[k, j] - mean[k]
            columns[k * stride + j] = value
            columns[norm_at + j] += value * value
        columns[k * stride + m : (k + 1) * stride] = 0.0
    for j in range(m):
        largest = max(largest, columns[norm_at + j])
    width = ROWS * (features + 1)
    for group in range(-(-n // ROWS)):
        at = group * width
        count = min(ROWS, n - group * ROWS)
        rows[at : at + width] = 0.0
        for k in range(features):
            for i in range(count):
                value = f[k, group * ROWS + i] - mean[k]
                rows[at + k * ROWS + i] = -2.0 * value
                rows[at + features * ROWS + i] += value * value
        for i in range(count):
            largest = max(largest, rows[at + features * ROWS + i])
    return largest


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
def _warp(
    f: Array,
    g: Array,
    rows: Array,
    columns: Array,
    band: float,
    table: Array,
    stride: int,
    traced: bool,
    directions: Codes,
    exact: bool,
) -> float:
    """Run the recurrence; give D(n, m), and the directions where they are wanted.

    Row 0 of the table is the last row of the block before; column j stands at ``_PAD + j``.
    """
    n, m = f.shape[1], g.shape[1]
    table[:stride] = np.inf
    table[_PAD - 1] = 0.0
    for begin in range(0, n, _BLOCK):
        end = min(begin + _BLOCK, n)
        first, last = _window(begin, n, m, band)[0], _window(end - 1, n, m, band)[1]
        if exact:
            _squares(f, g, begin, end, first, last, table, stride)
        else:
            _products(f.shape[0], rows, columns, begin, end, first, last, table, stride)
        for i in range(begin, end, ROWS):
            at = (i - begin + 1) * stride + _PAD
            stop = min(i + ROWS, n) - 1
            low, high = _window(i, n, m, band)[0], _window(stop, n, m, band)[1]
            _close(i, stop, n, m, band, low, high, table, at, stride)
            length = high - low + ROWS
            if traced or stop == n - 1:
                advance(table, at + low, stride, length, True)
            else:
                advance(table, at + low, stride, length, False)
        if traced:
            for i in range(begin, end):
                low, high = _window(i, n, m, band)
                at = (i - begin + 1) * stride + _PAD
                _directions(table, at + low, stride, directions[i, low : high + 1])
        if end < n:
            table[:stride] = table[_BLOCK * stride : (_BLOCK + 1) * stride]
    return float(table[((n - 1) % _BLOCK + 1) * stride + _PAD + m - 1])


@_compiled
def _products(
    features: int,
    rows: Array,
    columns: Array,
    begin: int,
    end: int,
    first: int,
    last: int,
    table: Array,
    stride: int,
) -> None:
    """Fill in local costs as expanded squares; a few columns more than asked for."""
    for column in range(first, last + 1, TILE):
        for i in range(begin, end, ROWS):
            at = (i - begin + 1) * stride + _PAD + column
            tile(rows, i * (features + 1), columns, column, stride, features, table, at)


@_compiled
def _squares(
    f: Array, g: Array, begin: int, end: int, first: int, last: int, table: Array, stride: int
) -> None:
    """Fill in local costs as squared differences: slower, and exact for near-equal sequences."""
    for i in range(begin, end):
        costs = table[(i - begin + 1) * stride + _PAD :][first : last + 1]
        costs[:] = 0.0
        for k in range(len(f)):
            value, others = f[k, i], g[k, first : last + 1]
            for j in range(len(costs)):
                difference = others[j] - value
                costs[j] += difference * difference


@_compiled
def _close(
    i: int,
    stop: int,
    n: int,
    m: int,
    band: float,
    low: int,
    high: int,
    table: Array,
    at: int,
    stride: int,
) -> None:
    """Make everything infinite that the rows ``i`` to ``stop`` touch outside of the band."""
    right = at + high + _PAD
    if i > 0:
        table[at - stride + _window(i - 1, n, m, band)[1] + 1 : right - stride] = np.inf
    for row in range(i, i + ROWS):
        first, last = _window(min(row, stop), n, m, band)
        start = at + (row - i) * stride
        table[start + low - _PAD : start + first] = np.inf
        table[start + last + 1 : start + high + _PAD] = np.inf


@_compiled
def _directions(table: Array, at: int, stride: int, out: Codes) -> None:
    """Note which neighbour each cell of a row came from: of equal ones, the diagonal first."""
    count = len(out)
    left = table[at - 1 : at - 1 + count]
    up = table[at - stride : at - stride + count]
    diagonal = table[at - stride - 1 : at - stride - 1 + count]
    for j in range(count):
        straight = FIRST if up[j] <= left[j] else SECOND
        both = (diagonal[j] <= up[j]) & (diagonal[j] <= left[j])
        out[j] = BOTH if both else straight


@_compiled
def _trace(directions: Codes, n: int, m: int, path: Codes) -> int:
    """Follow the directions back from the end; give the number of steps."""
    count = 0
    i, j = n - 1, m - 1
    while i > 0 or j > 0:
        code = directions[i, j]
        path[count] = code
        count += 1
        if code != SECOND:
            i -= 1
        if code != FIRST:
            j -= 1
    return count
