"""Frames as players show them: upright, with square pixels, in true colours, at their times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np

from kinepath.io.proposals import missing
from kinepath.io.video.base import Frame, Image, VideoError, resized
from kinepath.io.video.colour import Converter
from kinepath.io.video.fields import PROGRESSIVE, fields_in_turn
from kinepath.io.video.file import VideoFile
from kinepath.io.video.images import ImageFolder
from kinepath.io.video.orientation import Orientation


@dataclass
class VideoReader:
    """The frames of a video, one at a time in presentation order.

    Metadata are honoured as in players: edit lists, rotation and mirroring, pixel aspect ratio,
    cropping, colours, transparency. Times count from the first shown frame. Damaged packets are
    skipped and counted.

    Parameters
    ----------
    path : path
        A file, or a folder of numbered images.
    fps : float, optional
        Rate at which a folder's images were captured, hertz; ignored for a file.
    field_order : str
        ``"top"`` or ``"bottom"`` (the field captured first) makes two frames of every interlaced
        one; ``"progressive"`` uses frames as they are. :func:`kinepath.probe.probe` detects the
        field order.

    Raises
    ------
    VideoError
        If the file is missing, is not a video or contains no video stream; if the folder's images
        do not form a video.
    """

    path: Path
    fps: float | None = None
    field_order: str = PROGRESSIVE

    def __post_init__(self) -> None:
        self.path = Path(self.path)
        if self.path.is_dir():
            self.source: VideoFile | ImageFolder = ImageFolder(self.path, self.fps)
        elif self.path.is_file():
            self.source = VideoFile(self.path)
        else:
            cause, remedy = missing(self.path)
            raise VideoError(cause, remedy=remedy)
        self._convert = Converter()
        self._crop = self.source.crop
        self._size: tuple[int, int] | None = None
        self._orientation: Orientation | None = None

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Self:
        """Open a raw video with the properties found by :func:`kinepath.probe.probe`."""
        return cls(Path(facts["file"]), facts["fps_stated"], facts["field_order"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.source.close()

    @property
    def stated_rate(self) -> float | None:
        """Return the stated average rate of the stored frames, hertz; None if not stated."""
        return self.source.stated_rate

    @property
    def stated_frames(self) -> int | None:
        """Return the stated number of stored frames; None if not stated."""
        return self.source.stated_frames

    @property
    def damaged_packets(self) -> int:
        """Return the number of packets or images that could not be decoded so far."""
        return self.source.damaged

    def pictures(self) -> Iterator[tuple[av.VideoFrame, float]]:
        """Yield the decoded frames, not yet converted, with times in seconds, increasing from 0.

        The two fields of an interlaced frame are yielded in turn; see ``field_order``.
        """
        pictures = self._oriented()
        if self.field_order == PROGRESSIVE:
            return pictures
        return fields_in_turn(pictures, self.field_order, 1.0 / (self.stated_rate or 25.0))

    def frames(self) -> Iterator[Frame]:
        """Yield the frames as players show them."""
        for picture, time in self.pictures():
            yield Frame(self.upright(picture), time)

    def upright(self, picture: av.VideoFrame) -> Image:
        """Convert a decoded frame to blue, green, red, upright and with square pixels.

        A frame whose size differs from the first one's is scaled to it.
        """
        left, right, top, bottom = self._crop
        image = self._convert(picture)
        image = image[top : image.shape[0] - bottom, left : image.shape[1] - right]
        width = round(image.shape[1] * self.source.pixel_aspect)
        if width != image.shape[1]:
            image = resized(np.ascontiguousarray(image), max(1, width), image.shape[0])
        image = self.orientation.apply(image)
        height, width = image.shape[:2]
        self._size = self._size or (width, height)
        return image if (width, height) == self._size else resized(image, *self._size)

    def shown_size(self, picture: av.VideoFrame) -> tuple[int, int]:
        """Return the width and height at which a decoded frame is shown, pixels."""
        left, right, top, bottom = self._crop
        width = round((picture.width - left - right) * self.source.pixel_aspect)
        return self.orientation.size(max(1, width), picture.height - top - bottom)

    @property
    def remarks(self) -> list[str]:
        """Return warnings about the video; complete when all frames are decoded."""
        said = self.source.remarks
        if self.orientation.rounded_deg:
            said.append(
                f"the file asks for a turn that is {self.orientation.rounded_deg:.0f} degrees off a"
                " quarter turn; the nearest quarter is taken, so everything leans; turn the video"
                " upright in an editor"
            )
        return said

    @property
    def orientation(self) -> Orientation:
        """Return the orientation in which the last decoded frame is shown."""
        return self._orientation or Orientation()

    def _oriented(self) -> Iterator[tuple[av.VideoFrame, float]]:
        for picture, time in self.source.pictures():
            self._orientation = self.source.orientation(picture)
            yield picture, time


def read_frames(path: str | Path) -> Iterator[Frame]:
    """Yield the frames of a progressive video file as players show them."""
    with VideoReader(Path(path)) as reader:
        yield from reader.frames()


def read_grey(path: str | Path, size: tuple[int, int]) -> Iterator[Image]:
    """Yield the brightness of a video's stored images, scaled to a width and height.

    Rotation, cropping and pixel aspect ratio are not applied; a conformed video has none of them.
    """
    with VideoReader(Path(path)) as reader:
        for picture, _ in reader.pictures():
            yield picture.reformat(*size, format="gray").to_ndarray()
