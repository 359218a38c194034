"""How near the measured form of simulated squats is to the truth.

Three parts: the demo's squat clip through the pose model (make it first: ``snakemake --cores 1
results/clean/squat.h5``); true keypoints of many squats degraded as pose models do it; and two
filmed views of a man with motion capture beside them, looked for beside the project, on which every
measure of every exercise that has a range is judged in each frame.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import report
import xarray as xr
from accuracy import POSE_GT, marker, markers, seen_by_the_model

from kinepath.body.stature import stature_in_picture
from kinepath.clean import clean
from kinepath.form import assess, read_exercise
from kinepath.form.exercise import Exercise
from kinepath.form.measures import measure_series
from kinepath.form.metrics import Value
from kinepath.form.score import judge
from kinepath.form.view import View, find_view
from kinepath.io import sequence
from kinepath.kinematics import JOINT_ANGLES, joint_angle
from kinepath.settings import defaults, load_schema
from kinepath.settings.results import FormSettings
from kinepath.synth import Scenario, simulate
from kinepath.synth.noise import degrade
from kinepath.typing import Array

ROOT = Path(__file__).parents[1]
CONFIG = defaults(ROOT)
CLIP = ROOT / "results" / "clean" / "squat.h5"
TRUTH = ROOT / "resources" / "clips" / "simulated" / "squat.truth.h5"
#: Verdicts that are surer are counted, and how many of them are wrong.
SURE = 0.99


def exercise(path: Path) -> Exercise:
    return read_exercise(path, load_schema(ROOT / "config" / "schemas" / "exercise.schema.yaml"))


def squat() -> Exercise:
    return exercise(ROOT / "config" / "exercises" / "squat.yaml")


def angle(poses: xr.Dataset, variable: str, space: str, names: tuple[str, ...]) -> Array:
    athlete = poses[variable].isel(individuals=0)
    return joint_angle(*(athlete.sel(keypoints=n).transpose("time", space).values for n in names))


def rms(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(known**2))) if known.size else float("nan")


def clip_part() -> dict[str, tuple[float | None, str]]:
    if not CLIP.is_file() or not TRUTH.is_file():
        return {"clip_knee_rmse_deg": (None, "the demo's squat clip is not there")}
    seen, truth = sequence.read(CLIP, "poses"), sequence.read(TRUTH, "truth")
    results: dict[str, tuple[float | None, str]] = {}
    for joint, names in JOINT_ANGLES.items():
        true = angle(truth, "position_3d", "space_3d", names)
        for variable, space, words in (
            ("position", "space", "in the picture"),
            ("position_3d", "space_3d", "in space, depth guessed by the model"),
        ):
            error = angle(seen, variable, space, names) - true
            key = f"clip_{joint}_rmse_deg" + ("_3d" if space == "space_3d" else "")
            value = rms(error)
            share = float(np.isfinite(error).mean())
            told = None if np.isnan(value) else value
            results[key] = (told, f"{words}; seen in {100 * share:.0f} % of the frames")
    view = find_view(seen, "side")
    scores = []
    for metric in squat().metrics:
        if metric.measure.kind != "angle" or metric.side == "difference":
            continue
        for side in ("left", "right", "both"):
            told = measure_series(seen, metric.measure, side, view, metric.views)
            true = measure_series(with_jitter(truth), metric.measure, side, view, metric.views)
            scores.append(((told.value - true.space) / told.sd).ravel())  # type: ignore[operator]
    score = np.concatenate(scores)
    score = score[np.isfinite(score)]
    results["clip_within_two_sd"] = (
        float((np.abs(score) < 2).mean()),
        "share of knee angles whose truth in space lies within two standard deviations",
    )
    return results


def with_jitter(truth: xr.Dataset) -> xr.Dataset:
    names = [str(name) for name in truth["keypoints"].values]
    stature = stature_in_picture(truth["position"].values[..., 0], names)
    jitter = ("time", "keypoints", "individuals"), np.zeros_like(truth["confidence"].values)
    return truth.assign(jitter=jitter).assign_attrs(stature_px=stature)


def noisy_part(quick: bool) -> dict[str, tuple[float | None, str]]:
    exercise = squat()
    wrong = judged = abstained = sure = sure_wrong = 0
    ranges = {metric.name: metric.range for metric in exercise.metrics if metric.range}
    errors: dict[str, list[float]] = {}
    scores: list[float] = []
    for seed in range(4 if quick else 16):
        scenario: dict[str, Any] = {
            "azimuth_deg": (0.0, 8.0, 16.0, 24.0)[seed % 4],
            "depth": (0.2, 0.3, 0.46, 0.58)[seed // 4 % 4],
            "tempo_s": ((0.95, 0.1, 0.8, 0.4), (1.6, 0.4, 1.2, 0.6))[seed % 2],
        }
        truth = simulate(
            Scenario("squat", fps=30, pan_deg=0.0, zoom=1.0, shake_px=0.0, **scenario)
        ).truth
        fps, bounds = 30.0, json.loads(truth.attrs["repetitions"])
        reps = {"clip": "a", "note": None, "repetitions": []}
        reps["repetitions"] = [
            {"number": k + 1, "start_s": a, "end_s": b, "start_frame": a * fps,
             "end_frame": b * fps, "complete": True}
            for k, (a, b) in enumerate(bounds)
        ]  # fmt: skip
        stature = with_jitter(truth).attrs["stature_px"]
        seen = clean(degrade(truth, stature, seed=seed), CONFIG["clean"])
        form = assess(seen, reps, exercise, view="side", settings=CONFIG["form"])
        knee = angle(truth, "position_3d", "space_3d", JOINT_ANGLES["left_knee"])
        down, hold, up, _ = scenario["tempo_s"]
        known = {"knee": knee.min(), "knee_range": np.ptp(knee), "down_s": down, "hold_s": hold,
                 "up_s": up}  # fmt: skip
        for entry in form["repetitions"]:
            for name, value in known.items():
                metric = entry["metrics"][name]
                if metric["value"] is not None:
                    errors.setdefault(name, []).append(metric["value"] - value)
                    scores.append((metric["value"] - value) / metric["sd"])
                probability = metric["probability_in_range"]
                if name in ranges and probability is not None:
                    low, high = ranges[name]
                    inside = (low is None or value >= low) and (high is None or value <= high)
                    sure += max(probability, 1 - probability) > SURE
                    sure_wrong += (1 - probability if inside else probability) > SURE
            verdict = entry["metrics"]["knee"]["verdict"]
            if verdict == "abstained":
                abstained += 1
            else:
                judged += 1
                wrong += (verdict == "ok") != (knee.min() <= 100)
    results: dict[str, tuple[float | None, str]] = {
        f"{name}_rmse": (rms(np.array(values)), f"of {len(values)} repetitions, noisy keypoints")
        for name, values in errors.items()
    }
    results["wrong_verdicts"] = (wrong / max(judged, 1), f"of {judged} verdicts on the knee angle")
    results["abstained"] = (abstained / (judged + abstained), "share of abstentions on it")
    results["sure99_simulated"] = (sure, "simulated verdicts more than 99 % sure")
    results["sure99_simulated_wrong"] = (sure_wrong, "of them wrong")
    within = float((np.abs(np.array(scores)) < 2).mean())
    results["within_two_sd"] = (within, "share of values within two standard deviations of truth")
    return results


def beside(poses: xr.Dataset, video: Path) -> xr.Dataset:
    """Return the poses with the markers of the motion capture in the places of their keypoints."""
    truth = markers(video, poses.sizes["time"])
    ordered = poses["position"].transpose("time", "space", "keypoints", "individuals")
    points = np.full(ordered.shape, np.nan)
    for k, name in enumerate(map(str, poses["keypoints"].values)):
        if marker(name) in truth:
            points[:, :, k, 0] = truth[marker(name)]
    return poses.assign(position=ordered.copy(data=points))


def filmed_part(quick: bool) -> dict[str, tuple[float | None, str]]:
    """Judge a filmed man, who does none of the exercises, and his markers by the same ranges.

    Both lie in one image, so no view is wrong for a measure.
    """
    keys = ("sure99_filmed", "sure99_filmed_wrong", "filmed_within_two_sd")
    videos = [POSE_GT / f"pose2sim_single_cam{camera}.mp4" for camera in ("02", "03")]
    if quick or not all(video.is_file() for video in videos):
        return dict.fromkeys(keys, (None, "not in a quick run" if quick else "no footage"))
    settings = FormSettings.of(CONFIG["form"])
    view = View("side", "sheet", 0.0)
    paths = sorted((ROOT / "config" / "exercises").glob("*.yaml"))
    judged = {
        (metric.measure, metric.range, side): metric
        for path in paths
        for metric in exercise(path).metrics
        if metric.range and metric.measure.kind != "duration"
        for side in ("left", "right")
    }
    sure = wrong = 0
    scores: list[float] = []
    for video in videos:
        seen = clean(seen_by_the_model(video, implement=False), CONFIG["clean"])
        truth = beside(seen, video)
        for (measure, (low, high), side), metric in judged.items():
            views = ("side", "front", "oblique")
            found, known = (
                measure_series(each, measure, side, view, views) for each in (seen, truth)
            )
            for value, sd, true in zip(found.value, found.sd, known.value, strict=True):
                if not np.isfinite([value, sd, true]).all():
                    continue
                scores.append((value - true) / sd)
                told = Value(float(value), float(sd), confidence=1.0, seen=1.0)
                probability = judge(metric, told, view, settings).probability
                inside = (low is None or true >= low) and (high is None or true <= high)
                if probability is not None:
                    sure += max(probability, 1 - probability) > SURE
                    wrong += (1 - probability if inside else probability) > SURE
    within = float((np.abs(scores) < 2).mean())
    return {
        "sure99_filmed": (sure, "verdicts more than 99 % sure on a filmed man, by frame"),
        "sure99_filmed_wrong": (wrong, "of them wrong by the motion capture"),
        "filmed_within_two_sd": (within, f"share of the {len(scores)} values on him"),
    }


def measure(quick: bool) -> report.Results:
    """Measure all parts; what is more than 99 % sure is counted over all of them."""
    results = {**clip_part(), **noisy_part(quick), **filmed_part(quick)}
    sure, wrong = (
        sum(results[f"sure99_{part}{end}"][0] or 0 for part in ("simulated", "filmed"))
        for end in ("", "_wrong")
    )
    results["sure99_wrong"] = (
        wrong / max(sure, 1),
        f"share of wrong ones of the {sure:.0f} verdicts more than 99 % sure",
    )
    return results


if __name__ == "__main__":
    report.main("Form of exercises", measure)
