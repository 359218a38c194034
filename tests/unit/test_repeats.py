"""Repeated pictures, among frames that move, stand still and are noisy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinepath.conform import Window, conform
from kinepath.conform.duplicates import (
    COMPARED_SIZE,
    find_repeats,
    freezes,
    largest_change,
    picture_times,
    runs,
    true_rate,
    with_ends,
)
from kinepath.io.video import video_writer
from kinepath.probe import probe


def changes(frames: int, period: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A scene that moves, in which every so many-th frame repeats but for noise."""
    change = np.random.default_rng(0).uniform(8.0, 40.0, frames)
    change[period - 1 :: period] = 0.7
    change[0] = 0.0
    return change


@given(st.integers(2, 12))
def test_every_so_many_th_frame(period: int) -> None:
    found = find_repeats(changes(72, period))
    expected = np.arange(period - 1, 72, period)
    # What the first and the last frame follow or precede is not known.
    np.testing.assert_array_equal(found, expected[(expected > 1) & (expected < 71)])
    rate = true_rate(found, 30.0)
    assert rate == pytest.approx(30.0 * (1 - 1 / period))


def test_standing_still_is_no_repeat() -> None:
    still = np.random.default_rng(1).uniform(0.3, 0.8, 60)
    assert find_repeats(still).size == 0
    still[20:40] = np.linspace(1, 30, 20)
    assert find_repeats(still).size == 0
    # Whoever stops slows down first, and starts slowly.
    pause = np.full(60, 20.0)
    pause[10:40] = 0.5
    pause[7:10], pause[40:43] = (15, 9, 4), (4, 9, 15)
    assert find_repeats(pause).size == 0
    slowing = 20 * np.abs(np.cos(np.linspace(0, np.pi, 41))) + 0.3
    assert find_repeats(slowing).size == 0


@pytest.mark.parametrize("length", [1, 4, 5, 12, 60, 300])
def test_a_freeze_of_any_length_is_found(length: int) -> None:
    change = np.random.default_rng(2).uniform(15.0, 30.0, 40 + length)
    change[20 : 20 + length] = 0.4
    found = find_repeats(change)
    np.testing.assert_array_equal(found, np.arange(20, 20 + length))
    assert true_rate(found, 30.0) is None
    assert freezes(found, None, 30.0) == ([(20, length)] if length > 3 else [])


def test_a_still_title_between_two_shots_is_no_freeze() -> None:
    change = np.full(80, 12.0)
    change[[20, 50]] = 90.0
    change[21:50] = 0.0
    assert find_repeats(change, {20, 50}).size == 0
    assert find_repeats(change).size == 29


