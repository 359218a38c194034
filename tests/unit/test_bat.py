from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kinepath.bat import SOURCES, gate, tracker
from kinepath.bat.background import similarities
from kinepath.bat.evidence import (
    DIRECTIONS,
    FEATURES,
    LENGTH_PX,
    LENGTHS,
    OFFSETS,
    SHAPE,
    HandView,
    Rays,
    features,
    view_side,
)
from kinepath.bat.geometry import hold
from kinepath.bat.network import Network
from kinepath.bat.palette import Learner, known_colour
from kinepath.bat.tracking import track
from kinepath.bat.weights import BLIND, CERTAINTY, INFORMED
from kinepath.camera import CameraError
from kinepath.drawing.figures.swing import draw_swing, pictures_of, swing_frames
from tests.bats import SETTINGS, batter, shoulder_width, still
from tests.poses import make_poses

NOTHING = np.zeros(2)


def painted(degrees: float, share: float) -> HandView:
    """A wooden bat on grass, at an angle and of a length, behind it nothing else."""
    side = view_side()
    grass = np.full((side, side, 3), (70, 130, 80), dtype=np.uint8)
    seen = grass.copy()
    middle = side // 2
    end = middle + share * LENGTH_PX * np.array(
        [np.cos(np.radians(degrees)), np.sin(np.radians(degrees))]
    )
    cv2.line(seen, (middle, middle), (round(end[0]), round(end[1])), (120, 180, 220), 7)
    empty = np.zeros((side, side), dtype=np.uint8)
    return HandView(seen, grass, empty, empty)


@pytest.mark.parametrize("beside", [-0.17, 0.34])
def test_a_bat_is_found_though_the_hands_are_looked_for_beside_it(beside: float) -> None:
    rays = Rays(0.108 / 0.75)
    view = painted(90.0, 1.0)
    # Straight down; to the right of its direction is the picture's left.
    shift = np.array([[1, 0, -beside * LENGTH_PX], [0, 1, 0]])
    side = view_side()
    moved = cv2.warpAffine(view.image, shift, (side, side), borderMode=cv2.BORDER_REPLICATE)
    moved = HandView(np.asarray(moved, dtype=np.uint8), view.background, view.arms, view.body)
    every = features(rays.sample(moved), rays, None, NOTHING, NOTHING, NOTHING)
    score = Network.of(BLIND, len(FEATURES))(every)
    offset, _, direction, _ = np.unravel_index(score.argmax(), score.shape)
    assert OFFSETS[offset] == beside
    assert abs(direction * 360 / DIRECTIONS - 90.0) <= 6


@pytest.mark.parametrize("degrees", [10.0, 135.0, 300.0])
def test_the_evidence_is_greatest_at_a_bat(degrees: float) -> None:
    rays = Rays(0.108 / 0.75)
    every = features(rays.sample(painted(degrees, 0.9)), rays, None, NOTHING, NOTHING, NOTHING)
    assert every.shape == (len(OFFSETS), *SHAPE, len(FEATURES))
    score = Network.of(BLIND, len(FEATURES))(every)
    _, _, direction, length = np.unravel_index(score.argmax(), score.shape)
    away = (direction * 360 / DIRECTIONS - degrees + 180) % 360 - 180
    assert abs(away) <= 6
    assert LENGTHS[length] == pytest.approx(0.9, abs=0.13)


def test_the_weights_fit_the_features() -> None:
    for numbers in (BLIND, INFORMED):
        network = Network.of(numbers, len(FEATURES))
        assert network.inward.shape == (len(FEATURES), len(network.outward))
        np.testing.assert_allclose(network.numbers(), numbers, rtol=1e-6)
    assert len(CERTAINTY) == len(gate.SIGNS)


def test_a_network_is_a_sum_and_units_that_are_cut_off() -> None:
    network = Network.of([1, 2, 1, 0, 0, -1, 0.5, 0, 3, 4], 2)
    given = np.array([[1.0, 1.0], [-2.0, 5.0]])
    first, second = np.maximum(given[:, 0] + 0.5, 0), np.maximum(-given[:, 1], 0)
    expected = given @ [1, 2] + 3 * first + 4 * second
    np.testing.assert_allclose(network(given), expected, rtol=1e-6)
    with pytest.raises(ValueError, match="11 numbers fit no network of 2 features"):
        Network.of(np.zeros(11).tolist(), 2)


