from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kinepath.form import FormError, assess, read_exercise
from kinepath.form.drift import find_drift
from kinepath.form.exercise import Exercise, Measure
from kinepath.form.measures import evaluate, measure_series
from kinepath.form.phases import Phases, find_phases, turns_low
from kinepath.form.score import Score, Verdict, mean_score, score
from kinepath.form.sensitivity import smoothed_otherwise
from kinepath.form.view import View, find_view
from kinepath.kinematics import joint_angle
from kinepath.settings.results import FormSettings
from tests.lifting import (
    CONFIG,
    DEEP,
    SCHEMA,
    SHALLOW,
    cleaned,
    exercise,
    lopsided,
    repetitions,
    squats,
    without,
)

SETTINGS = CONFIG["form"]
SIDE = View("side", "sheet", 0.0)
KNEE = Measure("angle", ("hip", "knee", "ankle"))


def assessed(
    truth: xr.Dataset, *, view: str | None = None, done: Exercise | None = None, **more: Any
) -> dict[str, Any]:
    return assess(
        cleaned(truth),
        more.pop("reps", None) or repetitions(truth),
        done or exercise("squat"),
        view=view,
        settings=SETTINGS,
        **more,
    )


@cache
def deep() -> dict[str, Any]:
    return assessed(squats())


@cache
def shallow() -> dict[str, Any]:
    return assessed(squats(depth=SHALLOW))


def first(form: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = form["repetitions"][0]
    return entry


def true_knee(truth: xr.Dataset) -> Any:
    deep = truth["position_3d"].isel(individuals=0)
    points = [
        deep.sel(keypoints=f"left_{n}").transpose("time", "space_3d").values for n in KNEE.points
    ]
    return joint_angle(*points)


@pytest.mark.parametrize("depth", [DEEP, SHALLOW])
def test_depth_and_range_of_motion_are_the_true_ones(depth: float) -> None:
    truth = squats(depth=depth)
    knee, metrics = true_knee(truth), first(assessed(truth))["metrics"]
    assert metrics["knee"]["value"] == pytest.approx(knee.min(), abs=4)
    assert metrics["knee_range"]["value"] == pytest.approx(np.ptp(knee), abs=4)
    # In space, from true depth, the angle is the true one.
    assert metrics["knee"]["in_space"] == pytest.approx(knee.min(), abs=0.2)
    high = truth["position_3d"].isel(individuals=0).sel(space_3d="y")
    names = ["left_hip", "right_hip"], ["left_knee", "right_knee"]
    hips, knees = (high.sel(keypoints=n).mean("keypoints").values for n in names)
    true_height = (knees - hips)[knee.argmin()] / truth.attrs["stature_m"]
    assert metrics["depth"]["value"] == pytest.approx(true_height, abs=2 * metrics["depth"]["sd"])


@pytest.mark.parametrize("tempo", [(0.95, 0.1, 0.8, 0.4), (2.0, 0.6, 1.0, 0.4)])
def test_the_tempo_is_the_true_one(tempo: tuple[float, ...]) -> None:
    metrics = first(assessed(squats(tempo_s=tempo)))["metrics"]
    down, hold, up, _ = tempo
    for name, length in (("down_s", down), ("up_s", up), ("hold_s", hold)):
        value, sd = metrics[name]["value"], metrics[name]["sd"]
        # A gentle start and end is taken for rest and hold.
        assert abs(value - length) < 2.5 * sd, name
        assert sd < 0.15 * (down + up)


def test_a_collapsed_leg_is_not_judged() -> None:
    truth = squats()
    collapsed = truth.copy(deep=True)
    knees = {"keypoints": ["left_knee", "right_knee"]}
    ankles = {"keypoints": ["left_ankle", "right_ankle"]}
    for name in ("position", "position_3d"):
        knee, ankle = (truth[name].sel(points).values for points in (knees, ankles))
        collapsed[name].loc[ankles] = knee + 0.45 * (ankle - knee)
    metrics = first(assessed(collapsed, view="side", reps=repetitions(truth)))["metrics"]
    assert metrics["knee"]["verdict"] == metrics["down_s"]["verdict"] == "abstained"
    assert "not shaped like a human there: left shank" in metrics["knee"]["reason"]
    assert metrics["trunk"]["verdict"] != "abstained"


def changed(truth: xr.Dataset, first: int, last: int, change: Any) -> xr.Dataset:
    """Cleaned poses whose keypoints (time, keypoints, space) are changed in some frames."""
    poses = cleaned(truth)
    names = [str(name) for name in poses["keypoints"].values]
    points = poses["position"].isel(individuals=0).transpose("time", "keypoints", "space").values
    points[first:last] = change(points[first:last].copy(), names)
    position = xr.DataArray(points, dims=("time", "keypoints", "space")).expand_dims("individuals")
    return poses.assign(position=position.transpose(*poses["position"].dims))


def at_the_knees(points: Any, names: list[str]) -> Any:
    for side in ("left", "right"):
        knee, ankle = (names.index(f"{side}_{name}") for name in ("knee", "ankle"))
        points[:, ankle] = points[:, knee] + 0.1 * (points[:, ankle] - points[:, knee])
    return points


def on_its_head(points: Any, names: list[str]) -> Any:
    points[..., 1] = 2 * points[..., 1].mean() - points[..., 1]
    return points


def cropped(points: Any, names: list[str]) -> Any:
    for name in names:
        if any(part in name for part in ("nose", "eye", "ear", "ankle", "heel", "foot")):
            points[:, names.index(name)] = np.nan
    return points


def heaped(points: Any, names: list[str]) -> Any:
    middle = points.mean(axis=1, keepdims=True)
    return middle + 0.1 * (points - middle)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (at_the_knees, "the feet are at the knees"),
        (on_its_head, "it stands on its head"),
        (cropped, "neither the head nor the feet are seen"),
        (heaped, "all of its joints are in one place"),
    ],
)
def test_only_the_repetition_that_is_not_human_shaped_is_not_judged(
    change: Any, words: str
) -> None:
    truth = squats()
    reps = repetitions(truth)
    end = round(reps["repetitions"][0]["end_frame"])
    poses = changed(truth, 0, end, change)
    form = assess(poses, reps, exercise("squat"), view="side", settings=SETTINGS)
    bad, good = form["repetitions"]
    assert bad["score"]["value"] is None
    assert {m["verdict"] for m in bad["metrics"].values()} <= {"abstained", None}
    assert good["score"]["value"] == pytest.approx(100, abs=1)
    assert not any("not shaped" in (m["reason"] or "") for m in good["metrics"].values())
    assert (
        any(
            f"not shaped like a human in repetition 1: {words}" in text for text in form["warnings"]
        )
        or "reason" in bad["score"]
    )


