"""Facts about a raw video, read from its decoded frames: times, size, cuts, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinepath.files import sha256
from kinepath.repeats import COMPARED_SIZE, find_repeats, largest_change, true_rate
from kinepath.video import Image, VideoError, VideoReader

#: Side of the blocks in which brightness is compared to find cuts, pixels of COMPARED_SIZE.
_CUT_BLOCK = 5
_BLACK_LEVEL = 20.0
#: Under this name phones keep the rate at which slow motion was recorded, hertz.
_CAPTURE_RATE = "com.android.capture.fps"
#: Recorded so much faster than shown is slow motion.
_SLOW_MOTION = 1.2
#: Between two views of one ground the change is fainter: this share of the threshold.
_FAINT = 0.6
_STANDARD_RATES = (
    *(24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 48.0, 50.0, 60000 / 1001, 60.0),
    *(100.0, 120000 / 1001, 120.0, 200.0, 240.0),
)


@dataclass(frozen=True)
class _Walk:
    """What one pass over all frames gives."""

    time: NDArray[np.float64]
    brightness: NDArray[np.float64]
    change: NDArray[np.float64]
    largest_change: NDArray[np.float64]
    rotation: int
    damaged_packets: int


def probe(path: str | Path, clip: str, *, min_size: int, cut_threshold: float) -> dict[str, Any]:
    """Decode a raw video once and tell what there is to know before it is used.

    Parameters
    ----------
    path : path
        The raw video.
    clip : str
        Name of the clip, for the report.
    min_size : int
        Smallest width and height in which a person can be looked for, pixels.
    cut_threshold : float
        Change of brightness between two frames, as a share of full scale averaged over the
        picture, from which on a cut is assumed if it also stands out from its surroundings.

    Returns
    -------
    dict
        ``clip``, ``file``, ``sha256``, ``container``, ``codec``, ``width``, ``height`` (upright,
        square pixels), ``rotation_deg``, ``frames_decoded``, ``frames_stated``, ``start_s``,
        ``end_s`` (presentation times of the first and the last frame), ``duration_s``,
        ``fps_stated``, ``fps_average``, ``fps_usual`` (without intervals that differ from most),
        ``fps_recorded`` (of slow motion, where the file says), ``frame_interval_s`` (smallest,
        median, largest), ``variable_rate``, ``repeated_frames`` (indices of frames that show the
        picture of the one before), ``fps_pictures`` (rate without them, where they are regular),
        ``cuts_s``, ``black_share``, ``has_audio``, ``warnings`` and ``frame_time_s``, the
        presentation time of every frame.

    Raises
    ------
    VideoError
        If the file is no video, holds no frame that can be decoded, or is too small.
    """
    with VideoReader(Path(path)) as reader:
        walk = _walk(reader)
        if not walk.time.size:
            raise VideoError(f"{path}: no frame can be decoded")
        width, height = _upright_size(reader, walk.rotation)
        if min(width, height) < min_size:
            raise VideoError(
                f"{path}: {width}x{height} pixels; at least {min_size}x{min_size} are needed"
            )
        interval = np.diff(walk.time)
        variable = is_variable(interval)
        usual = usual_rate(interval) or 1.0 / _frame_interval(walk.time, reader)
        repeats = find_repeats(walk.largest_change)
        facts: dict[str, Any] = {
            "clip": clip,
            "file": str(path),
            "sha256": sha256(path),
            "container": reader.container_format,
            "codec": reader.codec,
            "width": width,
            "height": height,
            "rotation_deg": walk.rotation,
            "frames_decoded": int(walk.time.size),
            "frames_stated": reader.stated_frames,
            "start_s": float(walk.time[0]),
            "end_s": float(walk.time[-1]),
            "duration_s": float(walk.time[-1] - walk.time[0] + _frame_interval(walk.time, reader)),
            "fps_stated": reader.stated_rate,
            "fps_average": 1.0 / _frame_interval(walk.time, reader),
            "fps_usual": usual,
            "fps_recorded": _recorded_rate(reader.metadata),
            "frame_interval_s": _spread(interval),
            "variable_rate": variable,
            "repeated_frames": repeats.tolist(),
            "fps_pictures": true_rate(repeats, usual),
            "cuts_s": [float(t) for t in find_cuts(walk.time, walk.change, cut_threshold)],
            "black_share": float(np.mean(walk.brightness < _BLACK_LEVEL)),
            "has_audio": reader.has_audio,
        }
    facts["warnings"] = _warnings(facts, walk.damaged_packets)
    facts["frame_time_s"] = [round(float(t), 9) for t in walk.time]
    return facts


def _walk(reader: VideoReader) -> _Walk:
    time, brightness, change, largest = [], [], [], []
    rotation = 0
    before: Image | None = None
    for picture, at in reader.pictures():
        image: Image = picture.reformat(*COMPARED_SIZE, format="gray").to_ndarray()
        time.append(at)
        brightness.append(float(image.mean()))
        change.append(0.0 if before is None else _change(image, before))
        largest.append(0.0 if before is None else largest_change(image, before))
        before = image
        rotation = round(picture.rotation / 90) * 90 % 360
    return _Walk(
        np.array(time),
        np.array(brightness),
        np.array(change),
        np.array(largest),
        rotation,
        reader.damaged_packets,
    )


def _change(image: Image, before: Image) -> float:
    """Give the mean change of brightness of small blocks, as a share of full scale."""
    difference = image.astype(np.float64) - before
    height, width = image.shape
    shape = (height // _CUT_BLOCK, _CUT_BLOCK, width // _CUT_BLOCK, _CUT_BLOCK)
    return float(np.abs(difference.reshape(shape).mean(axis=(1, 3))).mean()) / 255.0


def _recorded_rate(metadata: Mapping[str, str]) -> float | None:
    """Give the rate (hertz) at which a phone says that it recorded; None where none does."""
    try:
        rate = float(metadata.get(_CAPTURE_RATE, "nan"))
    except ValueError:
        return None
    return rate if 0.0 < rate < np.inf else None


def _upright_size(reader: VideoReader, rotation: int) -> tuple[int, int]:
    width, height = reader.coded_size
    width = round(width * reader.pixel_aspect)
    return (height, width) if rotation % 180 else (width, height)


def _frame_interval(time: NDArray[np.float64], reader: VideoReader) -> float:
    """Mean interval between frames, seconds; the container's word where there is one frame."""
    if time.size > 1 and time[-1] > time[0]:
        return float((time[-1] - time[0]) / (time.size - 1))
    return 1.0 / (reader.stated_rate or 25.0)


