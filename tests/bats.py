"""A small clip of a simulated batter with what the stages before the bat make of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import xarray as xr

from kinepath import camera
from kinepath.io import sequence
from kinepath.io.video import Image
from kinepath.synth import Scenario, render, simulate

SETTINGS: dict[str, Any] = {
    "stature_m": 1.75,
    "handed": "right",
    "length_m": 0.75,
    "width_m": 0.108,
    "hands": 2,
    "colour": None,
    "min_confidence": 0.54,
    "max_gap_s": 0.15,
    "least_observed": 0.4,
}


@cache
def batter() -> tuple[list[Image], xr.Dataset, xr.Dataset]:
    """Return the pictures of a short swing, its truth (fit as poses) and its camera."""
    scenario = Scenario(
        "cover_drive", width=480, height=270, fps=25, duration_s=1.3, backlift_s=0.25,
        downswing_s=0.6, pan_deg=0.0, zoom=1.0, shake_px=0.0,
    )  # fmt: skip
    simulation = simulate(scenario)
    truth = simulation.truth.assign_attrs(frame_width=480, frame_height=270)
    return list(render(simulation)), truth, still(truth)


def still(poses: xr.Dataset) -> xr.Dataset:
    """Return a camera that stands still."""
    frames = poses.sizes["time"]
    words = {"units": "1", "long_name": "known"}
    values = {
        "scale": np.ones(frames),
        "rotation": np.zeros(frames),
        "shot": np.zeros(frames, dtype=np.int32),
        "state": np.full(frames, camera.STATES["static"], dtype=np.int8),
    }
    return xr.Dataset(
        {name: ("time", given, words) for name, given in values.items()}
        | {"translation": (("time", "space"), np.zeros((frames, 2)), words)},
        coords={"time": sequence.time_coordinate(poses["time"].values), "space": ["x", "y"]},
        attrs={"verdict": "static camera", "clip": poses.attrs["clip"], "fps": poses.attrs["fps"]},
    )


def shoulder_width(truth: xr.Dataset) -> float:
    """Return the distance of the shoulder joints, were it seen from the front, pixels."""
    ends = truth["position_3d"].sel(keypoints=["left_shoulder", "right_shoulder"])
    metres = np.linalg.norm(ends.diff("keypoints").values, axis=1).mean()
    length = np.linalg.norm(truth["bat_tip"].values - truth["bat_grip"].values, axis=1).max()
    return float(metres * length / 0.74)
