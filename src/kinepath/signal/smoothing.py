"""Savitzky-Golay smoothing, with its window in seconds, and running maxima."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray


def window_length(seconds: float, fps: float, order: int) -> float:
    """Return the width of a window in frames, not rounded; 0 where smoothing has no effect.

    A Savitzky-Golay filter whose window covers at most ``order + 1`` frames changes nothing.

    >>> window_length(0.1, 60, 2), window_length(0.1, 120, 2), window_length(0.1, 25, 2)
    (6.0, 12.0, 0.0)
    """
    width = seconds * fps
    return width if samples(width) > order + 1 else 0.0


def samples(window: float) -> int:
    """Return the number of samples that a window (in frames) covers, an odd number.

    >>> samples(5), samples(5.5), samples(7)
    (5, 7, 7)
    """
    return max(2 * int(np.ceil((window - 1) / 2 - 1e-9)) + 1, 1)


def slope_sd(window: float) -> float:
    """Return the standard deviation of the slope over a window, per frame.

    The slope is that of a straight line fitted to samples with independent errors of standard
    deviation 1; without a window (0), that of a central difference.
    """
    return float(np.sqrt(12 / (window * (window**2 - 1)) if window else 0.5))


def savitzky_golay(values: NDArray[np.float64], window: float, order: int) -> NDArray[np.float64]:
    """Fit a polynomial to the window around every sample and return its value there.

    Parameters
    ----------
    values : ndarray, shape (time, ...)
        No NaN; at least as many samples as the window covers (:func:`samples`).
    window : float
        Width in frames. An odd number is the classic filter; between two odd numbers the results
        of both are blended linearly, so that the same window in seconds has the same effect at any
        frame rate.
    order : int
        Order of the polynomial, less than the number of samples covered.

    Returns
    -------
    ndarray, shape (time, ...)
        At both ends, where no window can be centred, the polynomial of the outermost window is
        used, as in ``scipy.signal.savgol_filter`` by default (which is not used because importing
        scipy.signal takes longer than a whole job of this program).

    Notes
    -----
    Savitzky & Golay, Analytical Chemistry 36 (1964) 1627: least squares on equidistant samples is
    a fixed linear map, the hat matrix of the polynomial basis; its middle row is the filter.
    """
    hat = _hat_matrix(window, order)
    reached = hat.shape[0]
    half = reached // 2
    flat = values.reshape(values.shape[0], -1)
    windows = np.lib.stride_tricks.sliding_window_view(flat, reached, axis=0)
    smooth = np.empty_like(flat, dtype=np.float64)
    smooth[half : flat.shape[0] - half] = windows @ hat[half]
    smooth[:half] = hat[:half] @ flat[:reached]
    smooth[flat.shape[0] - half :] = hat[half + 1 :] @ flat[flat.shape[0] - reached :]
    return smooth.reshape(values.shape)


def running_maximum(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """Return the maximum of each sample and ``reach`` others on both sides, along axis 0.

    Values are zero-padded: where all are negative the maximum near the ends is zero.
    """
    padding = [(reach, reach)] + [(0, 0)] * (values.ndim - 1)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(values, padding, constant_values=0.0), 2 * reach + 1, axis=0
    )
    return np.asarray(windows.max(axis=-1))


@cache
def _hat_matrix(window: float, order: int) -> NDArray[np.float64]:
    reached = samples(window)
    if reached <= order + 1:
        return np.eye(reached)
    basis = np.vander(np.linspace(-1.0, 1.0, reached), order + 1)
    hat = np.asarray(basis @ np.linalg.pinv(basis))
    narrower = (reached - window) / 2
    if narrower > 0:
        hat = (1 - narrower) * hat + narrower * savitzky_golay(np.eye(reached), reached - 2, order)
    return hat
