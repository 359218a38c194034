from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinepath.body.skeleton import BLAZEPOSE, BODY_JOINTS
from kinepath.errors import KinepathError
from kinepath.pose.base import Detection
from kinepath.pose.topdown.boxes import PersonDetectorError, letterboxed, overlap, read_boxes
from kinepath.pose.topdown.checkpoint import checked, refuse_another_skeleton, source_facts
from kinepath.pose.topdown.crops import CropWindow, read_simcc
from kinepath.pose.topdown.layouts import COCO_17, H36M_17, LAYOUTS, as_h36m
from kinepath.pose.topdown.lifting import STATURE_M, around_each, in_windows, lift
from kinepath.pose.topdown.tracking import Tracker
from tests.poses import make_poses

SIZES = {"coco-17": 17, "halpe-26": 26, "coco-wholebody-133": 133, "h36m-17": 17}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_has_the_joints_of_the_analysis(name: str) -> None:
    layout = LAYOUTS[name]
    assert len(set(layout.keypoints)) == len(layout.keypoints) == SIZES[name]
    assert set(BODY_JOINTS) <= set(layout.keypoints)
    values = np.arange(2.0 * SIZES[name]).reshape(-1, 2)
    mapped = layout.to_blazepose(values, np.nan)
    for k, joint in enumerate(BLAZEPOSE.keypoints):
        if joint in layout.missing():
            assert np.isnan(mapped[k]).all()
        else:
            np.testing.assert_array_equal(mapped[k], values[layout.keypoints.index(joint)])


def test_h36m_has_its_order_and_midpoints() -> None:
    points = np.random.default_rng(0).normal(size=(4, 33, 2))
    mapped = as_h36m(points)
    np.testing.assert_array_equal(
        H36M_17.to_blazepose(mapped, np.nan)[:, BLAZEPOSE.indices(BODY_JOINTS)],
        points[:, BLAZEPOSE.indices(BODY_JOINTS)],
    )
    hips = points[:, BLAZEPOSE.indices(("left_hip", "right_hip"))].mean(axis=1)
    np.testing.assert_allclose(mapped[:, 0], hips)
    np.testing.assert_allclose(mapped[:, 7], (mapped[:, 0] + mapped[:, 8]) / 2)
    points[:, BLAZEPOSE.indices(("left_ear", "right_eye"))] = np.nan
    np.testing.assert_array_equal(as_h36m(points)[:, 10], points[:, 0])


def test_boxes_of_rtmdet_are_read_in_the_pictures_pixels() -> None:
    image = np.zeros((100, 200, 3), dtype=np.uint8)
    pixels, ratio = letterboxed(image, 320, 320, "rtmdet")
    assert pixels.shape == (3, 320, 320)
    assert ratio == 1.6
    np.testing.assert_allclose(
        pixels[:, 0, 0], [-103.53 / 57.375, -116.28 / 57.12, -123.675 / 58.395], rtol=1e-6
    )
    raw = np.array(
        [[[16, 32, 48, 64, 0.6], [80, 0, 96, 32, 0.9], [0, 0, 9, 9, 0.9], [1, 1, 1, 1, 0.9]]]
    )
    (found,) = read_boxes([raw, np.array([[0, 0, 2, 0]])], (320, 320), 0.5, [ratio])
    np.testing.assert_allclose(found.corners, [[50, 0, 60, 20], [10, 20, 30, 40]])
    np.testing.assert_allclose(found.score, [0.9, 0.6])
    assert len(found.most(1).score) == 1
    (none,) = read_boxes([raw], (320, 320), 0.95, [ratio])
    assert none.corners.shape == (0, 4)


