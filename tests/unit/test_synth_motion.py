import json
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kinepath.body.anthropometry import Body, standing_pose
from kinepath.body.skeleton import BLAZEPOSE, BODY_JOINTS
from kinepath.errors import KinepathError
from kinepath.synth import SHOTS, Scenario, simulate
from kinepath.synth.motion import SEGMENTS
from kinepath.synth.vectors import heading, middle_joint, turned

EVERYONE = [*SHOTS, "squat"]


def scenario(shot: str, **changes: Any) -> Scenario:
    return Scenario(shot=shot, fps=100.0, **changes)


def joints_3d(truth: xr.Dataset) -> NDArray[np.float64]:
    return np.asarray(truth["position_3d"].values[..., 0].transpose(0, 2, 1))


def joints_2d(truth: xr.Dataset) -> NDArray[np.float64]:
    return np.asarray(truth["position"].values[..., 0].transpose(0, 2, 1))


def world_joints(shot: str, **changes: Any) -> tuple[Scenario, dict[str, NDArray[np.float64]]]:
    given_scenario = scenario(shot, **changes)
    return given_scenario, given_scenario.pose(given_scenario.times()).joints


@pytest.mark.parametrize("shot", EVERYONE)
@pytest.mark.parametrize("stature", [1.6, 1.95])
def test_segments_keep_their_length(shot: str, stature: float) -> None:
    body = Body(stature)
    truth = simulate(scenario(shot, stature_m=stature)).truth
    points = dict(zip(BLAZEPOSE.keypoints, joints_3d(truth).transpose(1, 0, 2), strict=True))
    lengths = {
        ("shoulder", "elbow"): body.upper_arm,
        ("elbow", "wrist"): body.forearm,
        ("hip", "knee"): body.thigh,
        ("knee", "ankle"): body.shank,
    }
    for side in ("left", "right"):
        for (proximal, distal), length in lengths.items():
            gap = points[f"{side}_{proximal}"] - points[f"{side}_{distal}"]
            np.testing.assert_allclose(np.linalg.norm(gap, axis=-1), length, atol=1e-9)
    for joint, half in (("shoulder", body.half_shoulders), ("hip", body.half_hips)):
        gap = points[f"left_{joint}"] - points[f"right_{joint}"]
        np.testing.assert_allclose(np.linalg.norm(gap, axis=-1), 2 * half, atol=1e-9)


@pytest.mark.parametrize("shot", SHOTS)
def test_angular_velocity_peaks_when_prescribed_from_proximal_to_distal(shot: str) -> None:
    truth = simulate(scenario(shot)).truth
    times = json.loads(truth.attrs["lags_s"])
    angle = truth["segment_angle"].values
    rate = np.gradient(angle, truth["time"].values, axis=0)
    downswing = truth["time"].values > 1.0
    peaks = truth["time"].values[downswing][rate[downswing].argmax(axis=0)]
    prescribed = np.array([times[segment]["peak"] for segment in SEGMENTS])
    np.testing.assert_allclose(peaks, prescribed, atol=0.0101)
    assert np.all(np.diff(peaks) > 0)
    np.testing.assert_allclose(np.diff(prescribed), [0.04, 0.04, 0.035, 0.035], atol=1e-12)
    np.testing.assert_allclose(rate, truth["segment_angular_velocity"].values, atol=0.6)


def test_peak_angular_velocity_is_the_amplitude_over_four_widths() -> None:
    given_scenario = scenario("cover_drive", swing_width_s=0.04)
    truth = simulate(given_scenario).truth
    shot = SHOTS["cover_drive"]
    for segment in SEGMENTS:
        _, top, finish = getattr(shot, segment)
        peak = truth["segment_angular_velocity"].sel(segment=segment).values.max()
        assert peak == pytest.approx(np.radians(finish - top) / (4 * 0.04), rel=0.03)


def test_lags_are_those_of_the_scenario() -> None:
    lags = {"trunk": 0.06, "arm": 0.09, "forearm": 0.15, "bat": 0.18}
    truth = simulate(scenario("off_drive", lags_s=lags)).truth
    times = json.loads(truth.attrs["lags_s"])
    for segment, lag in lags.items():
        assert times[segment]["peak"] - times["pelvis"]["peak"] == pytest.approx(lag)
        assert times[segment]["onset"] - times["pelvis"]["onset"] == pytest.approx(lag)


