"""Facts about a raw video, from its decoded frames: times, size, fields, cuts, warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from kinepath.conform import choose_window
from kinepath.conform.duplicates import (
    COMPARED_SIZE,
    find_repeats,
    freezes,
    largest_change,
    true_rate,
    with_ends,
)
from kinepath.errors import KinepathError
from kinepath.io.files import sha256
from kinepath.io.rates import is_variable, sections, usual_rate
from kinepath.io.video import Image, VideoError, VideoReader
from kinepath.io.video.fields import PROGRESSIVE, FieldLook
from kinepath.io.video.images import digest, list_images
from kinepath.io.video.tone import NAMES
from kinepath.probe.cautions import cautions
from kinepath.probe.cuts import find_cuts, find_jumps, mean_change

_BLACK_LEVEL = 20.0
#: Metadata key under which phones store the recording rate of slow motion, hertz.
_CAPTURE_RATE = "com.android.capture.fps"


@dataclass(frozen=True)
class _Walk:
    """The results of one pass over all frames."""

    time: NDArray[np.float64]
    brightness: NDArray[np.float64]
    change: NDArray[np.float64]
    largest_change: NDArray[np.float64]
    first: av.VideoFrame | None


def report(
    path: str | Path,
    clip: str,
    *,
    fps: float | None,
    start_s: float | None,
    end_s: float | None,
    min_size: int,
    cut_threshold: float,
) -> dict[str, Any]:
    """Probe a raw video; where it cannot be used, return the cause instead of failing.

    Parameters
    ----------
    path, clip, fps, min_size, cut_threshold
        As for :func:`probe`.
    start_s, end_s : float or None
        The sheet's window, seconds from the first frame; it must lie within the video.

    Returns
    -------
    dict
        ``clip``, ``file``, ``usable``, ``cause``, ``remedy`` (both None where it is usable),
        ``warnings`` and, only where it is usable, everything else that :func:`probe` returns.
    """
    try:
        facts = probe(path, clip, fps=fps, min_size=min_size, cut_threshold=cut_threshold)
        choose_window(facts, start_s, end_s)
    except KinepathError as error:
        return {
            "clip": clip,
            "file": str(path),
            "usable": False,
            "cause": error.cause,
            "remedy": error.remedy,
            "warnings": [],
        }
    return facts


def probe(
    path: str | Path,
    clip: str,
    *,
    fps: float | None = None,
    min_size: int,
    cut_threshold: float,
) -> dict[str, Any]:
    """Decode a raw video and return the facts needed before it is used.

    Parameters
    ----------
    path : path
        The raw video: a file, or a folder of numbered images.
    clip : str
        Name of the clip, for the report.
    fps : float, optional
        Recording frame rate stated in the sheet, hertz. A folder of images has no other.
    min_size : int
        Minimum width and height for detecting a person, pixels.
    cut_threshold : float
        Minimum change of brightness between two frames, as a fraction of full scale averaged over
        the image, for a cut; it must also stand out from its surroundings.

    Returns
    -------
    dict
        ``clip``, ``file``, ``usable`` (true), ``cause`` and ``remedy`` (None), ``sha256`` (of all
        images' contents in order where there is a folder of them), ``container``, ``codec``,
        ``width``, ``height`` (upright, square pixels), ``rotation_deg`` (counter-clockwise, of the
        stored image), ``mirrored`` (left and right exchanged after that), ``field_order``
        (progressive, top or bottom first; of interlaced frames both fields are shown in turn),
        ``dynamic_range`` (SDR, HLG or PQ), ``frames_decoded`` (as shown), ``frames_stated`` (as
        stored), ``file_start_s`` (time of the first frame on the file's own clock), ``start_s`` (0)
        and ``end_s`` (times of the first and the last frame after the first), ``duration_s``,
        ``duration_stated_s``, ``fps_stated``, ``fps_average``, ``fps_usual`` (without intervals
        that differ from most),
        ``fps_recorded`` (of slow motion, where the file states it), ``frame_interval_s`` (minimum,
        median, maximum), ``variable_rate``, ``rate_sections`` (``start_s``, ``end_s``, ``fps``
        where the rate changes in steps), ``repeated_frames`` (indices of duplicate frames),
        ``freezes`` (first frame and length of long runs of them), ``fps_pictures`` (rate without
        them, where they are regular), ``cuts_s`` (the first frames after cuts and jumps),
        ``black_share``, ``has_audio``, ``warnings`` and ``frame_time_s``, the time of every frame
        after the first.

    Raises
    ------
    VideoError
        If the file is not a video, contains no decodable frame, or is too small; if a folder
        has no images or no rate.
    """
    look = FieldLook()
    with VideoReader(Path(path), fps) as reader:
        walk = _walk(reader, look)
        if walk.first is None:
            raise VideoError(
                f"{path}: no frame can be decoded",
                remedy="copy the file again, or convert it to MP4 (H.264) with a program that"
                " plays it",
            )
        order = look.order(reader.source.reported_fields)
        source = _source_facts(reader, walk.first, order)
        remarks = reader.remarks
    if min(source["width"], source["height"]) < min_size:
        raise VideoError(
            f"{path}: {source['width']}x{source['height']} pixels; at least {min_size}x{min_size}"
            " are needed",
            remedy="use a larger version of the video, or lower min_size in the section probe",
        )
    stated = source["fps_stated"] or 25.0
    if order != PROGRESSIVE:
        stated *= 2
        with VideoReader(Path(path), fps, order) as both:
            walk = _walk(both)
    times = _time_facts(walk.time, stated)
    facts = {**source, **times, **_change_facts(walk, times["fps_usual"], cut_threshold)}
    return {
        "clip": clip,
        "file": str(path),
        "usable": True,
        "cause": None,
        "remedy": None,
        "sha256": _digest(Path(path)),
        **facts,
        "defects": remarks,
        "warnings": remarks + cautions(facts, flagged_interlaced=look.is_flagged),
        "frame_time_s": [round(float(t), 9) for t in walk.time],
    }


def _walk(reader: VideoReader, look: FieldLook | None = None) -> _Walk:
    time, brightness, change, largest = [], [], [], []
    first: av.VideoFrame | None = None
    before: Image | None = None
    for picture, at in reader.pictures():
        if look is not None:
            look.add(picture)
        image: Image = picture.reformat(*COMPARED_SIZE, format="gray").to_ndarray()
        time.append(at)
        brightness.append(float(image.mean()))
        change.append(0.0 if before is None else mean_change(image, before))
        largest.append(0.0 if before is None else largest_change(image, before))
        before = image
        first = first or picture
    return _Walk(np.array(time), np.array(brightness), np.array(change), np.array(largest), first)


def _source_facts(reader: VideoReader, first: av.VideoFrame, order: str) -> dict[str, Any]:
    """Return what the file states other than its frames' times."""
    source = reader.source
    width, height = reader.shown_size(first)
    return {
        "container": source.container_format,
        "codec": source.codec,
        "width": width,
        "height": height,
        "rotation_deg": 90 * reader.orientation.quarter_turns,
        "mirrored": reader.orientation.mirrored,
        "field_order": order,
        "dynamic_range": NAMES.get(first.color_trc, "SDR"),
        "frames_stated": source.stated_frames,
        "file_start_s": source.file_start or 0.0,
        "duration_stated_s": source.stated_duration,
        "fps_stated": source.stated_rate,
        "fps_recorded": _recorded_rate(source.metadata),
        "has_audio": source.has_audio,
    }


def _time_facts(time: NDArray[np.float64], stated: float) -> dict[str, Any]:
    """Return the facts from the times of the shown frames; a single one has the stated rate."""
    interval = np.diff(time)
    mean = float(interval.mean()) if interval.size else 1.0 / stated
    return {
        "frames_decoded": int(time.size),
        "start_s": 0.0,
        "end_s": float(time[-1]),
        "duration_s": float(time[-1]) + mean,
        "fps_average": 1.0 / mean,
        "fps_usual": usual_rate(interval) or 1.0 / mean,
        "frame_interval_s": _spread(interval),
        "variable_rate": is_variable(interval),
        "rate_sections": [asdict(section) for section in sections(time)],
    }


def _change_facts(walk: _Walk, rate: float, cut_threshold: float) -> dict[str, Any]:
    """Return the facts from comparing every frame with the previous one."""
    cuts = find_cuts(walk.time, walk.change, cut_threshold)
    repeats = find_repeats(walk.largest_change, set(np.searchsorted(walk.time, cuts).tolist()))
    jumps = walk.time[find_jumps(walk.change, walk.largest_change, repeats)]
    cuts = np.union1d(cuts, jumps)
    fps_images = true_rate(repeats, rate)
    if fps_images is not None:
        repeats = with_ends(repeats, walk.largest_change, rate / fps_images)
    return {
        "repeated_frames": repeats.tolist(),
        "freezes": [list(run) for run in freezes(repeats, fps_images, rate)],
        "fps_pictures": fps_images,
        "cuts_s": cuts.tolist(),
        "black_share": float(np.mean(walk.brightness < _BLACK_LEVEL)),
    }


def _digest(path: Path) -> str:
    return digest(list_images(path)) if path.is_dir() else sha256(path)


def _recorded_rate(metadata: Mapping[str, str]) -> float | None:
    """Return the recording rate (hertz) stated by a phone; None where there is none."""
    try:
        rate = float(metadata.get(_CAPTURE_RATE, "nan"))
    except ValueError:
        return None
    return rate if 0.0 < rate < np.inf else None


def _spread(interval: NDArray[np.float64]) -> list[float] | None:
    if not interval.size:
        return None
    return [float(x) for x in (interval.min(), np.median(interval), interval.max())]