def test_cells_of_yolox_are_decoded_and_overlapping_ones_removed() -> None:
    raw = np.zeros((1, 84, 8))  # 64 x 64: 8 x 8, 4 x 4 and 2 x 2 cells
    raw[0, 9, :7] = [0.5, 0.5, np.log(2), np.log(4), 0.9, 1.0, 0.2]  # cell (1, 1), stride 8
    raw[0, 10, :7] = [-0.5, 0.5, np.log(2), np.log(4), 0.8, 1.0, 0.2]  # the same place
    raw[0, 83, :7] = [0.0, 0.0, 0.0, 0.0, 1.0, 0.7, 0.2]  # cell (1, 1), stride 32
    (found,) = read_boxes([raw], (64, 64), 0.5, [1.0])
    np.testing.assert_allclose(found.corners, [[4, -4, 20, 28], [16, 16, 48, 48]])
    np.testing.assert_allclose(found.score, [0.9, 0.7])
    with pytest.raises(PersonDetectorError, match="gives 84 cells, not 336"):
        read_boxes([raw], (128, 128), 0.5, [1.0])
    with pytest.raises(PersonDetectorError, match="not \\(pictures, boxes, 5\\)"):
        read_boxes([raw[..., :4]], (64, 64), 0.5, [1.0])


def test_overlap_is_intersection_over_union() -> None:
    square = np.array([0.0, 0, 2, 2])
    assert overlap(square, square) == pytest.approx(1)
    assert overlap(square, square + 1) == pytest.approx(1 / 7)
    assert overlap(square, square + 2) == 0


@given(st.floats(-50, 300), st.floats(-50, 300), st.floats(5, 400), st.floats(5, 400))
def test_a_window_keeps_the_shape_and_holds_the_box(
    left: float, top: float, width: float, height: float
) -> None:
    window = CropWindow.around(np.array([left, top, left + width, top + height]), 192, 256)
    assert window.extent[1] / window.extent[0] == pytest.approx(256 / 192)
    corners = window.to_picture(np.array([[0.0, 0.0], [1.0, 1.0], [0.5, 0.5]]))
    assert (corners[0] <= [left, top]).all() and (corners[1] >= [left + width, top + height]).all()
    np.testing.assert_allclose(corners[2], [left + width / 2, top + height / 2], atol=1e-9)


def test_what_is_cut_lies_where_the_window_says() -> None:
    image = np.zeros((200, 200, 3), dtype=np.uint8)
    cv2.circle(image, (90, 110), 4, (255, 255, 255), -1)
    window = CropWindow.around(np.array([60.0, 60, 120, 160]), 96, 128)
    cut = window.cut(image, 96, 128)
    weight = cut[1] - cut[1].min()
    y, x = np.mgrid[:128, :96]
    middle = np.array([(weight * x).sum() / 96, (weight * y).sum() / 128]) / weight.sum()
    np.testing.assert_allclose(window.to_picture(middle), [90, 110], atol=0.1)


def test_simcc_is_read_at_its_maxima() -> None:
    across, down = np.zeros((1, 2, 8)), np.zeros((1, 2, 16))
    across[0, 0, 2], down[0, 0, 12] = 0.8, 0.6
    shares, confidence = read_simcc(across, down)
    np.testing.assert_allclose(shares[0, 0], [0.25, 0.75])
    np.testing.assert_allclose(confidence, [[0.7, 0.0]])


def person(x: float, confidence: float = 0.9, size: float = 100.0) -> Detection:
    shape = np.stack([np.linspace(0, 0.4, 33), np.linspace(0, 1, 33)], axis=1)
    return Detection(shape * size + [x, 50], np.full(33, confidence), None)


def test_the_same_person_stays_first_and_is_waited_for() -> None:
    tracker = Tracker()
    first = tracker([person(20), person(150, size=150)], (400, 300))[0]
    assert first.position[0, 0] == 150
    for k in range(1, 10):  # the other one becomes surer and comes nearer
        found = tracker([person(20 + 8 * k, 1.0), person(150 + 2 * k, 0.5, 150)], (400, 300))
        assert found[0].position[0, 0] == 150 + 2 * k
        assert len(found) == 2
    assert tracker([person(20, 1.0)], (400, 300)) == []
    assert tracker([person(20), person(172, size=150)], (400, 300))[0].position[0, 0] == 172
    for _ in range(13):
        assert tracker([], (400, 300)) == []
    assert tracker([person(20)], (400, 300))[0].position[0, 0] == 20


