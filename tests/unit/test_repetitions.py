from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.io import sequence
from kinepath.repetitions import analyse, corrected, report
from kinepath.repetitions.affinity import autocorrelation, first_maximum, period
from kinepath.repetitions.corrections import CorrectionError
from kinepath.repetitions.halves import halves, turning_points
from kinepath.settings import defaults
from kinepath.synth import Scenario, simulate
from tests.poses import make_poses, standing_position
from tests.workflow.conftest import ROOT

SETTINGS = defaults(ROOT)["reps"]
FPS = 25.0


def found(poses: xr.Dataset) -> dict:  # type: ignore[type-arg]
    facts = report(analyse(poses, SETTINGS), poses, "curl", SETTINGS)
    json.dumps(facts, allow_nan=False)
    return facts


def curls(angle: NDArray[np.float64]) -> xr.Dataset:
    """A person who stands and bends both elbows (radians)."""
    position = standing_position(len(angle))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        elbow = position[:, :, BLAZEPOSE.index(f"{side}_elbow"), 0]
        hand = 35.0 * np.stack([0.3 * sign * np.sin(angle), np.cos(angle)], axis=1)
        position[:, :, BLAZEPOSE.index(f"{side}_wrist"), 0] = elbow + hand
    return make_poses(position, fps=FPS)


def bends(*seconds: float, rest: float = 0.4, still: float = 1.0) -> NDArray[np.float64]:
    """The angle over time of curls of several durations with rests in between."""
    parts = [np.zeros(round(still * FPS))]
    for each in seconds:
        phase = np.arange(round(each * FPS)) / round(each * FPS)
        parts += [1.1 * (1 - np.cos(2 * np.pi * phase)), np.zeros(round(rest * FPS))]
    return np.concatenate([*parts, np.zeros(round(still * FPS))])


def said(word: str, start_s: float, end_s: float) -> dict[str, Any]:
    return {"counts": word == "is", "start_s": start_s, "end_s": end_s}


def corrected_facts(poses: xr.Dataset, *corrections: dict[str, Any]) -> dict[str, Any]:
    analysis = corrected(analyse(poses, SETTINGS), poses, corrections)
    facts = report(analysis, poses, "curl", SETTINGS)
    json.dumps(facts, allow_nan=False)
    return facts


def test_what_the_sheet_says_goes_before_what_is_found() -> None:
    # Curls from 1.0 to 3.0, 3.4 to 5.4 and 5.8 to 7.8 s.
    poses = curls(bends(2.0, 2.0, 2.0))
    facts = corrected_facts(poses, said("not", 3.2, 5.6), said("is", 1.4, 3.1))
    assert facts["count"] == 2
    assert [each["number"] for each in facts["repetitions"]] == [1, 2]
    assert [each["by_sheet"] for each in facts["repetitions"]] == [True, False]
    first, second = facts["repetitions"]
    assert (first["start_s"], first["end_s"], first["confidence"]) == (1.4, 3.1, 1.0)
    assert first["turn_s"] == pytest.approx(2.0, abs=0.1)  # where the arm is bent most
    assert second["start_s"] == pytest.approx(5.8, abs=0.15)
    assert facts["by_sheet"] == "1 counted by the sheet, 1 left out by the sheet"
    assert found(poses)["by_sheet"] is None
    assert not facts["warnings"]  # the stretch without a repetition was looked at


def test_the_sheet_counts_where_nothing_is_found() -> None:
    poses = make_poses(standing_position(60), fps=FPS)
    facts = corrected_facts(poses, said("is", 0.4, 1.6))
    assert facts["count"] == 1
    assert facts["repetitions"][0]["end_frame"] == pytest.approx(40.0)
    assert facts["note"] is None
    assert facts["by_sheet"] == "1 counted by the sheet"
    nobody = poses.assign(position=poses["position"] * np.nan, confidence=poses["confidence"] * 0.0)
    assert corrected_facts(nobody, said("is", 0.4, 1.6))["repetitions"][0]["turn_s"] == 1.0


