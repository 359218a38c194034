"""Warping of pairs of clips that may not show the same parts of the body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kinepath.pairs.features import Features, share_of
from kinepath.signal import dtw
from kinepath.typing import Array


def shares(clips: Sequence[Features]) -> Array:
    """Return the weight fraction of the features that both clips of a pair show, shape (n, n)."""
    if not clips:
        return np.zeros((0, 0))
    seen = np.array([clip.seen for clip in clips], dtype=np.float64)
    whole = seen @ seen.T == seen.shape[1]
    return np.where(whole, 1.0, (seen * clips[0].weights) @ seen.T)


class Work:
    """Pairs to be warped, grouped by the parts that they show.

    Parameters
    ----------
    clips : list of Features
        All with the same number of features.
    pairs : ndarray of int, shape (pairs, 2)
        The pairs of them to be warped.

    Attributes
    ----------
    order : ndarray of int, shape (pairs,)
        The order in which the pairs are processed.
    cells : ndarray of int, shape (pairs,)
        Product of the lengths of each pair's sequences, in that order.
    """

    def __init__(self, clips: list[Features], pairs: NDArray[np.int64]) -> None:
        self._clips = clips
        width = len(clips[0].parts) if clips else 0
        self._seen = np.array([clip.seen for clip in clips], dtype=bool).reshape(len(clips), width)
        lengths = np.array([len(clip.values) for clip in clips], dtype=np.int64)
        common = self._seen[pairs[:, 0]] & self._seen[pairs[:, 1]]
        self._kinds, kind = np.unique(common, axis=0, return_inverse=True)
        self.order = np.argsort(kind, kind="stable")
        self._kind, self._pairs = kind[self.order], pairs[self.order]
        self.cells = lengths[self._pairs].prod(axis=1)
        self._prepared: tuple[int, dtw.Prepared] | None = None

    def warped(
        self, part: slice, band: float | None, threads: int
    ) -> Iterator[tuple[slice, dtw.Warped, float]]:
        """Warp some of the pairs; return which, the paths, and the weight fraction compared."""
        edges = np.flatnonzero(np.diff(self._kind[part])) + part.start + 1
        for begin, end in pairwise([part.start, *edges.tolist(), part.stop]):
            kind = int(self._kind[begin])
            found = dtw.warp(
                self._ready(kind), self._pairs[begin:end], band, paths=True, threads=threads
            )
            share = share_of(self._clips[0].weights, self._kinds[kind])
            yield slice(begin, end), found, share

    def _ready(self, kind: int) -> dtw.Prepared:
        """Prepare the clips for a kind of pairs; those that do not show its parts stay empty."""
        if self._prepared is None or self._prepared[0] != kind:
            columns = self._kinds[kind]
            able = (self._seen >= columns).all(axis=1)
            blank = np.zeros((1, int(columns.sum())))
            self._prepared = (
                kind,
                dtw.prepare(
                    [
                        clip.values[:, columns] if shown else blank
                        for clip, shown in zip(self._clips, able, strict=True)
                    ]
                ),
            )
        return self._prepared[1]
