from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import savgol_filter

from kinepath.smoothing import savitzky_golay, window_length


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


@pytest.mark.parametrize("seconds, fps, expected", [(0.2, 25, 5), (0.1, 50, 5), (0.1, 25, 0)])
def test_window_length(seconds: float, fps: float, expected: int) -> None:
    assert window_length(seconds, fps, 2) == expected
