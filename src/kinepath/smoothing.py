"""Savitzky-Golay smoothing, with its window in seconds."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray


def window_length(seconds: float, fps: float, order: int) -> int:
    """Give an odd number of frames nearest to a window in seconds; 0 where smoothing is void.

    A Savitzky-Golay filter whose window holds no more than ``order + 1`` frames changes nothing.

    >>> window_length(0.2, 25, 2), window_length(0.1, 120, 2), window_length(0.1, 25, 2)
    (5, 11, 0)
    """
    length = 2 * round((seconds * fps - 1) / 2) + 1
    return length if length > order + 1 else 0


def savitzky_golay(values: NDArray[np.float64], window: int, order: int) -> NDArray[np.float64]:
    """Fit a polynomial to the window around every sample and take its value there.

    Parameters
    ----------
    values : ndarray, shape (time, ...)
        No NaN; at least ``window`` samples.
    window : int
        Odd number of samples.
    order : int
        Order of the polynomial, less than ``window``.

    Returns
    -------
    ndarray, shape (time, ...)
        At both ends, where no window can be centred, the polynomial of the outermost window is
        taken, as ``scipy.signal.savgol_filter`` does by default (importing scipy.signal takes
        longer than a whole job of this program, which is why it is not used).

    Notes
    -----
    Savitzky & Golay, Analytical Chemistry 36 (1964) 1627: least squares on equidistant samples is
    a fixed linear map, the hat matrix of the polynomial basis; its middle row is the filter.
    """
    hat = _hat_matrix(window, order)
    half = window // 2
    flat = values.reshape(values.shape[0], -1)
    windows = np.lib.stride_tricks.sliding_window_view(flat, window, axis=0)
    smooth = np.empty_like(flat, dtype=np.float64)
    smooth[half : flat.shape[0] - half] = windows @ hat[half]
    smooth[:half] = hat[:half] @ flat[:window]
    smooth[flat.shape[0] - half :] = hat[half + 1 :] @ flat[flat.shape[0] - window :]
    return smooth.reshape(values.shape)


@cache
def _hat_matrix(window: int, order: int) -> NDArray[np.float64]:
    basis = np.vander(np.linspace(-1.0, 1.0, window), order + 1)
    return np.asarray(basis @ np.linalg.pinv(basis))
