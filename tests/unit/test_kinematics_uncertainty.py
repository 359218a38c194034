"""Uncertainties against made-up errors, resolution of peaks, metres, and input without motion."""

from __future__ import annotations

from math import erf

import numpy as np
import pytest
import xarray as xr

from kinepath.clean import clean
from kinepath.kinematics import KinematicsError, joint_angle, kinematics
from kinepath.kinematics.geometry import derivative
from kinepath.kinematics.peak import LEAST_PEAK_FRAMES, PointTrack, height, peak_width
from kinepath.kinematics.uncertainty import (
    MEMORY_S,
    STATURE,
    Error,
    direction_sd,
    joint_angle_sd,
    slow_error,
)
from kinepath.typing import Array
from tests.poses import make_poses, standing_position
from tests.unit.test_clean import SETTINGS
from tests.unit.test_kinematics import FPS, TIME, aligned

RNG = np.random.default_rng(1)


def drifting(frames: int, fps: float, count: int) -> Array:
    keep = np.exp(-1 / (MEMORY_S * fps))
    series = RNG.normal(size=(frames, count))
    for t in range(1, frames):
        series[t] = keep * series[t - 1] + np.sqrt(1 - keep**2) * series[t]
    return series


@pytest.mark.parametrize(("slow", "fast"), [(0.02, 0.0), (0.0, 0.01), (0.02, 0.005)])
def test_derivatives_scatter_as_told(slow: float, fast: float) -> None:
    frames, count = 9, 20_000
    time = np.arange(frames) / 50
    made = slow * drifting(frames, 50, count) + fast * RNG.normal(size=(frames, count))
    error = Error(np.full((frames, 1), slow), np.full((frames, 1), fast))
    velocity = derivative(made, time)
    np.testing.assert_allclose(velocity.std(axis=1), error.velocity(time)[:, 0], rtol=0.03)
    acceleration = derivative(velocity, time)[2:-2]
    told = error.acceleration(time)[2:-2, 0]
    np.testing.assert_allclose(acceleration.std(axis=1), told, rtol=0.03)


def test_angles_scatter_as_told() -> None:
    points = [np.array(p) for p in ([0.0, 0.0], [0.3, 0.1], [0.2, 0.5])]
    sds = (0.01, 0.02, 0.015)
    drawn = [p + s * RNG.normal(size=(50_000, 2)) for p, s in zip(points, sds, strict=True)]
    angle = joint_angle(*drawn)
    first, joint, last = (p[None] for p in points)
    a, b, c = (np.array([s]) for s in sds)
    told = joint_angle_sd((first, joint, last), (a, b, c))
    assert angle.std() == pytest.approx(told[0], rel=0.03)
    line = drawn[1] - drawn[0]
    turned = np.degrees(np.arctan2(line[:, 1], line[:, 0]))
    told = direction_sd(joint - first, np.hypot(a, b))
    assert turned.std() == pytest.approx(told[0], rel=0.03)


def test_a_segment_seen_end_on_says_nothing() -> None:
    told = direction_sd(np.array([[1e-9, 0.0], [0.0, 0.0]]), np.array([0.02, 0.02]))
    assert told[0] == pytest.approx(180 / np.sqrt(3))
    assert np.isnan(told[1])


def test_less_confidence_means_more_uncertainty_and_none_means_missing() -> None:
    told = slow_error(np.array([1.0, 0.7, 0.3, 0.0]))
    assert (np.diff(told[:3]) > 0).all()
    assert np.isnan(told[3])


def test_jitter_makes_less_certain_and_changes_sides_with_the_mirror() -> None:
    position = standing_position(101)
    names = [str(name) for name in make_poses(frames=1)["keypoints"].values]
    left, right = names.index("left_wrist"), names.index("right_wrist")
    position[:, :, left, 0] += RNG.normal(0, 4, (101, 2))
    cleaned = clean(make_poses(position, fps=FPS), SETTINGS | {"outlier_s": 0.0})
    for mirrored, shaky, still in ((0, left, right), (1, right, left)):
        plane = aligned().assign_attrs(scale=200.0, mirrored=mirrored)
        told = kinematics(plane, cleaned=cleaned)["position_sd"].values[50, :, 0]
        assert told[shaky] == pytest.approx(np.hypot(0.017, 4 / 200), rel=0.15)
        assert told[still] == pytest.approx(0.017)


