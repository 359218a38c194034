"""What a clip's page draws is what was measured, with the sides that the video shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from kinepath.kinematics import kinematics
from kinepath.site.curves import FIGURE, clip_curves
from tests.poses import make_poses, standing_position


@pytest.fixture
def motion() -> xr.Dataset:
    still = standing_position(20)
    noise = np.random.default_rng(1).normal(0, 0.01, still.shape)
    found = kinematics(make_poses(still + noise))
    found["joint_angle_sd"][:] = 5.0
    return found


def line(curves: dict[str, Any], title: str, name: str) -> dict[str, Any]:
    panels = {panel["title"]: panel for panel in curves["panels"]}
    found: dict[str, Any] = next(each for each in panels[title]["lines"] if each["name"] == name)
    return found


def test_angles_are_those_of_the_kinematics(motion: xr.Dataset) -> None:
    curves = clip_curves(motion, make_poses(frames=20))
    assert curves["time_s"] == pytest.approx(motion["time"].values, abs=1e-4)
    knee = line(curves, "Knee angle", "left knee")
    assert knee["values"] == pytest.approx(
        motion["joint_angle"].sel(joint="left_knee").values, abs=1e-3
    )
    assert len(curves["figure"]["flat"]) == 20 * len(FIGURE) * 2


def test_an_angle_that_could_be_any_is_a_gap(motion: xr.Dataset) -> None:
    motion["joint_angle_sd"].loc[{"joint": "left_knee", "time": motion["time"][3]}] = 61.0
    knee = line(clip_curves(motion, make_poses(frames=20)), "Knee angle", "left knee")
    assert [k for k, value in enumerate(knee["values"]) if value is None] == [3]
    assert knee["sd"][3] is None


def test_a_mirrored_clip_has_its_true_sides(motion: xr.Dataset) -> None:
    mirror = motion.assign_attrs(mirrored=1)
    curves = clip_curves(mirror, make_poses(frames=20))
    assert curves["mirrored"]
    assert line(curves, "Knee angle", "right knee")["values"] == pytest.approx(
        motion["joint_angle"].sel(joint="left_knee").values, abs=1e-3
    )


def test_a_guessed_tip_has_no_speed(motion: xr.Dataset) -> None:
    frames = motion.sizes["time"]
    for name in ("bat_speed", "hand_speed"):
        motion[name] = ("time", np.linspace(1, 5, frames))
        motion[f"{name}_sd"] = ("time", np.full(frames, 0.1))
    source = np.ones(frames, dtype=np.int8)
    source[4:7] = 3
    source[9:11] = 2
    motion["bat_source"] = ("time", source)
    for name in ("bat_grip", "bat_tip"):
        motion[name] = (("time", "space"), np.ones((frames, 2)))
    curves = clip_curves(motion, make_poses(frames=20))
    speed = line(curves, "Speed", "bat tip")["values"]
    assert [k for k, value in enumerate(speed) if value is None] == [4, 5, 6, 9, 10]
    between = line(curves, "Speed", "bat tip, interpolated")["values"]
    assert [k for k, value in enumerate(between) if value is not None] == [9, 10]
    assert curves["sources"][3:5] == ["observed", "pose_proxy"]
    assert curves["figure"]["implement"][16:28] == [None] * 12
    assert None not in line(curves, "Speed", "hands")["values"]


def test_events_and_repetitions_are_on_the_raw_clock(motion: xr.Dataset) -> None:
    contact = {"time_s": 0.2, "early_s": 0.1, "late_s": 0.3, "source": "sound"}
    stroke = {
        "contact": contact, "top_of_backlift_s": 0.0, "downswing_s": 0.1, "follow_through_s": 0.3,
    }  # fmt: skip
    other = {**stroke, "contact": {**contact, "time_s": 5.0}}
    repetition = {"number": 1, "complete": True, "start_s": 0.1, "end_s": 0.3, "more": 1}
    curves = clip_curves(
        motion,
        make_poses(frames=20),
        strokes={"strokes": [stroke, other], "analysed": 0},
        repetitions={"repetitions": [repetition]},
    )
    named = {event["name"]: event["time_s"] for event in curves["events"]}
    assert named == {
        "contact": 0.2,
        "top of backlift": 0.0,
        "start of downswing": 0.1,
        "end of follow-through": 0.3,
        "another stroke": 5.0,
    }
    assert curves["repetitions"] == [{"number": 1, "complete": True, "start_s": 0.1, "end_s": 0.3}]
