"""Pose data sets for tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.io import sequence

#: A standing person, 200 pixels tall, facing the camera: the joints that the analysis rests on.
STANDING = {
    "nose": (320, 100),
    "left_shoulder": (340, 130),
    "right_shoulder": (300, 130),
    "left_elbow": (350, 165),
    "right_elbow": (290, 165),
    "left_wrist": (352, 195),
    "right_wrist": (288, 195),
    "left_hip": (332, 190),
    "right_hip": (308, 190),
    "left_knee": (333, 240),
    "right_knee": (307, 240),
    "left_ankle": (334, 290),
    "right_ankle": (306, 290),
}


def standing_position(frames: int) -> NDArray[np.float64]:
    """Positions (time, 2, keypoints, 1) of a person who stands still."""
    points = np.array([STANDING.get(name, (320, 110)) for name in BLAZEPOSE.keypoints], float)
    return np.repeat(points.T[None, :, :, None], frames, axis=0)


def make_poses(
    position: NDArray[np.float64] | None = None,
    confidence: NDArray[np.float64] | None = None,
    *,
    frames: int = 30,
    fps: float = 50.0,
    **attrs: Any,
) -> xr.Dataset:
    """Poses of one person, certain unless said otherwise."""
    position = standing_position(frames) if position is None else position
    if confidence is None:
        confidence = np.where(np.isnan(position).any(axis=1), 0.0, 1.0)
    return sequence.poses(
        position,
        confidence,
        np.arange(position.shape[0]) / fps,
        BLAZEPOSE.keypoints,
        fps=fps,
        clip="a",
        attrs={"skeleton": BLAZEPOSE.name, **attrs},
    )