def test_poses_of_other_frames_are_refused() -> None:
    cleaned = clean(make_poses(frames=100, fps=FPS), SETTINGS)
    with pytest.raises(KinematicsError, match="other frames"):
        kinematics(aligned().assign_attrs(scale=200.0), cleaned=cleaned)


def test_every_number_has_an_uncertainty_where_it_is_known() -> None:
    tip = 0.5 * np.stack([np.cos(4 * TIME), np.sin(4 * TIME)], axis=1)
    dataset = aligned(tip)
    dataset["position"].values[40:50, :, :5] = np.nan
    dataset["confidence"].values[40:50, :5] = 0
    features = kinematics(dataset, height_m=1.8)
    for name in (
        *("joint_angle", "segment_angle", "trunk_lean", "hip_shoulder_separation"),
        *("bat_speed", "hand_speed", "bat_angular_velocity", "bat_speed_m", "hand_speed_m"),
        "speed_m",
    ):
        known, sd = np.isfinite(features[name].values), features[f"{name}_sd"].values
        np.testing.assert_array_equal(np.isfinite(sd), known)
        assert (sd[known] >= 0).all()
    for name in ("position", "velocity", "acceleration"):
        known = np.isfinite(features[name].values).all(axis=1)
        sd = features[f"{name}_sd"].values
        assert not np.isfinite(sd[~known]).any()
        assert np.isfinite(sd[4:-4][known[4:-4]]).all()
    assert features["speed_m"].attrs["units"] == "m/s"
    np.testing.assert_allclose(features["bat_speed_m"], 1.8 * features["bat_speed"])


def peak_of(width_s: float, fps: float) -> xr.Dataset:
    time = np.arange(round(2 * fps)) / fps
    tip = np.stack([np.tanh((time - 1.0) / width_s), np.zeros_like(time)], axis=1)
    dataset = make_poses(standing_position(len(time)) / 200, fps=fps)
    for name, values in (("bat_tip", tip), ("bat_grip", np.zeros_like(tip))):
        dataset[name] = (("time", "space"), values, {"units": "stature", "long_name": name})
    dataset["bat_confidence"] = ("time", np.ones(len(time)), {"units": "1", "long_name": "c"})
    dataset["bat_source"] = ("time", np.ones(len(time), np.int8), {"units": "1", "long_name": "s"})
    return kinematics(dataset)


@pytest.mark.parametrize(("fps", "resolved"), [(25, 0), (30, 0), (120, 1), (240, 1)])
def test_a_peak_that_the_frame_rate_cannot_resolve_is_bounded(fps: float, resolved: int) -> None:
    width_s = 0.045  # at half of its height the speed lasts 1.763 times as long
    attrs = peak_of(width_s, fps).attrs
    assert attrs["peak_kind"] == ("measured" if resolved else "at least")
    assert ("too few" in attrs["peak_reason"]) != bool(resolved)
    if not resolved:
        assert 0.5 < attrs["peak_speed_at_least"] * width_s < 1.0
        assert "peak_speed" not in attrs
    else:
        assert attrs["peak_width_s"] == pytest.approx(1.763 * width_s, rel=0.2)
        assert attrs["peak_speed"] * width_s > 0.9


def told(unseen: slice | list[int], sd: float = 0.005) -> dict[str, object]:
    """Tell of a peak of 10 at sample 50, 14 frames wide, where some positions were not seen."""
    time = np.arange(101) / 100
    speed = 10 * np.exp(-(((time - 0.5) / 0.084) ** 2))
    position = np.stack([np.cumsum(speed) / 100, np.zeros(101)], axis=1)
    seen = np.ones(101, bool)
    seen[unseen] = False
    error = Error(np.zeros(101), np.full(101, sd))
    return height(
        PointTrack("club's head", position, error, seen), time, speed, error.velocity(time), 50
    )


def test_a_peak_seen_all_around_is_measured() -> None:
    found = told([20, 80])
    assert found["peak_kind"] == "measured"
    assert found["peak_speed"] == pytest.approx(10.0)
    assert found["peak_speed_sd"] == pytest.approx(np.hypot(0.005 * 2**0.5 / 0.02, STATURE * 10))
    assert found["peak_width_s"] == pytest.approx(0.14, abs=0.002)


