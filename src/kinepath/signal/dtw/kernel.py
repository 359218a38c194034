"""The compiled part of dynamic time warping: many pairs in one call, without Python in between.

A block of rows at a time: the local costs of the block, then the recurrence in place, then, where a
path is requested, the direction of the step into each cell. The block stays in the cache.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from kinepath.signal.dtw.vector import ROWS, TILE, advance, tile
from kinepath.typing import Array

Codes = NDArray[np.uint8]
Indices = NDArray[np.int64]
F = TypeVar("F", bound=Callable[..., object])

#: Codes of a warping path's steps: both sequences advance, only the first, only the second.
BOTH, FIRST, SECOND = 0, 1, 2

#: Relative error that the expanded square |f|^2 + |g|^2 - 2 f.g may cause; else f - g is squared.
TOLERANCE = 1e-10

#: Parts of the computation, for :func:`half`.
COSTS, RECURRENCE, WHOLE = 0, 1, 2

_PAD = ROWS
_BLOCK = 32
_EPSILON = float(np.finfo(np.float64).eps)


def _compiled(function: F) -> F:
    """Compile once, cache the result on disk, and release the GIL while running."""
    return cast(F, numba.njit(cache=True, nogil=True)(function))


@_compiled
def warp_pairs(
    values: Array,
    starts: Indices,
    lengths: Indices,
    sums: Array,
    pairs: Indices,
    band: float,
    distances: Array,
    counts: Indices,
    steps: Codes,
) -> int:
    """Warp pairs of sequences; return the number of steps written.

    Parameters
    ----------
    values : ndarray, flat
        The sequences, each feature by feature: sequence ``s`` starts at ``starts[s]``.
    starts, lengths : ndarray of int, shape (sequences,)
        Start and number of samples of each sequence.
    sums : ndarray, shape (sequences, features)
        Sum of each feature over each sequence.
    pairs : ndarray of int, shape (pairs, 2)
        The sequences to compare.
    band : float
        See :func:`kinepath.signal.dtw.distance`; negative: none.
    distances : ndarray, shape (pairs,)
        Receives the distances.
    counts : ndarray of int, shape (pairs,)
        Receives the number of steps of each path.
    steps : ndarray of uint8, flat
        Receives the concatenated step codes; if it is empty, no paths are computed.
    """
    longest = lengths.max()
    features = sums.shape[1]
    stride = longest + 2 * _PAD + TILE
    rows = np.empty((-(-longest // ROWS) * ROWS) * (features + 1))
    columns = np.empty((features + 1) * stride)
    windows = np.empty((longest, 2), dtype=np.int64)
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
        norm = _centred(f, g, (sums[a] + sums[b]) / (n + m), rows, columns, stride)
        _lay_band(n, m, band, windows)
        result = _warp(f, g, rows, columns, windows, table, stride, traced, directions, False)
        if 8 * (n + m) * (features + 3) * _EPSILON * norm > TOLERANCE * result:
            result = _warp(f, g, rows, columns, windows, table, stride, traced, directions, True)
        distances[p] = result
        if traced:
            count = _trace(directions, n, m, path)
            steps[used : used + count] = path[:count][::-1]
            counts[p] = count
            used += count
    return used


@_compiled
def _centred(f: Array, g: Array, mean: Array, rows: Array, columns: Array, stride: int) -> float:
    """Centre both on their common mean, lay them out for :func:`tile`; return the maximum norm.

    Centring keeps the expanded square exact where the features have a large common offset.
    """
    features, n = f.shape
    m = g.shape[1]
    norms = columns[features * stride : (features + 1) * stride]
    norms[:] = 0.0
    for k in range(features):
        line = columns[k * stride : (k + 1) * stride]
        for j in range(m):
            value = g[k, j] - mean[k]
            line[j] = value
            norms[j] += value * value
        line[m:] = 0.0
    largest = norms[:m].max()
    width = ROWS * (features + 1)
    for group in range(-(-n // ROWS)):
        begin = group * ROWS
        block = rows[group * width : (group + 1) * width].reshape(features + 1, ROWS)
        block[features] = 0.0
        if begin + ROWS <= n:
            for k in range(features):
                for i in range(ROWS):
                    value = f[k, begin + i] - mean[k]
                    block[k, i] = -2.0 * value
                    block[features, i] += value * value
        else:
            block[:] = 0.0
            for k in range(features):
                for i in range(n - begin):
                    value = f[k, begin + i] - mean[k]
                    block[k, i] = -2.0 * value
                    block[features, i] += value * value
        for i in range(ROWS):
            largest = max(largest, block[features, i])
    return float(largest)


@_compiled
def _lay_band(n: int, m: int, band: float, windows: Indices) -> None:
    """Record the first and last column of the band in each row."""
    if band < 0.0 or n == 1 or m == 1:
        windows[:n, 0] = 0
        windows[:n, 1] = m - 1
        return
    reach = max(band, 0.5 / (n - 1), 0.5 / (m - 1))
    for i in range(n):
        centre = i / (n - 1)
        # A cell on the band's edge up to rounding belongs to it.
        windows[i, 0] = max(math.ceil((centre - reach) * (m - 1) - 1e-9), 0)
        windows[i, 1] = min(math.floor((centre + reach) * (m - 1) + 1e-9), m - 1)


@_compiled
def _warp(
    f: Array,
    g: Array,
    rows: Array,
    columns: Array,
    windows: Indices,
    table: Array,
    stride: int,
    traced: bool,
    directions: Codes,
    exact: bool,
) -> float:
    """Run the recurrence; return D(n, m), and the directions where requested.

    Row 0 of the table is the last row of the previous block; column j is at ``_PAD + j``.
    """
    n, m = f.shape[1], g.shape[1]
    table[:stride] = np.inf
    table[_PAD - 1] = 0.0
    for begin in range(0, n, _BLOCK):
        end = min(begin + _BLOCK, n)
        if exact:
            _squares(f, g, begin, end, windows, table, stride)
        else:
            _products(f.shape[0], rows, columns, begin, end, windows, table, stride)
        for i in range(begin, end, ROWS):
            at = (i - begin + 1) * stride + _PAD
            stop = min(i + ROWS, n) - 1
            _close(i, stop, windows, table, at, stride)
            low = windows[i, 0]
            length = windows[stop, 1] - low + ROWS
            if traced or stop == n - 1:
                advance(table, at + low, stride, length, True)
            else:
                advance(table, at + low, stride, length, False)
        if traced:
            for i in range(begin, end):
                low, high = windows[i]
                at = (i - begin + 1) * stride + _PAD
                _directions(table, at + low, stride, directions[i, low : high + 1])
        if end < n:
            table[:stride] = table[_BLOCK * stride : (_BLOCK + 1) * stride]
    return float(table[((n - 1) % _BLOCK + 1) * stride + _PAD + m - 1])


@_compiled
def half(f: Array, g: Array, part: int, times: int) -> float:
    """Repeat one part of the computation of a pair, for benchmarks; without a band.

    Parameters
    ----------
    f, g : ndarray, shapes (d, n) and (d, m)
        The sequences, feature by feature.
    part : int
        :data:`COSTS`, :data:`RECURRENCE` (on arbitrary costs) or :data:`WHOLE`.
    times : int
        Number of repeats.
    """
    features, n = f.shape
    m = g.shape[1]
    stride = max(n, m) + 2 * _PAD + TILE
    rows = np.empty((-(-n // ROWS) * ROWS) * (features + 1))
    columns = np.empty((features + 1) * stride)
    windows = np.empty((n, 2), dtype=np.int64)
    table = np.zeros((_BLOCK + 1) * stride)
    _centred(f, g, np.zeros(features), rows, columns, stride)
    _lay_band(n, m, -1.0, windows)
    for _ in range(times):
        for begin in range(0, n, _BLOCK):
            end = min(begin + _BLOCK, n)
            if part != RECURRENCE:
                _products(features, rows, columns, begin, end, windows, table, stride)
            if part != COSTS:
                for i in range(0, end - begin, ROWS):
                    advance(table, (i + 1) * stride + _PAD, stride, m - 1 + ROWS, False)
    return float(table[stride])


@_compiled
def _products(
    features: int,
    rows: Array,
    columns: Array,
    begin: int,
    end: int,
    windows: Indices,
    table: Array,
    stride: int,
) -> None:
    """Fill in local costs as expanded squares, for a few more columns than the band."""
    for column in range(windows[begin, 0], windows[end - 1, 1] + 1, TILE):
        for i in range(begin, end, ROWS):
            stop = min(i + ROWS, end) - 1
            if column + TILE > windows[i, 0] and column <= windows[stop, 1]:
                at = (i - begin + 1) * stride + _PAD + column
                tile(rows, i * (features + 1), columns, column, stride, features, table, at)


@_compiled
def _squares(
    f: Array, g: Array, begin: int, end: int, windows: Indices, table: Array, stride: int
) -> None:
    """Fill in local costs as squared differences: slower, and exact for near-equal sequences."""
    for i in range(begin, end):
        low, high = windows[i]
        costs = table[(i - begin + 1) * stride + _PAD :][low : high + 1]
        costs[:] = 0.0
        for k in range(len(f)):
            value, others = f[k, i], g[k, low : high + 1]
            for j in range(len(costs)):
                difference = others[j] - value
                costs[j] += difference * difference


@_compiled
def _close(i: int, stop: int, windows: Indices, table: Array, at: int, stride: int) -> None:
    """Set all cells of the rows ``i`` to ``stop`` outside the band to infinity."""
    left, right = at + windows[i, 0] - _PAD, at + windows[stop, 1] + _PAD
    if i > 0:
        table[at - stride + windows[i - 1, 1] + 1 : right - stride] = np.inf
    for row in range(ROWS):
        low, high = windows[min(i + row, stop)]
        start = row * stride
        table[start + left : start + at + low] = np.inf
        table[start + at + high + 1 : start + right] = np.inf


@_compiled
def _directions(table: Array, at: int, stride: int, out: Codes) -> None:
    """Record the predecessor of each cell of a row; ties favour the diagonal."""
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
    """Follow the directions back from the end; return the number of steps."""
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