def test_a_correction_of_another_part_of_the_video_is_refused() -> None:
    poses = make_poses(standing_position(60), fps=FPS)
    with pytest.raises(CorrectionError, match=r"5 to 6 s is no stretch of frames of the part"):
        corrected_facts(poses, said("not", 5.0, 6.0))


def test_the_table_is_the_published_one() -> None:
    points = np.random.default_rng(0).normal(size=(41, 3, 2))
    table = autocorrelation(points)
    assert table.shape == (20, 20)
    for lag in range(20):
        for trim in range(20):
            pairs = range(trim, 41 - trim - lag)
            apart = [np.linalg.norm(points[t] - points[t + lag], axis=1).mean() for t in pairs]
            expected = -np.mean(apart) if apart else np.nan
            np.testing.assert_allclose(table[lag, trim], expected, atol=1e-12)


def test_the_period_of_a_sine() -> None:
    angle = 2 * np.pi * np.arange(200) / 40
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)[:, None]
    best = period(points, 5)
    assert best is not None
    assert best.period == 40
    assert period(np.linspace(0, 1, 100)[:, None, None], 5) is None


def test_a_small_maximum_is_none() -> None:
    lag = np.arange(100)
    curve = -np.abs(np.sin(np.pi * lag / 60)) + 0.02 * np.cos(lag)
    assert first_maximum(curve, 5) == pytest.approx(60, abs=2)


def test_turning_points_are_extrema_in_turn() -> None:
    signal = np.array([0.0, 0.2, 1.0, 0.9, 1.1, 0.1, 0.3, 0.0, 1.0, 0.8])
    assert turning_points(signal, 0.5).tolist() == [0, 4, 7, 8]
    assert turning_points(signal, 2.0).tolist() == []


def test_departure_and_arrival_of_a_cosine() -> None:
    wait = np.zeros(30)
    way = (1 - np.cos(np.pi * np.arange(31) / 30)) / 2
    signal = np.concatenate([wait, way, wait + 1, way[::-1], wait])
    ways = halves(signal, signal[:, None], 0.5, 0.6)
    assert ways is not None
    np.testing.assert_allclose(ways.ends, [[30, 60], [91, 121]], atol=1.5)


@pytest.mark.parametrize("seconds", [(2.0,), (1.0, 1.0), (2.0, 1.1, 3.2, 1.6), (0.9,) * 20])
def test_repetitions_of_unequal_length_are_counted(seconds: tuple[float, ...]) -> None:
    facts = found(curls(bends(*seconds)))
    assert facts["count"] == len(seconds)
    assert not facts["unfinished"]
    lengths = np.round(np.array(seconds) * FPS) / FPS
    starts = 1.0 + np.cumsum([0.0, *(lengths[:-1] + 0.4)])
    bounds = np.array([(each["start_s"], each["end_s"]) for each in facts["repetitions"]])
    np.testing.assert_allclose(bounds[:, 0], starts, atol=0.1 * max(seconds))
    np.testing.assert_allclose(bounds[:, 1], starts + lengths, atol=0.1 * max(seconds))
    confidence = [each["confidence"] for each in facts["repetitions"]]
    assert all(0.3 < each <= 1 for each in confidence)


def test_pauses_are_no_part_of_repetitions() -> None:
    facts = found(curls(bends(1.5, 1.5, 1.5, rest=2.5)))
    lengths = [each["end_s"] - each["start_s"] for each in facts["repetitions"]]
    np.testing.assert_allclose(lengths, 1.5, atol=0.2)
    assert facts["period_s"] == pytest.approx(4.0, abs=0.1)


def test_an_unfinished_last_one_is_told_and_not_counted() -> None:
    angle = bends(2.0, 2.0, 2.0, still=0.5)
    facts = found(curls(angle[: -round(1.9 * FPS)]))
    assert facts["count"] == 2
    assert facts["unfinished"]
    assert [each["complete"] for each in facts["repetitions"]] == [True, True, False]


