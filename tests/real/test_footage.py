"""The whole workflow on coaching and gym videos."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from kinepath.io import sequence
from kinepath.kinematics import JOINT_ANGLES
from kinepath.pairs import load
from tests.real.conftest import CLIPS, clip_name
from tests.workflow.conftest import ROOT, Workspace, copy_models

pytestmark = pytest.mark.real

CRICKET = [f"cricket_net/ccs_{name}.mp4" for name in ("20191111_170210", "cut1", "leg4", "scoop11")]
GYM = {"gym_video/formfit_squat.mp4": "squat", "gym_video/wissem_bicep_curls.mp4": "biceps_curl"}


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("footage")
    shutil.copytree(ROOT / "config", folder / "config")
    copy_models(folder)
    workspace = Workspace(folder)
    workspace.configure(activities={"biceps_curl": {}})
    activities = dict.fromkeys(CRICKET, "batting") | GYM
    workspace.sheet(
        *(
            {"clip": clip_name(file), "path": str(CLIPS / file), "activity": activity}
            for file, activity in activities.items()
        )
    )
    workspace.run()
    return workspace


def results(footage: Workspace, name: str) -> Path:
    return footage.folder / "results" / name


@pytest.mark.parametrize("file", [*CRICKET, *GYM])
def test_every_shown_frame_is_analysed(
    footage: Workspace, sources: dict[str, dict[str, str]], file: str
) -> None:
    """Of the proposed camera shot; also of files whose container holds more than are shown."""
    facts = json.loads(results(footage, f"camera_shots/{clip_name(file)}.json").read_text())
    assert facts["frames_decoded"] == int(sources[file]["frames_decoded"])
    poses = sequence.read(results(footage, f"keypoints/{clip_name(file)}.h5"), "poses")
    window = facts["proposed"]
    begin, end = window["start_s"] - 0.01, window["end_s"] + 0.01
    shown = [begin <= time <= end for time in facts["frame_time_s"]]
    assert poses.sizes["time"] == pytest.approx(sum(shown), abs=1)


def test_the_talking_head_before_a_cut_is_left_out(footage: Workspace) -> None:
    """A cut 0.5 s into the clip and one before its last frames; between them is one stroke."""
    facts = json.loads(results(footage, "camera_shots/ccs_cut1.json").read_text())
    assert facts["proposed"]["start_s"] == pytest.approx(0.52, abs=0.05)
    assert facts["proposed"]["end_s"] == pytest.approx(2.92, abs=0.05)


@pytest.mark.parametrize("file", [*CRICKET, *GYM])
def test_the_person_is_seen_and_human_shaped(footage: Workspace, file: str) -> None:
    poses = sequence.read(results(footage, f"clean/{clip_name(file)}.h5"), "poses")
    assert poses.attrs["person_share"] > 0.8
    features = sequence.read(results(footage, f"kinematics/{clip_name(file)}.h5"), "kinematics")
    angles = features["joint_angle"].values
    assert angles.shape[1] == len(JOINT_ANGLES)
    known = angles[~np.isnan(angles)]
    assert known.size > 0.3 * angles.size
    assert known.min() >= 0
    assert known.max() <= 180


def test_the_squats_are_seen_in_the_knees(footage: Workspace) -> None:
    """Three squats, their lowest points by eye at 2.3, 4.45 and 6.65 s."""
    features = sequence.read(results(footage, "kinematics/formfit_squat.h5"), "kinematics")
    knees = features["joint_angle"].sel(joint=["left_knee", "right_knee"])
    knee = knees.mean("joint").to_series()
    for bottom in (2.3, 4.45, 6.65):
        around = knee[bottom - 0.8 : bottom + 0.8]
        assert around.idxmin() == pytest.approx(bottom, abs=0.4)
        assert around.min() < 110


def test_comparisons_videos_and_page_are_made(footage: Workspace) -> None:
    pairs = load(results(footage, "pairs/batting.h5"))
    assert set(pairs.clips) | set(pairs.excluded) == {clip_name(file) for file in CRICKET}
    assert len(pairs.clips) >= 3, pairs.excluded
    for name in ("composites/batting_shots.mp4", "pairs/batting_matrix.png", "site/index.html"):
        assert results(footage, name).stat().st_size > 1000
