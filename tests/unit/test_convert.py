from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from kinepath.body.convert import ConversionError, convert
from kinepath.body.skeleton import BLAZEPOSE, COCO17, HUMAN36M
from kinepath.io import sequence

FRAMES = 4


def every_joint_its_own() -> xr.Dataset:
    """Poses in which no two coordinates are alike."""
    rng = np.random.default_rng(0)
    names = BLAZEPOSE.keypoints
    poses = sequence.poses(
        rng.normal(size=(FRAMES, 2, len(names), 1)),
        rng.uniform(0.3, 1.0, (FRAMES, len(names), 1)),
        np.arange(FRAMES) / 25,
        names,
        fps=25,
        clip="a",
        position_3d=rng.normal(size=(FRAMES, 3, len(names), 1)),
        attrs={"skeleton": BLAZEPOSE.name},
    )
    shape = poses["confidence"].shape
    dims = poses["confidence"].dims
    poses["changed"] = (dims, rng.integers(0, 64, shape).astype(np.uint8), {"units": "1"})
    poses["jitter"] = (dims, rng.uniform(0.1, 2.0, shape), {"units": "pixel"})
    return poses


def joint(poses: xr.Dataset, variable: str, name: str) -> np.ndarray:
    return np.asarray(poses[variable].sel(keypoints=name).values)


#: The order of DESIGN and of the data set, written out, and what each joint is made of.
HUMAN = {
    "root": ("left_hip", "right_hip"),
    "right_hip": ("right_hip",),
    "right_knee": ("right_knee",),
    "right_ankle": ("right_ankle",),
    "left_hip": ("left_hip",),
    "left_knee": ("left_knee",),
    "left_ankle": ("left_ankle",),
    "belly": ("left_hip", "right_hip", "left_shoulder", "right_shoulder"),
    "neck": ("left_shoulder", "right_shoulder"),
    "nose": ("nose",),
    "head": ("left_eye", "right_eye"),
    "left_shoulder": ("left_shoulder",),
    "left_elbow": ("left_elbow",),
    "left_wrist": ("left_wrist",),
    "right_shoulder": ("right_shoulder",),
    "right_elbow": ("right_elbow",),
    "right_wrist": ("right_wrist",),
}


def test_the_order_of_human36m() -> None:
    assert HUMAN36M.keypoints == tuple(HUMAN)


def test_the_order_of_coco() -> None:
    known = "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow"
    known += " right_elbow left_wrist right_wrist left_hip right_hip left_knee right_knee"
    assert COCO17.keypoints == (*known.split(), "left_ankle", "right_ankle")


@pytest.mark.parametrize("name", COCO17.keypoints)
def test_coco_joint_by_joint(name: str) -> None:
    poses = every_joint_its_own()
    coco = convert(poses, COCO17)
    for variable in ("position", "position_3d", "confidence", "changed", "jitter"):
        np.testing.assert_array_equal(joint(coco, variable, name), joint(poses, variable, name))


@pytest.mark.parametrize("through_coco", [False, True])
@pytest.mark.parametrize("name", HUMAN36M.keypoints)
def test_human36m_joint_by_joint(name: str, through_coco: bool) -> None:
    poses = every_joint_its_own()
    human = convert(convert(poses, "coco-17") if through_coco else poses, "human36m-17")
    parts = [joint(poses, "position", part) for part in HUMAN[name]]
    np.testing.assert_allclose(joint(human, "position", name), np.mean(parts, axis=0), atol=1e-15)
    parts = [joint(poses, "position_3d", part) for part in HUMAN[name]]
    root = [joint(poses, "position_3d", part) for part in HUMAN["root"]]
    expected = np.mean(parts, axis=0) - np.mean(root, axis=0)
    np.testing.assert_allclose(joint(human, "position_3d", name), expected, atol=1e-15)
    parts = [joint(poses, "confidence", part) for part in HUMAN[name]]
    np.testing.assert_array_equal(joint(human, "confidence", name), np.min(parts, axis=0))
    parts = [joint(poses, "changed", part) for part in HUMAN[name]]
    np.testing.assert_array_equal(joint(human, "changed", name), np.bitwise_or.reduce(parts))
    parts = [joint(poses, "jitter", part) for part in HUMAN[name]]
    independent = np.sqrt(np.sum(np.square(parts), axis=0)) / len(parts)
    np.testing.assert_allclose(joint(human, "jitter", name), independent)
    assert human["position"].dims == poses["position"].dims


def test_a_missing_joint_is_missing_in_all_that_is_made_of_it() -> None:
    poses = every_joint_its_own()
    k = BLAZEPOSE.index("left_hip")
    poses["position"][1, :, k] = np.nan
    poses["confidence"][1, k] = 0.0
    human = convert(poses, HUMAN36M)
    missing = np.isnan(human["position"].values[1]).any(axis=0)[:, 0]
    found = {name for name, none in zip(HUMAN36M.keypoints, missing, strict=True) if none}
    assert found == {"root", "left_hip", "belly"}
    np.testing.assert_array_equal(human["confidence"].values[1, missing], 0.0)
    assert not np.isnan(human["position"].values[[0, 2, 3]]).any()


def test_the_same_skeleton_is_the_same_poses() -> None:
    poses = every_joint_its_own()
    xr.testing.assert_allclose(convert(poses, BLAZEPOSE), poses)


def test_the_result_is_a_file_that_can_be_written(tmp_path: Path) -> None:
    poses = every_joint_its_own().drop_vars(["changed", "jitter"])
    sequence.write(convert(poses, HUMAN36M), tmp_path / "a.h5", "poses")
    read = sequence.read(tmp_path / "a.h5", "poses")
    assert read.attrs["skeleton"] == "human36m-17"


def test_what_cannot_be_converted() -> None:
    poses = every_joint_its_own()
    with pytest.raises(ConversionError, match="blazepose-33 has joints that coco-17"):
        convert(convert(poses, COCO17), BLAZEPOSE)
    with pytest.raises(ConversionError, match="no skeleton named 'x'"):
        convert(poses, "x")
    with pytest.raises(ConversionError, match="not those of coco-17"):
        convert(poses.assign_attrs(skeleton="coco-17"), HUMAN36M)
