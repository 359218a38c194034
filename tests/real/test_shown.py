"""Real frames: as ffmpeg shows them, and what was done to them is found."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinepath.io.video import VideoReader, ffmpeg_binary
from kinepath.probe import probe
from tests.real.conftest import CLIPS
from tests.videos import ffmpeg

pytestmark = pytest.mark.real

#: Edit lists, a late clock, odd rates and sizes, other codecs and containers.
SHOWN = (
    *("cricket_net/ccs_cut1.mp4", "cricket_net/ccs_scoop12.mp4", "cricket_tv/ccs_straight3.mp4"),
    *("cricket_ref/imran_khan_down_the_ground.mp4", "gym_video/trutadan_squat_b.mp4"),
    *("gym_video/perfectrep_lift.gif", "pose_gt/pose2sim_single_cam02.mp4"),
    *("rep_keypoints/infinity_fitness-basic_000000.mp4", "robustness/mmaction2_test.avi"),
    *("robustness/moviepy_no_duration.webm", "robustness/moviepy_video_with_failing_audio.mp4"),
)
MOVING = ("pose_gt/pose2sim_single_cam03.mp4", "swing_other/softball_demo-softball-swing.mp4")


def facts_of(path: Path) -> dict[str, Any]:
    return probe(path, "a", min_size=32, cut_threshold=0.08)


@pytest.mark.parametrize("file", SHOWN)
def test_frames_are_those_that_ffmpeg_shows(file: str) -> None:
    facts = facts_of(CLIPS / file)
    shape = (facts["height"], facts["width"], 3)
    command = [ffmpeg_binary(), "-loglevel", "error", "-i", str(CLIPS / file)]
    command += ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "bgr24", "-"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as process,
        VideoReader.of(facts) as reader,
    ):
        assert process.stdout is not None
        for frame in reader.frames():
            other = np.frombuffer(process.stdout.read(frame.image.nbytes), dtype=np.uint8)
            np.testing.assert_array_equal(frame.image, other.reshape(shape))
        assert process.stdout.read() == b""


@pytest.mark.parametrize("first", ["top", "bottom"])
def test_woven_footage_is_found_without_a_flag(tmp_path: Path, first: str) -> None:
    path = tmp_path / "woven.mp4"
    weave = f"scale=-2:576,fps=50,tinterlace=interleave_{first},setfield=prog"
    ffmpeg("-i", CLIPS / MOVING[0], "-an", "-vf", weave, path)
    assert facts_of(path)["field_order"] == first


def test_whole_frames_under_a_flag_are_found(tmp_path: Path) -> None:
    path = tmp_path / "psf.mpg"
    ffmpeg("-i", CLIPS / MOVING[0], "-an", "-vf", "scale=-2:576,fps=25,setfield=tff",
           "-c:v", "mpeg2video", "-q:v", "3", "-flags", "+ildct+ilme", path)  # fmt: skip
    assert facts_of(path)["field_order"] == "progressive"


@pytest.mark.parametrize("length", [5, 20])
def test_a_freeze_is_found(tmp_path: Path, length: int) -> None:
    path = tmp_path / "frozen.mp4"
    hold = f"loop=loop={length}:size=1:start=48,setpts=N/FRAME_RATE/TB"
    ffmpeg("-i", CLIPS / "cricket_net/ccs_cut2.mp4", "-an", "-vf", hold, path)
    assert facts_of(path)["freezes"] == [[48, length]]


@pytest.mark.parametrize("file", MOVING)
@pytest.mark.parametrize(("taken", "shown"), [(12, 60), (24, 60), (15, 30), (25, 30)])
def test_patterns_of_repeats_are_found(tmp_path: Path, file: str, taken: int, shown: int) -> None:
    path = tmp_path / "repeated.mp4"
    ffmpeg("-i", CLIPS / file, "-an", "-vf", f"scale=-2:480,fps={taken},fps={shown}", path)
    facts = facts_of(path)
    assert facts["fps_pictures"] == pytest.approx(taken, rel=0.01)
    assert facts["freezes"] == []