def evidence_for(course: NDArray[np.intp], fps: float) -> NDArray[np.float32]:
    rows = []
    for direction in course:
        scores = np.full((5, DIRECTIONS, len(LENGTHS)), -9.0, dtype=np.float32)
        scores[:, direction, 8] = -0.1
        rows.append(tracker.by_velocity(scores, fps))
    return np.stack(rows)


def test_the_course_follows_a_turn_and_bridges_a_hidden_moment() -> None:
    fps = 25.0
    true = (np.arange(14) * 4) % DIRECTIONS
    evidence = evidence_for(true, fps)
    evidence[6:8] = 0.0
    found = tracker.course(evidence, fps)
    assert np.abs(found.direction - true).max() <= 1
    assert (found.length[:6] == 8).all()
    assert found.turn[3] == pytest.approx(12.0, abs=5)
    assert found.margin[6] < found.margin[3]


def test_one_false_frame_does_not_mislead_the_course() -> None:
    true = np.full(11, 30)
    seen = true.copy()
    seen[5] = 95
    found = tracker.course(evidence_for(seen, 25.0), 25.0)
    assert (found.direction == true).all()


@given(st.floats(5, 240))
def test_velocities_are_odd_and_bounded(fps: float) -> None:
    speed = tracker.velocities(fps)
    np.testing.assert_allclose(speed, -speed[::-1])
    assert speed.max() <= 84.0 + 1e-9 and speed[len(speed) // 2] == 0


def test_colours_are_learned_and_known() -> None:
    rays = Rays(0.108 / 0.75)
    polar = rays.sample(painted(90.0, 1.0))
    learner = Learner()
    assert learner.palette() is None
    learner.add(
        polar.colour[len(OFFSETS) // 2], DIRECTIONS // 4, int(np.abs(LENGTHS - 1.0).argmin())
    )
    for palette in (learner.palette(), known_colour((220, 180, 120))):
        assert palette is not None
        likely = palette(polar.colour[len(OFFSETS) // 2])
        assert likely[DIRECTIONS // 4, 12] > 0.5
        assert likely[0, 12] < 0
    assert known_colour(None) is None


def test_gaps_are_followed_only_when_they_are_short() -> None:
    confidence = np.array([0.9, 0.1, 0.1, 0.9, 0.1, 0.1, 0.1, 0.1, 0.9, 0.2])
    settings = {"min_confidence": 0.5, "max_gap_s": 0.1}
    source = gate.judged(confidence, np.ones(10, dtype=bool), 25.0, settings)
    names = [list(SOURCES)[value] for value in source]
    assert names == [
        "observed",
        "interpolated",
        "interpolated",
        "observed",
        *["none"] * 4,
        "observed",
        "none",
    ]
    hidden = np.ones(10, dtype=bool)
    hidden[1] = False
    assert gate.judged(confidence, hidden, 25.0, settings)[2] == SOURCES["none"]


def test_confidence_rises_with_the_margin() -> None:
    margin = np.linspace(0, 20, 5)
    same = np.full(5, -0.5)
    none, held = np.zeros(15), np.ones(15)
    signs = gate.signs(np.repeat(margin, 3), np.repeat(same, 3), none, held, none, none)
    sure = gate.certainty(signs, CERTAINTY)
    assert (np.diff(sure[1::3]) > 0).all()


def test_one_hand_holds_a_racket() -> None:
    poses = make_poses()
    scale = np.full(poses.sizes["time"], 100.0)
    both, left, right = (
        hold(poses, scale, hands, side).grip[0]
        for hands, side in ((2, "right"), (1, "left"), (1, "right"))
    )
    np.testing.assert_allclose(both, (left + right) / 2)
    assert np.linalg.norm(left - right) > 20
    np.testing.assert_allclose(hold(poses, scale, 1, None).grip[0], right)


def test_the_bat_of_a_simulated_batter_is_found() -> None:
    images, truth, camera = batter()
    bat = track(lambda: iter(images), truth, camera, SETTINGS)
    error = np.linalg.norm(bat["tip"].values - truth["bat_tip"].values, axis=1) / shoulder_width(
        truth
    )
    observed = bat["source"].values == SOURCES["observed"]
    assert np.mean(error < 0.25) > 0.8
    assert observed.mean() > 0.7
    assert np.mean(error[observed] < 0.5) > 0.9
    assert bat.attrs["usable"] == 1 and "bat_note" not in bat.attrs
    again = track(lambda: iter(images), truth, camera, SETTINGS)
    assert bat.identical(again)
    frames = swing_frames(bat)
    figure = draw_swing(pictures_of(iter(images), frames), frames, bat, truth, "Cover drive")
    assert len(figure.axes) == len(frames) == 12


@pytest.mark.parametrize("other", ["left", "right"])
def test_hands_that_are_apart_leave_the_bat_in_the_one_that_holds_it(other: str) -> None:
    images, truth, camera = batter()
    moved = truth.copy(deep=True)
    hand = [f"{other}_{part}" for part in ("elbow", "wrist", "thumb", "index", "pinky")]
    moved["position"].loc[{"keypoints": hand, "space": "x"}] += 4.0 * shoulder_width(truth)
    bat = track(lambda: iter(images), moved, camera, SETTINGS)
    width = shoulder_width(truth)
    error = np.linalg.norm(bat["tip"].values - truth["bat_tip"].values, axis=1) / width
    observed = bat["source"].values == SOURCES["observed"]
    assert np.mean(error < 0.25) > 0.6
    assert np.mean(error[observed] < 0.5) > 0.9


def test_a_bat_that_is_not_there_is_not_observed_and_the_data_say_so() -> None:
    _, truth, camera = batter()
    grey = [np.full((270, 480, 3), 120, dtype=np.uint8)] * truth.sizes["time"]
    bat = track(lambda: iter(grey), truth, camera, SETTINGS)
    assert not (bat["source"] == SOURCES["observed"]).any()
    assert bat.attrs["usable"] == 0 and "fewer than 40 %" in bat.attrs["bat_note"]
    assert (bat["source"] == SOURCES["pose_proxy"]).any()


def test_a_detector_takes_part() -> None:
    images, truth, camera = batter()
    shown = []

    def detector(image: NDArray[np.uint8]) -> NDArray[np.float64]:
        shown.append(image.shape)
        return np.array([[0.0, 0.0, 480.0, 270.0, 0.9]])

    bat = track(lambda: iter(images), truth, camera, SETTINGS, detector)
    plain = track(lambda: iter(images), truth, camera, SETTINGS)
    assert len(shown) == 2 * len(images)
    # A box around everything says nothing.
    np.testing.assert_allclose(bat["tip"], plain["tip"], atol=0.01)


def test_nobody_gives_no_bat_and_another_length_is_refused() -> None:
    poses = make_poses(np.full((4, 2, 33, 1), np.nan))
    bat = track(lambda: iter([]), poses, still(poses), SETTINGS)
    assert (bat["source"] == SOURCES["none"]).all() and np.isnan(bat["tip"]).all()
    with pytest.raises(CameraError, match="3 frames"):
        track(lambda: iter([]), poses, still(poses).isel(time=slice(3)), SETTINGS)


def test_a_camera_is_a_row_of_similarities() -> None:
    camera = still(make_poses())
    camera["rotation"].values[:] = np.pi / 2
    camera["scale"].values[:] = 2.0
    np.testing.assert_allclose(
        similarities(camera)[0], [[0, -2, 0], [2, 0, 0], [0, 0, 1]], atol=1e-12
    )


def test_the_confidence_on_footage_is_lower_and_keeps_the_order() -> None:
    simulated = np.array([0.0, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0])
    found = gate.on_footage(simulated)
    assert (np.diff(found) > 0).all()
    np.testing.assert_allclose(found[:3], simulated[:3])
    assert (found[3:] < simulated[3:]).all()
    # The odds of 0.9 are 9 : 1, and 9 ** 0.4 = 2.408.
    assert found[4] == pytest.approx(2.408 / 3.408, abs=1e-3)
