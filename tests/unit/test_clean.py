from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.signal import savgol_filter

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.clean import CHANGES, clean
from kinepath.clean.filters import make_filter, smooth
from kinepath.signal.gaps import fill, short_gaps
from tests.poses import make_poses, standing_position

SETTINGS = {
    "min_confidence": 0.3,
    "swap_penalty": 0.1,
    "outlier_s": 0.12,
    "outlier_least": 0.04,
    "max_gap_s": 0.1,
    "smoothing": "none",
    "smoothing_window_s": 0.1,
    "smoothing_order": 2,
    "smoothing_cutoff_hz": 8.0,
}
SAVITZKY_GOLAY = make_filter(SETTINGS | {"smoothing": "savitzky_golay"}, 50)
WRIST = BLAZEPOSE.index("left_wrist")


def test_a_short_gap_is_filled_on_the_line_and_marked() -> None:
    position = standing_position(30)
    position[:, 0, WRIST, 0] += np.arange(30)
    expected = position[:, 0, WRIST, 0].copy()
    position[10:14, :, WRIST] = np.nan
    cleaned = clean(make_poses(position, fps=50), SETTINGS)
    np.testing.assert_allclose(cleaned["position"].values[:, 0, WRIST, 0], expected)
    changed = cleaned["changed"].values[:, WRIST, 0]
    assert set(np.flatnonzero(changed & CHANGES["filled"])) == {10, 11, 12, 13}


def test_a_long_gap_and_the_ends_stay_missing() -> None:
    position = standing_position(30)
    position[10:16, :, WRIST] = np.nan
    position[:2, :, WRIST] = np.nan
    cleaned = clean(make_poses(position, fps=50), SETTINGS)
    missing = np.isnan(cleaned["position"].values[:, 0, WRIST, 0])
    assert set(np.flatnonzero(missing)) == {0, 1, *range(10, 16)}
    assert (cleaned["confidence"].values[missing, WRIST, 0] == 0).all()


def test_low_confidence_is_taken_as_not_seen_and_its_filling_is_no_surer() -> None:
    confidence = np.ones((30, 33, 1))
    confidence[9, WRIST], confidence[10, WRIST] = 0.6, 0.1
    cleaned = clean(make_poses(standing_position(30), confidence), SETTINGS)
    assert cleaned["confidence"].values[10, WRIST, 0] == 0.6
    flags = cleaned["changed"].values[10, WRIST, 0]
    assert flags == CHANGES["low_confidence"] | CHANGES["filled"]


@pytest.mark.parametrize("kind, kept", [("visibility", True), ("score", False), (None, False)])
def test_without_a_limit_what_is_hidden_is_kept_and_what_is_unsure_is_not(
    kind: str | None, kept: bool
) -> None:
    poses = make_poses(standing_position(30), np.full((30, 33, 1), 0.1))
    if kind is not None:
        poses.attrs["confidence_kind"] = kind
    cleaned = clean(poses, SETTINGS | {"min_confidence": None})
    assert np.isfinite(cleaned["position"]).all() == kept
    assert (cleaned["confidence"] == (0.1 if kept else 0.0)).all()


def test_repeated_frames_are_interpolated_through() -> None:
    position = standing_position(30)
    position[:, 1, WRIST, 0] += np.arange(30)
    expected = position[6, 1, WRIST, 0]
    position[6, 1, WRIST, 0] -= 1
    cleaned = clean(make_poses(position, repeated=np.array([6])), SETTINGS)
    assert cleaned["position"].values[6, 1, WRIST, 0] == pytest.approx(expected)
    assert cleaned["changed"].values[6, WRIST, 0] & CHANGES["repeated_frame"]


def test_smoothing_is_scipys_and_marked() -> None:
    position = standing_position(30)
    position[:, 0, WRIST, 0] += np.random.default_rng(0).normal(0, 2, 30)
    cleaned = clean(make_poses(position, fps=50), SETTINGS | {"smoothing": "savitzky_golay"})
    expected = savgol_filter(position[:, 0, WRIST, 0], 5, 2)
    np.testing.assert_allclose(cleaned["position"].values[:, 0, WRIST, 0], expected)
    assert (cleaned["changed"].values == CHANGES["smoothed"]).all()


def test_smoothing_does_not_reach_over_a_gap() -> None:
    values = np.concatenate([np.zeros(10), np.full(3, np.nan), np.full(10, 100.0), [np.nan, 7.0]])
    smoothed = smooth(values[:, None, None, None], SAVITZKY_GOLAY)[:, 0, 0, 0]
    np.testing.assert_allclose(smoothed, values, atol=1e-9)


def test_no_person_passes_through() -> None:
    poses = make_poses(np.full((5, 2, 33, 1), np.nan), note="no person seen in any frame")
    cleaned = clean(poses, SETTINGS | {"smoothing": "savitzky_golay"})
    assert np.isnan(cleaned["position"]).all()
    assert cleaned.attrs["note"] == "no person seen in any frame"


@given(arrays(bool, (25, 1, 1)), st.integers(0, 6))
def test_only_inner_gaps_up_to_the_longest_are_filled(
    seen: np.ndarray[tuple[int, int, int], np.dtype[np.bool_]], longest: int
) -> None:
    filled = short_gaps(seen, longest)[:, 0, 0]
    text = "".join("x" if s else "." for s in seen[:, 0, 0])
    expected = np.zeros(25, dtype=bool)
    start = 0
    for run in text.split("x"):
        inner = start > 0 and start + len(run) < 25
        expected[start : start + len(run)] = inner and len(run) <= longest
        start += len(run) + 1
    np.testing.assert_array_equal(filled, expected)
    values = np.arange(25.0)[:, None, None, None]
    known = fill(values, seen, filled[:, None, None])[:, 0, 0, 0]
    np.testing.assert_array_equal(np.isnan(known), ~(seen[:, 0, 0] | filled))
    np.testing.assert_allclose(known[~np.isnan(known)], np.flatnonzero(~np.isnan(known)))
