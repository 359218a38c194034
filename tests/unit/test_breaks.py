from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from kinepath.clean import CHANGES, clean
from kinepath.clean.breaks import cut_frames, skeleton_jumps
from kinepath.io.remarks import as_attribute, joined, remarks_of
from kinepath.probe.cuts import find_jumps
from kinepath.repetitions import Analysis, cuts_in_time, uncounted
from kinepath.repetitions.sets import Bounds, Sets
from kinepath.repetitions.trajectory import Trajectory
from tests.lifting import CONFIG
from tests.poses import make_poses

STATURE = 100.0


def walking(frames: int = 40, pace: float = 2.0) -> xr.Dataset:
    """Poses of a body that goes evenly to the right, pixels a frame."""
    poses = make_poses(frames=frames)
    still = poses["position"].values[:1]
    shift = np.zeros((frames, 2))
    shift[:, 0] = pace * np.arange(frames)
    poses["position"].values[:] = still + shift[:, :, None, None]
    return poses


def shifted(poses: xr.Dataset, frames: slice, by: float) -> xr.Dataset:
    position = poses["position"].copy()
    position[{"time": frames}] += by
    return poses.assign(position=position)


def test_all_joints_that_jump_together_and_stay_are_a_break() -> None:
    assert skeleton_jumps(walking(), STATURE) == []
    assert skeleton_jumps(shifted(walking(), slice(20, None), 30.0), STATURE) == [20]


def test_a_sprint_and_a_stumble_of_the_tracker_are_none() -> None:
    assert skeleton_jumps(walking(pace=25.0), STATURE) == []
    assert skeleton_jumps(shifted(walking(), slice(20, 21), 30.0), STATURE) == []


def test_a_repeated_frame_makes_no_jump() -> None:
    poses = walking(pace=6.0)
    position = poses["position"].copy()
    position[{"time": 20}] = position[{"time": 19}]
    poses = poses.assign(position=position).assign_attrs(repeated=np.array([20]))
    assert skeleton_jumps(poses, STATURE) == []


def test_cuts_within_the_sequence_are_numbered_by_frame() -> None:
    time = 2.0 + np.arange(10) / 10
    assert cut_frames(time, [1.0, 2.0, 2.4, 2.45, 9.0]) == [4, 5]


def test_nothing_leads_across_a_break() -> None:
    poses = shifted(walking(), slice(20, None), 30.0)
    cleaned = clean(poses, CONFIG["clean"])
    position = cleaned["position"].isel(individuals=0).values
    assert np.isnan(position[20]).all()
    assert np.isfinite(position[[19, 21]]).all()
    assert (cleaned["changed"].values[20] == CHANGES["break"]).all()
    # Both sides are smoothed for themselves: an even pace stays even up to the break.
    np.testing.assert_allclose(np.diff(position[:20, 0], axis=0), 2.0, atol=1e-9)
    np.testing.assert_allclose(np.diff(position[21:, 0], axis=0), 2.0, atol=1e-9)
    assert cleaned.attrs["breaks"].tolist() == [20]
    (told,) = [text for text in remarks_of(cleaned.attrs) if "jumps" in text]
    assert f"at {float(poses['time'][20]):.2f} s" in told


def test_a_sequence_without_breaks_is_cleaned_as_one() -> None:
    cleaned = clean(walking(), CONFIG["clean"])
    assert "breaks" not in cleaned.attrs
    assert remarks_of(cleaned.attrs) == []


def test_joints_that_are_mostly_removed_are_told_of() -> None:
    poses = walking()
    wrist = {"keypoints": list(poses["keypoints"].values).index("left_wrist")}
    poses["confidence"][wrist] = 0.1
    (told,) = remarks_of(clean(poses, CONFIG["clean"]).attrs)
    assert "left wrist 100 %" in told and "film" in told


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({20: 0.05}, [20]),
        ({20: 0.05, 21: 0.05}, []),  # a flash
        ({20: 0.002}, []),  # nothing is seen to change
        ({20: 0.02}, []),  # no more than a quick movement
    ],
)
def test_a_jump_is_one_change_far_above_those_beside_it(
    changes: dict[int, float], found: list[int]
) -> None:
    change = np.full(40, 0.01 if max(changes.values()) > 0.01 else 0.0001)
    for frame, value in changes.items():
        change[frame] = value
    none = np.zeros(0, dtype=np.intp)
    assert find_jumps(change, 1000 * change, none).tolist() == found
    # What follows a repeated frame has its change to make up for.
    assert find_jumps(change, 1000 * change, np.array([19])).tolist() == []


def test_remarks_are_handed_on_once_each() -> None:
    attribute = as_attribute(["a", None, "b"], ["a", "ö"])
    assert json.loads(attribute) == ["a", "b", "ö"]
    assert remarks_of({"warnings": attribute}) == remarks_of({"warnings": ["a", "b", "ö"]})
    assert remarks_of({}) == []
    assert joined(["x"], iter(["x", "y"])) == ["x", "y"]


def analysis(*counted: tuple[float, float], still: slice = slice(0)) -> Analysis:
    """A body that goes down and up every 50 frames; some of these are counted."""
    down = np.sin(np.pi * np.arange(200) / 50) ** 2
    down[still] = 0.0
    points = np.zeros((200, 4, 2))
    points[:, :, 1] = down[:, None]
    path = Trajectory(points, points[:, 0], np.ones(200), ("a", "b", "c", "d"), "position", 25.0)
    bounds = tuple(Bounds(start, (start + end) / 2, end, True, 0.1) for start, end in counted)
    return Analysis(path, None, 1, None, Sets(bounds, True, "", False), None)


def test_movement_that_is_not_counted_is_told_of() -> None:
    assert uncounted(analysis((0, 50), (50, 100), (100, 150), (150, 199))) == []
    assert uncounted(analysis((0, 50), (100, 150), (150, 199))) == [(50, 100)]
    # A pause is none, and at the ends people come and go.
    assert uncounted(analysis((0, 50), (100, 150), (150, 199), still=slice(50, 100))) == []
    assert uncounted(analysis((0, 50), (50, 100), (100, 150))) == []
    assert uncounted(analysis((0, 50), (50, 100))) == [(100, 199)]


def test_time_is_missing_where_the_posture_jumps_at_a_break() -> None:
    path = analysis((0, 50)).trajectory
    assert path is not None
    # The body goes on across a knock; with a quarter of the movement cut out it does not.
    assert cuts_in_time(path, [70]) == []
    cut = replace(path, points=np.delete(path.points, slice(60, 85), axis=0))
    assert cuts_in_time(cut, [60, 100]) == [60]
    assert cuts_in_time(None, [60]) == []