@pytest.mark.parametrize("shot", SHOTS)
def test_leading_arm_and_bat_have_the_prescribed_angles(shot: str) -> None:
    given_scenario, joints = world_joints(shot)
    data = SHOTS[shot]
    target, tilt = np.radians(data.target), np.radians(data.tilt)
    forward = np.array([np.cos(target), -np.sin(target), 0.0])
    outward = np.array([-np.sin(target), -np.cos(target), 0.0])
    low = np.sin(tilt) * outward - np.cos(tilt) * np.array([0.0, 0.0, 1.0])
    truth = simulate(given_scenario).truth
    rod = given_scenario.pose(given_scenario.times()).rod
    segments = {
        "arm": joints["left_elbow"] - joints["left_shoulder"],
        "forearm": joints["left_wrist"] - joints["left_elbow"],
        "bat": rod.tip - rod.grip,
    }
    for name, vector in segments.items():
        angle = np.unwrap(np.arctan2(vector @ forward, vector @ low))
        known = truth["segment_angle"].sel(segment=name).values
        np.testing.assert_allclose(np.sin(angle - known), 0.0, atol=1e-9)
        np.testing.assert_allclose(np.cos(angle - known), 1.0, atol=1e-9)


@pytest.mark.parametrize("shot", SHOTS)
def test_contact_is_when_the_bat_is_fastest(shot: str) -> None:
    fine = Scenario(shot=shot, fps=1000.0)
    tip = fine.pose(fine.times()).rod.tip
    speed = np.linalg.norm(np.gradient(tip, 1e-3, axis=0), axis=-1)
    contact = simulate(scenario(shot)).truth.attrs["contact_time_s"]
    assert fine.times()[speed.argmax()] == pytest.approx(contact, abs=0.0011)
    assert 12.0 < speed.max() < 45.0


@pytest.mark.parametrize("shot", SHOTS)
def test_feet_do_not_slide(shot: str) -> None:
    given_scenario, joints = world_joints(shot)
    time = given_scenario.times()
    for side, foot in (("left", SHOTS[shot].front), ("right", SHOTS[shot].back)):
        ball = joints[f"{side}_foot_index"]
        stepping = (time > 0.9) & (time < 1.3)
        np.testing.assert_allclose(ball[~stepping & (time < 1)], ball[:1].repeat(91, 0), atol=1e-12)
        planted = ball[time >= 1.3]
        np.testing.assert_allclose(planted, planted[:1].repeat(len(planted), 0), atol=1e-12)
        moved = np.linalg.norm(planted[0] - ball[0]) > 1e-6
        assert moved == (foot.start != foot.end)
        assert joints[f"{side}_heel"][:, 2].min() > -1e-9


@pytest.mark.parametrize("shot", EVERYONE)
def test_left_hander_is_the_mirror_image(shot: str) -> None:
    right = simulate(scenario(shot)).truth
    left = simulate(scenario(shot, handed="left")).truth
    order = BLAZEPOSE.mirror_order()
    flipped = joints_2d(right)[:, order] * [-1, 1] + [1279, 0]
    np.testing.assert_allclose(joints_2d(left), flipped, atol=1e-9)
    np.testing.assert_allclose(joints_3d(left), joints_3d(right)[:, order] * [-1, 1, 1], atol=1e-12)
    assert np.all(left["camera_pan"].values == -right["camera_pan"].values)
    if "bat_tip" in right:
        np.testing.assert_allclose(left["bat_tip"], right["bat_tip"] * [-1, 1] + [1279, 0])
        np.testing.assert_array_equal(left["segment_angle"], right["segment_angle"])


