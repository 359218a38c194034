"""Interlaced footage: found, and both of its fields shown in turn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kinepath.conform import Window, conform
from kinepath.io.video import VideoReader, read_frames, video_writer
from kinepath.probe import probe
from tests.videos import ffmpeg, shown_by_ffmpeg

WIDTH, HEIGHT = 720, 576
#: A bar swings five times a second: positions of its left edge at 50 Hz, pixels.
SWING = 250 + 100 * np.sin(2 * np.pi * 5 * np.arange(40) / 50)
PEAK = 100 * 2 * np.pi * 5
#: Flags of the encoder for interlaced frames, by the field that is first.
FLAGS = {
    order: ["-vf", f"setfield={order}", "-c:v", "mpeg2video", "-q:v", "2", "-flags", "+ildct+ilme"]
    for order in ("tff", "bff")
}


def moment(at: float) -> NDArray[np.uint8]:
    rows = np.random.default_rng(3).integers(60, 120, HEIGHT // 16).repeat(16)
    image = np.repeat(rows.astype(np.uint8)[:, None], WIDTH, axis=1)
    image[150:430, round(at) : round(at) + 220] = 235
    return np.repeat(image[..., None], 3, axis=2)


def make(path: Path, order: str) -> Path:
    """Weave 50 moments a second into 25 frames, or show every other one whole."""
    moments = [moment(at) for at in SWING]
    with video_writer(path, WIDTH, HEIGHT, 25, crf=8) as writer:
        for first, second in zip(moments[::2], moments[1::2], strict=True):
            frame = first.copy()
            if order != "whole":
                late = 1 if order == "tff" else 0
                frame[late::2] = second[late::2]
            writer.write(frame)
    return path


@pytest.fixture(scope="module")
def woven(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("woven")
    return {order: make(folder / f"{order}.mp4", order) for order in ("tff", "bff", "whole")}


def facts_of(path: Path) -> dict[str, Any]:
    return probe(path, "a", min_size=32, cut_threshold=0.08)


def peak_speed(path: Path, facts: dict[str, Any]) -> float:
    """Measure the fastest movement of the bar's middle, pixels per second."""
    with VideoReader(path, None, facts["field_order"]) as reader:
        frames = list(reader.frames())
    bright = np.array([(frame.image[200:380, :, 1] > 180).mean(axis=0) for frame in frames])
    middle = (bright * np.arange(WIDTH)).sum(axis=1) / bright.sum(axis=1)
    time = np.array([frame.time for frame in frames])
    return float(np.abs(np.gradient(middle, time)[1:-1]).max())


@pytest.mark.parametrize(("order", "first"), [("tff", "top"), ("bff", "bottom")])
def test_both_fields_are_shown_as_ffmpeg_shows_them(
    woven: dict[str, Path], tmp_path: Path, order: str, first: str
) -> None:
    path = tmp_path / "flagged.mpg"
    ffmpeg("-i", woven[order], *FLAGS[order], path)
    facts = facts_of(path)
    assert (facts["field_order"], facts["frames_decoded"]) == (first, 40)
    assert facts["fps_usual"] == pytest.approx(50)
    np.testing.assert_allclose(facts["frame_time_s"], np.arange(40) / 50, atol=1e-4)
    assert any(f"interlaced, {first} field first: its fields" in w for w in facts["warnings"])
    with VideoReader.of(facts) as reader:
        here = np.array([frame.image for frame in reader.frames()])
    weave = f"bwdif=send_field:{order}:all"
    other = shown_by_ffmpeg(path, WIDTH, HEIGHT, "-vf", weave)
    assert np.abs(here.astype(np.int16) - other).mean() < 0.5


def test_fields_give_back_the_speed_that_frames_lose(woven: dict[str, Path]) -> None:
    facts = facts_of(woven["tff"])
    assert peak_speed(woven["tff"], facts) > 0.9 * PEAK
    assert peak_speed(woven["tff"], facts | {"field_order": "progressive"}) < 0.8 * PEAK


@pytest.mark.parametrize(("order", "first"), [("tff", "top"), ("bff", "bottom")])
def test_fields_that_no_flag_tells_of_are_found(
    woven: dict[str, Path], order: str, first: str
) -> None:
    facts = facts_of(woven[order])
    assert facts["field_order"] == first
    assert any("the file does not say so" in text for text in facts["warnings"])


def test_a_flag_that_has_the_fields_in_the_wrong_order_is_not_believed(
    woven: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "lies.mpg"
    ffmpeg("-i", woven["bff"], *FLAGS["tff"], path)
    facts = facts_of(path)
    assert facts["field_order"] == "bottom"
    assert peak_speed(path, facts) > 0.9 * PEAK


def test_whole_frames_that_are_flagged_stay_whole(woven: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "psf.mpg"
    ffmpeg("-i", woven["whole"], *FLAGS["tff"], path)
    facts = facts_of(path)
    assert (facts["field_order"], facts["frames_decoded"]) == ("progressive", 20)
    assert any("its frames are whole" in text for text in facts["warnings"])
    with VideoReader.of(facts) as reader:
        here = np.array([frame.image for frame in reader.frames()])
    np.testing.assert_array_equal(here, shown_by_ffmpeg(path, WIDTH, HEIGHT))


def test_whole_frames_without_a_flag_stay_whole(woven: dict[str, Path]) -> None:
    facts = facts_of(woven["whole"])
    assert facts["field_order"] == "progressive"
    assert not any("interlaced" in text for text in facts["warnings"])


def test_a_still_scene_is_taken_at_its_flag(tmp_path: Path) -> None:
    path = tmp_path / "still.mpg"
    ffmpeg("-f", "lavfi", "-i", "smptebars=s=720x576:d=0.4", *FLAGS["bff"], path)
    assert facts_of(path)["field_order"] == "bottom"


def test_fields_are_conformed_at_their_own_rate(woven: dict[str, Path], tmp_path: Path) -> None:
    facts = facts_of(woven["tff"])
    output = tmp_path / "out.mp4"
    told = conform(woven["tff"], output, facts, Window(0.2, 0.5), fps=None, true_fps=None, crf=20)
    assert told["fps"] == 50
    np.testing.assert_allclose(told["time_s"], 0.2 + np.arange(16) / 50, atol=1e-6)
    for frame, at in zip(read_frames(output), SWING[10:26], strict=True):
        bright = (frame.image[200:380, :, 1] > 180).mean(axis=0)
        assert (bright * np.arange(WIDTH)).sum() / bright.sum() == pytest.approx(at + 109.5, abs=2)