def test_deep_squats_are_good_and_shallow_ones_are_told_so() -> None:
    assert first(deep())["metrics"]["depth"]["verdict"] == "ok"
    assert deep()["set"]["score"]["value"] == pytest.approx(100, abs=1)
    assert not [s for s in first(deep())["sentences"] if "not judged" not in s]
    entry = first(shallow())
    assert {n for n, m in entry["metrics"].items() if m["verdict"] == "missed"} == {"depth", "knee"}
    words = entry["sentences"][0]
    assert words.startswith("Repetition 1: not deep enough. Height of the hips above the knees")
    assert f"at {entry['metrics']['depth']['time_s']:.2f} s" in words
    assert "above the range (at most 0.06 statures); 97 % sure." in words
    assert "the knees do not bend enough" in entry["sentences"][1]
    assert shallow()["set"]["score"]["value"] < 80


def test_one_leg_that_bends_less_is_told() -> None:
    form = assessed(lopsided())
    metric = first(form)["metrics"]["knee_symmetry"]
    assert metric["verdict"] == "missed"
    assert metric["value"] > 35
    assert any("one knee bends more than the other" in s for s in first(form)["sentences"])
    assert first(deep())["metrics"]["knee_symmetry"]["verdict"] == "ok"


def test_what_the_view_does_not_show_is_not_judged() -> None:
    form = assessed(squats(azimuth_deg=90.0))
    assert form["view"]["name"] == "front"
    metrics = first(form)["metrics"]
    assert metrics["knee"]["verdict"] == "abstained"
    assert metrics["knee"]["reason"] == "can be judged from the side, not from this view (front)"
    assert metrics["knees_apart"]["verdict"] == "ok"
    assert first(deep())["metrics"]["knees_apart"]["verdict"] == "abstained"
    oblique = assessed(squats(azimuth_deg=45.0))
    assert oblique["view"]["name"] == "oblique"
    assert oblique["set"]["score"]["value"] is None
    assert "of the score's weight could be judged" in oblique["set"]["score"]["reason"]


