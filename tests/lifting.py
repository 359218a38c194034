"""Simulated squats with their repetitions, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from kinepath.clean import clean
from kinepath.form import read_exercise
from kinepath.form.exercise import Exercise
from kinepath.settings import defaults, load_schema
from kinepath.synth import Scenario, simulate

ROOT = Path(__file__).parents[1]
CONFIG = defaults(ROOT)
EXERCISES = ROOT / "config" / "exercises"
SCHEMA = load_schema(ROOT / "config" / "schemas" / "exercise.schema.yaml")
DEEP, SHALLOW = 0.56, 0.25


def exercise(name: str) -> Exercise:
    return read_exercise(EXERCISES / f"{name}.yaml", SCHEMA)


def squats(**scenario: Any) -> xr.Dataset:
    """True poses of simulated squats, from the side unless said otherwise."""
    told: dict[str, Any] = {"azimuth_deg": 0.0, "depth": DEEP, "fps": 30, "repetitions": 2}
    told |= {"pan_deg": 0.0, "zoom": 1.0, "shake_px": 0.0} | scenario
    return simulate(Scenario("squat", **told)).truth


def cleaned(truth: xr.Dataset) -> xr.Dataset:
    return clean(truth, CONFIG["clean"])


def repetitions(truth: xr.Dataset, *, unfinished: bool = False) -> dict[str, Any]:
    """The true repetitions, as the segmentation gives them."""
    fps = float(truth.attrs["fps"])
    bounds = json.loads(truth.attrs["repetitions"])
    entries = [
        {
            "number": k + 1,
            "start_s": start,
            "end_s": end,
            "start_frame": start * fps,
            "end_frame": end * fps,
            "complete": not unfinished or k + 1 < len(bounds),
            "confidence": 0.9,
        }
        for k, (start, end) in enumerate(bounds)
    ]
    return {
        "schema": "kinepath/reps/1",
        "clip": "a",
        "exercise": "squat",
        "fps": fps,
        "count": sum(bool(entry["complete"]) for entry in entries),
        "unfinished": unfinished,
        "note": None,
        "repetitions": entries,
        "period_s": 2.1,
        "parameters": {},
    }


def lopsided() -> xr.Dataset:
    """Squats in which the right leg bends as in a shallow squat."""
    truth, other = squats(), squats(depth=SHALLOW)
    names = ["right_hip", "right_knee", "right_ankle"]
    position = truth["position"].copy()
    feet = other["position"].sel(keypoints="right_ankle") - position.sel(keypoints="right_ankle")
    for name in names:
        moved = other["position"].sel(keypoints=name) - feet
        position.loc[{"keypoints": name}] = moved
    return truth.assign(position=position)


def without(truth: xr.Dataset, *names: str, confidence: float = 0.0) -> xr.Dataset:
    """The same poses with keypoints that are not, or hardly, seen."""
    poses = truth.copy(deep=True)
    for name in names:
        poses["confidence"].loc[{"keypoints": name}] = confidence
        if confidence == 0:
            poses["position"].loc[{"keypoints": name}] = np.nan
            poses["position_3d"].loc[{"keypoints": name}] = np.nan
    return poses
