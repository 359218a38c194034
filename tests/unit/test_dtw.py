"""Dynamic time warping against the recurrence written out, and its invariants."""

from __future__ import annotations

import numpy as np
import pytest
from dtaidistance import dtw_ndim
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from kinepath.signal import dtw
from kinepath.typing import Array


def inside(i: int, j: int, n: int, m: int, band: float | None) -> bool:
    if band is None or n == 1 or m == 1:
        return True
    reach = max(band, 0.5 / (n - 1), 0.5 / (m - 1))
    return abs(i / (n - 1) - j / (m - 1)) <= reach + 1e-9


def naive(f: Array, g: Array, band: float | None = None) -> float:
    n, m = len(f), len(g)
    table = np.full((n + 1, m + 1), np.inf)
    table[0, 0] = 0.0
    for i in range(n):
        for j in range(m):
            if inside(i, j, n, m, band):
                cost = float(np.sum((f[i] - g[j]) ** 2))
                table[i + 1, j + 1] = cost + min(table[i, j], table[i, j + 1], table[i + 1, j])
    return float(table[n, m])


def warped_pair(offset: float) -> tuple[Array, Array]:
    time = np.linspace(0.0, 1.0, 90)
    pace = np.linspace(0.0, 1.0, 70) ** 1.3
    return tuple(  # type: ignore[return-value]
        np.stack([np.sin(9 * t), np.cos(5 * t), t], axis=1) + offset for t in (time, pace)
    )


def assert_valid(path: NDArray[np.intp], f: Array, g: Array, distance: float) -> None:
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [len(f) - 1, len(g) - 1]
    steps = np.diff(path, axis=0)
    assert set(map(tuple, steps.tolist())) <= {(1, 1), (1, 0), (0, 1)}
    cost = np.sum((f[path[:, 0]] - g[path[:, 1]]) ** 2)
    assert cost == pytest.approx(distance, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("band", [None, 0.0, 0.1, 0.5])
@pytest.mark.parametrize(
    ("n", "m"),
    [(1, 1), (1, 6), (6, 1), (2, 10), (4, 4), (5, 9), (63, 66), (130, 71), (3, 90), (90, 3)],
)
def test_equals_the_recurrence_written_out(n: int, m: int, band: float | None) -> None:
    rng = np.random.default_rng(n * 100 + m)
    f, g = rng.normal(size=(n, 5)), rng.normal(size=(m, 5))
    assert dtw.distance(f, g, band) == pytest.approx(naive(f, g, band), rel=1e-9)
    distance, path = dtw.path(f, g, band)
    assert distance == dtw.distance(f, g, band)
    assert_valid(path, f, g, distance)
    assert all(inside(i, j, n, m, band) for i, j in path.tolist())


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e5])
def test_a_common_offset_changes_nothing(offset: float) -> None:
    f, g = warped_pair(offset)
    plain_f, plain_g = warped_pair(0.0)
    distance, path = dtw.path(f, g)
    assert distance == pytest.approx(naive(plain_f, plain_g), rel=1e-9)
    np.testing.assert_array_equal(path, dtw.path(plain_f, plain_g)[1])


@pytest.mark.parametrize(
    ("f", "g"),
    [
        (
            np.random.default_rng(1).normal(size=(50, 34)),
            np.random.default_rng(2).normal(size=(61, 34)),
        ),
        warped_pair(0.0),
        warped_pair(1e3),
        warped_pair(1e5),
        (np.zeros((30, 3)), np.full((41, 3), 2.5)),
        (np.ones((1, 2)), np.random.default_rng(3).normal(size=(70, 2))),
        (
            np.random.default_rng(4).normal(size=(3, 4)),
            np.random.default_rng(5).normal(size=(300, 4)),
        ),
    ],
    ids=["random", "warped", "offset 1e3", "offset 1e5", "constant", "one sample", "unequal"],
)
def test_equals_dtaidistance(f: Array, g: Array) -> None:
    theirs = dtw_ndim.distance_fast(f, g) ** 2
    assert dtw.distance(f, g) == pytest.approx(theirs, rel=1e-9)
    assert dtw.distance(g, f) == pytest.approx(theirs, rel=1e-9)
    distance, path = dtw.path(f, g)
    assert_valid(path, f, g, distance)


def test_a_one_sided_offset_is_measured() -> None:
    f, g = warped_pair(0.0)
    assert dtw.distance(f, g + 1e5) == pytest.approx(naive(f, g + 1e5), rel=1e-9)


