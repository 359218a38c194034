"""A video file, decoded frame by frame with the times at which players show them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import av
import av.error

from kinepath.io.video.base import VideoError
from kinepath.io.video.faults import unreadable
from kinepath.io.video.matroska import pixel_crop
from kinepath.io.video.mp4 import bytes_missing, clean_aperture
from kinepath.io.video.orientation import Orientation

#: ffmpeg prefers the default stream to others that are larger by up to this many pixels.
_DEFAULT_WORTH = 5_000_000
#: Demuxers that render images from what is not a video: text, or the description of a graph.
_NO_VIDEO = frozenset({"tty", "bin", "xbin", "adf", "idf", "lavfi"})
#: Decoders that also read the alpha layer of a file, by codec.
_WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
#: A pixel aspect ratio beyond this, or below its inverse, is treated as damage.
_MOST_ASPECT = 8.0
#: In a transport stream a larger step between two frames is a discontinuity of its clock, seconds
#: (ffmpeg's own bound).
_CLOCK_BREAK_S = 10.0
#: libavcodec's field orders, by the field shown first.
_FIELD_ORDER = {1: "progressive", 2: "top", 3: "bottom", 4: "bottom", 5: "top"}


@dataclass
class VideoFile:
    """The frames of a video file, as stored, decoded one at a time in presentation order.

    Frames hidden by an edit list are not shown. Damaged packets are skipped and counted. Among
    several video streams the choice is ffmpeg's: the largest, but one marked as the default before
    others; a cover image does not count.

    Parameters
    ----------
    path : path
        The file.

    Raises
    ------
    VideoError
        If the file is not a video or contains no video stream.
    """

    path: Path
    damaged: int = field(default=0, init=False)
    file_start: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._open(threads="AUTO")

    def _open(self, threads: str) -> None:
        try:
            # Passed as a file: a colon or percent sign in its name then has no special meaning.
            self._container = av.open(f"file:{self.path}", options={"pattern_type": "none"})
        except (av.error.FFmpegError, ValueError) as error:
            raise unreadable(self.path, getattr(error, "strerror", None) or str(error)) from None
        if self._container.format.name in _NO_VIDEO:
            self._container.close()
            raise unreadable(self.path, f"{self._container.format.name} is not a video")
        try:
            self._stream = best_stream(self._container, self.path)
        except VideoError:
            self._container.close()
            raise
        self._decoder = self._choose_decoder()
        self._decoder.thread_type = threads

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    @property
    def container_format(self) -> str:
        """Return ffmpeg's name of the container format."""
        return str(self._container.format.name)

    @property
    def codec(self) -> str:
        """Return the name of the video codec."""
        return str(self._stream.codec_context.name)

    @property
    def pixel_aspect(self) -> float:
        """Return the pixel width over its height; 1 where it is not stated, or not plausible."""
        ratio = self._stated_aspect
        return ratio if 1 / _MOST_ASPECT <= ratio <= _MOST_ASPECT else 1.0

    @property
    def _stated_aspect(self) -> float:
        return float(self._stream.sample_aspect_ratio or 1)

    @property
    def remarks(self) -> list[str]:
        """Return warnings about the file; complete when all frames are decoded."""
        said = []
        missing = bytes_missing(self.path)
        if missing:
            said.append(
                f"the file is cut off: {missing / 1e6:.3g} MB are missing at its end, and what was"
                " filmed there with them; copy it again"
            )
        if self.damaged:
            said.append(
                f"{self.damaged} damaged {'packet was' if self.damaged == 1 else 'packets were'}"
                " skipped: frames are missing or smeared there;"
                " copy the file again, or put start_s and end_s around a sound part"
            )
        streams = _shown_streams(self._container)
        if len(streams) > 1:
            sizes = ", ".join(f"{stream.width}x{stream.height}" for stream in streams)
            said.append(
                f"{len(streams)} picture streams ({sizes}): as in players, that of"
                f" {self._stream.width}x{self._stream.height} pixels is used; to use another one,"
                " extract it with ffmpeg -map"
            )
        if self.pixel_aspect != self._stated_aspect:
            said.append(
                f"the file says that its pixels are {self._stated_aspect:.3g} times as wide as"
                " high, which is taken for damage: they are taken to be square"
            )
        return said

    @property
    def stated_rate(self) -> float | None:
        """Return the average frame rate stated by the container, hertz; None if not stated."""
        rate = self._stream.average_rate
        return float(rate) if rate else None

    @property
    def stated_frames(self) -> int | None:
        """Return the number of frames stated by the container; None if not stated."""
        return int(self._stream.frames) or None

    @property
    def stated_duration(self) -> float | None:
        """Return the video duration stated by the container, seconds; None if not stated."""
        if self._stream.duration:
            return float(self._stream.duration * self._stream.time_base)
        whole = self._container.duration
        return whole / av.time_base if whole and not self.has_audio else None

    @property
    def has_audio(self) -> bool:
        """Return whether the file contains audio."""
        return bool(self._container.streams.audio)

    @property
    def metadata(self) -> dict[str, str]:
        """Return the metadata of the container and of its video stream, by name."""
        return {**self._container.metadata, **self._stream.metadata}

    @property
    def crop(self) -> tuple[int, int, int, int]:
        """Return the pixels that the container crops at the left, right, top and bottom."""
        name = self.container_format
        found = None
        if "mp4" in name:
            found = clean_aperture(self.path, self._stream.id)
        elif "matroska" in name:
            found = pixel_crop(self.path, _shown_streams(self._container).index(self._stream))
        return found or (0, 0, 0, 0)

    @property
    def reported_fields(self) -> str | None:
        """Return the stated field order: progressive, top or bottom (first); None if not stated."""
        return _FIELD_ORDER.get(self._stream.codec_context.field_order)

    def orientation(self, picture: av.VideoFrame) -> Orientation:
        """Return the orientation in which a frame is shown."""
        return Orientation.of(picture)

    def pictures(self) -> Iterator[tuple[av.VideoFrame, float]]:
        """Yield the decoded frames, not yet converted, with their times after the first one.

        Times increase: a frame whose own time does not is shown one frame interval after the
        previous one. AVI stores no presentation times, only the order of the packets; frames then
        follow that order.
        """
        clock = _Clock(1.0 / (self.stated_rate or 25.0), breaks="mpeg" in self.container_format)
        by_order = self.container_format == "avi"
        for picture in self._decoded():
            ticks = picture.dts if by_order else picture.pts
            own = None if ticks is None else float(ticks * self._stream.time_base)
            if self.file_start is None:
                self.file_start = 0.0 if by_order or own is None else own
            yield picture, clock(own)

    def _decoded(self) -> Iterator[av.VideoFrame]:
        shown = expected = 0
        try:
            for packet in self._packets():
                expected += packet is not None and not packet.is_discard
                for picture in self._decoder.decode(packet):
                    shown += 1
                    yield picture
            if shown >= expected:
                return
        except av.error.FFmpegError:
            pass
        # A multithreaded decoder loses whole frames next to a damaged packet, different ones in
        # each run, and silently at the end of a file; a single-threaded one does not.
        self.close()
        self._open(threads="NONE")
        yield from islice(self._decoded_singly(), shown, None)

    def _decoded_singly(self) -> Iterator[av.VideoFrame]:
        packets = self._packets()
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError:
                # Nothing more can be read; packets already read are still decoded.
                self.damaged += 1
                packets, packet = iter(()), None
            try:
                yield from self._decoder.decode(packet)
            except av.error.FFmpegError:
                self.damaged += 1

    def _packets(self) -> Iterator[av.Packet | None]:
        """Yield the packets, and None at the end, at which the decoder is flushed."""
        for packet in self._container.demux(self._stream):
            # An empty packet holds no frame; the demuxer's last one would end the decoder early.
            if packet.size:
                yield packet
        yield None

    def _choose_decoder(self) -> av.VideoCodecContext:
        context = self._stream.codec_context
        name = _WITH_ALPHA.get(context.name)
        if name is None or self._stream.metadata.get("alpha_mode") != "1":
            return context
        return av.CodecContext.create(name, "r")


