"""Conforming a raw video: upright, square pixels, constant frame rate, trimmed, even size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinepath.conform.duplicates import picture_times
from kinepath.errors import KinepathError
from kinepath.io.rates import standard_rate
from kinepath.io.remarks import KEY, remarks_of
from kinepath.io.video import Frame, VideoReader, even, video_writer

#: Tolerance for times read off a player beyond the analysed part, seconds: they are rounded.
_OUTSIDE_S = 0.1


class WindowError(KinepathError):
    """A window that lies outside the video."""


@dataclass(frozen=True)
class Window:
    """The part of a raw video that is used, in seconds from its first frame."""

    start: float
    end: float


class MomentError(KinepathError):
    """A time in the sheet that is outside the analysed part."""


def choose_window(facts: Mapping[str, Any], start_s: float | None, end_s: float | None) -> Window:
    """Return the part of the video to use: the sheet's window, or all of it.

    Raises
    ------
    WindowError
        If the window contains no frame of the video, or ends after the video.
    """
    first, last = facts["start_s"], facts["end_s"]
    beyond = facts["start_s"] + facts["duration_s"]
    start = first if start_s is None else start_s
    end = last if end_s is None else end_s
    if start > last or end < first or end > beyond + 0.5:
        wanted = " ".join(
            f"{name} {time:g} s"
            for name, time in (("from", start_s), ("to", end_s))
            if time is not None
        )
        raise WindowError(
            f"{facts['file']}: the window {wanted} is not in the video,"
            f" which is shown from {first:.2f} to {beyond:.2f} s",
            remedy="correct start_s and end_s in the sheet; they count from the first frame",
        )
    return Window(max(start, first), min(end, last))


def choose_rate(facts: Mapping[str, Any], window: Window, wanted: float | None) -> float:
    """Return the frame rate of the conformed video, hertz.

    It is the requested one, that of the section containing the window where the source's rate
    changes in steps, or the source's usual one.
    """
    if wanted is not None:
        return wanted
    for section in facts["rate_sections"]:
        room = 1.0 / section["fps"]
        if section["start_s"] - room <= window.start and window.end <= section["end_s"] + room:
            return standard_rate(section["fps"], section["end_s"] - section["start_s"])
    return standard_rate(facts["fps_usual"], facts["duration_s"])


def nearest_frames(
    time: NDArray[np.float64], window: Window, fps: float
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Find the nearest source frame for every instant of a constant frame rate.

    Parameters
    ----------
    time : ndarray, shape (frames,)
        Presentation times of the source frames, seconds, increasing.
    window : Window
        The part to use.
    fps : float
        The constant rate, hertz.

    Returns
    -------
    instants : ndarray, shape (n,)
        Times of the conformed frames, seconds: the first source frame in the window, and then
        one every ``1/fps``.
    chosen : ndarray of int, shape (n,)
        Index of the source frame nearest to each instant. Where the rate varies, a frame may be
        chosen twice or not at all.
    """
    tolerance = 0.25 / fps
    inside = np.flatnonzero((time >= window.start - tolerance) & (time <= window.end + tolerance))
    if not inside.size:
        # The window falls between two frames: only the nearest can be shown.
        inside = np.array([np.argmin(np.abs(time - window.start))])
    first, last = time[inside[0]], time[inside[-1]]
    instants = first + np.arange(int((last - first) * fps + 0.1) + 1) / fps
    middle = (time[1:] + time[:-1]) / 2
    return instants, np.searchsorted(middle, instants).astype(np.intp)


def analysed_time(conformed: Mapping[str, Any], raw_s: float) -> float:
    """Convert a time read off a player of the raw video to the clock of the results.

    Parameters
    ----------
    conformed : mapping
        What :func:`conform` returned.
    raw_s : float
        Seconds from the raw video's first frame.

    Returns
    -------
    float
        Seconds. A time less than 0.1 s outside the analysed part is moved to its end.

    Raises
    ------
    MomentError
        If the time is not in the analysed part.
    """
    raw = conformed["raw_time_s"]
    if not raw[0] - _OUTSIDE_S <= raw_s <= raw[-1] + _OUTSIDE_S:
        raise MomentError(
            f"{raw_s:g} s is not in the part that is analysed, {raw[0]:.2f} to {raw[-1]:.2f} s",
            remedy="correct the time in the sheet, or start_s and end_s",
        )
    return float(np.interp(raw_s, raw, conformed["time_s"]))


