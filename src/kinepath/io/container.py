"""What a video container states about its content, read without decoding."""

from __future__ import annotations

from pathlib import Path

import av
import av.error

from kinepath.io.video.images import ImageFolderError, list_images

#: Frame rate assumed for a folder of images where none is stated, hertz.
_USUAL_RATE = 25.0


def stated_duration(path: str | Path, fps: float | None = None) -> float | None:
    """Return the stated duration of a video, seconds; None if not stated or not readable.

    Parameters
    ----------
    path : path
        A file, or a folder of numbered images.
    fps : float, optional
        Frame rate of a folder of images, hertz.
    """
    if Path(path).is_dir():
        try:
            return len(list_images(path)) / (fps or _USUAL_RATE)
        except ImageFolderError:
            return None
    try:
        with av.open(f"file:{path}") as container:
            return container.duration / av.time_base if container.duration else None
    except (av.error.FFmpegError, OSError, ValueError):
        return None