def best_stream(container: av.container.InputContainer, path: Path) -> av.VideoStream:
    """Choose a file's video stream as ffmpeg does; see :class:`VideoFile`.

    Raises
    ------
    VideoError
        If there is none.
    """
    shown = _shown_streams(container)
    if not shown:
        kinds = sorted({{"video": "a cover image"}.get(s.type, s.type) for s in container.streams})
        raise VideoError(
            f"{path}: no picture stream (it holds {', '.join(kinds) or 'nothing'})",
            remedy="put the path of the video file into the sheet",
        )
    return max(shown, key=_worth)


def _shown_streams(container: av.container.InputContainer) -> list[av.VideoStream]:
    cover = av.stream.Disposition.attached_pic
    return [stream for stream in container.streams.video if not stream.disposition & cover]


def _worth(stream: av.VideoStream) -> int:
    default = bool(stream.disposition & av.stream.Disposition.default)
    return int(stream.width * stream.height) + _DEFAULT_WORTH * default


class _Clock:
    """Convert the frames' own times to times after the first frame, strictly increasing."""

    def __init__(self, step: float, *, breaks: bool) -> None:
        self._step, self._breaks = step, breaks
        self._offset: float | None = None
        self._last = -math.inf

    def __call__(self, own: float | None) -> float:
        if self._offset is None:
            self._offset = own or 0.0
            self._last = 0.0
            return 0.0
        expected = self._last + self._step
        time = expected if own is None else own - self._offset
        if own is not None and self._breaks and abs(time - expected) > _CLOCK_BREAK_S:
            self._offset += time - expected
            time = expected
        self._last = time if time > self._last else expected
        return self._last
