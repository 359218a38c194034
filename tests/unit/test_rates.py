"""Frame rates that change in steps, beside constant ones and those that only vary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinepath.conform import choose_rate, choose_window, conform
from kinepath.io.rates import sections
from kinepath.probe import probe
from tests.videos import ffmpeg, make_video


def times(
    *parts: tuple[float, int], tick: float = 1e-6
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Times of frames at one rate (hertz) after another, rounded to a container's ticks."""
    interval = np.concatenate([np.full(count, 1 / rate) for rate, count in parts])
    return np.round(np.concatenate([[0.0], np.cumsum(interval)]) / tick) * tick


@pytest.mark.parametrize("tick", [1e-6, 1e-3])
def test_slow_motion_between_two_ordinary_parts(tick: float) -> None:
    found = sections(times((30, 45), (240, 120), (30, 30), tick=tick))
    assert [round(each.fps, -1) for each in found] == [30, 240, 30]
    edges = [(each.start_s, each.end_s) for each in found]
    np.testing.assert_allclose(edges, [(0, 1.5), (1.5, 2.0), (2.0, 3.0)], atol=0.002)


@given(
    rate=st.floats(15, 240),
    jitter=st.floats(0, 0.3),
    count=st.integers(0, 200),
    seed=st.integers(0, 99),
)
def test_jitter_is_no_step(rate: float, jitter: float, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert sections(np.cumsum(rng.uniform(1 - jitter, 1 + jitter, count) / rate)) == []


def test_missing_frames_are_no_step() -> None:
    assert sections(np.delete(times((25, 100)), [20, 21, 22, 60])) == []
    assert sections(np.delete(times((25, 100)), np.arange(3, 90, 3))) == []


@pytest.fixture
def ramp(tmp_path: Path) -> Path:
    """One second at 30 Hz, half a second at 240 Hz, one second at 30 Hz."""
    plain = make_video(tmp_path / "plain.mp4", frames=180, fps=30)
    path = tmp_path / "ramp.mp4"
    clock = "if(lt(N,30),N/30,if(lt(N,150),1+(N-30)/240,1.5+(N-150)/30))/TB"
    ffmpeg("-i", plain, "-vf", f"settb=1/90000,setpts='{clock}'", "-fps_mode", "vfr",
           "-enc_time_base", "filter", "-video_track_timescale", "90000", path)  # fmt: skip
    return path


def test_a_ramp_is_told_of_and_its_parts_keep_their_rates(ramp: Path, tmp_path: Path) -> None:
    facts = probe(ramp, "a", min_size=32, cut_threshold=0.08)
    assert facts["frames_decoded"] == 180
    assert [round(part["fps"]) for part in facts["rate_sections"]] == [30, 240, 30]
    (said,) = (text for text in facts["warnings"] if "changes in steps" in text)
    assert "240 from 1.00 to 1.50 s" in said
    assert "put start_s and end_s around one part" in said
    assert not any("the frame rate varies" in text for text in facts["warnings"])
    assert choose_rate(facts, choose_window(facts, 1.0, 1.5), None) == 240
    assert choose_rate(facts, choose_window(facts, None, 0.9), None) == 30
    window = choose_window(facts, 1.1, 1.4)
    told = conform(ramp, tmp_path / "b.mp4", facts, window, fps=None, true_fps=None, crf=30)
    assert (told["fps"], told["frames"], told["repeated"]) == (240, 73, [])