def _spread(interval: NDArray[np.float64]) -> list[float] | None:
    if not interval.size:
        return None
    return [float(x) for x in (interval.min(), np.median(interval), interval.max())]


def is_variable(interval: NDArray[np.float64]) -> bool:
    """Tell whether frame intervals (seconds) vary by more than a container's rounding does.

    Containers keep times in ticks of up to a millisecond, so an interval may be off by one tick
    on either side; beyond 2 ms and a tenth of the median the frame rate itself varies.
    """
    return interval.size > 1 and not bool(_is_usual(interval).all())


def usual_rate(interval: NDArray[np.float64]) -> float | None:
    """Give the frame rate (hertz) of most frame intervals (seconds); None without intervals.

    A missing frame or a stray one changes the average, but not the rate of the camera.
    """
    if not interval.size:
        return None
    return float(1.0 / interval[_is_usual(interval)].mean())


def _is_usual(interval: NDArray[np.float64]) -> NDArray[np.bool_]:
    middle = float(np.quantile(interval, 0.5, method="lower"))
    return np.asarray(np.abs(interval - middle) <= max(0.0021, 0.1 * middle))


def standard_rate(rate: float, duration: float) -> float:
    """Replace a measured frame rate (hertz) by the usual one, if it is one but for rounding.

    The usual one is taken if it is within 0.2 % and the clip (seconds long) would be out of step
    by less than a quarter of a frame at its end.
    """
    nearest = min(_STANDARD_RATES, key=lambda usual: abs(usual - rate))
    off = abs(nearest - rate)
    return nearest if off <= 0.002 * nearest and off * duration < 0.25 else rate