@pytest.mark.parametrize("shot", EVERYONE)
def test_projection_of_3d_is_2d(shot: str) -> None:
    given_scenario = scenario(shot, pan_deg=3.0, zoom=1.2)
    truth = simulate(given_scenario).truth
    camera, time = given_scenario.camera(), given_scenario.times()
    pelvis = camera.view(given_scenario.pose(time).pelvis.origin, time)
    seen = joints_3d(truth) + pelvis[:, None]
    focal = 0.368 * 720 * 9.0 * truth["camera_zoom"].values[:, None, None]
    pixels = focal * seen[..., :2] / seen[..., 2:] + np.array([639.5, 359.5])
    np.testing.assert_allclose(joints_2d(truth), pixels, atol=1e-9)


@pytest.mark.parametrize("shot", EVERYONE)
def test_everything_stays_in_the_picture(shot: str) -> None:
    truth = simulate(scenario(shot)).truth
    points = [joints_2d(truth)] + [
        truth[f"bat_{e}"].values[:, None] for e in ("tip", "grip") if shot != "squat"
    ]
    for found in points:
        assert found.min() > 0
        assert (found < [1280, 720]).all()
    assert set(BODY_JOINTS) < set(truth["keypoints"].values)
    assert np.all(truth["confidence"].values == 1.0)


def test_background_moves_with_the_camera_only() -> None:
    still = simulate(scenario("hook", pan_deg=0.0, zoom=1.0, shake_px=0.0)).truth
    np.testing.assert_allclose(still["background_point"].diff("time"), 0.0, atol=1e-9)
    zoomed = simulate(scenario("hook", pan_deg=0.0, zoom=1.25, shake_px=0.0)).truth
    centre = np.array([639.5, 359.5])[:, None]
    first, last = zoomed["background_point"].values[[0, -1]]
    np.testing.assert_allclose(last - centre, 1.25 * (first - centre), atol=1e-9)
    panned = simulate(scenario("hook", pan_deg=4.0, zoom=1.0, shake_px=0.0)).truth
    moved = panned["background_point"].values[-1, 0] - panned["background_point"].values[0, 0]
    assert (moved < -100).all()


@pytest.mark.parametrize("count", [1, 3, 6])
def test_repetitions_are_counted_and_bounded(count: int) -> None:
    given_scenario = scenario("squat", repetitions=count)
    truth = simulate(given_scenario).truth
    bounds = json.loads(truth.attrs["repetitions"])
    time = given_scenario.times()
    height = given_scenario.pose(time).pelvis.origin[:, 2]
    low = height < height[0] - 0.5 * (height[0] - height.min())
    assert len(bounds) == count == np.count_nonzero(np.diff(low.astype(int)) == 1)
    moving = np.zeros(len(time), bool)
    for start, end in bounds:
        moving |= (time > start) & (time < end)
    assert np.all(height[~moving] == height[0])


@pytest.mark.parametrize("depth", [0.3, 0.5])
def test_squat_goes_as_deep_as_asked_under_the_bar(depth: float) -> None:
    given_scenario = scenario("squat", depth=depth)
    time = given_scenario.times()
    pose = given_scenario.pose(time)
    body = Body(given_scenario.stature_m)
    drop = np.ptp(pose.pelvis.origin[:, 2])
    assert drop == pytest.approx(depth * (body.thigh + body.shank), rel=1e-3)
    middle = 0.5 * (pose.joints["left_heel"] + pose.joints["left_foot_index"])[:, 1]
    assert np.abs(pose.rod.grip[:, 1] - middle).max() < 0.08


def test_shots_differ_from_each_other() -> None:
    grips = np.stack([joints_2d(simulate(scenario(shot)).truth)[-1] for shot in SHOTS])
    for i in range(len(grips)):
        for j in range(i):
            assert np.abs(grips[i] - grips[j]).max() > 20