@pytest.mark.parametrize(
    ("held", "shown", "taken"),
    [
        ((2,), 24.0, 12.0),
        ((5,), 60.0, 12.0),
        ((3, 2), 60.0, 24.0),
        ((1, 1, 1, 2), 30.0, 24.0),
        ((1, 1, 1, 1, 2), 30.0, 25.0),
        ((3, 2, 2, 3, 2), 60.0, 25.0),
        ((4,), 100.0, 25.0),
    ],
)
def test_patterns_are_undone(held: tuple[int, ...], shown: float, taken: float) -> None:
    """Each image is held for so many frames in turn; then evenly spaced again."""
    change = np.concatenate([[20.0, *[0.3] * (count - 1)] for count in held * (100 // sum(held))])
    found = find_repeats(change)
    rate = true_rate(found, shown)
    assert rate == pytest.approx(taken, rel=0.01)
    assert freezes(found, rate, shown) == []
    assert rate is not None
    found = with_ends(found, change, shown / rate)
    np.testing.assert_array_equal(found, np.flatnonzero(change < 1))
    fresh = np.delete(picture_times(np.arange(change.size) / shown, found, rate), found)
    np.testing.assert_allclose(np.diff(fresh), 1 / taken, rtol=0.03)


def test_a_freeze_among_a_pattern_is_told_from_it() -> None:
    change = np.concatenate([[20.0, 0.3] * 20, [20.0], [0.3] * 30, [20.0, 0.3] * 20])
    found = find_repeats(change)
    rate = true_rate(found, 30.0)
    assert rate == pytest.approx(15.0)
    assert freezes(found, rate, 30.0) == [(41, 30)]
    assert max(length for _, length in runs(found)) == 30
    time = picture_times(np.arange(change.size) / 30, found, rate)
    assert np.abs(time - np.arange(change.size) / 30)[:40].max() <= 1.01 / 30


@pytest.mark.parametrize("frames", [0, 1, 2, 3])
def test_too_few_frames_repeat_nothing(frames: int) -> None:
    assert find_repeats(np.zeros(frames)).size == 0


def test_single_repeats_make_no_rate() -> None:
    assert true_rate(np.array([], dtype=np.intp), 30.0) is None
    assert true_rate(np.array([7, 50], dtype=np.intp), 30.0) is None
    assert true_rate(np.array([3, 9, 30, 33, 60, 99], dtype=np.intp), 30.0) is None


def test_small_things_that_move_are_seen() -> None:
    width, height = COMPARED_SIZE
    before = np.random.default_rng(2).integers(90, 110, (height, width), dtype=np.uint8)
    after = before.copy()
    after[60:70, 80:90] += 60
    assert largest_change(after, before) > 30
    noisy = before + np.random.default_rng(3).integers(0, 3, before.shape, dtype=np.uint8)
    assert largest_change(noisy, before) < 3


@pytest.mark.parametrize(("taken", "shown"), [(25, 30), (24, 30), (25, 50)])
def test_pictures_were_taken_evenly(taken: int, shown: int) -> None:
    time = np.arange(4 * shown) / shown
    picture = np.floor(time * taken + 1e-9).astype(int)
    repeats = np.flatnonzero(np.diff(picture) == 0) + 1
    found = picture_times(time, repeats, float(taken))
    fresh = np.diff(picture, prepend=-1) > 0
    np.testing.assert_allclose(np.diff(found[fresh]), 1 / taken, atol=1e-9)
    assert np.abs(found - time)[fresh].max() < 1.0 / taken
    np.testing.assert_array_equal(found[repeats], found[repeats - 1])
    np.testing.assert_array_equal(picture_times(time, repeats[:0], None), time)


def test_repeats_of_a_real_encoding_are_listed_and_warned_about(tmp_path: Path) -> None:
    generator = np.random.default_rng(4)
    background = generator.integers(0, 200, (18, 32, 3)).repeat(10, 0).repeat(10, 1)
    with video_writer(tmp_path / "a.mp4", 320, 180, 30, crf=23) as writer:
        for k in range(48):
            image = background.astype(np.uint8)
            at = 20 + 6 * (k * 25 // 30)
            image[80:120, at : at + 25] = 250
            writer.write(image)
    facts = probe(tmp_path / "a.mp4", "a", min_size=32, cut_threshold=0.08)
    expected = [k for k in range(1, 48) if k * 25 // 30 == (k - 1) * 25 // 30]
    # From the first frame to the second the encoding itself changes.
    assert facts["repeated_frames"] == expected[1:]
    assert facts["fps_pictures"] == pytest.approx(25.0)
    assert any("30.00 frames per second were made of 25.0" in text for text in facts["warnings"])
    told = conform(
        *(tmp_path / "a.mp4", tmp_path / "b.mp4", facts, Window(0.4, 1.2)),
        fps=None,
        true_fps=None,
        crf=16,
    )
    assert told["repeated"] == [k - 12 for k in expected if 12 < k <= 36]
    fresh = np.delete(np.array(told["source_time_s"]), told["repeated"])
    np.testing.assert_allclose(np.diff(fresh), 0.04, atol=1e-6)
