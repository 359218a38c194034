"""What a video file says of itself, found without decoding it."""

from __future__ import annotations

from pathlib import Path

import av
import av.error


def stated_duration(path: str | Path) -> float | None:
    """Give how long a file says that it is, seconds; None if it does not, or cannot be read."""
    try:
        with av.open(str(path)) as container:
            return container.duration / av.time_base if container.duration else None
    except (av.error.FFmpegError, OSError, ValueError):
        return None
