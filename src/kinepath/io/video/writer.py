"""Writing videos and other files with the program ffmpeg."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ffmpeg
import imageio_ffmpeg
import numpy as np

from kinepath.io.files import replacing
from kinepath.io.video.base import Image, VideoError


def ffmpeg_binary() -> str:
    """Return the ffmpeg program: the system's if there is one, else the one from PyPI.

    Raises
    ------
    VideoError
        If there is neither.
    """
    try:
        # A path from an environment variable is returned unchecked.
        found = shutil.which("ffmpeg") or shutil.which(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        found = None
    if found is None:
        raise VideoError(
            f"no ffmpeg on {platform.node()}",
            remedy="install it there, or run envs/setup.sh again",
        )
    return found


def x264_options(crf: int, preset: str = "veryfast") -> dict[str, Any]:
    """Return the encoder settings of all written videos.

    The number of threads is fixed because x264's output depends on it; browsers and presentation
    programs require yuv420p and faststart; bitexact omits dates and versions.
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
    """Pass frames of one size to ffmpeg."""

    def __init__(self, process: subprocess.Popen[bytes], width: int, height: int) -> None:
        self._process = process
        self._shape = (height, width, 3)
        self.frames = 0

    def write(self, image: Image) -> None:
        """Add one frame (height, width, 3), blue, green, red."""
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
    """Write an H.264 video frame by frame, under a temporary name until it is complete.

    Parameters
    ----------
    path : path
        Where to write.
    width, height : int
        Size in pixels, both even (yuv420p halves them).
    fps : float
        Frame rate, hertz.
    crf : int
        Constant rate factor of x264: lower means better quality and larger files.
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
            # Without accurate_rnd the conversion darkens every frame by a few grey levels.
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
