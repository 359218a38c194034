from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinepath.bat import SOURCES
from kinepath.kinematics import (
    derivative,
    direction,
    joint_angle,
    kinematics,
    swing_axis,
    unwrapped,
)
from kinepath.kinematics.swing import swing
from kinepath.kinematics.uncertainty import Error
from kinepath.typing import Array
from tests.poses import make_poses, standing_position

FPS = 100.0
TIME = np.arange(101) / FPS
finite = st.floats(-10, 10)


def aligned(tip: Array | None = None, how: str = "observed", frames: int = 101) -> xr.Dataset:
    dataset = make_poses(standing_position(frames) / 200, fps=FPS)
    if tip is not None:
        for name, values in (("bat_tip", tip), ("bat_grip", np.zeros_like(tip))):
            dataset[name] = (("time", "space"), values, {"units": "stature", "long_name": name})
        dataset["bat_confidence"] = ("time", np.ones(frames), {"units": "1", "long_name": "c"})
        source = np.full(frames, SOURCES[how], np.int8)
        dataset["bat_source"] = ("time", source, {"units": "1", "long_name": "s"})
    return dataset


def test_derivatives_of_a_parabola_are_exact() -> None:
    values = (3 * TIME**2 - TIME)[:, None]
    np.testing.assert_allclose(derivative(values, TIME)[1:-1, 0], (6 * TIME - 1)[1:-1])


def test_the_centred_difference_is_the_white_papers() -> None:
    values = np.random.default_rng(0).normal(size=(50, 2))
    expected = (values[2:] - values[:-2]) * FPS / 2
    np.testing.assert_allclose(derivative(values, TIME[:50])[1:-1], expected)


def test_missing_samples_stay_missing_and_spoil_only_their_neighbours() -> None:
    values = TIME.copy()
    values[50] = np.nan
    velocity = derivative(values, TIME)
    assert set(np.flatnonzero(np.isnan(velocity))) == {49, 50, 51}


def test_one_sample_has_no_derivative() -> None:
    assert np.isnan(derivative(np.ones((1, 2)), np.zeros(1))).all()


@pytest.mark.parametrize("degrees", [0.0, 1e-5, 30, 90, 145, 179.99999, 180])
def test_joint_angle_of_known_angles(degrees: float) -> None:
    angle = np.radians(degrees)
    first, joint = np.array([[1.0, 0.0]]), np.zeros((1, 2))
    last = np.array([[np.cos(angle), np.sin(angle)]])
    assert joint_angle(first, joint, last)[0] == pytest.approx(degrees, abs=1e-9)


@given(arrays(float, (3, 3), elements=finite), st.floats(-3, 3), arrays(float, 3, elements=finite))
def test_joint_angle_does_not_change_under_rotation_and_shift(
    points: Array, turn: float, shift: Array
) -> None:
    if np.linalg.norm(points - points[1], axis=1)[[0, 2]].min() < 1e-3:
        return
    c, s = np.cos(turn), np.sin(turn)
    moved = points @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T + shift
    assert joint_angle(*points) == pytest.approx(joint_angle(*moved), abs=1e-4)


def test_a_segment_without_length_has_no_angle() -> None:
    assert np.isnan(joint_angle(np.zeros(2), np.zeros(2), np.ones(2)))


def test_directions_do_not_jump_even_across_a_gap() -> None:
    angle = np.linspace(0, 6 * np.pi, 200)
    vector = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    vector[40:45] = np.nan
    found = direction(vector)
    known = ~np.isnan(found)
    np.testing.assert_allclose(found[known], angle[known])
    assert known.sum() == 195


def test_unwrapped_keeps_missing() -> None:
    np.testing.assert_array_equal(np.isnan(unwrapped(np.array([np.nan, 3.0, np.nan]))), [1, 0, 1])


