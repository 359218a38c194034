"""The sound of a clip: short clicks, such as that of a ball on a bat."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np

from kinepath.io.video.file import VideoFile
from kinepath.signal.smoothing import running_maximum
from kinepath.typing import Array

#: Samples a second to which sound is brought; it holds what lies below half of it.
RATE = 24_000
#: The band in which a click is loud and speech is not, hertz.
_BAND_HZ = 2_000.0, 10_000.0
#: Length of the pieces whose energy is taken, their distance, and how far around the usual level
#: is taken, seconds.
_PIECE_S, _STEP_S, _AROUND_S = 0.005, 0.001, 0.2
#: A click rises so far above the usual level, decibels, and is the loudest for so long, seconds.
LEAST_DB, _APART_S = 9.0, 0.05
#: So many pieces are transformed at once.
_BLOCK = 10_000
#: Only so far outside of the window is listened, seconds.
_MARGIN_S = 0.5


def listen(path: str | Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Find the clicks in the sound of a clip.

    Parameters
    ----------
    path : path
        The raw video.
    facts : mapping
        What :func:`kinepath.conform.conform` returned: ``time_s`` and ``raw_time_s`` of the
        frames.

    Returns
    -------
    dict
        ``clip``; ``clicks``, a list of ``time_s`` (on the clock of the conformed video, seconds)
        and ``level_db`` (above the usual level around, decibels), in order of time; ``note``, why
        there is nothing to hear, or None.
    """
    report: dict[str, Any] = {"clip": facts["clip"], "clicks": [], "note": None}
    shown, raw = np.array(facts["time_s"]), np.array(facts["raw_time_s"])
    if not np.allclose(shown, raw):
        return report | {"note": "slow motion: its sound, if any, is not that of the real time"}
    try:
        found = _samples(Path(path), shown[0] - _MARGIN_S, shown[-1] + _MARGIN_S)
    except av.error.FFmpegError as error:
        return report | {"note": f"the sound cannot be read: {error.strerror}"}
    if found is None:
        return report | {"note": "the video has no sound"}
    samples, start = found
    if not np.any(samples):
        return report | {"note": "the sound is silent"}
    report["clicks"] = [
        {"time_s": round(start + time, 4), "level_db": round(level, 1)}
        for time, level in clicks(samples)
        if shown[0] <= start + time <= shown[-1]
    ]
    return report


def clicks(samples: Array) -> list[tuple[float, float]]:
    """Find short broadband sounds.

    Parameters
    ----------
    samples : ndarray, shape (samples,)
        One channel at :data:`RATE`.

    Returns
    -------
    list of (float, float)
        Seconds after the first sample, and decibels above the median of the level around, for
        each that is at least :data:`LEAST_DB` loud and the loudest within 50 ms.
    """
    level = _level_db(samples)
    usual = _running_median(level, round(_AROUND_S / _STEP_S))
    above = level - usual
    loudest = (above >= LEAST_DB) & (above >= running_maximum(above, round(_APART_S / _STEP_S)))
    return [(k * _STEP_S, float(above[k])) for k in np.flatnonzero(loudest)]


def _level_db(samples: Array) -> Array:
    """Return the energy within the band in every millisecond, decibels."""
    length, step = round(_PIECE_S * RATE), round(_STEP_S * RATE)
    padded = np.pad(samples, length // 2)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, length)[::step]
    frequency = np.fft.rfftfreq(length, 1 / RATE)
    band = (frequency >= _BAND_HZ[0]) & (frequency <= _BAND_HZ[1])
    energy = np.empty(len(pieces))
    # In blocks: all the pieces of a long recording would not fit in the job's memory.
    for start in range(0, len(pieces), _BLOCK):
        block = slice(start, start + _BLOCK)
        spectrum = np.abs(np.fft.rfft(pieces[block] * np.hanning(length), axis=1)) ** 2
        energy[block] = spectrum[:, band].sum(axis=1)
    return np.asarray(10 * np.log10(energy + 1e-9))


def _running_median(values: Array, reach: int) -> Array:
    padded = np.pad(values, reach, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    # A tenth of them gives the same median to a fraction of a decibel.
    return np.asarray(np.median(windows[:, ::10], axis=1))


def _samples(path: Path, first: float, last: float) -> tuple[Array, float] | None:
    """Return one channel of sound, and the time of its first sample after the first frame."""
    video = VideoFile(path)
    try:
        next(iter(video.pictures()), None)
        zero = video.file_start or 0.0
    finally:
        video.close()
    resampler = av.AudioResampler("fltp", "mono", RATE)
    pieces: list[Array] = []
    start = 0.0
    with av.open(f"file:{path}", options={"pattern_type": "none"}) as container:
        if not container.streams.audio:
            return None
        stream = container.streams.audio[0]
        for frame in container.decode(stream):
            time = float((frame.pts or 0) * (frame.time_base or 0)) - zero
            if time + frame.samples / frame.sample_rate < first:
                continue
            if time > last:
                break
            if not pieces:
                start = time
            pieces += [piece.to_ndarray()[0] for piece in resampler.resample(frame)]
    if not pieces:
        return None
    return np.concatenate(pieces).astype(np.float64), start