def test_warping_undoes_a_change_of_pace() -> None:
    f, _ = warped_pair(0.0)
    slow = np.repeat(f, 3, axis=0)
    assert dtw.distance(f, slow) == 0.0
    path = dtw.path(f, slow)[1]
    np.testing.assert_array_equal(path[:, 0], np.arange(len(slow)) // 3)


def test_constant_sequences_differ_by_their_gap_at_every_step() -> None:
    assert dtw.distance(np.zeros((8, 1)), np.full((8, 1), 2.0)) == pytest.approx(8 * 4.0)


def test_one_feature_may_be_given_flat() -> None:
    assert dtw.distance([0.0, 1.0, 2.0], [0.0, 2.0]) == pytest.approx(1.0)


@pytest.mark.parametrize("threads", [1, 3])
def test_many_pairs_agree_with_single_ones(threads: int) -> None:
    rng = np.random.default_rng(3)
    sequences = [rng.normal(size=(k, 4)) for k in (20, 31, 27, 1, 8)]
    told: list[int] = []
    prepared = dtw.prepare(sequences)
    found = dtw.warp(
        prepared, dtw.all_pairs(5), 0.2, paths=True, threads=threads, progress=told.append
    )
    assert told[-1] == 10 and found.pairs.tolist()[:2] == [[0, 1], [0, 2]]
    for k, (a, b) in enumerate(found.pairs):
        distance, path = dtw.path(sequences[a], sequences[b], 0.2)
        assert found.distance[k] == found.matrix()[a, b] == found.matrix()[b, a] == distance
        np.testing.assert_array_equal(dtw.path_of(found.steps(k)), path)
    without = dtw.warp(prepared, dtw.all_pairs(5), 0.2, threads=threads)
    np.testing.assert_array_equal(without.distance, found.distance)
    assert not len(without.step) and not without.offset.any()


def test_no_pairs_are_no_work() -> None:
    assert len(dtw.warp(dtw.prepare([[1.0]]), dtw.all_pairs(1)).distance) == 0
    assert len(dtw.warp(dtw.prepare([]), dtw.all_pairs(0)).distance) == 0
    assert dtw.warp(dtw.prepare([[1.0]]), dtw.all_pairs(1)).matrix().tolist() == [[0.0]]


def test_near_equal_sequences_keep_their_digits() -> None:
    """Where |f|^2 + |g|^2 - 2 f.g would cancel, the difference itself is squared."""
    rng = np.random.default_rng(5)
    f = rng.normal(size=(40, 6))
    g = f + 1e-9 * rng.normal(size=f.shape)
    assert dtw.distance(f, g) == pytest.approx(naive(f, g), rel=1e-9)
    distance, path = dtw.path(f, f)
    assert distance == 0.0
    np.testing.assert_array_equal(path, np.repeat(np.arange(40)[:, None], 2, axis=1))


@pytest.mark.parametrize(
    ("f", "g", "band", "words"),
    [
        ([[0.0], [np.nan]], [[0.0]], None, "sample 1"),
        (np.zeros((0, 2)), np.zeros((3, 2)), None, "not empty"),
        (np.zeros((3, 1)), np.zeros((3, 2)), None, "1 and 2 features"),
        ([0.0], [0.0], -0.1, "band"),
        ([1e200], [0.0], None, "overflows"),
    ],
)
def test_bad_input_is_refused(f: Array, g: Array, band: float | None, words: str) -> None:
    with pytest.raises(dtw.WarpingError, match=words):
        dtw.distance(f, g, band)


sequences = st.integers(1, 40).flatmap(
    lambda length: arrays(np.float64, (length, 3), elements=st.floats(-100, 100))
)
bands = st.none() | st.floats(0.0, 1.0)


@settings(max_examples=60, deadline=None)
@given(f=sequences, g=sequences, band=bands)
def test_properties(f: Array, g: Array, band: float | None) -> None:
    distance, path = dtw.path(f, g, band)
    assert distance == pytest.approx(naive(f, g, band), rel=1e-9)
    assert distance == pytest.approx(dtw.distance(g, f, band), rel=1e-9)
    assert dtw.distance(f, f, band) == 0.0
    assert dtw.distance(f, g) <= distance * (1 + 1e-9)
    steps = np.diff(path, axis=0)
    assert ((steps >= 0) & (steps <= 1)).all() and (steps.sum(axis=1) > 0).all()