@pytest.mark.parametrize("unseen", [[50], [43], [57], slice(40, 61)])
def test_a_peak_that_was_not_seen_whole_is_bounded_by_what_was_seen(
    unseen: slice | list[int],
) -> None:
    found = told(unseen)
    assert found["peak_kind"] == "at least"
    assert "the club's head was seen in" in str(found["peak_reason"])
    assert "peak_speed" not in found
    # Over 0.2 s the mean of the speed is two thirds of its peak; over less it is nearer. A ninth
    # of it is given up for the uncertain stature.
    assert 5.3 < float(str(found["peak_speed_at_least"])) < 10.0


@pytest.mark.parametrize("fps", [25, 50, 100, 240])
@pytest.mark.parametrize("lost", [0.0, 0.3, 0.6])
def test_the_bound_lies_below_the_peak(fps: int, lost: float) -> None:
    rng = np.random.default_rng(0)
    time = np.arange(fps + 1) / fps
    peak = len(time) // 2
    # The integral of a bell of height 10.
    along = 10 * 0.06 * np.pi**0.5 / 2 * np.vectorize(erf)((time - time[peak]) / 0.06)
    exact = np.stack([along, np.zeros_like(along)], axis=1)
    error = Error(np.zeros_like(time), np.full_like(time, 0.03))
    bounds = []
    for _ in range(100):
        position = exact + rng.normal(0, 0.03, exact.shape)
        seen = rng.random(len(time)) >= lost
        seen[peak] = False
        found = height(
            PointTrack("racket", position, error, seen),
            time,
            10 * np.exp(-(((time - time[peak]) / 0.06) ** 2)),
            error.velocity(time),
            peak,
        )
        bounds.append(found.get("peak_speed_at_least", 0.0))
    assert np.mean(np.array(bounds) > 10) <= 0.05
    assert np.median(bounds) > (5 if lost < 0.5 else 2)


@pytest.mark.parametrize(("unseen", "sd"), [(slice(None), 0.005), ([50], 3.0)])
def test_a_peak_of_which_too_little_is_known_is_not_measurable(
    unseen: slice | list[int], sd: float
) -> None:
    found = told(unseen, sd)
    assert found["peak_kind"] == "not measurable"
    assert not {"peak_speed", "peak_speed_at_least"} & found.keys()


def test_a_peak_beside_a_gap_or_the_end_has_no_width() -> None:
    speed = np.array([0.0, 1.0, 4.0, np.nan, 0.0])
    assert peak_width(speed, 2) == 0
    assert peak_width(speed[1:3], 1) == 0
    assert peak_width(np.array([0.0, 4.0, 0.0]), 1) == pytest.approx(1.0)
    assert LEAST_PEAK_FRAMES > 2


def test_angles_in_space_come_from_depth() -> None:
    position = standing_position(30)
    cleaned = clean(make_poses(position), SETTINGS)
    points = np.concatenate([position, np.zeros((30, 1, 33, 1))], axis=1)
    cleaned = cleaned.assign_coords(space_3d=["x", "y", "z"])
    dims = ("time", "space_3d", "keypoints", "individuals")
    cleaned["position_3d"] = (dims, points / 100, {"units": "m", "long_name": "p"})
    plane = make_poses(position / 200).assign_attrs(scale=200.0)
    features = kinematics(plane, cleaned=cleaned)
    np.testing.assert_allclose(features["joint_angle_3d"], features["joint_angle"], atol=1e-9)
    assert (features["joint_angle_3d_sd"] > 10).all()


@pytest.mark.parametrize("frames", [1, 2])
def test_one_and_two_frames_have_no_motion_and_say_so(frames: int) -> None:
    tip = np.ones((frames, 2))
    features = kinematics(aligned(tip, frames=frames), height_m=1.8)
    assert f"no motion: {frames} frame" in features.attrs["note"]
    assert "no motion of the bat" in features.attrs["note"]
    assert "peak_speed" not in features.attrs
    assert np.isfinite(features["joint_angle"]).any()


def test_points_in_one_place_have_no_angles() -> None:
    features = kinematics(make_poses(np.zeros((10, 2, 33, 1))))
    for name in ("joint_angle", "segment_angle", "trunk_lean", "hip_shoulder_separation"):
        assert np.isnan(features[name]).all()
        assert np.isnan(features[f"{name}_sd"]).all()
    np.testing.assert_array_equal(features["speed"], 0.0)


def test_zero_confidence_gives_no_uncertainty() -> None:
    poses = make_poses(standing_position(10), np.zeros((10, 33, 1)))
    assert np.isnan(kinematics(poses)["position_sd"]).all()
