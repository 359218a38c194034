"""Two clips side by side, the second warped to the timing of the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kinepath.drawing.composite import letterboxed
from kinepath.drawing.text import draw_caption
from kinepath.io.video import Image, read_frames, video_writer
from kinepath.pairs.comparison import Pairs

Indices = NDArray[np.intp]


def partners(path: Indices) -> Indices:
    """Return, for each sample of the first sequence, the middle of those warped onto it.

    Parameters
    ----------
    path : ndarray of int, shape (k, 2)
        A warping path.

    Returns
    -------
    ndarray of int, shape (n,)
        Indices into the second sequence; they never decrease.
    """
    first = np.searchsorted(path[:, 0], np.arange(path[-1, 0] + 1), side="left")
    last = np.searchsorted(path[:, 0], np.arange(path[-1, 0] + 1), side="right") - 1
    return np.asarray((path[first, 1] + path[last, 1]) // 2, dtype=np.intp)


def frames_in_phase(
    pairs: Pairs, clips: Sequence[str], times: Mapping[str, Sequence[float]]
) -> dict[str, Indices]:
    """Find the frames of several videos that show the same phase as each frame of the first.

    Parameters
    ----------
    pairs : Pairs
        Comparisons of clips, including these.
    clips : sequence of str
        The first one keeps its timing.
    times : mapping of str to sequence of float
        Time of each frame of each clip's video, seconds on the clock of the comparisons.

    Returns
    -------
    dict of str to ndarray of int, shape (n,)
        By clip; n is the number of frames of the first clip that were compared, in which all its
        compared features are known. Indices never decrease.

    Raises
    ------
    ComparisonError
        If a clip was not compared, or all are identical.
    """
    compared = {
        clip: np.searchsorted(times[clip], pairs.times[pairs.index(clip)] - 1e-6) for clip in clips
    }
    first, *others = clips
    found = {first: compared[first]}
    return found | {clip: compared[clip][partners(pairs.path(first, clip))] for clip in others}


def write_warped(
    output: str | Path,
    videos: Sequence[str | Path],
    frames: Sequence[Indices],
    labels: Sequence[str],
    *,
    fps: float,
    tile_width: int,
    tile_height: int,
    crf: int,
) -> None:
    """Write two videos side by side, with a given frame of each per output frame.

    Parameters
    ----------
    output : path
        Where to write.
    videos : sequence of two paths
        The videos; each is read once, in order.
    frames : sequence of two ndarray of int, shape (n,)
        The frame of each video shown in each frame of the output; never decreasing.
    labels : sequence of two str
        Shown in the images; any text.
    fps : float
        Frame rate of the output, hertz.
    tile_width, tile_height : int
        Size of either half, even.
    crf : int
        Constant rate factor of x264.

    Raises
    ------
    VideoError
        If a video cannot be read or ffmpeg fails.
    """
    tiles = [
        _shown(video, wanted, label, tile_width, tile_height)
        for video, wanted, label in zip(videos, frames, labels, strict=True)
    ]
    with video_writer(output, 2 * tile_width, tile_height, fps, crf=crf) as writer:
        for left, right in zip(*tiles, strict=True):
            writer.write(np.hstack([left, right]))


def _shown(
    video: str | Path, wanted: Indices, label: str, width: int, height: int
) -> Iterator[Image]:
    """Yield the requested frames, fitted into a tile, with the label."""
    at = 0
    for index, frame in enumerate(read_frames(video)):
        if at < len(wanted) and wanted[at] == index:
            tile = letterboxed(frame.image, width, height)
            draw_caption(tile, label, [])
            while at < len(wanted) and wanted[at] == index:
                yield tile
                at += 1
