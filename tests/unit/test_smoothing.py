from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import savgol_filter

from kinepath.signal.smoothing import (
    running_maximum,
    samples,
    savitzky_golay,
    slope_sd,
    window_length,
)


@given(
    half=st.integers(1, 10), order=st.integers(0, 5), extra=st.integers(0, 40), seed=st.integers(0)
)
def test_it_is_scipys_filter(half: int, order: int, extra: int, seed: int) -> None:
    window = 2 * half + 1
    order = min(order, window - 1)
    values = np.random.default_rng(seed).normal(size=(window + extra, 2, 3))
    expected = savgol_filter(values, window, order, axis=0)
    np.testing.assert_allclose(savitzky_golay(values, window, order), expected, atol=1e-10)


def test_a_polynomial_of_its_order_is_kept() -> None:
    time = np.linspace(0, 1, 50)
    values = 3 - time + 4 * time**2
    np.testing.assert_allclose(savitzky_golay(values, 9, 2), values, atol=1e-12)
    assert np.abs(savitzky_golay(values**3, 9, 2) - values**3).max() > 1e-4


@pytest.mark.parametrize("seconds, fps, expected", [(0.2, 25, 5), (0.1, 120, 12), (0.1, 25, 0)])
def test_window_length(seconds: float, fps: float, expected: float) -> None:
    assert window_length(seconds, fps, 2) == pytest.approx(expected)


@given(window=st.floats(3.01, 25), order=st.integers(0, 2))
def test_the_width_acts_continuously(window: float, order: int) -> None:
    values = np.random.default_rng(1).normal(size=40)
    reached = samples(window)
    wider = savitzky_golay(values, window + 1e-6, order)
    np.testing.assert_allclose(savitzky_golay(values, window, order), wider, atol=1e-4)
    assert reached - 2 < window <= reached + 1e-6


def test_the_same_seconds_keep_the_same_of_a_wave_at_every_frame_rate() -> None:
    kept = []
    for fps in range(50, 250, 7):
        time = np.arange(-fps, fps + 1) / fps
        wave = np.cos(2 * np.pi * 5 * time)
        kept.append(savitzky_golay(wave, window_length(0.1, fps, 2), 2)[fps])
    classic = [2 * round((0.1 * fps - 1) / 2) + 1 for fps in range(50, 250, 7)]
    assert max(kept) - min(kept) < 0.02
    assert len(set(classic)) > 3


@pytest.mark.parametrize("window", [0, 5, 7])
def test_slope_sd_is_that_of_fitted_slopes(window: float) -> None:
    noise = np.random.default_rng(2).normal(size=(15, 20_000))
    fitted = savitzky_golay(noise, window, 1) if window else noise
    if window:
        reached = samples(window)
        line = savitzky_golay(noise[:reached], window, 1)
        slope = line[1] - line[0]
    else:
        slope = (fitted[8] - fitted[6]) / 2
    assert slope.std() == pytest.approx(slope_sd(window), rel=0.03)


def test_the_running_maximum_is_that_of_the_neighbours() -> None:
    values = np.random.default_rng(3).uniform(0, 1, (20, 2))
    found = running_maximum(values, 3)
    for k in range(20):
        np.testing.assert_array_equal(found[k], values[max(k - 3, 0) : k + 4].max(axis=0))
