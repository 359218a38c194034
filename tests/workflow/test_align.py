from __future__ import annotations

import numpy as np

from kinepath import sequence
from kinepath.bat import pose_proxy
from kinepath.skeleton import BLAZEPOSE
from tests.poses import make_poses
from tests.workflow.conftest import Workspace


def test_the_rule_gives_statures_and_mirrors_left_handers(workspace: Workspace) -> None:
    poses = make_poses()
    bat = pose_proxy(poses, {"length_m": 0.75, "stature_m": 1.75})
    for clip in ("a", "b"):
        sequence.write(poses, workspace.path(f"results/clean/{clip}.h5"), "poses")
        sequence.write(bat, workspace.path(f"results/bat/{clip}.h5"), "bat")
    workspace.sheet(
        {"clip": "a", "path": "a.mp4", "activity": "batting", "handed": "right"},
        {"clip": "b", "path": "b.mp4", "activity": "batting", "handed": "left"},
    )
    workspace.make("results/aligned/a.h5", "results/aligned/b.h5", rule="align")
    right = sequence.read(workspace.path("results/aligned/a.h5"), "aligned")
    left = sequence.read(workspace.path("results/aligned/b.h5"), "aligned")
    ankle, nose = (right["position"].sel(keypoints=k, space="y") for k in ("left_ankle", "nose"))
    assert 0.7 < float((ankle - nose).mean()) < 1.1
    mirrored = left["position"].values[:, :, BLAZEPOSE.mirror_order()]
    np.testing.assert_allclose(mirrored[:, 0], -right["position"].values[:, 0], atol=1e-9)
    np.testing.assert_allclose(mirrored[:, 1], right["position"].values[:, 1], atol=1e-9)
    assert "bat_tip" in right
