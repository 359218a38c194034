"""Reading videos with true presentation times, and writing them through ffmpeg."""

from __future__ import annotations

import math
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import av.error
import cv2
import ffmpeg
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from kinepath.errors import KinepathError
from kinepath.files import replacing

Image = NDArray[np.uint8]


class VideoError(KinepathError):
    """A file that cannot be read as video, or an encoder that failed."""


@dataclass(frozen=True)
class Frame:
    """One decoded picture, upright and with square pixels.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        Blue, green, red.
    time : float
        Presentation time in seconds, on the file's own clock, edit lists honoured.
    """

    image: Image
    time: float


@dataclass
class VideoReader:
    """The frames of a video file, decoded one at a time in the order of presentation.

    Frames that an edit list hides are not shown. Rotation and non-square pixels stored in the
    file are undone. Damaged packets are skipped and counted.

    Parameters
    ----------
    path : path
        The file.

    Raises
    ------
    VideoError
        If the file is missing, is no video or holds no picture stream.
    """

    path: Path
    damaged_packets: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.path = Path(self.path)
        if not self.path.is_file():
            raise VideoError(f"{self.path}: no such file")
        try:
            self._container = av.open(str(self.path))
        except (av.error.FFmpegError, ValueError) as error:
            raise VideoError(f"{self.path}: cannot be read as video ({_reason(error)})") from None
        if not self._container.streams.video:
            kinds = ", ".join(sorted({s.type for s in self._container.streams})) or "nothing"
            self._container.close()
            raise VideoError(f"{self.path}: no picture stream (it holds {kinds})")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._container.close()

    @property
    def container_format(self) -> str:
        """Name of the container, as ffmpeg calls it."""
        return str(self._container.format.name)

    @property
    def codec(self) -> str:
        """Name of the picture codec."""
        return str(self._stream.codec_context.name)

    @property
    def coded_size(self) -> tuple[int, int]:
        """Width and height as stored, before rotation and pixel shape are undone."""
        context = self._stream.codec_context
        return int(context.width), int(context.height)

    @property
    def pixel_aspect(self) -> float:
        """Width of a pixel over its height; 1 where the file does not say."""
        ratio = self._stream.sample_aspect_ratio
        return float(ratio) if ratio else 1.0

    @property
    def stated_rate(self) -> float | None:
        """Average frame rate that the container states, hertz; None where it does not."""
        rate = self._stream.average_rate
        return float(rate) if rate else None

    @property
    def stated_frames(self) -> int | None:
        """Number of frames that the container states; None where it does not."""
        return int(self._stream.frames) or None

    @property
    def has_audio(self) -> bool:
        """Whether the file holds sound."""
        return bool(self._container.streams.audio)

    def seek(self, time: float) -> None:
        """Move to the last key frame at or before a presentation time, in seconds."""
        self._container.seek(int(time * av.time_base), backward=True)

    @property
    def metadata(self) -> dict[str, str]:
        """What the container says of the video and of its picture stream, by name."""
        return {**self._container.metadata, **self._stream.metadata}

    def pictures(self) -> Iterator[tuple[av.VideoFrame, float]]:
        """Yield the decoded frames, not yet converted, with their presentation times.

        Times increase: a frame whose own time does not is shown one frame interval after the one
        before. AVI keeps no presentation times, only the order of the packets; frames then follow
        that order, from 0.
        """
        fallback, last = 0.0, -math.inf
        step = 1.0 / (self.stated_rate or 25.0)
        ordered = self.container_format == "avi"
        first: int | None = None
        for packet in self._container.demux(self._stream):
            try:
                decoded = packet.decode()
            except av.error.InvalidDataError:
                self.damaged_packets += 1
                continue
            for picture in decoded:
                ticks = picture.dts if ordered else picture.pts
                if ordered and ticks is not None:
                    first = ticks if first is None else first
                    ticks -= first
                time = fallback if ticks is None else float(ticks * picture.time_base)
                time = fallback if time <= last else time
                fallback, last = time + step, time
                yield picture, time

    def frames(self) -> Iterator[Frame]:
        """Yield the frames, upright and with square pixels."""
        for picture, time in self.pictures():
            yield Frame(self.upright(picture), time)

    def upright(self, picture: av.VideoFrame) -> Image:
        """Convert a decoded frame to blue, green, red, upright and with square pixels."""
        width = round(picture.width * self.pixel_aspect)
        image: Image = picture.reformat(width=width, format="bgr24").to_ndarray()
        turns = round(picture.rotation / 90) % 4
        return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def read_frames(path: str | Path) -> Iterator[Frame]:
    """Yield the frames of a video, upright and with square pixels; see :class:`VideoReader`."""
    with VideoReader(Path(path)) as reader:
        yield from reader.frames()


