"""Simulated swings of known lags as kinematics, for the tests of the kinetic chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from kinepath.align import align
from kinepath.bat import SOURCES
from kinepath.body.anthropometry import standing_pose
from kinepath.chain.signals import with_depth
from kinepath.kinematics import kinematics
from kinepath.settings import defaults
from kinepath.synth import Scenario, simulate

CONFIG: dict[str, Any] = defaults(Path(__file__).parents[1])["chain"]
SETTINGS: dict[str, Any] = CONFIG["timing"]
NODES = ("pelvis", "trunk", "left_upper_arm", "left_forearm", "bat")
LAGS = (0.045, 0.045, 0.04, 0.045)


def swing(
    lags: tuple[float, ...] = LAGS,
    *,
    fps: float = 60.0,
    noise: float = 0.002,
    source: str = "observed",
    depth: bool = True,
    shot: str = "cover_drive",
) -> tuple[xr.Dataset, xr.Dataset]:
    """Simulate a swing with noise (metres); give its kinematics and its poses."""
    times = np.cumsum(lags)
    onset = dict(zip(("trunk", "arm", "forearm", "bat"), times.tolist(), strict=True))
    truth = simulate(Scenario(shot, fps=fps, lags_s=onset)).truth
    rng = np.random.default_rng(1)
    poses = truth[["position", "position_3d", "confidence"]].copy(deep=True)
    poses["position"].values += 150 * noise * rng.normal(size=poses["position"].shape)
    poses["position_3d"].values += noise * rng.normal(size=poses["position_3d"].shape)
    frames = truth.sizes["time"]
    bat = xr.Dataset(
        {
            "tip": (("time", "space"), truth["bat_tip"].values),
            "grip": (("time", "space"), truth["bat_grip"].values),
            "confidence": ("time", np.ones(frames)),
            "source": ("time", np.full(frames, SOURCES[source], dtype=np.int8)),
        },
        coords={"time": truth["time"], "space": truth["space"]},
    )
    words = {"units": "1", "long_name": "of the bat"}
    for name in bat:
        bat[name].attrs = words
    derived = kinematics(align(poses, standing_pose(), bat=bat))
    return (with_depth(derived, poses) if depth else derived), poses