def test_bat_turning_at_a_known_rate() -> None:
    angle = 4 * TIME
    tip = 0.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    features = kinematics(aligned(tip), height_m=2.0)
    np.testing.assert_allclose(features["bat_angular_velocity"][1:-1], 4, rtol=1e-9)
    # A centred difference over a chord: v = r sin(w dt) / dt.
    expected = 0.5 * np.sin(4 / FPS) * FPS
    np.testing.assert_allclose(features["bat_speed"][1:-1], expected, rtol=1e-9)
    np.testing.assert_allclose(features["bat_speed_m"][1:-1], 2 * expected, rtol=1e-9)
    # A speed that stays the same has no peak.
    assert features.attrs["peak_kind"] == "at least"
    assert "not known on both sides" in features.attrs["peak_reason"]


def test_the_peak_is_where_the_bat_is_fastest() -> None:
    x = 1 / (1 + np.exp(-(TIME - 0.6) / 0.02))
    plane = aligned(np.stack([x, np.zeros_like(x)], axis=1))
    features = kinematics(plane)
    assert features.attrs["peak_time_s"] == pytest.approx(0.6)
    assert features.attrs["swing_axis_x"] == pytest.approx(1.0)
    assert features.attrs["peak_of"] == "bat tip"
    assert kinematics(plane.assign_attrs(implement="club")).attrs["peak_of"] == "club tip"


def test_the_peak_is_looked_for_in_the_stroke_that_is_analysed() -> None:
    x = 1 / (1 + np.exp(-(TIME - 0.6) / 0.02)) + 0.5 / (1 + np.exp(-(TIME - 0.2) / 0.02))
    contact = {"time_s": 0.21, "early_s": 0.1, "late_s": 0.3, "source": "sound"}
    stroke = {"top_of_backlift_s": 0.0, "follow_through_s": 0.35, "contact": contact}
    events = {"strokes": [stroke], "analysed": 0, "note": "1 of 2 strokes"}
    features = kinematics(aligned(np.stack([x, np.zeros_like(x)], axis=1)), events=events)
    assert features.attrs["peak_time_s"] == pytest.approx(0.2, abs=0.5 / FPS)
    assert (features.attrs["contact_s"], features.attrs["contact_source"]) == (0.21, "sound")
    assert "1 of 2 strokes" in features.attrs["warnings"]


def test_a_guessed_tip_gives_way_to_the_hands() -> None:
    dataset = aligned(np.random.default_rng(0).normal(size=(101, 2)), how="pose_proxy")
    dataset["bat_grip"].values[:, 1] = np.tanh((TIME - 0.3) / 0.05)
    features = kinematics(dataset, height_m=2.0)
    assert features.attrs["peak_of"] == "hands"
    assert features.attrs["peak_time_s"] == pytest.approx(0.3)
    assert features.attrs["peak_speed_m_s"] == pytest.approx(2 * 20, rel=0.05)


@given(st.floats(-np.pi, np.pi), st.integers(0, 1))
def test_the_swing_axis_is_the_direction_of_the_swing(turn: float, back: int) -> None:
    along = np.concatenate([np.linspace(0, -0.2, 20), np.linspace(-0.2, 1, 10)])
    tip = along[:, None] * np.array([np.cos(turn), np.sin(turn)])
    axis = swing_axis(tip[::-1] if back else tip)
    expected = np.array([np.cos(turn), np.sin(turn)]) * (-1 if back else 1)
    np.testing.assert_allclose(axis, expected, atol=1e-9)


def test_a_bat_that_does_not_move_is_said() -> None:
    features = kinematics(aligned(np.ones((101, 2))))
    assert "no motion of the bat" in features.attrs["note"]
    assert "peak_time_s" not in features.attrs


def test_angles_of_a_standing_person() -> None:
    features = kinematics(aligned())
    angles = features["joint_angle"].isel(time=0).to_series()
    assert angles["left_knee"] == pytest.approx(180, abs=3)
    np.testing.assert_allclose(features["trunk_lean"], 0, atol=1e-9)
    np.testing.assert_allclose(features["hip_shoulder_separation"], 0, atol=1e-9)
    assert "bat_speed" not in features


