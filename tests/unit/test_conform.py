from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinepath.conform import (
    MomentError,
    Window,
    WindowError,
    analysed_time,
    choose_window,
    conform,
    nearest_frames,
)
from kinepath.io.video import read_frames
from kinepath.probe import probe
from tests.videos import ffmpeg, make_video, number_of


def run(
    source: Path,
    start: float | None = None,
    end: float | None = None,
    fps: float | None = None,
    true_fps: float | None = None,
) -> tuple[dict[str, Any], list[int]]:
    facts = probe(source, "a", min_size=2, cut_threshold=0.08)
    output = source.with_name("out.mp4")
    told = conform(
        source,
        output,
        facts,
        choose_window(facts, start, end),
        fps=fps,
        true_fps=true_fps,
        crf=10,
    )
    return told, [number_of(frame.image) for frame in read_frames(output)]


def test_the_whole_clip_stays_as_it_is(tmp_path: Path) -> None:
    told, numbers = run(make_video(tmp_path / "a.mp4", frames=20, fps=25))
    assert numbers == list(range(20))
    assert told["fps"] == 25
    np.testing.assert_allclose(told["time_s"], np.arange(20) / 25, atol=1e-6)
    assert told["repeated"] == []


def test_a_window_keeps_the_raw_clock(tmp_path: Path) -> None:
    told, numbers = run(make_video(tmp_path / "a.mp4", frames=20, fps=25), start=0.2, end=0.4)
    assert numbers == [5, 6, 7, 8, 9, 10]
    assert told["time_s"][0] == pytest.approx(0.2)


def test_odd_sizes_become_even(tmp_path: Path) -> None:
    ffmpeg("-i", make_video(tmp_path / "a.mp4"), "-vf", "crop=63:47", "-pix_fmt", "yuv444p",
           tmp_path / "odd.mkv")  # fmt: skip
    told, _ = run(tmp_path / "odd.mkv")
    assert (told["width"], told["height"]) == (62, 46)


def test_a_lower_rate_takes_every_other_frame(tmp_path: Path) -> None:
    told, numbers = run(make_video(tmp_path / "a.mp4", frames=20, fps=50), fps=25)
    assert numbers == list(range(0, 20, 2))
    assert told["fps"] == 25


def test_a_higher_rate_marks_repeated_frames(tmp_path: Path) -> None:
    told, numbers = run(make_video(tmp_path / "a.mp4", frames=4, fps=25), fps=50)
    assert numbers in ([0, 1, 1, 2, 2, 3, 3], [0, 0, 1, 1, 2, 2, 3])
    assert told["repeated"] == [k for k in range(1, 7) if numbers[k] == numbers[k - 1]]


def test_slow_motion_runs_at_the_true_rate(tmp_path: Path) -> None:
    told, numbers = run(make_video(tmp_path / "a.mp4", frames=10, fps=25), start=0.08, true_fps=100)
    assert numbers == list(range(2, 10))
    np.testing.assert_allclose(np.diff(told["time_s"]), 0.01)
    assert told["time_s"][0] == pytest.approx(0.08)


@pytest.mark.parametrize(("start", "end"), [(5.0, None), (0.1, 9.0), (5.0, 6.0)])
def test_a_window_outside_of_the_video_is_said(
    tmp_path: Path, start: float, end: float | None
) -> None:
    with pytest.raises(WindowError, match=r"a\.mp4: the window .* is not in the video"):
        run(make_video(tmp_path / "a.mp4", frames=20, fps=25), start=start, end=end)


@given(
    interval=st.lists(st.floats(0.005, 0.1), min_size=1, max_size=40),
    fps=st.floats(5, 120),
)
def test_every_instant_gets_its_nearest_frame(interval: list[float], fps: float) -> None:
    time = np.concatenate(([0.3], 0.3 + np.cumsum(interval)))
    instants, chosen = nearest_frames(time, Window(time[0], time[-1]), fps)
    np.testing.assert_allclose(np.diff(instants), 1 / fps)
    gap = np.abs(time[:, None] - instants[None])
    np.testing.assert_allclose(gap[chosen, np.arange(instants.size)], gap.min(axis=0), atol=1e-12)
    assert instants[-1] >= time[-1] - 0.9 / fps - 1e-9
    assert instants[-1] <= time[-1] + 0.1 / fps + 1e-9


def test_a_moment_of_the_player_is_found_on_the_results_clock_or_refused() -> None:
    slow = {"raw_time_s": [1.0, 2.0, 3.0], "time_s": [1.0, 1.25, 1.5]}
    assert analysed_time(slow, 2.5) == pytest.approx(1.375)
    assert analysed_time(slow, 3.05) == 1.5
    for outside in (0.8, 3.2):
        with pytest.raises(MomentError, match=f"{outside:g} s is not in the part that is analysed"):
            analysed_time(slow, outside)
