"""A cache of warped pairs across runs, so that each is computed only once.

The cache is a folder of immutable chunks. A chunk holds several pairs; a pair's key is a digest of
the contents of its two feature sequences and of everything else that the result depends on. So the
names and the order of the clips, and which others there are, do not matter. A chunk's name is the
SHA-256 digest of its bytes: one that does not match is corrupt, and is dropped.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.io import sequence
from kinepath.io.files import sha256
from kinepath.signal import dtw
from kinepath.typing import Array

_KIND = "pairs-chunk"
_KEY_BYTES = 16
_NAME = re.compile(r"[0-9a-f]{64}\.h5")
_PAIRS = 20_000
_CELLS = 1_000_000_000


@dataclass(frozen=True)
class Kept:
    """Pairs with their keys.

    Parameters
    ----------
    keys : list of bytes
        From :func:`key`.
    distance : ndarray, shape (pairs,)
        Dynamic time warping distance.
    offset : ndarray of int, shape (pairs + 1,)
        Start and end of each path in ``step``.
    step : ndarray of uint8
        Step codes of the paths; the first sequence is the one whose digest comes first.
    """

    keys: list[bytes]
    distance: Array
    offset: NDArray[np.int64]
    step: NDArray[np.uint8]

    @staticmethod
    def joined(parts: Sequence[Kept]) -> Kept:
        """Concatenate the pairs of several."""
        counts = [np.diff(part.offset) for part in parts]
        return Kept(
            [name for part in parts for name in part.keys],
            np.concatenate([np.empty(0), *(part.distance for part in parts)]),
            np.concatenate([np.zeros(1, dtype=np.int64), *counts]).cumsum(),
            np.concatenate([np.empty(0, dtype=np.uint8), *(part.step for part in parts)]),
        )

    def chosen(self, pairs: Sequence[int]) -> Kept:
        """Return the chosen pairs."""
        paths = [self.step[self.offset[k] : self.offset[k + 1]] for k in pairs]
        counts = [len(path) for path in paths]
        return Kept(
            [self.keys[k] for k in pairs],
            self.distance[np.asarray(pairs, dtype=np.intp)],
            np.cumsum([0, *counts], dtype=np.int64),
            np.concatenate([np.empty(0, dtype=np.uint8), *paths]),
        )


def digest(values: Array) -> bytes:
    """Return a digest of a feature sequence, shape (frames, d)."""
    head = f"{values.shape} {values.dtype.str} ".encode()
    return blake2b(head + np.ascontiguousarray(values).tobytes(), digest_size=_KEY_BYTES).digest()


def parameters(band: float | None) -> bytes:
    """Return all parameters that a pair's result depends on besides the two sequences."""
    return f"dtw {dtw.VERSION}, band {band}".encode()


def key(first: bytes, second: bytes, parameters: bytes) -> bytes:
    """Return the key of a pair from the digests of its sequences, in either order."""
    low, high = min(first, second), max(first, second)
    return blake2b(low + high + parameters, digest_size=_KEY_BYTES).digest()


class Cache:
    """A folder of chunks.

    Parameters
    ----------
    folder : path
        Need not exist.
    log : logging.Logger
        Receives warnings about corrupt chunks.
    """

    def __init__(self, folder: str | Path, log: logging.Logger) -> None:
        self.folder, self._log = Path(folder), log

    def read(self) -> Kept:
        """Read all chunks; remove corrupt ones."""
        read = (self._read(path) for path in self.chunks())
        return Kept.joined([kept for kept in read if kept is not None])

    def add(self, kept: Kept) -> Path:
        """Write a chunk, under a name that readers ignore until it is complete."""
        temporary = self.folder / f"new-{os.getpid()}.h5"
        sequence.write(_dataset(kept), temporary, _KIND)
        return temporary.replace(self.folder / f"{sha256(temporary)}.h5")

    def chunks(self) -> list[Path]:
        """Return the paths of the chunks."""
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if _NAME.fullmatch(path.name))

    def prune(self, live: set[bytes]) -> tuple[int, int]:
        """Keep only the given pairs, in as few chunks as possible.

        Parameters
        ----------
        live : set of bytes
            Keys of the pairs to keep.

        Returns
        -------
        kept, dropped : int
            Numbers of pairs; one that was stored twice counts as dropped once.
        """
        found = self.read()
        first = {name: k for k, name in reversed(list(enumerate(found.keys))) if name in live}
        kept = found.chosen(sorted(first.values()))
        new = {
            self.add(kept.chosen(range(begin, min(begin + _PAIRS, len(kept.keys)))))
            for begin in range(0, len(kept.keys), _PAIRS)
        }
        if self.folder.is_dir():
            for path in set(self.folder.iterdir()) - new:
                path.unlink()
        return len(kept.keys), len(found.keys) - len(kept.keys)

    def _read(self, path: Path) -> Kept | None:
        try:
            if sha256(path) != path.stem:
                raise sequence.SequenceError("its content is not what its name says")
            dataset = sequence.read(path, _KIND)
        except sequence.SequenceError as error:
            self._log.warning("%s: dropped, its pairs are computed again: %s", path, error)
            path.unlink()
            return None
        flat = dataset["key"].values.tobytes()
        keys = [flat[at : at + _KEY_BYTES] for at in range(0, len(flat), _KEY_BYTES)]
        arrays = (dataset[name].values for name in ("distance", "step_offset", "step"))
        return Kept(keys, *arrays)


def portions(cells: NDArray[np.int64]) -> Iterator[slice]:
    """Split pairs into runs that justify a chunk each: several seconds of computation.

    Parameters
    ----------
    cells : ndarray of int, shape (pairs,)
        Product of the lengths of each pair's sequences.
    """
    total = np.cumsum(cells)
    begin = 0
    while begin < len(cells):
        before = total[begin - 1] if begin else 0
        end = int(np.searchsorted(total, before + _CELLS)) + 1
        end = min(end, begin + _PAIRS, len(cells))
        yield slice(begin, end)
        begin = end


def _dataset(kept: Kept) -> xr.Dataset:
    keys = np.frombuffer(b"".join(kept.keys), dtype=np.uint8).reshape(-1, _KEY_BYTES)
    return xr.Dataset(
        {
            "key": (
                ("pair", "key_byte"),
                keys,
                {"units": "1", "long_name": "digest of both sequences and the parameters"},
            ),
            "distance": (
                "pair",
                kept.distance,
                {"units": "1", "long_name": "dynamic time warping distance"},
            ),
            "step_offset": (
                "pair_edge",
                kept.offset,
                {"units": "1", "long_name": "where in step each pair begins and ends"},
            ),
            "step": (
                "steps",
                kept.step,
                {"units": "1", "long_name": "steps of the warping paths, pair after pair"},
            ),
        }
    )
