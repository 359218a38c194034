from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kinepath.drawing.composite import (
    CompositeError,
    Tile,
    grid,
    lead,
    playback_time,
    retimed,
    schedule,
)
from kinepath.drawing.text import DARK
from kinepath.io.video import VideoError, VideoReader, read_frames, video_writer

WIDTH, HEIGHT = 96, 64


def flash(path: Path, frames: int, at: int, fps: float, size: tuple[int, int]) -> Path:
    """Write a grey video that is white in frame ``at``."""
    width, height = size
    with video_writer(path, width, height, fps, crf=10) as writer:
        for index in range(frames):
            value = 250 if index == at else 90
            writer.write(np.full((height, width, 3), value, dtype=np.uint8))
    return path


def pictures(path: Path) -> NDArray[np.uint8]:
    return np.stack([frame.image for frame in read_frames(path)])


def centre(video: NDArray[np.uint8], column: int, row: int = 0) -> NDArray[np.float64]:
    """Return the brightness in the middle of a tile over time."""
    x, y = column * WIDTH + WIDTH // 2, row * HEIGHT + HEIGHT // 2
    return np.asarray(video[:, y - 4 : y + 4, x - 4 : x + 4].mean(axis=(1, 2, 3)))


def make(tiles: Sequence[Tile], path: Path, columns: int = 3) -> NDArray[np.uint8]:
    grid(tiles, path, columns=columns, tile_width=WIDTH, tile_height=HEIGHT)
    return pictures(path)


def test_events_coincide_across_lengths_sizes_and_rates(tmp_path: Path) -> None:
    a = flash(tmp_path / "a.mp4", 30, 20, 25, (160, 90))
    b = flash(tmp_path / "b.mp4", 12, 3, 25, (64, 128))
    c = flash(tmp_path / "c.mp4", 40, 30, 50, (96, 64))
    tiles = [Tile(a, "a", 20 / 25), Tile(b, "b", 3 / 25), Tile(c, "c", 30 / 50)]
    video = make(tiles, tmp_path / "grid.mp4")
    assert video.shape[1:] == (HEIGHT, 3 * WIDTH, 3)
    assert len(video) == 60
    for column in range(3):
        bright = np.flatnonzero(centre(video, column) > 170)
        assert bright[0] == 40
        assert len(bright) == (1 if column == 2 else 2)


def test_a_trimmed_grid_shows_only_while_all_tiles_move(tmp_path: Path) -> None:
    a = flash(tmp_path / "a.mp4", 30, 20, 25, (96, 64))
    b = flash(tmp_path / "b.mp4", 12, 3, 25, (96, 64))
    tiles = [Tile(a, "a", 20 / 25), Tile(b, "b", 3 / 25)]
    grid(tiles, tmp_path / "g.mp4", tile_width=WIDTH, tile_height=HEIGHT, ends="trim", columns=2)
    video = pictures(tmp_path / "g.mp4")
    # b has 3 frames before the flash and 8 after it, a more of both.
    assert len(video) == 12
    for column in range(2):
        assert np.flatnonzero(centre(video, column) > 170).tolist() == [3]


