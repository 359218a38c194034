from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr

from kinepath.body.convert import convert
from kinepath.body.gravity import gravity_aligned, rotation_between, vertical
from kinepath.synth import Scenario, simulate
from tests.poses import make_poses


def squat(**settings: float) -> xr.Dataset:
    return simulate(Scenario("squat", fps=20.0, repetitions=2, **settings)).truth  # type: ignore[arg-type]


def turned(poses: xr.Dataset, axis: str, degrees: float) -> xr.Dataset:
    """Poses in the axes of a camera that is turned about one of its axes."""
    angle, k = np.radians(degrees), "xyz".index(axis)
    turn = np.eye(3)
    a, b = (j for j in range(3) if j != k)
    turn[a, a] = turn[b, b] = np.cos(angle)
    turn[a, b], turn[b, a] = -np.sin(angle), np.sin(angle)
    values = np.einsum("ij,tjkn->tikn", turn, poses["position_3d"].values)
    return poses.assign(position_3d=poses["position_3d"].copy(data=values))


@pytest.mark.parametrize("skeleton", ["blazepose-33", "coco-17", "human36m-17"])
@pytest.mark.parametrize("elevation", [-5.0, 15.0, 35.0])
def test_a_tilted_camera_does_not_tilt_the_person(skeleton: str, elevation: float) -> None:
    poses = convert(squat(elevation_deg=elevation), skeleton)
    found = vertical(poses)
    truth = np.array([0.0, -np.cos(np.radians(elevation)), -np.sin(np.radians(elevation))])
    error = np.degrees(np.arccos(np.array(found.up) @ truth))
    assert found.sd_deg is not None
    assert error < 2 * found.sd_deg < 12
    assert error < 3.0


def test_a_rolled_camera_gives_the_same_person() -> None:
    straight = gravity_aligned(squat())
    rolled = gravity_aligned(turned(squat(), "z", 20.0))
    np.testing.assert_allclose(
        straight["position_3d"].sel(space_3d="y"),
        rolled["position_3d"].sel(space_3d="y"),
        atol=1e-5,
    )
    assert json.loads(rolled.attrs["gravity"])["tilt_deg"] > 15


def test_turning_keeps_lengths_and_is_done_once() -> None:
    poses = turned(squat(), "x", 12.0)
    once = gravity_aligned(poses)
    twice = gravity_aligned(once)
    np.testing.assert_allclose(twice["position_3d"], once["position_3d"], atol=1e-4)
    for each in (poses, once):
        lengths = np.linalg.norm(each["position_3d"].diff("keypoints").values, axis=1)
        np.testing.assert_allclose(
            lengths[0], np.linalg.norm(poses["position_3d"].diff("keypoints").values, axis=1)[0]
        )


def test_one_who_lies_tells_nothing() -> None:
    lying = gravity_aligned(turned(squat(), "z", 90.0))
    told = json.loads(lying.attrs["gravity"])
    assert not told["known"]
    assert told["sd_deg"] is None
    assert "not on the feet" in told["note"]
    np.testing.assert_array_equal(lying["position_3d"], turned(squat(), "z", 90.0)["position_3d"])


def test_one_who_stands_straight_is_told_as_standing() -> None:
    poses = squat()
    still = poses["position_3d"].values.copy()
    names = list(poses["keypoints"].values)
    for side, sign in (("left", 1), ("right", -1)):
        line = {"hip": 0.0, "knee": 0.4, "ankle": 0.8, "heel": 0.85, "foot_index": 0.85}
        for name, y in {"shoulder": -0.5, "elbow": -0.2, "wrist": 0.1, **line}.items():
            still[:, :, names.index(f"{side}_{name}"), 0] = (0.15 * sign, y, 0.0)
    still[:, :, names.index("nose"), 0] = (0.0, -0.7, 0.0)
    found = vertical(poses.assign(position_3d=poses["position_3d"].copy(data=still)))
    assert found.method == "standing"
    assert found.tilt_deg == pytest.approx(0.0, abs=1e-6)


def test_without_depth_or_feet_nothing_is_known() -> None:
    assert vertical(make_poses()).note == "the poses have no depth"
    poses = squat()
    names = [name for name in poses["keypoints"].values if "heel" in name or "ankle" in name]
    poses["position_3d"].loc[{"keypoints": names}] = np.nan
    assert "never seen" in str(vertical(poses).note)


def test_the_smallest_rotation() -> None:
    a, b = np.array([0.0, 0.6, 0.8]), np.array([1.0, 0.0, 0.0])
    turn = rotation_between(a, b)
    np.testing.assert_allclose(turn @ a, b, atol=1e-12)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(turn @ np.cross(a, b), np.cross(a, b), atol=1e-12)
