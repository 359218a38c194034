"""The picture that stands for a video until it is played."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from kinepath.video import Image, VideoError, read_frames

#: Widest poster, pixels, and its quality in percent.
_WIDEST, _QUALITY = 640, 80


def poster(video: str | Path, at_s: float) -> bytes | None:
    """Give the frame that a video shows at a time, as JPEG.

    Parameters
    ----------
    video : path
        The video.
    at_s : float
        Seconds from its start; after its end the last frame is given.

    Returns
    -------
    bytes or None
        None where the video cannot be read: the page says so where it would play.
    """
    shown: Image | None = None
    try:
        for frame in read_frames(video):
            if shown is not None and frame.time > at_s + 1e-6:
                break
            shown = frame.image
    except VideoError:
        return None
    if shown is None:
        return None
    height, width = shown.shape[:2]
    if width > _WIDEST:
        size = _WIDEST, max(round(height * _WIDEST / width), 1)
        shown = np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    _, encoded = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes()
