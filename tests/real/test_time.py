"""Real files whose frames are not where a plain count of them says."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kinepath.conform import choose_window, conform
from kinepath.probe import probe
from tests.real.conftest import CLIPS

pytestmark = pytest.mark.real

#: Edit lists hide some of the frames that the container holds.
HIDDEN = (
    *("cricket_ref/imran_khan_cover_drive.mp4", "cricket_ref/imran_khan_square_drive.mp4"),
    *("cricket_net/ccs_cut1.mp4", "cricket_net/ccs_scoop12.mp4", "cricket_tv/ccs_pull2.mp4"),
)
#: The file's own clock does not start at zero with the first frame.
LATE = {"cricket_tv/ccs_straight2.mp4": 0.021, "cricket_tv/ccs_straight3.mp4": 1.424}
#: Frames are not evenly spaced: the rate that most of them have.
UNEVEN = {
    "cricket_ref/imran_khan_down_the_ground.mp4": 25.0,
    "cricket_net/ccs_scoop12.mp4": 30.0,
    "gym_video/trutadan_squat_b.mp4": 30.0,
    "swing_other/tennis_Kyrgios_Serve.mp4": 60000 / 1001,
    "robustness/mmaction2_demo_skeleton.mp4": 30.0,
}
#: Footage of a lower rate with repeated frames: the true rate.
REPEATED = {
    "cricket_net/ccs_leg4.mp4": 25.0,
    "cricket_net/ccs_leg9.mp4": 25.0,
    "cricket_net/ccs_scoop11.mp4": 25.0,
    "cricket_tv/ccs_straight2.mp4": 25.0,
    "gym_video/jurisimo_deadlift.mp4": 24.0,
}
#: Even footage in which somebody stands still, shakes or moves: nothing repeats.
UNREPEATED = (
    *("cricket_net/ccs_cut2.mp4", "gym_video/formfit_squat.mp4", "gym_video/wissem_squat.mp4"),
    *("cricket_ref/imran_khan_hook_1.mp4", "pose_gt/pose2sim_single_cam03.mp4"),
)
#: Containers without presentation times, whose packets are stored in another order.
DISORDERED = (
    "robustness/mmaction2_test.avi",
    "robustness/mmaction2_S001C001P001R001A001_rgb.avi",
)


@cache
def facts_of(file: str) -> dict[str, Any]:
    return probe(CLIPS / file, "a", min_size=32, cut_threshold=0.08)


@cache
def naive(file: str) -> tuple[int, float]:
    """Number of frames and rate as the most used reader states them."""
    capture = cv2.VideoCapture(str(CLIPS / file))
    return int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), float(capture.get(cv2.CAP_PROP_FPS))


@pytest.mark.parametrize("file", HIDDEN)
def test_hidden_frames_are_not_counted(file: str, sources: dict[str, dict[str, str]]) -> None:
    shown = int(sources[file]["frames_decoded"])
    assert facts_of(file)["frames_decoded"] == shown
    assert naive(file)[0] == int(sources[file]["frames_container"]) > shown
    assert any("edit list" in warning for warning in facts_of(file)["warnings"])


@pytest.mark.parametrize("file", LATE)
def test_times_count_from_the_first_frame(file: str, tmp_path: Path) -> None:
    facts = facts_of(file)
    assert facts["file_start_s"] == pytest.approx(LATE[file], abs=0.001)
    assert (facts["start_s"], facts["frame_time_s"][0]) == (0.0, 0.0)
    said = any("own clock starts at" in warning for warning in facts["warnings"])
    assert said == (LATE[file] > 0.05)
    window = choose_window(facts, 1, 1.4)
    told = conform(CLIPS / file, tmp_path / "a.mp4", facts, window, fps=None, true_fps=None, crf=30)
    assert told["time_s"][0] == pytest.approx(1, abs=0.02)
    # The frame is the one that is counted, not one of the file's own clock.
    first = np.argmin(np.abs(np.array(facts["frame_time_s"]) - told["time_s"][0]))
    assert first / naive(file)[1] == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("file", UNEVEN)
def test_uneven_frames_have_their_own_times(file: str) -> None:
    facts = facts_of(file)
    time = np.array(facts["frame_time_s"])
    rate = naive(file)[1]
    assert facts["variable_rate"]
    assert facts["fps_usual"] == pytest.approx(UNEVEN[file], rel=1e-4)
    # Where counting goes wrong, it is by most of a frame.
    assert np.abs(time - time[0] - np.arange(time.size) / rate).max() > 0.5 / UNEVEN[file]
    assert any("rate varies" in warning for warning in facts["warnings"])


@pytest.mark.parametrize("file", REPEATED)
def test_repeated_frames_are_found(file: str) -> None:
    facts = facts_of(file)
    assert facts["fps_pictures"] == pytest.approx(REPEATED[file], rel=0.003)
    # The container knows nothing of it, and neither does who counts frames.
    assert naive(file)[1] == pytest.approx(30, rel=0.002)
    assert any("show the picture of the one before" in text for text in facts["warnings"])


@pytest.mark.parametrize("file", UNREPEATED)
def test_nothing_is_called_a_repeat_that_is_none(file: str) -> None:
    assert facts_of(file)["repeated_frames"] == []


@pytest.mark.parametrize("file", DISORDERED)
def test_times_increase_without_presentation_times(file: str) -> None:
    facts = facts_of(file)
    time = np.array(facts["frame_time_s"])
    assert time[0] == 0
    np.testing.assert_allclose(np.diff(time), 1 / naive(file)[1], rtol=1e-6)
    assert not facts["variable_rate"]
