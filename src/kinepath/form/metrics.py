"""The metrics of one repetition, each a number with its standard deviation and confidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.form.exercise import Exercise, Measure, Metric
from kinepath.form.measures import Series, at_frames, measure_series
from kinepath.form.phases import Phases
from kinepath.form.view import View
from kinepath.kinematics.uncertainty import MEMORY_S
from kinepath.signal.smoothing import samples, savitzky_golay, slope_sd, window_length
from kinepath.typing import Array

#: Window over which a rate of change is computed, seconds.
_SPEED_S, _ORDER = 0.2, 2
#: Maximum time from the bottom or top of a value used where it is not seen there, seconds.
_NEAR_S = 0.1


@dataclass(frozen=True)
class Value:
    """A measured value.

    Parameters
    ----------
    value : float or None
        None where it could not be measured; ``reason`` then states why.
    sd : float or None
        Standard deviation.
    space : float or None
        The same from the pose model's estimate of depth, where there is one.
    confidence : float
        Median, over the frames used, of the minimum of the keypoints' confidences.
    seen : float
        Fraction of the frames in which all keypoints were seen.
    time_s : float or None
        When it occurred.
    side : str
        The side on which it was measured.
    reason : str or None
        Why there is no value.
    """

    value: float | None
    sd: float | None = None
    space: float | None = None
    confidence: float = 0.0
    seen: float = 0.0
    time_s: float | None = None
    side: str = "middle"
    reason: str | None = None


class Measurements:
    """The metrics of an exercise on one clip.

    Parameters
    ----------
    poses : xarray.Dataset
        Cleaned poses of one individual.
    exercise : Exercise
        The exercise.
    view : View
        The camera's view.
    """

    def __init__(self, poses: xr.Dataset, exercise: Exercise, view: View) -> None:
        self.exercise, self.view = exercise, view
        self.fps = float(poses.attrs["fps"])
        self.time: Array = poses["time"].values
        self._poses = poses
        self._series: dict[tuple[Measure, str, tuple[str, ...]], Series] = {}
        views = ("side", "front", "oblique")
        self.main = self._measured(exercise.main, exercise.side, views)

    def _measured(self, measure: Measure, side: str, views: tuple[str, ...]) -> Series:
        key = (measure, side, views)
        if key not in self._series:
            self._series[key] = measure_series(self._poses, measure, side, self.view, views)
        return self._series[key]

    def values(self, phases: Phases) -> dict[str, Value]:
        """Measure every metric of one repetition."""
        return {metric.name: self._value(metric, phases) for metric in self.exercise.metrics}

    def _value(self, metric: Metric, phases: Phases) -> Value:
        start, stop = phases.bounds[metric.phase]
        if metric.measure.kind == "duration":
            return self._duration(metric, phases)
        first = max(int(np.floor(start)), 0)
        frames = slice(first, min(int(np.ceil(stop)), self.time.size - 1) + 1)
        series = at_frames(self._measured(metric.measure, metric.side, metric.views), frames)
        known = np.isfinite(series.value)
        seen = float(known.mean()) if known.size else 0.0
        if not known.any():
            names = ", ".join(sorted({name.replace("_", " ") for name in metric.measure.points}))
            during = "repetition" if metric.phase == "whole" else f"phase {metric.phase}"
            words = f"{names} not seen together in the {during}"
            return Value(None, side=series.side, seen=seen, reason=words)
        if metric.statistic in ("bottom", "top"):
            frame = getattr(phases, metric.statistic) - first
            value, sd, at, space = _at(series, _nearest(known, frame, round(_NEAR_S * self.fps)))
        else:
            value, sd, at, space = _STATISTICS[metric.statistic](series, self.fps)
        confidence = float(np.median(series.confidence[known]))
        if not np.isfinite(value):
            words = "its keypoints were not seen when it is taken"
            return Value(None, confidence=confidence, side=series.side, seen=seen, reason=words)
        return Value(value, sd, space, confidence, seen, float(self.time[first + at]), series.side)

    def _duration(self, metric: Metric, phases: Phases) -> Value:
        start, stop = phases.bounds[metric.phase]
        frames = slice(int(np.floor(start)), int(np.ceil(stop)) + 1)
        part = at_frames(self.main, frames)
        return Value(
            (stop - start) / self.fps,
            phases.sd_frames[metric.phase] / self.fps,
            None,
            float(np.median(part.confidence)),
            float(np.isfinite(part.value).mean()),
            float(np.interp(start, np.arange(self.time.size), self.time)),
            part.side,
        )


def _nearest(known: NDArray[np.bool_], frame: int, reach: int) -> int:
    """Return the known frame nearest to ``frame``, or ``frame`` where none is within reach."""
    frame = min(max(frame, 0), known.size - 1)
    there = np.flatnonzero(known)
    best = int(there[np.argmin(np.abs(there - frame))])
    return best if abs(best - frame) <= reach else frame


_Found = tuple[float, float, int, float | None]


def _at(series: Series, frame: int) -> _Found:
    space = None
    if series.space is not None and np.isfinite(series.space[frame]):
        space = float(series.space[frame])
    return float(series.value[frame]), float(series.sd[frame]), frame, space


def _start(series: Series, fps: float) -> _Found:
    return _at(series, 0)


def _end(series: Series, fps: float) -> _Found:
    return _at(series, series.value.size - 1)


def _min(series: Series, fps: float) -> _Found:
    return _at(series, int(np.nanargmin(series.value)))


def _max(series: Series, fps: float) -> _Found:
    return _at(series, int(np.nanargmax(series.value)))


def _mean(series: Series, fps: float) -> _Found:
    """Return the mean: jitter averages out; drifting errors and the camera's position do not."""
    fast = np.sqrt(np.nanmean(series.fast**2) / np.isfinite(series.value).sum())
    slow = np.sqrt(np.nanmean(series.slow**2) + np.nanmean(series.projection**2))
    space = _of_space(series, np.nanmean)
    middle = series.value.size // 2
    return float(np.nanmean(series.value)), float(np.hypot(fast, slow)), middle, space


