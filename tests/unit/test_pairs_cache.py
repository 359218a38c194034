"""Pairs that are kept: what is computed again, what is not, and what a crash or damage costs."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from kinepath import pairs
from kinepath.pairs import cache as caches
from kinepath.pairs.__main__ import main
from kinepath.signal import dtw

NAMES = ("a", "b", "c", "d", "e")
PAIRS = 10


def clip(seed: int, frames: int = 30) -> pairs.Features:
    rng = np.random.default_rng(seed)
    values = np.cumsum(rng.normal(size=(frames, 3)), axis=0)
    parts = ("left_knee", "left_wrist", "bat")
    return pairs.Features(values, np.arange(frames) / 50, parts, np.full(3, 1 / 3))


def some(names: str = "abcde") -> dict[str, pairs.Features]:
    return {name: clip(ord(name), 20 + ord(name) % 7) for name in names}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pairs.Cache:
    """A cache with chunks of two pairs."""
    monkeypatch.setattr(caches, "_PAIRS", 2)
    return pairs.Cache(tmp_path / "cache" / "batting", logging.getLogger("test"))


def computed(
    store: pairs.Cache, clips: dict[str, pairs.Features], caplog: pytest.LogCaptureFixture
) -> int:
    """Compare; check the answer against one without a cache; give how many were computed."""
    caplog.clear()
    with caplog.at_level(logging.INFO):
        found = pairs.compare(clips, cache=store)
    fresh = pairs.compare(clips)
    for name in ("distance", "offset", "step"):
        np.testing.assert_array_equal(getattr(found, name), getattr(fresh, name))
    count = next(r.args for r in caplog.records if str(r.msg).startswith("computed"))
    assert isinstance(count, tuple) and sum(count) == len(dtw.all_pairs(len(clips)))  # type: ignore[arg-type]
    return int(str(count[0]))


def test_only_new_pairs_are_computed(store: pairs.Cache, caplog: pytest.LogCaptureFixture) -> None:
    assert computed(store, some(), caplog) == PAIRS
    assert computed(store, some(), caplog) == 0
    assert computed(store, some("abcdef"), caplog) == 5
    assert computed(store, some("abxcdef"), caplog) == 6
    assert computed(store, some("fedcba"), caplog) == 0
    assert computed(store, some("ace"), caplog) == 0
    edited = some() | {"c": clip(99)}
    assert computed(store, edited, caplog) == 4
    renamed = dict(zip("vwxyz", some().values(), strict=True))
    assert computed(store, renamed, caplog) == 0


def test_another_band_is_another_result(store: pairs.Cache) -> None:
    pairs.compare(some(), cache=store)
    banded = pairs.compare(some(), 0.05, cache=store)
    np.testing.assert_array_equal(banded.distance, pairs.compare(some(), 0.05).distance)
    assert len(store.read().keys) == 2 * PAIRS


def test_a_crash_costs_the_chunk_in_hand(
    store: pairs.Cache, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    whole = caches.Cache.add

    def failing(self: pairs.Cache, kept: caches.Kept) -> Path:
        if len(written) == 3:
            (self.folder / "new-1.h5").write_bytes(b"half a chunk")
            raise KeyboardInterrupt
        written.append(whole(self, kept))
        return written[-1]

    with monkeypatch.context() as patch:
        patch.setattr(caches.Cache, "add", failing)
        with pytest.raises(KeyboardInterrupt):
            pairs.compare(some(), cache=store)
    assert computed(store, some(), caplog) == PAIRS - 3 * 2


@pytest.mark.parametrize("harm", ["cut", "flip", "nothing left"])
def test_a_damaged_chunk_is_dropped_and_computed_again(
    store: pairs.Cache, caplog: pytest.LogCaptureFixture, harm: str
) -> None:
    pairs.compare(some(), cache=store)
    victim = store.chunks()[1]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(
        {"cut": bytes(content[:-50]), "flip": bytes(content), "nothing left": b""}[harm]
    )
    assert computed(store, some(), caplog) == 2
    assert any("dropped" in record.message for record in caplog.records)
    assert len(store.read().keys) == PAIRS


def test_equal_clips_are_compared_once(
    store: pairs.Cache, caplog: pytest.LogCaptureFixture
) -> None:
    twins = some("abc") | {"again": clip(ord("a"), 20 + ord("a") % 7)}
    found = pairs.compare(twins, cache=store)
    assert found.distance[0, 3] == 0.0 and found.distance[1, 3] == found.distance[0, 1]
    np.testing.assert_array_equal(found.path("a", "b"), found.path("again", "b"))
    assert len(store.read().keys) == 4


def test_shards_share_the_pairs(store: pairs.Cache, caplog: pytest.LogCaptureFixture) -> None:
    counts = []
    for k in range(3):
        kept = pairs.fill(some(), None, cache=store, shard=(k, 3))
        counts.append(len(pairs.shard_keys(kept.keys, (k, 3))))
    assert sum(counts) == PAIRS
    assert computed(store, some(), caplog) == 0


def test_pruning_keeps_what_is_used(
    store: pairs.Cache, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pairs.compare(some("abcdefg"), cache=store)
    found = pairs.compare(some(), cache=store)
    other = pairs.Cache(tmp_path / "cache" / "squat", logging.getLogger("test"))
    pairs.compare(some("ab"), cache=other)
    (store.folder / "new-7.h5").write_bytes(b"left by a killed job")
    pairs.save(found, tmp_path / "batting.h5", {"parameters": '{"pairs": {"band": null}}'})
    with caplog.at_level(logging.INFO):
        main(["prune", str(tmp_path)])
    told = [record.message for record in caplog.records]
    assert "batting: kept 10 pairs, dropped 11" in told
    assert "squat: no comparisons, cache left alone" in told
    assert list(store.folder.iterdir()) == store.chunks() or len(store.chunks()) == 5
    assert not (store.folder / "new-7.h5").exists()
    assert computed(store, some(), caplog) == 0
    assert len(other.chunks()) == 1


def test_a_broken_result_stops_pruning_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "cache" / "batting").mkdir(parents=True)
    (tmp_path / "batting.h5").write_bytes(b"no")
    with pytest.raises(SystemExit, match="not an HDF5 file"):
        main(["prune", str(tmp_path)])
