"""Smoothing of keypoint tracks, stretch by stretch; windows in seconds, cut-offs in hertz."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kinepath.settings.motion import CleanSettings
from kinepath.signal.gaps import runs_of
from kinepath.signal.smoothing import samples, savitzky_golay, window_length
from kinepath.typing import Array

#: A filter of order 2 applied forwards and backwards is 3 dB down where a single pass is 1.5 dB
#: down, which is at this fraction of the single pass's cut-off (Winter, Biomechanics and Motor
#: Control of Human Movement, 4th ed., section 2.2.4.4).
TWO_PASSES = (np.sqrt(2.0) - 1.0) ** 0.25

_BUTTERWORTH_ORDER = 2


@dataclass(frozen=True)
class Filter:
    """A filter along time.

    Parameters
    ----------
    apply : callable
        Takes a stretch (time, ...) without NaN and returns it smoothed.
    shortest : int
        Minimum number of samples that it can be applied to; 0 where nothing is smoothed.
    """

    apply: Callable[[Array], Array]
    shortest: int


def make_filter(settings: CleanSettings | Mapping[str, Any], fps: float) -> Filter:
    """Return the filter specified by the settings.

    Parameters
    ----------
    settings : CleanSettings or mapping
        ``smoothing``: ``savitzky_golay`` with ``smoothing_window_s`` and ``smoothing_order``;
        ``butterworth`` with ``smoothing_cutoff_hz``, the frequency at which the amplitude is down
        to 1/sqrt(2) after both passes; or ``none``.
    fps : float
        Frame rate, hertz.

    Notes
    -----
    With a Savitzky-Golay window of too few frames, or a cut-off at or above half the frame rate,
    the filter changes nothing.
    """
    settings = CleanSettings.of(settings)
    kind = settings.smoothing
    if kind == "savitzky_golay":
        order = settings.smoothing_order
        window = window_length(settings.smoothing_window_s, fps, order)
        shortest = samples(window) if window else 0
        return Filter(lambda track: savitzky_golay(track, window, order), shortest)
    if kind == "butterworth":
        return _butterworth(settings.smoothing_cutoff_hz, fps)
    return Filter(lambda track: track, 0)


def _butterworth(cutoff_hz: float, fps: float) -> Filter:
    if cutoff_hz >= fps / 2:
        return Filter(lambda track: track, 0)
    # The bilinear transform warps frequencies by a tangent; the correction for two passes applies
    # to the analogue filter, before it.
    single = fps / np.pi * np.arctan(np.tan(np.pi * cutoff_hz / fps) / TWO_PASSES)
    # Imported here: it takes a second, and other settings do not need it.
    from scipy.signal import butter, sosfiltfilt

    sections = butter(_BUTTERWORTH_ORDER, single, fs=fps, output="sos")
    # Long enough for the filter's transient: a period of the cut-off.
    padding = max(3 * (_BUTTERWORTH_ORDER + 1), round(fps / cutoff_hz))

    def apply(track: Array) -> Array:
        length = min(padding, track.shape[0] - 1)
        return np.asarray(sosfiltfilt(sections, track, axis=0, padtype="odd", padlen=length))

    return Filter(apply, 3 * (_BUTTERWORTH_ORDER + 1) + 1)


def smooth(values: Array, how: Filter) -> Array:
    """Smooth every stretch without NaN along axis 0.

    A stretch too short for the filter stays as it is: a filter that spans a gap would invent
    motion.
    """
    if how.shortest == 0:
        return values
    result = values.copy()
    tracks = result.reshape(values.shape[0], -1)
    for track in tracks.T:
        for start, stop in runs_of(~np.isnan(track)):
            if stop - start >= how.shortest:
                track[start:stop] = how.apply(track[start:stop])
    return tracks.reshape(values.shape)
