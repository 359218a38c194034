"""Videos at the size of a page, and the images shown until they are played."""

from __future__ import annotations

from pathlib import Path

import cv2
import ffmpeg
import numpy as np

from kinepath.io.files import replacing
from kinepath.io.video import Image, VideoError, read_frames, run_ffmpeg, x264_options

#: Maximum width and height of a video on the page, pixels, and its quality (x264's rate factor).
WIDTH, HEIGHT, _CRF = 854, 640, 27
#: Frames between key frames: the maximum that a browser decodes to seek.
_KEY_FRAMES = 12
#: Quality of a poster in percent, and width of a thumbnail in pixels.
_QUALITY, _THUMBNAIL = 75, 160


def web_video(source: str | Path, target: str | Path, width: int = WIDTH) -> None:
    """Write a video at the size of the page, with the same frames.

    Parameters
    ----------
    source, target : path
        The video, and the path of its smaller copy.
    width : int
        Maximum width in pixels; smaller videos keep their size.

    Raises
    ------
    VideoError
        If it cannot be read.
    """
    bound = f"min(1,min({width}/iw,{HEIGHT}/ih))"
    with replacing(target) as temporary:
        stream = (
            ffmpeg.input(str(source))
            .video.filter("scale", f"2*trunc(iw*{bound}/2)", f"2*trunc(ih*{bound}/2)", flags="area")
            .output(
                str(temporary), **x264_options(_CRF), g=_KEY_FRAMES, fps_mode="passthrough", an=None
            )
        )
        run_ffmpeg(stream, temporary)


def poster(video: str | Path, at_s: float, width: int = WIDTH) -> bytes | None:
    """Return the frame of a video at a time, as JPEG.

    Parameters
    ----------
    video : path
        The video.
    at_s : float
        Seconds from its start; after its end the last frame is returned.
    width : int
        Maximum width in pixels.

    Returns
    -------
    bytes or None
        None where the video cannot be read: the page states this in its place.
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
    return _jpeg(shown, width)


def thumbnail(image: bytes) -> bytes:
    """Return a poster at the size of a table row."""
    shown = cv2.imdecode(np.frombuffer(image, dtype=np.uint8), cv2.IMREAD_COLOR)
    return _jpeg(np.asarray(shown, dtype=np.uint8), _THUMBNAIL)


def _jpeg(image: Image, width: int) -> bytes:
    rows, columns = image.shape[:2]
    if columns > width:
        size = width, max(round(rows * width / columns), 1)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes()