def test_standing_pose_has_the_proportions_of_the_table() -> None:
    pose = dict(zip(BLAZEPOSE.keypoints, standing_pose(), strict=True))
    hips = 0.5 * (pose["left_hip"] + pose["right_hip"])
    np.testing.assert_allclose(hips, 0.0, atol=1e-12)
    assert pose["left_ankle"][1] == pytest.approx(0.530 - 0.039)
    assert pose["left_shoulder"][1] == pytest.approx(0.530 - 0.818)
    eye_height = 0.530 - pose["left_eye"][1]
    assert eye_height == pytest.approx(0.936, abs=0.005)
    assert pose["left_shoulder"][0] > 0 > pose["right_shoulder"][0]
    mirrored = standing_pose()[BLAZEPOSE.mirror_order()] * [-1, 1]
    np.testing.assert_allclose(mirrored, standing_pose(), atol=1e-12)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shot": "sweep"}, "cover_drive.*squat"),
        ({"shot": "hook", "handed": "both"}, "handed"),
        ({"shot": "hook", "lags_s": {"wrist": 0.1}}, "wrist.*forearm"),
        ({"shot": "hook", "fps": 0.0}, "fps"),
    ],
)
def test_bad_scenarios_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(KinepathError, match=message):
        Scenario(**changes)


def test_limb_that_cannot_reach_is_named() -> None:
    far = np.array([[0.0, 0.0, 1.0]])
    with pytest.raises(KinepathError, match="left leg"):
        middle_joint(np.zeros((1, 3)), far, np.array([[1.0, 0, 0]]), 0.4, 0.5, "left leg")


@settings(max_examples=50, deadline=None)
@given(
    st.floats(0.2, 0.85), st.floats(-np.pi, np.pi), st.floats(0.2, np.pi - 0.2), st.floats(-3, 3)
)
def test_two_bone_limb_keeps_lengths_and_bends_to_its_pole(
    reach: float, azimuth: float, polar: float, turn: float
) -> None:
    direction = np.array(
        [np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)]
    )
    axis = np.array([[0.0, 0.0, 1.0]])
    pole = turned(np.array([[0.0, 1.0, 0.0]]), axis, np.array([turn])) + 0.1 * axis
    root = np.array([[0.3, -0.2, 1.1]])
    end = root + reach * direction
    joint = middle_joint(root, end, pole, 0.5, 0.4, "arm")
    assert np.linalg.norm(joint - root) == pytest.approx(0.5, abs=1e-9)
    assert np.linalg.norm(joint - end) == pytest.approx(0.4, abs=1e-9)
    assert (
        (joint - root) @ pole.T - (direction @ pole.T) * ((joint - root) @ direction)
    ).item() >= 0


def test_headings_point_to_the_off_side_and_the_bowler() -> None:
    np.testing.assert_allclose(
        heading(np.array([0.0, np.pi / 2])), [[0, -1, 0], [1, 0, 0]], atol=1e-15
    )


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(sorted(SHOTS)),
    st.floats(1.5, 2.05),
    st.lists(st.floats(-0.1, 0.2), min_size=4, max_size=4),
    st.floats(0.03, 0.09),
)
def test_any_lags_and_stature_give_a_whole_body(
    shot: str, stature: float, lags: list[float], width: float
) -> None:
    chain = dict(zip(SEGMENTS[1:], lags, strict=True))
    truth = simulate(
        Scenario(shot=shot, stature_m=stature, lags_s=chain, swing_width_s=width)
    ).truth
    body = Body(stature)
    points = dict(zip(BLAZEPOSE.keypoints, joints_3d(truth).transpose(1, 0, 2), strict=True))
    for side in ("left", "right"):
        arm = points[f"{side}_elbow"] - points[f"{side}_shoulder"]
        np.testing.assert_allclose(np.linalg.norm(arm, axis=-1), body.upper_arm, atol=1e-9)
        thigh = points[f"{side}_knee"] - points[f"{side}_hip"]
        np.testing.assert_allclose(np.linalg.norm(thigh, axis=-1), body.thigh, atol=1e-9)


@pytest.mark.parametrize("shot", SHOTS)
def test_hands_stay_on_the_handle(shot: str) -> None:
    given_scenario, joints = world_joints(shot)
    rod = given_scenario.pose(given_scenario.times()).rod
    along = (rod.tip - rod.grip) / np.linalg.norm(rod.tip - rod.grip, axis=-1, keepdims=True)
    for side in ("left", "right"):
        palm = 0.5 * (joints[f"{side}_index"] + joints[f"{side}_pinky"]) - rod.grip
        off = palm - (palm * along).sum(-1, keepdims=True) * along
        assert np.linalg.norm(off, axis=-1).max() < 0.035
