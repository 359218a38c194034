"""Clips one after another: when each is shown, how they fade, and what the inset says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinepath.drawing.montage import Inset, MontageClip, faded, montage
from kinepath.drawing.text import DARK, bgr
from kinepath.io.video import Image, VideoReader, read_frames, video_writer

SIZE = (320, 180)
PLAIN: dict[str, Any] = {
    "title": "Best of May",
    **{"width": SIZE[0], "height": SIZE[1], "fps": None},
    **{"title_s": 0.0, "fade_s": 0.0, "crf": 8},
}


def grey(value: int, size: tuple[int, int] = SIZE) -> Image:
    return np.full((size[1], size[0], 3), value, dtype=np.uint8)


def clip(path: Path, values: list[int], fps: float = 25.0) -> Path:
    with video_writer(path, *SIZE, fps, crf=4) as writer:
        for value in values:
            writer.write(grey(value))
    return path


def brightness(path: Path) -> list[int]:
    """Return the brightness in the middle of each frame."""
    return [int(frame.image[90, 160].mean()) for frame in read_frames(path)]


def chain(**values: list[float | None]) -> dict[str, Any]:
    speeds = {"time_s": [1.0, 1.5, 2.0], "unit": "1/s", "speed": values}
    return {"path": ["pelvis", "bat"], "speeds": speeds}


@pytest.mark.parametrize(
    ("frames", "shown"),
    [
        (0, [0, 0, 0, 90, 90, 90, 180, 180, 180]),
        (1, [0, 0, 45, 90, 135, 180, 180]),
        (2, [0, 30, 100, 150, 180]),
    ],
)
def test_images_fade_into_each_other(frames: int, shown: list[int]) -> None:
    parts = [[grey(value)] * 3 for value in (0, 90, 180)]
    assert [int(image[0, 0, 0]) for image in faded(parts, frames)] == shown


def test_every_clip_plays_in_its_own_time(tmp_path: Path) -> None:
    slow = clip(tmp_path / "slow.mp4", [40, 80, 120], fps=10.0)
    fast = clip(tmp_path / "fast.mp4", [200, 160], fps=20.0)
    montage([MontageClip(slow, "a"), MontageClip(fast, "b")], tmp_path / "m.mp4", **PLAIN)
    with VideoReader(tmp_path / "m.mp4") as reader:
        assert reader.stated_rate == pytest.approx(20.0)
    # A frame of the slower one is shown from half of its time before it to half of it after.
    expected = [40, 80, 80, 120, 120, 200, 160]
    assert brightness(tmp_path / "m.mp4") == pytest.approx(expected, abs=6)


def test_a_title_stands_first_and_any_text_is_shown(tmp_path: Path) -> None:
    scene = MontageClip(clip(tmp_path / "a.mp4", [200] * 5), "a: 'x' % Ü\n<b>", "9 m/s")
    options = {**PLAIN, "title": "Köpfe: 100 % 'x'\n" * 9, "title_s": 0.2}
    montage([scene, scene], tmp_path / "m.mp4", **options)
    images = [frame.image for frame in read_frames(tmp_path / "m.mp4")]
    assert len(images) == 5 + 5 + 5
    assert np.abs(images[0][5, 5].astype(int) - DARK).max() < 6
    assert images[0][70:100].max() > 150
    montage([scene, scene], tmp_path / "again.mp4", **options)
    assert (tmp_path / "m.mp4").read_bytes() == (tmp_path / "again.mp4").read_bytes()


def test_the_inset_follows_the_clip() -> None:
    found = chain(pelvis=[1.0, 2.0, 1.0], bat=[0.0, None, 5.0])
    scene = MontageClip(Path("a.mp4"), "a", contact_s=2.0, chain=found)
    inset = Inset(scene, *SIZE)
    pictures = {}
    for moment in (1.0, 1.5, 9.0):
        image = grey(0)
        inset.draw(image, moment)
        pictures[moment] = image.astype(int)
    changed = {
        moment: np.flatnonzero(np.abs(pictures[moment] - pictures[9.0]).max(axis=(0, 2)) > 60)
        for moment in (1.0, 1.5)
    }
    # The cursor stands at the left edge when the curves begin, in their middle half-way.
    assert changed[1.0].max() < changed[1.5].min()
    blue = np.abs(pictures[9.0] - 0.8 * np.array(bgr("56b4e9"))).max(axis=2)
    assert (blue < 40).sum() > 30


def test_a_clip_without_speeds_has_no_inset(tmp_path: Path) -> None:
    video = clip(tmp_path / "a.mp4", [100] * 2)
    none: dict[str, Any] = {"path": [], "speeds": None}
    montage([MontageClip(video, "a", chain=none)], tmp_path / "m.mp4", **PLAIN)
    image = next(read_frames(tmp_path / "m.mp4")).image
    assert np.abs(image[:100].astype(int) - 100).max() < 8
