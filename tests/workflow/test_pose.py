from __future__ import annotations

import zipfile

import numpy as np

from kinepath.io import sequence
from kinepath.io.files import sha256, write_json
from kinepath.io.video import video_writer
from tests.workflow.conftest import Workspace


def test_the_model_rule_makes_a_task_file_with_a_known_digest(workspace: Workspace) -> None:
    workspace.make("resources/models/pose_landmarker_full.task", rule="model")
    model = workspace.path("resources/models/pose_landmarker_full.task")
    assert zipfile.is_zipfile(model)
    assert sha256(model).startswith("fb125aee")


def test_a_black_video_is_a_result_that_says_nobody_is_there(workspace: Workspace) -> None:
    with video_writer(workspace.path("results/conformed/a.mp4"), 64, 48, 25) as writer:
        for _ in range(3):
            writer.write(np.zeros((48, 64, 3), dtype=np.uint8))
    facts = {"clip": "a", "fps": 25, "frames": 3, "time_s": [0, 0.04, 0.08], "repeated": []}
    facts["source_time_s"] = facts["time_s"]
    facts |= {"source_sha256": "0" * 64, "width": 64, "height": 48, "athlete_fits": False}
    write_json(workspace.path("results/conformed/a.json"), facts)
    workspace.make("resources/models/pose_landmarker_full.task", rule="model")
    workspace.make("results/keypoints/a.h5", rule="pose")
    poses = sequence.read(workspace.path("results/keypoints/a.h5"), "poses")
    assert poses.attrs["note"] == "no person seen in any frame"
    assert poses.attrs["backend"] == "mediapipe"
    assert poses.attrs["device"] == "cpu"
    why = "the backend 'mediapipe' runs on the CPU only"
    assert poses.attrs["device_reason"] == why
    assert why in workspace.path("logs/pose/a.log").read_text(encoding="utf-8")
    assert np.isnan(poses["position"]).all()
