"""Conversion of a decoded frame from its own format to blue, green, red, as players show it."""

from __future__ import annotations

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from kinepath.io.video.base import Image
from kinepath.io.video.tone import NAMES, ToneMapper


class Converter:
    """Convert decoded frames to 8-bit images, blue, green, red.

    Matrix and range are those that each frame states; where it states none, ffmpeg's defaults
    apply. High dynamic range (HLG, PQ) is mapped to BT.709. Transparency is composited over black.
    """

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()
        self._tone: ToneMapper | None = None

    def __call__(self, picture: av.VideoFrame) -> Image:
        """Convert one frame; the image has the stored size."""
        if picture.color_trc in NAMES:
            shape = (picture.width, picture.height, picture.format.name, picture.color_trc)
            if self._tone is None or self._tone.shape != shape:
                self._tone = ToneMapper(picture)
            return _array(self._tone(picture))
        if has_alpha(picture):
            layers = _array(self._as(picture, "bgra"))
            weighted = layers[..., :3].astype(np.uint16) * layers[..., 3:]
            return ((weighted + 127) // 255).astype(np.uint8)
        return _array(self._as(picture, "bgr24"))

    def _as(self, picture: av.VideoFrame, kind: str) -> av.VideoFrame:
        # Bicubic, as in ffmpeg; PyAV's default shifts the chroma of 10-bit images.
        return self._reformatter.reformat(picture, format=kind, interpolation=Interpolation.BICUBIC)


def _array(picture: av.VideoFrame) -> Image:
    return np.asarray(picture.to_ndarray(), dtype=np.uint8)


def has_alpha(picture: av.VideoFrame) -> bool:
    """Return whether a frame has an alpha channel."""
    return any(component.is_alpha for component in picture.format.components)