def conform(
    source: str | Path,
    output: str | Path,
    facts: Mapping[str, Any],
    window: Window,
    *,
    fps: float | None,
    true_fps: float | None,
    crf: int,
) -> dict[str, Any]:
    """Write the conformed video and return the source of each of its frames.

    Parameters
    ----------
    source, output : path
        The raw video and the video to write.
    facts : mapping
        What :func:`kinepath.probe.probe` found.
    window : Window
        The part to use.
    fps : float or None
        Constant frame rate, hertz; None keeps the source's.
    true_fps : float or None
        Rate at which the camera recorded, where the file's own times are wrong (slow motion).
        Every source frame is then used once and times follow this rate.
    crf : int
        Quality of the encoding; lower is better.

    Returns
    -------
    dict
        ``clip``, ``source``, ``source_sha256``, ``fps``, ``width``, ``height``, ``frames``,
        ``time_s`` (time of each frame, seconds), ``source_time_s`` (time at which its image was
        captured, on the same clock), ``raw_time_s`` (when a player of the raw video shows it;
        differs from ``time_s`` in slow motion), ``repeated`` (indices of duplicate frames,
        which show the same image as the previous one, duplicated here or in the source),
        ``cuts_s`` (times of the cuts within it), ``warnings``.
    """
    source_time = np.array(facts["frame_time_s"])
    rate = choose_rate(facts, window, fps if true_fps is None else None)
    instants, chosen = nearest_frames(source_time, window, rate)
    repeats = np.array(facts["repeated_frames"], dtype=np.intp)
    taken = picture_times(source_time, repeats, facts["fps_pictures"])[chosen]
    raw = instants
    if true_fps is not None:
        chosen = np.arange(chosen[0], chosen[-1] + 1)
        rate = true_fps
        instants = source_time[chosen[0]] + np.arange(chosen.size) / rate
        taken, raw = instants, source_time[chosen]
    fresh = np.ones(source_time.size, dtype=np.intp)
    fresh[repeats] = 0
    picture = np.cumsum(fresh)[chosen]
    width, height = even(facts["width"]), even(facts["height"])
    # Grainy footage would otherwise take longer to encode than to analyse.
    with video_writer(output, width, height, rate, crf=crf, preset="superfast") as writer:
        for frame in _frames_at(Path(source), facts, chosen):
            writer.write(frame.image[:height, :width])
    return {
        "clip": facts["clip"],
        "source": facts["file"],
        "source_sha256": facts["sha256"],
        "fps": rate,
        "width": width,
        "height": height,
        "frames": int(chosen.size),
        "window_s": [window.start, window.end],
        "athlete_fits": bool(facts.get("proposed", {}).get("fits")),
        "cuts_s": [cut for cut in facts["cuts_s"] if instants[0] < cut <= instants[-1]],
        KEY: remarks_of(facts),
        "time_s": [round(float(t), 9) for t in instants],
        "source_time_s": [round(float(t), 9) for t in taken],
        "raw_time_s": [round(float(t), 9) for t in raw],
        "repeated": [int(k) + 1 for k in np.flatnonzero(np.diff(picture) == 0)],
    }


def _frames_at(source: Path, facts: Mapping[str, Any], chosen: NDArray[np.intp]) -> Iterator[Frame]:
    """Yield the chosen frames in order, converting only those."""
    with VideoReader(source, facts["fps_stated"], facts["field_order"]) as reader:
        position = 0
        for index, (picture, time) in enumerate(reader.pictures()):
            if position == chosen.size:
                return
            if index == chosen[position]:
                frame = Frame(reader.upright(picture), time)
                while position < chosen.size and chosen[position] == index:
                    yield frame
                    position += 1
