from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinepath.io.rates import is_variable, standard_rate, usual_rate
from kinepath.io.video import VideoError, video_writer
from kinepath.probe import probe
from kinepath.probe.cuts import find_cuts
from tests.videos import ffmpeg, make_video


def facts_of(path: Path) -> dict[str, Any]:
    return probe(path, "a", min_size=32, cut_threshold=0.08)


def test_facts_of_a_plain_video(tmp_path: Path) -> None:
    facts = facts_of(make_video(tmp_path / "a.mp4", frames=20, fps=25))
    assert (facts["width"], facts["height"], facts["frames_decoded"]) == (64, 48, 20)
    assert facts["fps_average"] == pytest.approx(25)
    assert facts["duration_s"] == pytest.approx(0.8)
    assert not facts["variable_rate"]
    assert facts["cuts_s"] == []
    assert facts["warnings"] == []


def test_a_cut_is_found_and_slow_changes_are_not(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    scenes = rng.integers(0, 255, (2, 48, 64, 1), dtype=np.uint8)
    with video_writer(tmp_path / "a.mp4", 64, 48, 25) as writer:
        for k in range(40):
            writer.write(np.repeat(scenes[k // 25] // 2 + k, 3, axis=2))
    assert facts_of(tmp_path / "a.mp4")["cuts_s"] == pytest.approx([1.0])


def test_a_steady_pan_is_no_cut() -> None:
    time = np.arange(50) / 25
    assert find_cuts(time, np.full(50, 0.2), 0.08).size == 0
    change = np.full(50, 0.01)
    change[20] = 0.3
    np.testing.assert_allclose(find_cuts(time, change, 0.08), [time[20]])


def test_a_rotated_video_has_its_upright_size(tmp_path: Path) -> None:
    plain = make_video(tmp_path / "a.mp4")
    ffmpeg("-display_rotation", "90", "-i", plain, "-c", "copy", tmp_path / "r.mp4")
    facts = facts_of(tmp_path / "r.mp4")
    assert (facts["width"], facts["height"]) == (48, 64)
    assert facts["rotation_deg"] in (90, 270)


def test_a_rate_that_changes_in_a_step_is_noticed(tmp_path: Path) -> None:
    plain = make_video(tmp_path / "a.mp4", frames=30, fps=30)
    slower = "setpts='if(lt(N,15),N,15+(N-15)*2)/30/TB'"
    ffmpeg("-i", plain, "-vf", slower, "-fps_mode", "vfr", tmp_path / "v.mp4")
    facts = facts_of(tmp_path / "v.mp4")
    assert facts["variable_rate"]
    (slow,) = (text for text in facts["warnings"] if "changes in steps" in text)
    assert "30 from 0.00 to 0.50 s, 15 from 0.50 to" in slow


def test_jitter_is_no_step(tmp_path: Path) -> None:
    plain = make_video(tmp_path / "a.mp4", frames=30, fps=30)
    uneven = "settb=1/90000,setpts='(N+0.4*mod(N*7,5)/5)/30/TB'"
    ffmpeg("-i", plain, "-vf", uneven, "-fps_mode", "vfr", "-enc_time_base", "filter",
           "-video_track_timescale", "90000", tmp_path / "v.mp4")  # fmt: skip
    facts = facts_of(tmp_path / "v.mp4")
    assert facts["variable_rate"]
    assert facts["rate_sections"] == []
    assert any("the frame rate varies" in warning for warning in facts["warnings"])


def test_rounded_times_are_no_variable_rate() -> None:
    interval = np.diff(np.round(np.arange(100) / 59.94, 3))
    assert not is_variable(interval)
    assert is_variable(np.array([0.02, 0.02, 0.04]))
    assert not is_variable(np.array([0.02]))


def test_a_missing_frame_does_not_change_the_usual_rate() -> None:
    interval = np.full(60, 0.04)
    interval[20] = 0.08
    assert usual_rate(interval) == pytest.approx(25.0)
    assert usual_rate(np.diff(np.round(np.arange(100) / 59.94, 3))) == pytest.approx(
        59.94, rel=1e-3
    )
    assert usual_rate(np.array([0.02, 0.04])) == pytest.approx(50.0)
    assert usual_rate(np.array([])) is None


@pytest.mark.parametrize(("recorded", "warned"), [("120.000", True), ("25", False), ("x", False)])
def test_slow_motion_that_the_file_tells_of_is_warned_about(
    tmp_path: Path, recorded: str, warned: bool
) -> None:
    plain = make_video(tmp_path / "a.mp4", frames=10, fps=25)
    ffmpeg("-i", plain, "-c", "copy", "-movflags", "use_metadata_tags",
           "-metadata", f"com.android.capture.fps={recorded}", tmp_path / "s.mp4")  # fmt: skip
    facts = facts_of(tmp_path / "s.mp4")
    said = [text for text in facts["warnings"] if "slow motion: recorded at 120" in text]
    assert bool(said) == warned
    assert facts["fps_recorded"] == (None if recorded == "x" else float(recorded))


def test_black_and_single_frames_are_said(tmp_path: Path) -> None:
    with video_writer(tmp_path / "b.mp4", 64, 48, 25) as writer:
        writer.write(np.zeros((48, 64, 3), dtype=np.uint8))
    warnings = facts_of(tmp_path / "b.mp4")["warnings"]
    assert any("the picture is black throughout" in warning for warning in warnings)
    assert any("single frame" in warning for warning in warnings)


def test_too_small_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"a\.mp4: 16x16 pixels; at least 32x32"):
        facts_of(make_video(tmp_path / "a.mp4", width=16, height=16))


def test_no_frame_is_an_error(tmp_path: Path) -> None:
    plain = make_video(tmp_path / "a.mp4")
    ffmpeg("-i", plain, "-frames:v", "0", "-f", "matroska", tmp_path / "empty.mkv")
    with pytest.raises(VideoError, match=r"empty\.mkv"):
        facts_of(tmp_path / "empty.mkv")


def test_standard_rates() -> None:
    assert standard_rate(29.969, 2.0) == 30000 / 1001
    assert standard_rate(25.001, 10.0) == 25.0
    assert standard_rate(25.04, 60.0) == 25.04
    assert standard_rate(17.3, 1.0) == 17.3
