"""Before a video is played its page shows the frame of the event."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from kinepath.site import Activity, Clip, SiteContent, build
from kinepath.site.poster import poster
from kinepath.video import video_writer


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """A second that gets lighter from frame to frame."""
    with video_writer(tmp_path / "a.mp4", 800, 96, 25, crf=4) as writer:
        for k in range(25):
            writer.write(np.full((96, 800, 3), 10 * k, dtype=np.uint8))
    return tmp_path / "a.mp4"


@pytest.mark.parametrize(("at_s", "frame"), [(0.0, 0), (0.4, 10), (0.41, 10), (9.0, 24)])
def test_the_poster_is_the_frame_that_is_shown_then(video: Path, at_s: float, frame: int) -> None:
    picture = poster(video, at_s)
    assert picture is not None
    shown = cv2.imdecode(np.frombuffer(picture, dtype=np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (77, 640, 3)
    assert float(shown.mean()) == pytest.approx(10 * frame, abs=4)


def test_a_page_shows_it_and_does_without_where_there_is_none(video: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"this is no video")
    assert poster(tmp_path / "broken.mp4", 0.0) is None
    videos = {"video": video, "overlay": tmp_path / "broken.mp4"}
    clip = Clip("one", "one", "batting", videos, 25.0, 0.4)
    content = SiteContent("Test", (), (), (Activity("batting", (clip,)),), {})
    page = build(content, tmp_path / "site").read_text(encoding="utf-8")
    assert page.count(" poster=") == 1
    assert (tmp_path / "site/media/clip-one-video.jpg").read_bytes() == poster(video, 0.4)
