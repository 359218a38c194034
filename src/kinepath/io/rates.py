"""Frame rates from frame times: constant, variable, or changing in steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_STANDARD_RATES = (
    *(24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 48.0, 50.0, 60000 / 1001, 60.0),
    *(100.0, 120000 / 1001, 120.0, 200.0, 240.0),
)
#: Minimum ratio of the rates of neighbouring sections, minimum intervals of a section, and minimum
#: fraction of its intervals that agree, up to a container's tick (seconds) or a tenth.
_STEP, _SHORTEST, _AGREE, _TICK = 1.5, 8, 0.8, 0.0011
#: Intervals whose median is compared to find steps, and how many preceding ones it is compared to.
_AROUND, _LOOK_BACK = 5, 25


@dataclass(frozen=True)
class Section:
    """Part of a video with one frame rate (hertz), from its first to its last frame (seconds)."""

    start_s: float
    end_s: float
    fps: float


def is_variable(interval: NDArray[np.float64]) -> bool:
    """Return whether frame intervals (seconds) vary by more than a container's rounding.

    Containers store times in ticks of up to a millisecond, so an interval may be off by one tick
    on either side; beyond 2 ms and a tenth of the median the frame rate itself varies.
    """
    return interval.size > 1 and not bool(_is_usual(interval).all())


def usual_rate(interval: NDArray[np.float64]) -> float | None:
    """Return the frame rate (hertz) of most frame intervals (seconds); None without intervals.

    A missing or stray frame changes the average, but not the rate of the camera.
    """
    if not interval.size:
        return None
    return float(1.0 / interval[_is_usual(interval)].mean())


def sections(time: NDArray[np.float64]) -> list[Section]:
    """Split a video where its frame rate changes from one constant to another.

    Parameters
    ----------
    time : ndarray, shape (frames,)
        Presentation times, seconds.

    Returns
    -------
    list of Section
        At least two; empty where the rate is constant or does not change in steps, as with a
        phone that exposes longer in the dark, or a file with missing frames.
    """
    interval = np.diff(time)
    if interval.size < 2 * _SHORTEST:
        return []
    padded = np.pad(interval, _AROUND // 2, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, _AROUND), axis=1)
    edges = [0]
    for k in range(1, interval.size):
        level = float(np.median(middle[max(edges[-1], k - _LOOK_BACK) : k]))
        slow, fast = max(middle[k], level), min(middle[k], level)
        if slow > _STEP * fast and slow - fast > 3 * _TICK:
            edges.append(k)
    found = []
    for begin, end in zip(edges, [*edges[1:], interval.size], strict=True):
        part = interval[begin:end]
        level = float(np.median(part))
        usual = np.abs(part - level) <= max(_TICK, 0.1 * level)
        if part.size < _SHORTEST or usual.mean() < _AGREE:
            return []
        found.append(Section(float(time[begin]), float(time[end]), float(1 / part[usual].mean())))
    return found if len(found) > 1 else []


def standard_rate(rate: float, duration: float) -> float:
    """Replace a measured frame rate (hertz) by a standard one that it equals up to rounding.

    The standard one is used if it is within 0.2 % and the clip (duration in seconds) would drift
    by less than a quarter of a frame by its end.
    """
    nearest = min(_STANDARD_RATES, key=lambda usual: abs(usual - rate))
    off = abs(nearest - rate)
    return nearest if off <= 0.002 * nearest and off * duration < 0.25 else rate


def _is_usual(interval: NDArray[np.float64]) -> NDArray[np.bool_]:
    middle = float(np.quantile(interval, 0.5, method="lower"))
    return np.asarray(np.abs(interval - middle) <= max(0.0021, 0.1 * middle))
