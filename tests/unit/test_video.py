from __future__ import annotations

import platform
from pathlib import Path

import numpy as np
import pytest

from kinepath.io.video import (
    VideoError,
    VideoReader,
    even,
    ffmpeg_binary,
    read_frames,
    resized,
    video_writer,
)
from tests.videos import ffmpeg, make_video, number_of, shown_by_ffmpeg


def test_frames_come_back_in_order_with_their_times(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", frames=12, fps=25)
    frames = list(read_frames(path))
    assert [number_of(frame.image) for frame in frames] == list(range(12))
    np.testing.assert_allclose([f.time for f in frames], np.arange(12) / 25, atol=1e-6)


def test_frames_hidden_by_an_edit_list_are_not_shown(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "a.mp4", frames=30)
    # Copying from the middle of a group of pictures keeps its start in the file, hidden.
    ffmpeg("-ss", "0.4", "-i", whole, "-c", "copy", tmp_path / "cut.mp4")
    with VideoReader(tmp_path / "cut.mp4") as reader:
        stated = reader.stated_frames
        frames = list(reader.frames())
    assert stated == 30
    assert [number_of(frame.image) for frame in frames] == list(range(10, 30))
    assert frames[0].time == pytest.approx(0.0, abs=1e-6)


def test_a_damaged_stretch_is_skipped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "damaged.avi"
    ffmpeg("-i", make_video(tmp_path / "a.mp4", frames=40), "-c:v", "mjpeg", path)
    content = bytearray(path.read_bytes())
    # Everything in one frame's data is overwritten, its header too.
    middle = content.find(b"\xff\xd8", len(content) // 2)
    content[middle : middle + 300] = b"\0" * 300
    path.write_bytes(content)
    with VideoReader(path) as reader:
        shown = sum(1 for _ in reader.frames())
        assert reader.damaged_packets == 1
    assert shown == len(shown_by_ffmpeg(path, 64, 48)) < 40


def test_written_videos_are_the_same_bytes_again(tmp_path: Path) -> None:
    first, second = make_video(tmp_path / "a.mp4"), make_video(tmp_path / "b.mp4")
    assert first.read_bytes() == second.read_bytes()


def test_a_failed_writer_leaves_nothing_behind(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="shape"),
        video_writer(tmp_path / "a.mp4", 64, 48, 25) as w,
    ):
        w.write(np.zeros((10, 10, 3), dtype=np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_sizes() -> None:
    assert [even(size) for size in (7, 8, 1)] == [6, 8, 2]
    assert resized(np.zeros((10, 20, 3), dtype=np.uint8), 4, 2).shape == (2, 4, 3)


def test_there_is_an_ffmpeg() -> None:
    assert Path(ffmpeg_binary()).is_file()


def test_a_node_without_ffmpeg_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", absent)
    with pytest.raises(VideoError, match=rf"no ffmpeg on {platform.node()}; install it there"):
        ffmpeg_binary()


def absent() -> str:
    raise RuntimeError("No ffmpeg exe could be found.")
