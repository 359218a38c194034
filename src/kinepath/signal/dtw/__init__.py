"""Dynamic time warping: the distance of two sequences with nonlinear alignment in time.

``D(i, j) = ||f_i - g_j||^2 + min(D(i-1, j), D(i, j-1), D(i-1, j-1))``, indices from 1, with
``D(0, 0) = 0`` and a border of infinity (Sakoe and Chiba 1978, doi:10.1109/TASSP.1978.1163055).
The distance is the value at the end of both sequences: a sum of squares in the squared unit of the
features. It grows with the length of the warping path; divide by that length to compare pairs of
different lengths.

The arithmetic is in :mod:`kinepath.signal.dtw.kernel` and :mod:`kinepath.signal.dtw.vector`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinepath.errors import KinepathError
from kinepath.signal.dtw import kernel
from kinepath.signal.dtw.kernel import BOTH, FIRST, SECOND, Codes, Indices
from kinepath.typing import Array

__all__ = [
    "BOTH",
    "FIRST",
    "SECOND",
    "VERSION",
    "Prepared",
    "Warped",
    "WarpingError",
    "all_pairs",
    "distance",
    "path",
    "path_of",
    "prepare",
    "warp",
]

#: Changes when the same input may yield other distances or paths; part of the key of cached pairs.
VERSION = 2

_ADVANCE = np.array([[1, 1], [1, 0], [0, 1]], dtype=np.intp)
_UNBANDED = -1.0
_LARGEST = 1e140
_CELLS = 100_000_000


class WarpingError(KinepathError):
    """Sequences that cannot be warped onto each other."""


@dataclass(frozen=True)
class Prepared:
    """Sequences checked and laid out for the compiled code.

    Parameters
    ----------
    values : ndarray, flat
        The concatenated sequences, each feature by feature.
    starts, lengths : ndarray of int, shape (sequences,)
        Start of each sequence in ``values``, and its number of samples.
    sums : ndarray, shape (sequences, features)
        Sum of each feature over each sequence.
    """

    values: Array
    starts: Indices
    lengths: Indices
    sums: Array


@dataclass(frozen=True)
class Warped:
    """Warped pairs of sequences.

    Parameters
    ----------
    pairs : ndarray of int, shape (pairs, 2)
        The sequences compared.
    distance : ndarray, shape (pairs,)
        As returned by :func:`distance`.
    offset : ndarray of int, shape (pairs + 1,)
        Start and end of each path in ``step``; all 0 where no paths were requested.
    step : ndarray of uint8
        Concatenated step codes of all paths; see :func:`path_of`.
    """

    pairs: Indices
    distance: Array
    offset: Indices
    step: Codes

    def steps(self, pair: int) -> Codes:
        """Return the step codes of one pair's path."""
        return self.step[self.offset[pair] : self.offset[pair + 1]]

    def matrix(self) -> Array:
        """Return the distances as a symmetric matrix with a zero diagonal."""
        count = int(self.pairs.max()) + 1 if len(self.pairs) else 1
        matrix = np.zeros((count, count))
        first, second = self.pairs.T
        matrix[first, second] = matrix[second, first] = self.distance
        return matrix


def distance(f: ArrayLike, g: ArrayLike, band: float | None = None) -> float:
    """Return the dynamic time warping distance of two sequences.

    Parameters
    ----------
    f, g : array_like, shape (n, d) and (m, d), or (n,) and (m,)
        Feature vectors over time. NaN is rejected: the caller must handle missing samples.
    band : float, optional
        Half-width of the Sakoe-Chiba band as a fraction of the lengths: the path keeps to
        ``|i/(n-1) - j/(m-1)| <= band``. The band follows the slope of the two lengths and is
        at least half a step of the shorter sequence wide, so that a path always exists.

    Returns
    -------
    float
        Summed squared Euclidean distance along the best path, in the features' unit squared.

    Raises
    ------
    WarpingError
        If a sequence is empty, not finite or too large to square, if the numbers of features
        differ, or if the band is negative.
    """
    return float(warp(prepare([f, g]), _ONE, band).distance[0])


def path(f: ArrayLike, g: ArrayLike, band: float | None = None) -> tuple[float, NDArray[np.intp]]:
    """Return the dynamic time warping distance of two sequences and the path that attains it.

    Parameters
    ----------
    f, g, band
        As for :func:`distance`.

    Returns
    -------
    distance : float
        As returned by :func:`distance`.
    path : ndarray of int, shape (k, 2)
        Indices into ``f`` and ``g``, from (0, 0) to (n - 1, m - 1), each step advancing one or
        both by one. Ties are broken in favour of the step that advances both.

    Raises
    ------
    WarpingError
        As for :func:`distance`.
    """
    found = warp(prepare([f, g]), _ONE, band, paths=True)
    return float(found.distance[0]), path_of(found.step)


