"""The comparisons of an activity: results, computed where not cached, and their file."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.io import sequence
from kinepath.pairs.cache import Cache, Kept, digest, key, parameters, portions
from kinepath.pairs.features import ComparisonError, Features
from kinepath.pairs.work import Work, shares
from kinepath.runtime.job import Progress
from kinepath.signal import dtw
from kinepath.typing import Array

_log = logging.getLogger(__name__)

#: Step codes when the two sequences are swapped.
_EXCHANGED = np.array([dtw.BOTH, dtw.SECOND, dtw.FIRST], dtype=np.uint8)


@dataclass(frozen=True)
class Pairs:
    """All comparisons within one activity.

    Parameters
    ----------
    clips : tuple of str
        The compared clips.
    distance : ndarray, shape (clips, clips)
        Dynamic time warping distance of the standardised features (no unit).
    offset : ndarray of int, shape (pairs + 1,)
        Start and end, in ``step``, of the path of each pair (0, 1), (0, 2), ...
    step : ndarray of uint8
        Step codes of the warping paths (see :func:`kinepath.signal.dtw.path_of`).
    times : tuple of ndarray
        For each clip, the time of the compared frames; the paths index into it.
    share : ndarray, shape (clips, clips)
        Weight fraction of the compared features that both clips show, 0 to 1; the distances are
        divided by it.
    unseen : dict of str to tuple of str
        The parts that a clip does not show, for clips that do not show all.
    excluded : dict of str to str
        The clips that were left out, with the reason.
    digests : tuple of str
        For each clip, the digest of its feature sequence; equal sequences have equal ones.
    """

    clips: tuple[str, ...]
    distance: Array
    offset: NDArray[np.int64]
    step: NDArray[np.uint8]
    times: tuple[Array, ...]
    share: Array
    unseen: dict[str, tuple[str, ...]]
    excluded: dict[str, str]
    digests: tuple[str, ...]

    @cached_property
    def per_step(self) -> Array:
        """Return the distance per point of the warping path, shape (clips, clips).

        It makes pairs of different lengths comparable.
        """
        first, second = dtw.all_pairs(len(self.clips)).T
        result = np.zeros_like(self.distance)
        values = self.distance[first, second] / (np.diff(self.offset) + 1)
        result[first, second] = result[second, first] = values
        return result

    def matrix(self) -> xr.DataArray:
        """Return the distances per step, labelled by clip, shape (clip_a, clip_b)."""
        coords = {"clip_a": list(self.clips), "clip_b": list(self.clips)}
        return xr.DataArray(self.per_step, coords, ("clip_a", "clip_b"))

    def path(self, a: str, b: str) -> NDArray[np.intp]:
        """Return the warping path of two clips, shape (k, 2): indices into the compared frames.

        Raises
        ------
        ComparisonError
            If one of them was left out, is unknown, or both are the same.
        """
        first, second = self.index(a), self.index(b)
        if first == second:
            raise ComparisonError(f"clip {a!r} is not compared with itself")
        low, high = min(first, second), max(first, second)
        pair = low * (2 * len(self.clips) - low - 1) // 2 + high - low - 1
        path = dtw.path_of(self.step[self.offset[pair] : self.offset[pair + 1]])
        return path if first < second else path[:, ::-1]

    def index(self, clip: str) -> int:
        """Return the index of a clip; raise :class:`ComparisonError` if it was not compared."""
        if clip in self.clips:
            return self.clips.index(clip)
        reason = self.excluded.get(clip, "no such clip in this activity")
        raise ComparisonError(f"clip {clip!r} was not compared: {reason}")


def compare(
    clips: Mapping[str, Features],
    band: float | None = None,
    *,
    excluded: Mapping[str, str] | None = None,
    cache: Cache | None = None,
    threads: int = 1,
    log: logging.Logger = _log,
) -> Pairs:
    """Compare every clip with every other.

    Parameters
    ----------
    clips : mapping of str to Features
        From :func:`kinepath.pairs.features.usable`.
    band : float, optional
        See :func:`kinepath.signal.dtw.distance`.
    excluded : mapping of str to str, optional
        Clips that were left out, with the reason; passed on to the result.
    cache : Cache, optional
        Pairs found in it are not computed, and computed ones are added to it.
    threads : int
        Number of threads.
    log : logging.Logger
        Receives the numbers of pairs computed and reused, and the progress.
    """
    order = dtw.all_pairs(len(clips))
    digests = [digest(clip.values) for clip in clips.values()]
    keys = _keys(digests, band)
    kept = fill(clips, band, cache=cache, threads=threads, log=log)
    where = {name: k for k, name in enumerate(kept.keys)}
    found = [where[name] for name in keys]
    paths = []
    for k, (a, b) in zip(found, order.tolist(), strict=True):
        path = kept.step[kept.offset[k] : kept.offset[k + 1]]
        paths.append(path if digests[a] <= digests[b] else _EXCHANGED[path])
    distance = np.zeros((len(clips), len(clips)))
    distance[order[:, 0], order[:, 1]] = distance[order[:, 1], order[:, 0]] = kept.distance[found]
    return Pairs(
        tuple(clips),
        distance,
        np.cumsum([0, *map(len, paths)], dtype=np.int64),
        np.concatenate([np.empty(0, dtype=np.uint8), *paths]),
        tuple(clip.time for clip in clips.values()),
        shares(list(clips.values())),
        {name: clip.unseen for name, clip in clips.items() if clip.unseen},
        dict(excluded or {}),
        tuple(name.hex() for name in digests),
    )


def fill(
    clips: Mapping[str, Features],
    band: float | None,
    *,
    cache: Cache | None = None,
    shard: tuple[int, int] = (0, 1),
    threads: int = 1,
    log: logging.Logger = _log,
) -> Kept:
    """Compute the pairs missing from a cache and add them to it, chunk by chunk.

    Parameters
    ----------
    clips, band, cache, threads, log
        As for :func:`compare`.
    shard : (int, int)
        ``(k, of)``: only the pairs of shard ``k`` of ``of``, see :func:`shard_keys`.

    Returns
    -------
    Kept
        Those pairs, and all others in the cache.
    """
    digests = [digest(clip.values) for clip in clips.values()]
    keys = _keys(digests, band)
    mine = shard_keys(keys, shard)
    wanted = set(mine)
    parts = [cache.read()] if cache else []
    known = {name for part in parts for name in part.keys}
    # One of several pairs with equal sequences is enough.
    missing = {name: k for k, name in enumerate(keys) if name in wanted and name not in known}
    reused = len(mine) - len(missing)
    log.info("%d pairs to compute, %d to reuse", len(missing), reused)
    # In each pair the sequence whose digest sorts first is the first, in any order of the clips.
    todo = np.array(
        [
            (a, b) if digests[a] <= digests[b] else (b, a)
            for a, b in dtw.all_pairs(len(clips))[list(missing.values())].tolist()
        ],
        dtype=np.int64,
    ).reshape(-1, 2)
    work = Work(list(clips.values()), todo)
    names = [list(missing)[k] for k in work.order]
    progress = Progress(log, len(todo), "pairs")
    for part in portions(work.cells):
        chunk = Kept.joined(
            [
                Kept(names[of], found.distance / share, found.offset, found.step)
                for of, found, share in work.warped(part, band, threads)
            ]
        )
        if cache:
            cache.add(chunk)
        parts.append(chunk)
        progress(part.stop)
    log.info("computed %d, reused %d", len(missing), reused)
    return Kept.joined(parts)


def shard_keys(keys: Iterable[bytes], shard: tuple[int, int]) -> list[bytes]:
    """Return the keys with the remainder ``shard[0]`` when divided by ``shard[1]``."""
    share, of = shard
    return [name for name in keys if int.from_bytes(name[:8]) % of == share]


def prune(folder: str | Path, log: logging.Logger = _log) -> None:
    """Drop the pairs that a results folder's comparisons do not use from its caches.

    Parameters
    ----------
    folder : path
        Contains ``{activity}.h5`` and ``cache/{activity}/``. The cache of an activity without its
        file is left alone: its job may not have finished yet.
    log : logging.Logger
        Receives the numbers kept and dropped.
    """
    for path in sorted((Path(folder) / "cache").glob("*/")):
        result = Path(folder) / f"{path.name}.h5"
        if not result.is_file():
            log.info("%s: no comparisons, cache left alone", path.name)
            continue
        attrs = sequence.read(result, "pairs").attrs
        digests = [bytes.fromhex(name) for name in attrs["digests"].split()]
        band = json.loads(attrs["parameters"])["pairs"]["band"]
        kept, dropped = Cache(path, log).prune(set(_keys(digests, band)))
        log.info("%s: kept %d pairs, dropped %d", path.name, kept, dropped)


def _keys(digests: list[bytes], band: float | None) -> list[bytes]:
    """Return the keys of the pairs (0, 1), (0, 2), ..."""
    given = parameters(band)
    pairs = dtw.all_pairs(len(digests)).tolist()
    return [key(digests[a], digests[b], given) for a, b in pairs]


def save(pairs: Pairs, path: str | Path, attrs: Mapping[str, Any]) -> None:
    """Write comparisons to a file of kind ``pairs``, the paths as concatenated step codes.

    Parameters
    ----------
    pairs : Pairs
        The comparisons.
    path : path
        Where to write.
    attrs : mapping
        Further attributes of the file.
    """
    names = np.array(pairs.clips, dtype=object)
    dataset = xr.Dataset(
        {
            "distance": (
                ("clip_a", "clip_b"),
                pairs.distance,
                {"units": "1", "long_name": "dynamic time warping distance"},
            ),
            "distance_per_step": (
                ("clip_a", "clip_b"),
                pairs.per_step,
                {"units": "1", "long_name": "distance per point of the warping path"},
            ),
            "share": (
                ("clip_a", "clip_b"),
                pairs.share,
                {"units": "1", "long_name": "share of the features that both clips show"},
            ),
            "step": (
                "steps",
                pairs.step,
                {
                    "units": "1",
                    "long_name": "steps of all warping paths, pair after pair",
                    "flag_values": np.array([dtw.BOTH, dtw.FIRST, dtw.SECOND], dtype=np.uint8),
                    "flag_meanings": "both first second",
                },
            ),
            "step_offset": (
                "pair_edge",
                pairs.offset,
                {
                    "units": "1",
                    "long_name": "where in step each pair (0,1), (0,2), ... begins and ends",
                },
            ),
            "frame_time": (
                "frames",
                np.concatenate([np.empty(0), *pairs.times]),
                {"units": "seconds", "long_name": "times of the compared frames, clip after clip"},
            ),
            "frame_offset": (
                "clip_edge",
                np.cumsum([0, *map(len, pairs.times)], dtype=np.int64),
                {"units": "1", "long_name": "where in frame_time each clip begins and ends"},
            ),
        },
        coords={"clip_a": names, "clip_b": names},
        attrs={
            **attrs,
            "unseen": json.dumps(pairs.unseen),
            "excluded": json.dumps(pairs.excluded, ensure_ascii=False),
            "digests": " ".join(pairs.digests),
        },
    )
    sequence.write(dataset, path, "pairs")


def load(path: str | Path) -> Pairs:
    """Read a file written by :func:`save`.

    Raises
    ------
    kinepath.io.sequence.SequenceError
        If the file is not of this kind.
    """
    dataset = sequence.read(path, "pairs")
    clips = tuple(str(name) for name in dataset["clip_a"].values)
    times = np.split(dataset["frame_time"].values, dataset["frame_offset"].values[1:-1])
    return Pairs(
        clips,
        dataset["distance"].values,
        dataset["step_offset"].values,
        dataset["step"].values,
        tuple(times[: len(clips)]),
        dataset["share"].values,
        {clip: tuple(parts) for clip, parts in json.loads(dataset.attrs["unseen"]).items()},
        json.loads(dataset.attrs["excluded"]),
        tuple(dataset.attrs["digests"].split()),
    )
