from __future__ import annotations

import numpy as np
import pytest

from kinepath.bat import SOURCES, pixels_per_metre, pose_proxy, source_shares
from kinepath.body.skeleton import BLAZEPOSE
from tests.poses import make_poses, standing_position

SETTINGS = {"length_m": 0.8, "stature_m": 1.75}


def test_the_proxy_continues_the_forearms() -> None:
    bat = pose_proxy(make_poses(), SETTINGS)
    # The forearms of the standing person point straight down on average.
    np.testing.assert_allclose(bat["grip"].values[0], [320, 195])
    direction = (bat["tip"] - bat["grip"]).values[0]
    assert direction[0] == pytest.approx(0, abs=1e-9)
    assert direction[1] > 0
    assert (bat["source"] == SOURCES["pose_proxy"]).all()
    assert source_shares(bat["source"].values)["pose_proxy"] == 1.0


def test_its_length_is_the_bats() -> None:
    poses = make_poses()
    bat = pose_proxy(poses, SETTINGS)
    length = np.linalg.norm((bat["tip"] - bat["grip"]).values, axis=1)
    np.testing.assert_allclose(length, 0.8 * pixels_per_metre(poses, 1.75))


def test_the_scale_follows_the_segments() -> None:
    # Thighs and shanks of 50 pixels, a trunk of 60: between 50/0.4287 and 60/0.504 pixels a metre.
    scale = pixels_per_metre(make_poses(), 1.75)
    assert 115 < scale < 120
    assert pixels_per_metre(make_poses(standing_position(30) * 2), 1.75) == pytest.approx(2 * scale)


def test_a_missing_arm_leaves_the_other_and_two_missing_leave_nothing() -> None:
    position = standing_position(30)
    position[5:, :, BLAZEPOSE.index("left_wrist")] = np.nan
    position[10:, :, BLAZEPOSE.index("right_elbow")] = np.nan
    bat = pose_proxy(make_poses(position), SETTINGS)
    np.testing.assert_allclose(bat["grip"].values[7], [288, 195])
    assert np.isnan(bat["tip"].values[10:]).all()
    assert (bat["source"].values[10:] == SOURCES["none"]).all()
    assert (bat["confidence"].values[10:] == 0).all()
    assert not np.isnan(bat["tip"].values[:10]).any()


def test_the_confidence_is_the_lowest_of_the_arms() -> None:
    confidence = np.ones((30, 33, 1))
    confidence[:, BLAZEPOSE.index("left_elbow")] = 0.4
    bat = pose_proxy(make_poses(confidence=confidence), SETTINGS)
    # The forearms are nearly parallel.
    np.testing.assert_allclose(bat["confidence"], 0.4, rtol=0.02)


def test_forearms_that_point_apart_say_nothing() -> None:
    position = standing_position(30)
    for side, x in (("left", 60.0), ("right", -60.0)):
        elbow, wrist = BLAZEPOSE.index(f"{side}_elbow"), BLAZEPOSE.index(f"{side}_wrist")
        position[10:, :, wrist] = position[10:, :, elbow] + np.array([[x], [5.0]])
    bat = pose_proxy(make_poses(position), SETTINGS)
    assert np.isnan(bat["tip"].values[10:]).all()
    assert not np.isnan(bat["tip"].values[:10]).any()


def test_no_person_gives_no_bat() -> None:
    bat = pose_proxy(make_poses(np.full((4, 2, 33, 1), np.nan)), SETTINGS)
    assert np.isnan(bat["tip"]).all()
    assert (bat["source"] == SOURCES["none"]).all()
