"""What a video file says of itself, found without decoding it."""

from __future__ import annotations

from pathlib import Path

import av
import av.error

from kinepath.io.video.images import ImageFolderError, list_images

#: Rate at which a folder of images is taken to be shown where nobody says, hertz.
_USUAL_RATE = 25.0


def stated_duration(path: str | Path, fps: float | None = None) -> float | None:
    """Return how long a video says that it is, seconds; None if it does not, or cannot be read.

    Parameters
    ----------
    path : path
        A file, or a folder of numbered images.
    fps : float, optional
        Rate of a folder's images, hertz.
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
