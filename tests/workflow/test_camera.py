from __future__ import annotations

import numpy as np

from kinepath.camera import steady
from kinepath.io import sequence
from kinepath.io.files import write_json
from kinepath.synth import Scenario, write_clip
from tests.workflow.conftest import Workspace


def test_the_rule_gives_a_steady_frame(workspace: Workspace) -> None:
    """Points fixed in the world stay within 1 % of the athlete's stature."""
    scenario = Scenario(
        "squat", width=320, height=180, fps=10, repetitions=1, pan_deg=5, zoom=1.1, shake_px=6
    )
    video, truth_path = workspace.path("results/conformed/a.mp4"), workspace.path("a.truth.h5")
    write_clip(scenario, video, truth_path)
    truth = sequence.read(truth_path, "truth")
    poses = truth[["position", "confidence"]].assign_attrs(frame_width=320, frame_height=180)
    sequence.write(poses, workspace.path("results/keypoints/a.h5"), "poses")
    write_json(workspace.path("results/camera_shots/a.json"), {"cuts_s": []})
    workspace.make("results/camera/a.h5", rule="camera")
    camera = sequence.read(workspace.path("results/camera/a.h5"), "camera")
    assert camera.attrs["verdict"] == "moving"
    points = truth["background_point"].transpose("time", "point", "space").values
    stature = np.ptp(poses["position"].sel(space="y").values[0]) / 0.93
    before, after = (
        np.median(np.linalg.norm(p - points[0], axis=-1)) / stature
        for p in (points, steady(points, camera))
    )
    assert before > 0.05
    assert after < 0.01
