from __future__ import annotations

import platform
from pathlib import Path

import numpy as np
import pytest

from kinepath.video import (
    VideoError,
    VideoReader,
    even,
    ffmpeg_binary,
    read_frames,
    resized,
    video_writer,
)
from tests.videos import ffmpeg, make_video, number_of


def test_frames_come_back_in_order_with_their_times(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", frames=12, fps=25)
    frames = list(read_frames(path))
    assert [number_of(frame.image) for frame in frames] == list(range(12))
    np.testing.assert_allclose([f.time for f in frames], np.arange(12) / 25, atol=1e-6)


def test_rotation_is_undone(tmp_path: Path) -> None:
    upright = make_video(tmp_path / "a.mp4")
    # Stored on its side with a note to turn it: a player shows the white quarter where it was.
    turned = tmp_path / "turned.mp4"
    ffmpeg("-i", upright, "-vf", "transpose=clock", "-crf", "10", tmp_path / "lying.mp4")
    ffmpeg("-display_rotation", "90", "-i", tmp_path / "lying.mp4", "-c", "copy", turned)
    image = next(iter(read_frames(turned))).image
    assert image.shape == (48, 64, 3)
    assert image[:8, :12].mean() > 230
    assert image[:8, -12:].mean() < 100


def test_non_square_pixels_are_undone(tmp_path: Path) -> None:
    plain = make_video(tmp_path / "a.mp4")
    ffmpeg("-i", plain, "-vf", "setsar=2", tmp_path / "wide.mp4")
    assert next(iter(read_frames(tmp_path / "wide.mp4"))).image.shape == (48, 128, 3)


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


@pytest.mark.parametrize(
    ("content", "cause"),
    [(b"no video at all", "cannot be read as video"), (b"", "cannot be read as video")],
)
def test_no_video_is_said(tmp_path: Path, content: bytes, cause: str) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(VideoError, match=cause):
        VideoReader(path)


def test_audio_only_and_missing_files_are_said(tmp_path: Path) -> None:
    sound = tmp_path / "s.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.2", sound)
    with pytest.raises(VideoError, match="no picture stream"):
        VideoReader(sound)
    with pytest.raises(VideoError, match="no such file"):
        VideoReader(tmp_path / "none.mp4")


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
    # A decoder on several threads may lose the frame beside it as well.
    assert shown in (38, 39)


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
    with pytest.raises(VideoError, match=rf"no ffmpeg on {platform.node()}: install it there"):
        ffmpeg_binary()


def absent() -> str:
    raise RuntimeError("No ffmpeg exe could be found.")