def test_what_is_hardly_seen_is_not_judged() -> None:
    knees = ("left_knee", "right_knee")
    form = assessed(without(squats(), *knees, confidence=0.4))
    metric = first(form)["metrics"]["knee"]
    assert metric["verdict"] == "abstained"
    assert metric["reason"] == "its keypoints are uncertain (confidence 0.40)"
    assert metric["value"] is not None


def test_a_joint_never_seen_is_said_and_not_guessed() -> None:
    form = assessed(without(squats(), "left_knee", "right_knee"))
    entry = first(form)
    assert entry["phases_s"] is None
    assert entry["score"]["value"] is None
    assert all(m["value"] is None for m in entry["metrics"].values())
    assert "the main signal was seen in 0 % of the repetition only" in entry["score"]["reason"]
    barbell = exercise("barbell_squat")
    form = assessed(without(squats(), "left_wrist", "right_wrist"), done=barbell)
    metric = first(form)["metrics"]["bar_path"]
    assert metric["value"] is None
    assert metric["verdict"] == "abstained"
    assert metric["reason"] == "ankle, wrist not seen together in the repetition"
    assert first(form)["metrics"]["knee"]["verdict"] == "ok"


def test_one_side_that_is_not_seen_leaves_the_other() -> None:
    form = assessed(without(squats(), "right_knee", "right_hip", "right_ankle"), view="side")
    assert first(form)["metrics"]["knee"]["side"] == "left"
    assert first(form)["metrics"]["knee"]["verdict"] == "ok"


def test_no_repetitions_are_no_score() -> None:
    truth = squats()
    none = {**repetitions(truth), "repetitions": [], "count": 0, "note": "nothing repeats"}
    form = assessed(truth, reps=none)
    assert form["repetitions"] == []
    assert form["set"]["score"] == {
        "value": None,
        "sd": None,
        "judged": 0.0,
        "reason": "no complete repetition",
    }
    assert form["note"] == "nothing repeats; there is no complete repetition to judge"


def test_five_frames_are_too_few() -> None:
    truth = squats().isel(time=slice(0, 5))
    reps = repetitions(squats())
    reps["repetitions"] = [{**reps["repetitions"][0], "start_frame": 0.0, "end_frame": 4.0}]
    form = assessed(truth, reps=reps)
    assert first(form)["score"]["value"] is None
    reps["repetitions"][0]["end_frame"] = 3.0
    assert "4 frames, too few" in first(assessed(truth, reps=reps))["score"]["reason"]
    reps["repetitions"][0]["end_frame"] = 90.0
    with pytest.raises(FormError, match="frames 0 to 90, the poses have 5"):
        assessed(truth, reps=reps)


def test_an_unfinished_repetition_is_told_and_not_scored() -> None:
    truth = squats()
    form = assessed(truth, reps=repetitions(truth, unfinished=True))
    assert form["count"] == 1
    last = form["repetitions"][-1]
    assert not last["complete"]
    assert last["score"]["value"] is None
    assert last["sentences"] == ["Repetition 2: no score: the repetition is not complete."]


def test_verdicts_are_compared_over_smoothings() -> None:
    truth = squats()
    others = smoothed_otherwise(truth, CONFIG["clean"])
    assert set(others) == {"half", "double"}
    entry = first(assessed(truth, otherwise=others))
    assert entry["sensitivity"]["survives"] is True
    assert set(entry["sensitivity"]["scores"]) == {"half", "double"}
    # A variant in which the squats are shallow must be noticed.
    entry = first(assessed(truth, otherwise={"half": cleaned(squats(depth=SHALLOW))}))
    assert entry["sensitivity"]["survives"] is False
    assert entry["sensitivity"]["changed"]["depth"] == {"set": "ok", "half": "missed"}
    unsmoothed = smoothed_otherwise(truth, {**CONFIG["clean"], "smoothing": "none"})
    entry = first(assessed(truth, otherwise=unsmoothed))
    assert entry["sensitivity"]["survives"] is None
    assert "nothing is smoothed" in entry["sensitivity"]["reason"]
    butterworth = smoothed_otherwise(truth, {**CONFIG["clean"], "smoothing": "butterworth"})
    cutoffs = [yaml.safe_load(d.attrs["parameters"])["clean"] for d in butterworth.values()]
    assert [c["smoothing_cutoff_hz"] for c in cutoffs] == [16.0, 4.0]