def test_a_gap_in_the_keypoints_is_bridged() -> None:
    poses = curls(bends(2.0, 2.0, 2.0, 2.0))
    poses["position"][95:103] = np.nan
    poses["confidence"][95:103] = 0.0
    facts = found(poses)
    assert facts["count"] == 4
    confidence = [each["confidence"] for each in facts["repetitions"]]
    assert np.argmin(confidence) == 1


def test_set_up_and_racking_are_no_repetitions() -> None:
    angle = bends(1.6, 1.6, 1.6, 1.6)
    poses = curls(angle)
    rng = np.random.default_rng(2)
    before, after = (rng.normal(0, 40, (2, len(BLAZEPOSE.keypoints), 1)) for _ in range(2))
    ramp = np.clip(np.arange(len(angle)) / 25.0, 0, 1)[:, None, None, None]
    moved = poses["position"].values + before * (1 - ramp) + after * (1 - ramp[::-1])
    facts = found(poses.assign(position=poses["position"].copy(data=moved)))
    assert facts["count"] == 4


def test_walking_is_no_repetition() -> None:
    time = np.arange(0, 4, 1 / FPS)
    position = standing_position(len(time))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for joint, reach in (("knee", 12.0), ("ankle", 30.0), ("wrist", -20.0)):
            swing = sign * reach * np.sin(2 * np.pi * time)
            position[:, 0, BLAZEPOSE.index(f"{side}_{joint}"), 0] += swing
    position[:, 0] += 220.0 * time[:, None, None]
    assert found(make_poses(position, fps=FPS))["count"] == 0


def test_one_way_is_no_repetition() -> None:
    angle = bends(3.0)
    facts = found(curls(angle[: len(angle) // 2]))
    assert facts["count"] == 0
    assert "goes and comes back" in facts["note"]


def test_a_squat_seen_in_two_or_three_dimensions() -> None:
    truth = simulate(Scenario("squat", fps=20.0, repetitions=2)).truth
    facts = found(truth)
    assert (facts["count"], facts["source"]) == (2, "position")
    expected = json.loads(truth.attrs["repetitions"])
    got = [(each["start_s"], each["end_s"]) for each in facts["repetitions"]]
    np.testing.assert_allclose(got, expected, atol=0.1)


@pytest.mark.parametrize(
    ("poses", "note"),
    [
        (make_poses(frames=5), "5 frames are too few"),
        (make_poses(frames=60), "goes and comes back"),
        (make_poses(np.full((60, 2, 33, 1), np.nan)), "nobody is seen"),
        (make_poses(np.zeros((60, 2, 33, 1))), "in one place"),
    ],
)
def test_what_cannot_be_told_is_said(poses: xr.Dataset, note: str) -> None:
    facts = found(poses)
    assert facts["count"] == 0
    assert facts["repetitions"] == []
    assert facts["period_s"] is None
    assert note in facts["note"]


def test_two_people_are_said() -> None:
    one = curls(bends(2.0, 2.0))
    two = xr.concat([one, one.assign_coords(individuals=["other"])], dim="individuals")
    assert "2 people" in found(two.assign_attrs(one.attrs))["note"]


def test_a_joint_that_is_never_seen_is_left_out() -> None:
    poses = curls(bends(2.0, 2.0, 2.0))
    k = BLAZEPOSE.index("right_knee")
    poses["position"][:, :, k] = np.nan
    poses["confidence"][:, k] = 0.0
    facts = found(poses)
    assert facts["count"] == 3
    assert "right_knee" not in facts["joints"]


def test_the_clock_of_the_raw_video() -> None:
    poses = curls(bends(2.0, 2.0))
    late = poses.assign_coords(time=sequence.time_coordinate(poses["time"].values + 7.0))
    first, second = found(poses)["repetitions"][0], found(late)["repetitions"][0]
    assert second["start_s"] == pytest.approx(first["start_s"] + 7.0)
    assert second["start_frame"] == first["start_frame"]
