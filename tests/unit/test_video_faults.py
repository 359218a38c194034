"""Files that cannot be used: each gets its cause and a remedy, and never an exception."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kinepath.errors import KinepathError
from kinepath.io.video import VideoError, VideoReader
from kinepath.probe import report
from tests.videos import ffmpeg, make_video


def written(content: bytes) -> Callable[[Path], int]:
    return lambda path: path.write_bytes(content)


def without_index(path: Path) -> None:
    whole = path.with_name("whole.mp4")
    ffmpeg("-i", make_video(path.with_name("made.mp4"), frames=30), "-c", "copy", whole)
    content = whole.read_bytes()
    path.write_bytes(content[: content.index(b"moov") - 200])


def sound(path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.2", "-f", "wav", path)


def covered_sound(path: Path) -> None:
    cover = path.with_name("cover.jpg")
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x48", "-frames:v", "1", cover)
    ffmpeg("-i", cover, "-f", "lavfi", "-i", "sine=d=1", "-map", "0", "-map", "1", "-c:v", "copy",
           "-disposition:v", "attached_pic", "-f", "mp3", path)  # fmt: skip


def no_frames(path: Path) -> None:
    source = make_video(path.with_name("made.mp4"))
    ffmpeg("-i", source, "-frames:v", "0", "-f", "matroska", path)


UNUSABLE: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "missing.mp4": (lambda path: None, "no such file", "correct the path"),
    "empty.mp4": (written(b""), "empty (0 bytes)", "copy it again"),
    "notes.mp4": (written(b"Monday: nets\n"), "text, not a video", "put the path of the video"),
    "notes.txt": (written(b"Monday: nets\n"), "text, not a video", "put the path of the video"),
    "page.mp4": (
        written(b"\xef\xbb\xbf\n<!DOCTYPE html>\n<html lang='en'>"), "a web page", "download",
    ),
    "pointer.mp4": (
        written(b"version https://git-lfs.github.com/spec/v1\noid"), "Git LFS", "git lfs pull",
    ),
    "noise.mp4": (written(bytes(range(256)) * 9), "cannot be read as video", "convert it"),
    "cut.mp4": (without_index, "index of the file (its box moov) is missing", "untrunc"),
    "sound.wav": (sound, "no picture stream (it holds audio)", "put the path of the video"),
    "song.mp3": (covered_sound, "no picture stream (it holds a cover image, audio)", "put the"),
    "none.mkv": (no_frames, "none.mkv", ""),
    "small.mp4": (
        lambda path: make_video(path, width=16, height=16), "16x16 pixels", "use a larger version",
    ),
    "folder": (Path.mkdir, "a folder without images", "holds no files"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_used_is_reported(tmp_path: Path, name: str) -> None:
    make, cause, remedy = UNUSABLE[name]
    make(tmp_path / name)
    facts = reported(tmp_path / name)
    assert set(facts) == {"clip", "file", "usable", "cause", "remedy", "warnings"}
    assert (facts["clip"], facts["usable"], facts["warnings"]) == ("a", False, [])
    assert name in facts["cause"]
    assert cause in facts["cause"]
    assert remedy in facts["remedy"]
    assert "\n" not in facts["cause"] + facts["remedy"]


def test_a_window_outside_of_the_video_is_reported(tmp_path: Path) -> None:
    facts = reported(make_video(tmp_path / "a.mp4"), start_s=90.0)
    assert not facts["usable"]
    assert "the window from 90 s is not in the video" in facts["cause"]
    assert "correct start_s and end_s" in facts["remedy"]


def test_what_can_be_used_says_so(tmp_path: Path) -> None:
    facts = reported(make_video(tmp_path / "a.mp4"), start_s=0.2)
    assert (facts["usable"], facts["cause"], facts["remedy"]) == (True, None, None)
    assert facts["frames_decoded"] == 20


def test_a_file_that_is_cut_off_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "whole.mp4", frames=60)
    content = whole.read_bytes()
    (tmp_path / "part.mp4").write_bytes(content[: content.index(b"mdat") + len(content) // 4])
    facts = reported(tmp_path / "part.mp4")
    assert 0 < facts["frames_decoded"] < 60
    assert any("the file is cut off" in text for text in facts["warnings"])


def test_a_video_that_ends_before_its_time_is_told_of(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "whole.mp4", frames=100)
    ffmpeg("-i", whole, "-c:v", "libvpx-vp9", "-deadline", "realtime", tmp_path / "whole.webm")
    content = (tmp_path / "whole.webm").read_bytes()
    (tmp_path / "part.webm").write_bytes(content[: len(content) // 2])
    facts = reported(tmp_path / "part.webm")
    assert 0 < facts["frames_decoded"] < 80
    assert any("the container states 4.00 s" in text for text in facts["warnings"])
    assert reported(tmp_path / "whole.webm")["warnings"] == []


def test_an_error_reads_as_cause_and_remedy(tmp_path: Path) -> None:
    with pytest.raises(VideoError) as caught:
        VideoReader(tmp_path / "none.mp4")
    error = caught.value
    assert str(error) == f"{error.cause}; {error.remedy}"
    bare = KinepathError("a cause alone")
    assert (str(bare), bare.cause, bare.remedy) == ("a cause alone", "a cause alone", None)


def reported(path: Path, start_s: float | None = None) -> dict[str, Any]:
    return report(path, "a", fps=None, start_s=start_s, end_s=None, min_size=32, cut_threshold=0.08)
