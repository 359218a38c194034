"""Steps and ways through the image are no repetitions on the spot."""

from __future__ import annotations

import numpy as np

from kinepath.repetitions.doubt import doubt
from kinepath.repetitions.sets import Bounds
from kinepath.repetitions.trajectory import Trajectory

JOINTS = ("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle")
REPETITIONS = [Bounds(0, 25, 50, True, 0.1), Bounds(50, 75, 100, True, 0.1)]


def path(*, against: float = 0.0, travel: float = 0.0, far: float = 0.2) -> Trajectory:
    """Knees and ankles that swing, perhaps against each other, and hips that go somewhere."""
    time = np.arange(101) / 50
    swing = far * np.sin(2 * np.pi * time)
    points = np.zeros((101, len(JOINTS), 2))
    for k, name in enumerate(JOINTS[2:], start=2):
        sign = -1.0 if name.startswith("right") else 1.0
        points[:, k, 0] = swing * (sign * against + (1 - against))
    place = np.stack([travel * time, 0 * time], axis=1)
    return Trajectory(points, place, np.ones(101), JOINTS, "position", 50.0)


def test_a_squat_on_the_spot_is_not_doubted() -> None:
    assert doubt(path(), REPETITIONS) is None
    assert doubt(path(travel=0.1), REPETITIONS) is None


def test_steps_are_doubted_and_small_motion_of_the_legs_is_not() -> None:
    said = doubt(path(against=1.0), REPETITIONS)
    assert said is not None
    assert said.startswith("the legs move against each other")
    # Somebody who curls shifts their weight a little.
    assert doubt(path(against=1.0, far=0.01), REPETITIONS) is None


def test_a_way_through_the_image_is_told_in_statures() -> None:
    said = doubt(path(travel=0.7), REPETITIONS)
    assert said is not None
    assert "gets 0.7 statures farther in a repetition" in said


def test_nothing_counted_is_not_doubted() -> None:
    assert doubt(path(against=1.0), []) is None
