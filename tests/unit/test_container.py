from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinepath.io.container import stated_duration
from kinepath.io.video import video_writer


def test_a_video_says_how_long_it_is(tmp_path: Path) -> None:
    with video_writer(tmp_path / "a.mp4", 32, 32, 10) as writer:
        for _ in range(25):
            writer.write(np.zeros((32, 32, 3), dtype=np.uint8))
    assert stated_duration(tmp_path / "a.mp4") == pytest.approx(2.5)


def test_what_is_no_video_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no video")
    assert stated_duration(tmp_path / "a.mp4") is None
    assert stated_duration(tmp_path / "b.mp4") is None