def test_no_person_gives_no_numbers() -> None:
    dataset = make_poses(np.full((4, 2, 33, 1), np.nan), note="no person seen in any frame")
    features = kinematics(dataset)
    assert np.isnan(features["speed"]).all()
    assert features.attrs["note"] == "no person seen in any frame"


def test_a_bounded_peak_is_told_in_metres_too() -> None:
    x = 4 / (1 + np.exp(-(TIME - 0.6) / 0.02))
    features = kinematics(aligned(np.stack([x, np.zeros_like(x)], axis=1)), height_m=2.0)
    assert features.attrs["peak_kind"] == "measured"
    assert features.attrs["peak_speed_m_s"] == pytest.approx(2 * features["bat_speed"].max())
    tip = aligned(np.stack([x, np.zeros_like(x)], axis=1))
    tip["bat_source"].values[60] = SOURCES["interpolated"]
    features = kinematics(tip, height_m=2.0)
    assert features.attrs["peak_kind"] == "at least"
    ratio = features.attrs["peak_speed_at_least_m_s"] / features.attrs["peak_speed_at_least"]
    assert ratio == pytest.approx(2.0)


def test_speeds_are_in_the_athletes_own_statures_whatever_the_fit() -> None:
    """A batter who crouches is fitted to a standing body at a smaller scale."""
    x = 1 / (1 + np.exp(-(TIME - 0.6) / 0.06))
    plane = aligned(np.stack([x, np.zeros_like(x)], axis=1)).assign_attrs(scale=170.0)
    told, corrected = kinematics(plane), kinematics(plane.assign_attrs(stature=200 / 170))
    for name in ("bat_speed", "speed", "position"):
        np.testing.assert_allclose(corrected[name], told[name] * 170 / 200, atol=1e-9)
    np.testing.assert_allclose(corrected["joint_angle"], told["joint_angle"], atol=1e-4)
    assert corrected.attrs["scale"] == pytest.approx(200.0)


def test_the_peak_is_near_a_contact_that_the_sheet_gives() -> None:
    """The tip is fastest elsewhere in the stroke, where it was seen to jump."""
    frames, fps = 100, 50.0
    speed = np.full(frames, 0.02)
    speed[30], speed[60] = 0.3, 0.2
    tip = np.stack([np.cumsum(speed), 0.5 * np.cumsum(speed)], axis=1)
    features = xr.Dataset(
        {
            "bat_tip": (("time", "space"), tip),
            "bat_grip": (("time", "space"), np.zeros((frames, 2))),
            "bat_source": ("time", np.ones(frames, dtype=np.int8)),
            "bat_speed": ("time", np.linalg.norm(np.gradient(tip, 1 / fps, axis=0), axis=1)),
            "bat_speed_sd": ("time", np.full(frames, 0.1)),
        },
        coords={"time": np.arange(frames) / fps},
        attrs={"fps": fps},
    )
    none = Error(np.zeros((frames, 1, 1)), np.zeros((frames, 1, 1)))
    stroke = {"top_of_backlift_s": 0.2, "follow_through_s": 1.8, "contact": {}}
    for source, near_s in (("motion", 0.6), ("sheet", 1.2)):
        contact = {"time_s": 1.25, "source": source}
        found = swing(features, none, {**stroke, "contact": contact})
        assert found["peak_time_s"] == pytest.approx(near_s, abs=0.03)


def test_the_hip_shoulder_separation_stays_within_half_a_turn() -> None:
    """Also where a line that points at the camera has gone round and round."""
    position = standing_position(40)
    names = [str(name) for name in make_poses(frames=2)["keypoints"].values]
    middle = position[:, :, [names.index("left_shoulder"), names.index("right_shoulder")]].mean(2)
    angle = np.linspace(0, 6 * np.pi, 40)
    offset = 20 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    position[:, :, names.index("left_shoulder")] = middle + offset[..., None]
    position[:, :, names.index("right_shoulder")] = middle - offset[..., None]
    separation = kinematics(make_poses(position))["hip_shoulder_separation"].values
    assert np.abs(separation).max() <= 180
    assert np.ptp(separation) > 300
