from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kinepath.body.anthropometry import SEGMENTS
from kinepath.clean.plausible import implausible

NAMES = ["left_shoulder", "left_elbow", "left_wrist", "left_hip", "left_knee", "left_ankle"]
BONES = (0.0, SEGMENTS["upper arm"][2], SEGMENTS["forearm"][2])
STATURE = 200.0


def arm(first: float, second: float) -> np.ndarray:
    """Position (1, 2, 6) of an arm to the right, with its bones so many times their length."""
    position = np.full((1, 2, 6), np.nan)
    along = np.cumsum([100.0, first * BONES[1] * STATURE, second * BONES[2] * STATURE])
    position[0, :, :3] = along, np.full(3, 50.0)
    return position


@given(first=st.floats(0, 1.4), second=st.floats(0, 1.4))
def test_a_foreshortened_limb_is_kept(first: float, second: float) -> None:
    assert not implausible(arm(first, second), NAMES, STATURE, (400, 300)).any()


def test_the_joint_beyond_its_bone_is_marked() -> None:
    assert implausible(arm(1, 2), NAMES, STATURE, None)[0].tolist() == [0, 0, 1, 0, 0, 0]


def test_a_hand_in_reach_of_the_shoulder_is_kept_where_the_elbow_is_wrong() -> None:
    position = arm(1, 1)
    position[0, :, 1] = 100, 290
    assert implausible(position, NAMES, STATURE, None)[0].tolist() == [0, 1, 0, 0, 0, 0]
    position[0, 0, 2] = 100 + 1.5 * sum(BONES) * STATURE
    assert implausible(position, NAMES, STATURE, None)[0].tolist() == [0, 1, 1, 0, 0, 0]


def test_outside_of_the_image_nothing_was_seen() -> None:
    position = arm(1, 1)
    width = float(position[0, 0, 2])
    assert not implausible(position, NAMES, STATURE, (width, 300)).any()
    assert implausible(position, NAMES, STATURE, (width - 20, 300))[0, 2]
    assert not implausible(position, NAMES, float("nan"), (width, 300)).any()