def _range(series: Series, fps: float) -> _Found:
    low, high = int(np.nanargmin(series.value)), int(np.nanargmax(series.value))
    # Errors that drift with the pose are partly correlated between the two frames.
    apart = 1 - np.exp(-abs(high - low) / fps / MEMORY_S)
    slow = (series.slow[low] ** 2 + series.slow[high] ** 2) * apart
    fast = series.fast[low] ** 2 + series.fast[high] ** 2
    skew = max(series.projection[low], series.projection[high])
    value = float(series.value[high] - series.value[low])
    return value, float(np.sqrt(slow + fast + skew**2)), high, _of_space(series, _spread)


def _speed(series: Series, fps: float) -> _Found:
    window = window_length(_SPEED_S, fps, _ORDER)
    value = series.value
    if window and np.isfinite(value).all() and value.size >= samples(window):
        value = savitzky_golay(value, window, _ORDER)
    rate = np.abs(np.gradient(value)) * fps if value.size > 1 else np.full(value.size, np.nan)
    if not np.isfinite(rate).any():
        return float("nan"), float("nan"), 0, None
    frame = int(np.nanargmax(rate))
    span = (window - 1 if window else 2) / fps
    slow = series.slow[frame] * np.sqrt(2 * -np.expm1(-span / MEMORY_S)) / span
    fast = series.fast[frame] * fps * slope_sd(window)
    # Projection scales the entire movement.
    spread = float(np.ptp(series.value[np.isfinite(series.value)]))
    skew = rate[frame] * min(series.projection[frame] / spread, 1.0) if spread > 0 else 0.0
    return float(rate[frame]), float(np.sqrt(slow**2 + fast**2 + skew**2)), frame, None


def _of_space(series: Series, statistic: Callable[[Array], Array]) -> float | None:
    if series.space is None or not np.isfinite(series.space).any():
        return None
    return float(statistic(series.space))


def _spread(values: Array) -> Array:
    return np.asarray(np.nanmax(values) - np.nanmin(values))


_STATISTICS: dict[str, Callable[[Series, float], _Found]] = {
    "start": _start,
    "end": _end,
    "min": _min,
    "max": _max,
    "mean": _mean,
    "range": _range,
    "speed": _speed,
}