def section(tmp_path: Path, **changes: Any) -> dict[str, Any]:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"net")
    keys = {"estimator": str(path), "estimator_sha256": None, "detector": None, "lifter": None}
    return {**keys, "skeleton": "coco-17", **changes}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"estimator": None}, "pose.onnx.estimator: no file is named; the backend 'onnx' needs"),
        ({"estimator": "gone.onnx"}, "pose.onnx.estimator: gone.onnx: no such file"),
        ({"estimator_sha256": "0" * 64}, r"net.onnx: SHA-256 is [0-9a-f]{64}, not 0000"),
    ],
)
def test_a_network_that_is_not_the_one_meant_is_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(KinepathError, match=message):
        checked(section(tmp_path, **changes), "onnx", "estimator")


def test_a_network_for_another_skeleton_is_refused_with_those_that_fit(tmp_path: Path) -> None:
    refuse_another_skeleton(COCO_17, 17, "onnx")
    with pytest.raises(KinepathError, match=r"gives 26; set pose.onnx.skeleton to halpe-26"):
        refuse_another_skeleton(COCO_17, 26, "onnx")
    with pytest.raises(KinepathError, match="gives 5; none fits it"):
        refuse_another_skeleton(COCO_17, 5, "onnx")
    told = source_facts(section(tmp_path))
    assert told["source_skeleton"] == "coco-17"
    assert "left_heel" in told["missing_keypoints"].split()
    assert set(told) == {"source_skeleton", "missing_keypoints", "model_sha256"}


@pytest.mark.parametrize("count", [1, 4, 9, 10, 31])
@pytest.mark.parametrize("length", [1, 2, 9])
def test_windows_give_every_frame_its_own(count: int, length: int) -> None:
    sequence = np.random.default_rng(0).normal(size=(count, 17, 3))
    lengths = []

    def network(window: np.ndarray) -> np.ndarray:
        lengths.append(len(window))
        return 2 * window

    np.testing.assert_allclose(in_windows(sequence, length, network), 2 * sequence)
    assert set(lengths) == {length}


@pytest.mark.parametrize("count", [1, 4, 9, 31])
def test_a_network_of_the_middle_frame_gets_every_frame_in_the_middle(count: int) -> None:
    sequence = np.random.default_rng(0).normal(size=(count, 17, 3))

    def network(windows: np.ndarray) -> np.ndarray:
        assert len(windows) <= 4 and windows.shape[1:] == (9, 17, 3)
        told: np.ndarray = windows[:, 4] + windows[:, 0] - windows[:, 8]
        return told

    before, after = np.arange(count) - 4, np.arange(count) + 4
    expected = sequence + sequence[before.clip(0)] - sequence[after.clip(None, count - 1)]
    np.testing.assert_allclose(around_each(sequence, 9, network, batch=4), expected)


def test_a_lifted_body_is_in_metres_around_the_hips_and_missing_where_nobody_is() -> None:
    poses = make_poses(frames=12, frame_width=640, frame_height=480)
    poses["position"][5] = np.nan
    seen: list[np.ndarray] = []

    def flat(sequence: np.ndarray) -> np.ndarray:
        seen.append(sequence)
        return np.concatenate([sequence[..., :2], 0 * sequence[..., :1]], axis=2)

    lifted = lift(poses, flat)
    body = lifted["position_3d"].isel(individuals=0).transpose("time", "keypoints", "space_3d")
    assert np.isnan(body.values[5]).all()
    assert np.isfinite(seen[0]).all()
    assert (seen[0][5, :, 2] == 0).all()
    names = BLAZEPOSE.indices(("left_hip", "right_hip"))
    np.testing.assert_allclose(body.values[0, names].mean(axis=0), 0, atol=1e-12)
    # It is the flat body of the picture, scaled.
    joints = BLAZEPOSE.indices(BODY_JOINTS)
    flat_body = poses["position"].values[0, :, joints, 0]
    ratio = np.ptp(body.values[0, joints, 1]) / np.ptp(flat_body[:, 1])
    np.testing.assert_allclose(
        body.values[0, joints, :2] - body.values[0, joints, :2].mean(axis=0),
        ratio * (flat_body - flat_body.mean(axis=0)),
        atol=1e-9,
    )
    assert 1.0 < np.ptp(body.values[0, joints, 1]) < STATURE_M
    assert "1.75 m is assumed" in lifted.attrs["scale_3d"]
    poses["position"][:] = np.nan
    assert np.isnan(lift(poses, flat)["position_3d"]).all()