def find_cuts(
    time: NDArray[np.float64], change: NDArray[np.float64], threshold: float
) -> NDArray[np.float64]:
    """Find where one camera shot ends and another begins.

    Parameters
    ----------
    time : ndarray, shape (frames,)
        Presentation times, seconds.
    change : ndarray, shape (frames,)
        Mean absolute change of brightness from the frame before, as a share of full scale.
    threshold : float
        Least change of a cut.

    Returns
    -------
    ndarray, shape (cuts,)
        Times of the first frame after each cut, seconds. A change counts as a cut if it reaches
        the threshold and is four times the median change of the half second around it, so that a
        fast pan or a moving crowd is none. A fainter one, from 0.6 of the threshold, counts if it
        also stands out from the frames beside it, 2.2 times, as a flash or a gust does not.
    """
    cuts = []
    around = np.pad(change, 1)
    for k in np.flatnonzero(change >= _FAINT * threshold):
        near = np.abs(time - time[k]) <= 0.5
        near[k] = False
        usual = float(np.median(change[near])) if near.any() else 0.0
        stands_out = change[k] >= 2.2 * max(around[k], around[k + 2]) and change[k] >= 3.5 * usual
        if (change[k] >= threshold and change[k] >= 4.0 * usual) or stands_out:
            cuts.append(time[k])
    return np.array(cuts, dtype=np.float64)


def _warnings(facts: dict[str, Any], damaged_packets: int) -> list[str]:
    checks: Iterable[tuple[bool, str]] = (
        (damaged_packets > 0, f"{damaged_packets} damaged packets were skipped"),
        (
            # An edit list may hide a few; fewer than the container states by a lot is damage.
            bool(facts["frames_stated"]) and facts["frames_decoded"] < facts["frames_stated"],
            f"the container states {facts['frames_stated']} frames,"
            f" {facts['frames_decoded']} are shown (an edit list, or the file is truncated)",
        ),
        (
            facts["variable_rate"],
            "the frame rate varies; the clip is resampled to a constant one",
        ),
        (bool(facts["repeated_frames"]), _repeats_said(facts)),
        (_is_slow_motion(facts), _slow_motion_said(facts)),
        (facts["start_s"] > 0.0005, f"the first frame is shown at {facts['start_s']:.3f} s"),
        (facts["black_share"] == 1.0, "the picture is black throughout"),
        (
            0.0 < facts["black_share"] < 1.0,
            f"{100 * facts['black_share']:.0f} % of the frames are black",
        ),
        (facts["fps_average"] < 20.0, f"only {facts['fps_average']:.1f} frames per second"),
        (facts["frames_decoded"] == 1, "a single frame: nothing that needs motion can be found"),
    )
    return [text for holds, text in checks if holds]


def _repeats_said(facts: Mapping[str, Any]) -> str:
    count = len(facts["repeated_frames"])
    said = f"{count} frames show the picture of the one before; they are interpolated through"
    if facts["fps_pictures"] is None:
        return said
    return (
        f"{said}: {facts['fps_usual']:.2f} frames per second were made of"
        f" {facts['fps_pictures']:.1f}"
    )


def _is_slow_motion(facts: Mapping[str, Any]) -> bool:
    recorded = facts["fps_recorded"]
    return recorded is not None and recorded > _SLOW_MOTION * facts["fps_usual"]


def _slow_motion_said(facts: Mapping[str, Any]) -> str:
    return (
        f"slow motion: recorded at {facts['fps_recorded'] or 0:g} frames per second, shown at"
        f" {facts['fps_usual']:.4g}; speeds are true only with fps {facts['fps_recorded'] or 0:g}"
        " in the sheet"
    )