def path_of(steps: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Convert step codes to the indices of a warping path, shape (steps + 1, 2), from (0, 0)."""
    start = np.zeros((1, 2), dtype=np.intp)
    return np.concatenate([start, np.cumsum(_ADVANCE[steps], axis=0)])


def all_pairs(count: int) -> Indices:
    """Return all pairs ``a < b`` of ``count`` items, shape (pairs, 2): (0, 1), (0, 2), ..."""
    return np.array(list(combinations(range(count), 2)), dtype=np.int64).reshape(-1, 2)


def prepare(sequences: Sequence[ArrayLike]) -> Prepared:
    """Check sequences and lay them out for :func:`warp`.

    Parameters
    ----------
    sequences : sequence of array_like, each of shape (n_i, d)
        As for :func:`distance`.

    Raises
    ------
    WarpingError
        As for :func:`distance`.
    """
    checked = [_checked(sequence) for sequence in sequences]
    widths = sorted({sequence.shape[1] for sequence in checked})
    if len(widths) > 1:
        raise WarpingError(f"sequences of {' and '.join(map(str, widths))} features")
    lengths = np.array([len(sequence) for sequence in checked], dtype=np.int64)
    sizes = np.array([sequence.size for sequence in checked], dtype=np.int64)
    flat = [sequence.T.ravel() for sequence in checked]
    values = np.concatenate([np.empty(0), *flat])
    sums = np.zeros((len(checked), widths[0] if widths else 1))
    for k, sequence in enumerate(checked):
        sums[k] = sequence.sum(axis=0)
    return Prepared(values, np.cumsum(sizes) - sizes, lengths, sums)


def warp(
    prepared: Prepared,
    pairs: ArrayLike,
    band: float | None = None,
    *,
    paths: bool = False,
    threads: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Warped:
    """Warp pairs of sequences.

    Parameters
    ----------
    prepared : Prepared
        From :func:`prepare`.
    pairs : array_like of int, shape (pairs, 2)
        The sequences to compare, such as :func:`all_pairs`.
    band : float, optional
        As for :func:`distance`.
    paths : bool
        Whether to return the warping paths as well. They need one byte for each cell of the largest
        pair, in each thread.
    threads : int
        Number of threads; the result does not depend on it.
    progress : callable, optional
        Called with the number of pairs done.

    Raises
    ------
    WarpingError
        If the band is negative.
    """
    wanted = np.ascontiguousarray(pairs, dtype=np.int64).reshape(-1, 2)
    width = _band(band)
    portions = list(_portions(prepared, wanted, threads))

    def run(portion: Indices) -> tuple[Array, Indices, Codes]:
        room = prepared.lengths[portion].sum() if paths else 0
        distances, counts = np.empty(len(portion)), np.zeros(len(portion), dtype=np.int64)
        steps = np.empty(room, dtype=np.uint8)
        used = kernel.warp_pairs(
            prepared.values, prepared.starts, prepared.lengths, prepared.sums,
            portion, width, distances, counts, steps,
        )  # fmt: skip
        return distances, counts, steps[:used].copy()

    found = []
    done = 0
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        for result in pool.map(run, portions) if threads > 1 else map(run, portions):
            found.append(result)
            done += len(result[0])
            if progress is not None:
                progress(done)
    counts = np.concatenate([np.zeros(1, dtype=np.int64), *(part[1] for part in found)])
    return Warped(
        wanted,
        np.concatenate([np.empty(0), *(part[0] for part in found)]),
        np.cumsum(counts),
        np.concatenate([np.empty(0, dtype=np.uint8), *(part[2] for part in found)]),
    )


def _portions(prepared: Prepared, pairs: Indices, threads: int) -> Iterator[Indices]:
    """Split pairs into runs of about a tenth of a second, and enough of them for all threads."""
    cells = np.cumsum(prepared.lengths[pairs].prod(axis=1))
    if not len(cells):
        return
    size = min(_CELLS, cells[-1] // (8 * threads) + 1) if threads > 1 else _CELLS
    marks = np.arange(1, cells[-1] // size + 1) * size
    edges = np.unique([0, *np.searchsorted(cells, marks), len(pairs)])
    for begin, end in pairwise(edges.tolist()):
        yield pairs[begin:end]


def _checked(sequence: ArrayLike) -> Array:
    array = np.asarray(sequence, dtype=np.float64)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or array.size == 0:
        raise WarpingError(f"a sequence of shape (n, d), not empty, is needed; got {array.shape}")
    if not np.isfinite(array).all():
        where = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        raise WarpingError(f"a sequence holds NaN or infinity, first in sample {where}")
    if np.abs(array).max() > _LARGEST:
        raise WarpingError(f"a sequence holds a value beyond {_LARGEST}, whose square overflows")
    return array


def _band(band: float | None) -> float:
    if band is None:
        return _UNBANDED
    if not band >= 0:
        raise WarpingError(f"the band is a fraction of the lengths, 0 or more; got {band}")
    return float(band)


_ONE = all_pairs(2)