def test_a_retimed_video_shows_the_frames_that_are_asked_for(tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    with video_writer(source, 96, 64, 25, crf=1) as writer:
        for index in range(8):
            writer.write(np.full((64, 96, 3), 30 * index, dtype=np.uint8))
    retimed(source, [1, 1, 2, 5, 6, 6, 6], tmp_path / "b.mp4", fps=50)
    shown = pictures(tmp_path / "b.mp4")[:, 32, 48, 0].astype(int)
    assert np.abs(shown - 30 * np.array([1, 1, 2, 5, 6, 6, 6])).max() < 6
    with VideoReader(tmp_path / "b.mp4") as reader:
        assert reader.stated_rate == pytest.approx(50)


def test_a_tile_stands_still_before_and_after(tmp_path: Path) -> None:
    a = flash(tmp_path / "a.mp4", 30, 20, 25, (96, 64))
    b = flash(tmp_path / "b.mp4", 4, 0, 25, (96, 64))
    brightness = centre(make([Tile(a, "", 0.8), Tile(b, "", 0.0)], tmp_path / "g.mp4"), 1)
    assert (brightness[:21] > 200).all()
    assert (brightness[21:] < 120).all()


def test_places_without_a_tile_are_dark(tmp_path: Path) -> None:
    clip = flash(tmp_path / "a.mp4", 3, 0, 25, (96, 64))
    video = make([Tile(clip, "one")] * 4, tmp_path / "grid.mp4")
    assert video.shape == (3, 2 * HEIGHT, 3 * WIDTH, 3)
    empty = video[:, HEIGHT + 4 :, WIDTH + 4 :]
    assert np.abs(empty.astype(int) - np.array(DARK)).max() < 8
    assert centre(video, 0, 1)[0] > 200


def test_one_tile_keeps_its_shape(tmp_path: Path) -> None:
    clip = flash(tmp_path / "tall.mp4", 3, 0, 25, (40, 120))
    video = make([Tile(clip, "")], tmp_path / "grid.mp4")
    assert video.shape == (3, HEIGHT, WIDTH, 3)
    bright = np.flatnonzero(video[0, HEIGHT // 2].mean(axis=1) > 170)
    assert len(bright) == pytest.approx((HEIGHT - 4) / 3, abs=2)


@pytest.mark.parametrize("label", ["Über-Schlag – ‘x’", "a:b,c[d];e'f\\g%{n}", "line\nbreak" * 30])
def test_any_label_is_shown(tmp_path: Path, label: str) -> None:
    clip = flash(tmp_path / "a.mp4", 2, 9, 25, (96, 64))
    plain = make([Tile(clip, "")], tmp_path / "plain.mp4").astype(int)
    labelled = make([Tile(clip, label)], tmp_path / "labelled.mp4").astype(int)
    changed = np.abs(plain - labelled).max(axis=(0, 3))
    assert changed[:20].max() > 60
    assert changed[30:].max() < 20


def test_same_tiles_same_bytes(tmp_path: Path) -> None:
    clip = flash(tmp_path / "a.mp4", 5, 2, 25, (96, 64))
    for name in ("one.mp4", "two.mp4"):
        make([Tile(clip, "é", 0.08)] * 2, tmp_path / name)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_what_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(CompositeError, match="at least one tile"):
        grid([], tmp_path / "x.mp4")
    with pytest.raises(CompositeError, match="95x64"):
        grid([Tile(tmp_path / "a.mp4", "")], tmp_path / "x.mp4", tile_width=95, tile_height=64)
    early = flash(tmp_path / "early.mp4", 4, 0, 25, (96, 64))
    late = flash(tmp_path / "late.mp4", 9, 8, 25, (96, 64))
    with pytest.raises(CompositeError, match="no moment is in all of 2 videos"):
        tiles = [Tile(early, "", 5 / 25), Tile(late, "", 0.0)]
        grid(tiles, tmp_path / "x.mp4", ends="trim")
    early.unlink()
    late.unlink()
    with pytest.raises(VideoError, match="no such file"):
        grid([Tile(tmp_path / "a.mp4", "")], tmp_path / "x.mp4")
    assert not list(tmp_path.iterdir())


clips = st.lists(
    st.tuples(st.integers(1, 500), st.none() | st.integers(0, 499)), min_size=1, max_size=12
)


@given(clips, st.sampled_from(["pad", "trim"]))
def test_a_schedule_aligns_events_and_holds_every_tile(
    tiles: list[tuple[int, int | None]], ends: str
) -> None:
    frames = [count for count, _ in tiles]
    events = [None if at is None else min(at, count - 1) for count, at in tiles]
    before, shown = schedule(frames, events, ends)
    moments = {w + e for w, e in zip(before, events, strict=True) if e is not None}
    assert len(moments) <= 1
    assert all(moment in shown for moment in moments)
    assert {moment - shown.start for moment in moments} <= {lead(events, ends)}
    spans = [range(w, w + n) for w, n in zip(before, frames, strict=True)]
    if ends == "pad":
        assert shown == range(max(span.stop for span in spans))
        assert min(before) == 0
        return
    bound = [s for s, e in zip(spans, events, strict=True) if e is not None] or spans
    moving = [all(at in span for span in bound) for at in range(max(s.stop for s in bound))]
    assert list(shown) == np.flatnonzero(moving).tolist()


def test_playback_time_counts_frames_not_seconds() -> None:
    times = [5.0, 5.04, 5.08, 5.20]
    assert playback_time(times, 5.08, fps=25) == pytest.approx(2 / 25)
    assert playback_time(times, 5.14, fps=25) == pytest.approx(2.5 / 25)
    assert playback_time(times, 99, fps=25) == pytest.approx(3 / 25)