def test_a_new_exercise_needs_no_code(tmp_path: Path) -> None:
    path = tmp_path / "good_morning.yaml"
    path.write_text(
        """
title: Good morning
main: {measure: {angle: [shoulder, hip, knee]}, side: both, up: rises}
metrics:
  hinge:
    title: Hip angle at the bottom
    measure: {angle: [shoulder, hip, knee]}
    phase: whole
    statistic: bottom
    range: [100, null]
    tolerance: 20
    weight: 1
    views: [side]
    below: folded too far
    source: Coaching convention.
  head: {title: Head over feet, measure: {separation: [nose, ankle]}, phase: up, statistic: mean,
         views: [side], source: Measured only.}
""",
        encoding="utf-8",
    )
    form = assessed(squats(), done=read_exercise(path, SCHEMA))
    assert form["exercise"] == "good_morning"
    assert first(form)["metrics"]["hinge"]["verdict"] == "missed"
    assert first(form)["sentences"][0].startswith("Repetition 1: folded too far. Hip angle at")
    assert 0.3 < first(form)["metrics"]["head"]["value"] < 1.0


def test_a_set_is_not_scored_by_its_few_clear_repetitions() -> None:
    clear, unclear = Score(90.0, 4.0, 0.6), Score(None, None, 0.2, "too little")
    assert mean_score([clear, clear, unclear]).value == pytest.approx(90)
    # Errors are shared: a mean is no surer than one repetition.
    assert mean_score([clear, clear]).sd == pytest.approx(4)
    few = mean_score([clear, unclear, unclear])
    assert few.value is None
    assert few.reason == "only 1 of 3 repetitions have a score"


def test_a_metric_that_cannot_be_decided_leaves_the_others_their_score() -> None:
    """As of a raise filmed from the front, whose difference of the arms is lost in the depth."""
    settings = FormSettings(min_confidence=0.0, min_seen=0.0, min_probability=0.75, min_weight=0.4)
    path = Path(__file__).parents[2] / "config" / "exercises" / "lateral_raise.yaml"
    judged = [m for m in read_exercise(path, SCHEMA).metrics if m.range is not None]
    metrics = [m for m in judged if m.name in ("height", "elbows", "symmetry")]
    weights = [metric.weight for metric in metrics]
    ok = Verdict("ok", points=1.0, points_sd=0.0)
    lost = Verdict("abstained", "its uncertainty is 4.0 times its range", decidable=False)
    near = Verdict("abstained", "too near the limit for its uncertainty")

    def scored(others: Verdict) -> Score:
        told = {m.name: ok if m.name == "symmetry" else others for m in metrics}
        return score(metrics, told, settings)

    share = weights[[m.name for m in metrics].index("symmetry")] / sum(weights)
    assert 0.2 < share < 0.4, "or the case is another one"
    assert scored(near).value is None
    assert scored(lost).value == pytest.approx(100)
    assert scored(lost).judged == pytest.approx(share)


@pytest.mark.parametrize(("azimuth", "name"), [(0, "side"), (40, "oblique"), (90, "front")])
def test_the_view_is_estimated(azimuth: float, name: str) -> None:
    view = find_view(squats(azimuth_deg=azimuth), None)
    assert (view.name, view.source) == (name, "estimated")
    assert view.from_side_deg == pytest.approx(azimuth, abs=8)


def test_the_sheets_view_goes_first_and_a_contradiction_is_told() -> None:
    view = find_view(squats(azimuth_deg=90.0), "side")
    assert (view.name, view.source) == ("side", "sheet")
    assert "the sheet says side, but shoulders and hips look 9" in str(view.note)
    assert find_view(squats(), " Behind ").name == "front"
    assert "'from above' is none that is known" in str(find_view(squats(), "from above").note)
    unseen = find_view(without(squats(), "left_hip"), None)
    assert unseen.name == "unknown"
    assert unseen.from_side_deg is None


