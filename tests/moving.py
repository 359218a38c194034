"""Kinematics of made-up motion with known answers, for the tests of chain, pairs and figures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from kinepath.body.skeleton import BODY_JOINTS
from kinepath.io import sequence
from kinepath.kinematics import kinematics

FPS = 60.0

#: A body of stature 1 that stands; x right, y down.
STANDING = {
    "ankle": (0.06, 0.49),
    "knee": (0.06, 0.24),
    "hip": (0.06, 0.0),
    "shoulder": (0.10, -0.29),
    "elbow": (0.12, -0.10),
    "wrist": (0.13, 0.05),
}


def standing(joint: str) -> tuple[float, float]:
    side, part = joint.split("_")
    x, y = STANDING[part]
    return (x if side == "left" else -x), y


def moving(
    onset: Mapping[str, float],
    *,
    frames: int = 120,
    bat: bool = True,
    clip: str = "made-up",
    width: float = 0.04,
    noise: float = 0.0,
) -> xr.Dataset:
    """Let joints and bat step to the right along sigmoids at given times (seconds)."""
    time = 2.0 + np.arange(frames) / FPS
    rng = np.random.default_rng(0)

    def step(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        late = time - 2.0 - onset.get(name, np.inf)
        return 0.2 / (1 + np.exp(-np.clip(late / width, -500, 500)))

    position = np.empty((frames, 2, len(BODY_JOINTS), 1))
    for k, joint in enumerate(BODY_JOINTS):
        x, y = standing(joint)
        position[:, 0, k, 0] = x + step(joint) + noise * rng.normal(size=frames)
        position[:, 1, k, 0] = y + noise * rng.normal(size=frames)
    confidence = np.ones((frames, len(BODY_JOINTS), 1))
    aligned = sequence.poses(position, confidence, time, BODY_JOINTS, fps=FPS, clip=clip)
    if bat:
        grip = position[:, :, BODY_JOINTS.index("left_wrist"), 0]
        tip = grip + np.array([0.0, 0.4])
        tip[:, 0] = 0.13 + 2 * step("bat") + noise * rng.normal(size=frames)
        words = {"units": "stature", "long_name": "bat"}
        aligned["bat_tip"] = (("time", "space"), tip, words)
        aligned["bat_grip"] = (("time", "space"), grip, words)
        aligned["bat_confidence"] = ("time", np.ones(frames), {"units": "1", "long_name": "c"})
        source = np.ones(frames, dtype=np.int8)
        aligned["bat_source"] = ("time", source, {"units": "1", "long_name": "source"})
    return kinematics(aligned)
