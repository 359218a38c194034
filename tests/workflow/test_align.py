from __future__ import annotations

import cv2
import numpy as np
import pytest
import xarray as xr

from kinepath.bat import pose_proxy
from kinepath.body.skeleton import BLAZEPOSE
from kinepath.camera import estimate
from kinepath.io import sequence
from tests.poses import make_poses
from tests.workflow.conftest import Workspace


def still_camera(poses: xr.Dataset) -> xr.Dataset:
    picture = np.random.default_rng(0).integers(0, 255, (90, 160), dtype=np.uint8)
    images = [cv2.resize(picture, (640, 360))] * poses.sizes["time"]
    settings = {"width": 640, "features": 200, "match_px": 1.5, "static_px": 0.3}
    return estimate(images, poses, (640, 360), [], settings)


def test_the_rule_gives_statures_and_mirrors_left_handers(workspace: Workspace) -> None:
    poses = make_poses()
    bat = pose_proxy(poses, {"length_m": 0.75, "stature_m": 1.75})
    for clip in ("a", "b"):
        sequence.write(poses, workspace.path(f"results/clean/{clip}.h5"), "poses")
        sequence.write(bat, workspace.path(f"results/bat/{clip}.h5"), "bat")
        sequence.write(still_camera(poses), workspace.path(f"results/camera/{clip}.h5"), "camera")
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
    assert right.attrs["camera"] == "static camera"


@pytest.mark.parametrize("reference", ["mean", "b"])
def test_clips_are_aligned_to_a_mean_or_a_clip(workspace: Workspace, reference: str) -> None:
    poses = make_poses(frames=12)
    wave = 0.1 * 190 * np.sin(np.linspace(0, np.pi, 12))
    poses["position"].loc[{"space": "x", "keypoints": "left_wrist"}] += wave[:, None]
    turned = poses.copy(deep=True)
    turned["position"].values[:] = 2 * poses["position"].values[:, ::-1] * [[[[1]], [[-1]]]]
    for clip, dataset in (("a", poses), ("b", turned)):
        sequence.write(dataset, workspace.path(f"results/clean/{clip}.h5"), "poses")
        sequence.write(still_camera(poses), workspace.path(f"results/camera/{clip}.h5"), "camera")
    workspace.sheet(
        {"clip": "a", "path": "a.mp4", "activity": "squat"},
        {"clip": "b", "path": "b.mp4", "activity": "squat"},
    )
    workspace.configure(align={"reference": {"squat": reference}, "correspondence": "dtw"})
    workspace.run(
        *("--allowed-rules", "align", "mean_motion", "--force", "--"),
        *("results/aligned/a.h5", "results/aligned/b.h5"),
    )
    first, second = (
        sequence.read(workspace.path(f"results/aligned/{clip}.h5"), "aligned") for clip in "ab"
    )
    np.testing.assert_allclose(first["position"], second["position"], atol=1e-9)
    assert first.attrs["residual"] < 1e-9
    assert workspace.path("results/means/squat.h5").is_file() == (reference == "mean")


def test_a_reference_that_is_no_clip_is_said(workspace: Workspace) -> None:
    workspace.configure(align={"reference": {"batting": "nobody"}})
    done = workspace.snakemake("--dry-run", "results/aligned/a.h5")
    assert done.returncode != 0
    assert "align.reference.batting: there is no 'nobody'" in done.stdout