def test_phases_of_either_rest() -> None:
    """A deadlift may be cut at the floor or upright: the names of the phases follow."""
    fps, time = 50.0, np.arange(0, 6, 0.02)
    angle = 120 + 50 * np.cos(2 * np.pi * time / 2.0)
    main = series(angle)
    upright, floor = [(0.0, 100.0), (100.0, 200.0)], [(50.0, 150.0), (150.0, 250.0)]
    assert turns_low(main, upright) and not turns_low(main, floor)
    down = find_phases(main, *upright[1], fps, low=True, up="rises")
    up = find_phases(main, *floor[0], fps, low=False, up="rises")
    assert isinstance(down, Phases) and isinstance(up, Phases)
    assert list(down.bounds) == ["down", "hold", "up", "whole"]
    assert list(up.bounds) == ["up", "hold", "down", "whole"]
    assert (down.bottom, up.top) == (150, 100)
    length = (down.bounds["down"][1] - down.bounds["down"][0]) / fps
    assert length == pytest.approx(1.0, abs=0.07)


def test_a_still_signal_has_no_phases() -> None:
    rng = np.random.default_rng(1)
    main = series(100 + rng.normal(0, 1.0, 120), fast=1.0)
    words = find_phases(main, 0.0, 119.0, 50.0, low=True, up="rises")
    assert isinstance(words, str)


def series(value: Any, fast: float = 0.1) -> Any:
    from kinepath.form.measures import Series

    flat = np.ones_like(value)
    return Series(value, flat, fast * flat, 0 * flat, flat, None, "both")


@given(st.floats(0.5, 2.0), st.floats(-400, 400), st.floats(-400, 400))
def test_measures_do_not_change_with_scale_or_place(scale: float, x: float, y: float) -> None:
    points = np.array([[[0, 0], [1, 2]], [[3, 1], [2, 2]], [[5, 8], [1, 7]], [[1, 1], [9, 4]]])
    points = points.astype(np.float64) * 40
    moved = scale * points + np.array([x, y])
    for kind in ("angle", "inclination", "height", "horizontal", "separation", "ratio"):
        np.testing.assert_allclose(
            evaluate(kind, moved, 100 * scale), evaluate(kind, points, 100.0), atol=1e-9
        )


def test_the_uncertainty_is_that_of_repeated_measurement() -> None:
    truth = squats(repetitions=1)
    poses = cleaned(truth).assign_coords()
    stature = float(poses.attrs["stature_px"])
    rng = np.random.default_rng(3)
    told = measure_series(poses, KNEE, "left", SIDE, ("side",))
    names = list(KNEE.named("left"))
    points = poses["position"].isel(individuals=0).sel(keypoints=names)
    points_at = points.transpose("keypoints", "time", "space").values
    noisy = [
        evaluate("angle", points_at + rng.normal(0, 0.017 * stature, points_at.shape), stature)
        for _ in range(400)
    ]
    np.testing.assert_allclose(np.std(noisy, axis=0), told.slow, rtol=0.25)


def test_a_drift_is_told_from_four_repetitions_on() -> None:
    assert find_drift([1, 2, 3], [1.0, 2.0, 3.0], 5).drifts is None
    rising = find_drift([1, 2, 3, 4, 5], [90.0, 92.1, 93.9, 96.0, 98.1], 5)
    assert rising.drifts is True
    assert rising.slope == pytest.approx(2.01, abs=1e-9)
    assert rising.change == pytest.approx(8.04, abs=1e-9)
    assert find_drift([1, 2, 3, 4, 5], [90.0, 93.0, 89.0, 92.0, 90.0], 5).drifts is False
    assert find_drift([1, 2, 3, 4], [7.0, 7.0, 7.0, 7.0], 5).drifts is False


def test_a_fit_is_scipys() -> None:
    from scipy.stats import linregress

    rng = np.random.default_rng(5)
    numbers = list(range(1, 9))
    values = (50 + rng.normal(0, 2, 8) + 0.4 * np.array(numbers)).tolist()
    ours, theirs = find_drift(numbers, values, 1), linregress(numbers, values)
    assert ours.slope == pytest.approx(theirs.slope)
    assert ours.slope_sd == pytest.approx(theirs.stderr)
    assert ours.drifts == (theirs.pvalue < 0.05)


def test_drifts_without_a_cause_are_rare() -> None:
    rng = np.random.default_rng(7)
    sets = rng.normal(0, 1, (400, 6))
    told = np.mean([find_drift(range(1, 7), one.tolist(), 1).drifts for one in sets])
    assert told == pytest.approx(0.05, abs=0.03)
