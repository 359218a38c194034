"""Small videos for tests, whole and broken."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kinepath.io.video import ffmpeg_binary, video_writer


def numbered_frame(index: int, width: int, height: int) -> NDArray[np.uint8]:
    """Draw a picture whose brightness tells its number, with a white top left quarter."""
    image = np.full((height, width, 3), 30 + 5 * (index % 40), dtype=np.uint8)
    image[: height // 4, : width // 4] = 250
    return image


def number_of(image: NDArray[np.uint8]) -> int:
    """Read the number of a :func:`numbered_frame` from its lower right quarter."""
    height, width = image.shape[:2]
    return round((float(image[height // 2 :, width // 2 :].mean()) - 30) / 5)


def make_video(
    path: Path, frames: int = 20, fps: float = 25, width: int = 64, height: int = 48
) -> Path:
    """Write a video of numbered frames."""
    with video_writer(path, width, height, fps, crf=10) as writer:
        for k in range(frames):
            writer.write(numbered_frame(k, width, height))
    return path


def shown_by_ffmpeg(path: Path, width: int, height: int, *options: str) -> NDArray[np.uint8]:
    """Decode a video as ffmpeg shows it, (frames, height, width, 3): blue, green, red."""
    command = [ffmpeg_binary(), "-loglevel", "error", "-i", str(path), *options]
    command += ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "bgr24", "-"]
    done = subprocess.run(command, check=True, capture_output=True)
    return np.frombuffer(done.stdout, dtype=np.uint8).reshape(-1, height, width, 3)


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg; fail with what it says."""
    command = [ffmpeg_binary(), "-loglevel", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)
