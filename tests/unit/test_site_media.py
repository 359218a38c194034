"""Videos at the size of a page, and the frame that stands for them before they are played."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from kinepath.io.video import read_frames, video_writer
from kinepath.site.media import poster, web_video


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """A second that gets lighter from frame to frame."""
    with video_writer(tmp_path / "a.mp4", 800, 96, 25, crf=4) as writer:
        for k in range(25):
            writer.write(np.full((96, 800, 3), 10 * k, dtype=np.uint8))
    return tmp_path / "a.mp4"


@pytest.mark.parametrize(("at_s", "frame"), [(0.0, 0), (0.4, 10), (0.41, 10), (9.0, 24)])
def test_the_poster_is_the_frame_that_is_shown_then(video: Path, at_s: float, frame: int) -> None:
    picture = poster(video, at_s, width=400)
    assert picture is not None
    shown = cv2.imdecode(np.frombuffer(picture, dtype=np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (48, 400, 3)
    assert float(shown.mean()) == pytest.approx(10 * frame, abs=4)


def test_a_file_that_is_no_video_has_no_poster(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"this is no video")
    assert poster(tmp_path / "broken.mp4", 0.0) is None


@pytest.mark.parametrize(("width", "shape"), [(400, (48, 400, 3)), (1000, (96, 800, 3))])
def test_the_web_video_is_smaller_frame_by_frame(
    video: Path, tmp_path: Path, width: int, shape: tuple[int, ...]
) -> None:
    web_video(video, tmp_path / "web.mp4", width)
    frames = list(read_frames(tmp_path / "web.mp4"))
    assert [frame.image.shape for frame in frames] == [shape] * 25
    assert [frame.time for frame in frames] == pytest.approx([k / 25 for k in range(25)], abs=1e-3)
    grey = [float(frame.image.mean()) for frame in frames]
    assert grey == pytest.approx([10.0 * k for k in range(25)], abs=4)


def test_an_upright_video_is_not_higher_than_the_page(tmp_path: Path) -> None:
    with video_writer(tmp_path / "tall.mp4", 1080, 1920, 25) as writer:
        writer.write(np.zeros((1920, 1080, 3), dtype=np.uint8))
    web_video(tmp_path / "tall.mp4", tmp_path / "web.mp4")
    assert next(iter(read_frames(tmp_path / "web.mp4"))).image.shape == (640, 360, 3)