def read_grey(path: str | Path, size: tuple[int, int]) -> Iterator[Image]:
    """Yield the brightness of a video's stored pictures, scaled to a width and height.

    Rotation and the shape of pixels are left as they are stored; a conformed video has neither.
    """
    with VideoReader(Path(path)) as reader:
        for picture, _ in reader.pictures():
            yield picture.reformat(*size, format="gray").to_ndarray()


def ffmpeg_binary() -> str:
    """Give the ffmpeg program: the system's where there is one, else the one from PyPI.

    Raises
    ------
    VideoError
        If there is neither.
    """
    try:
        # What an environment variable names is given unseen.
        found = shutil.which("ffmpeg") or shutil.which(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        found = None
    if found is None:
        raise VideoError(
            f"no ffmpeg on {platform.node()}: install it there, or run envs/setup.sh again"
        )
    return found


def x264_options(crf: int, preset: str = "veryfast") -> dict[str, Any]:
    """Give the encoder settings of every video that is written.

    The number of threads is fixed because x264's output depends on it; yuv420p and faststart are
    what browsers and presentation programs play; bitexact leaves out dates and versions.
    """
    return {
        "vcodec": "libx264",
        "crf": crf,
        "preset": preset,
        "pix_fmt": "yuv420p",
        "threads": 2,
        "colorspace": "bt709",
        "color_primaries": "bt709",
        "color_trc": "bt709",
        "movflags": "+faststart",
        "fflags": "+bitexact",
        "flags": "+bitexact",
        "map_metadata": -1,
    }


class _Writer:
    """Takes pictures of one size and hands them to ffmpeg."""

    def __init__(self, process: subprocess.Popen[bytes], width: int, height: int) -> None:
        self._process = process
        self._shape = (height, width, 3)
        self.frames = 0

    def write(self, image: Image) -> None:
        """Add one picture (height, width, 3), blue, green, red."""
        if image.shape != self._shape:
            raise ValueError(f"picture of shape {image.shape} in a video of {self._shape}")
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(np.ascontiguousarray(image).data)
        except BrokenPipeError:
            raise VideoError(f"ffmpeg stopped: {_last_line(self._process)}") from None
        self.frames += 1


@contextmanager
def video_writer(
    path: str | Path,
    width: int,
    height: int,
    fps: float,
    *,
    crf: int = 20,
    preset: str = "veryfast",
) -> Iterator[_Writer]:
    """Write an H.264 video picture by picture, under a temporary name until it is whole.

    Parameters
    ----------
    path : path
        Where to write.
    width, height : int
        Size in pixels, both even (yuv420p halves them).
    fps : float
        Frame rate, hertz.
    crf : int
        Constant rate factor of x264: lower is better and larger.
    preset : str
        Preset of x264: the faster, the larger the file.

    Raises
    ------
    VideoError
        If ffmpeg fails; the message is its last line.
    """
    with replacing(path) as temporary:
        process = (
            ffmpeg.input("pipe:", format="rawvideo", pix_fmt="bgr24", s=f"{width}x{height}", r=fps)
            # Without accurate_rnd the conversion darkens every picture by a few levels.
            .filter("scale", out_color_matrix="bt709", flags="accurate_rnd+full_chroma_int")
            .output(str(temporary), **x264_options(crf, preset))
            .global_args("-loglevel", "error", "-nostats")
            .overwrite_output()
            .run_async(cmd=ffmpeg_binary(), pipe_stdin=True, pipe_stderr=True)
        )
        try:
            writer = _Writer(process, width, height)
            yield writer
        except BaseException:
            process.kill()
            raise
        finally:
            _, message = process.communicate()
        if process.returncode != 0:
            raise VideoError(f"{path}: ffmpeg failed: {message.decode(errors='replace').strip()}")


def _last_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stderr is not None
    lines = process.stderr.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no message"


def run_ffmpeg(stream: Any, path: str | Path) -> None:
    """Run an ffmpeg-python output graph that writes ``path``.

    Raises
    ------
    VideoError
        If ffmpeg fails; the message is what it printed.
    """
    try:
        stream.global_args("-loglevel", "error", "-nostats").overwrite_output().run(
            cmd=ffmpeg_binary(), capture_stdout=True, capture_stderr=True
        )
    except ffmpeg.Error as error:
        message = error.stderr.decode(errors="replace").strip()
        raise VideoError(f"{path}: ffmpeg failed: {message}") from None


def even(size: int) -> int:
    """Round a size in pixels down to an even number, as yuv420p needs."""
    return max(2, size - size % 2)


def resized(image: Image, width: int, height: int) -> Image:
    """Scale a picture; areas are averaged when it shrinks."""
    shrinks = width * height < image.shape[0] * image.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), dtype=np.uint8)
