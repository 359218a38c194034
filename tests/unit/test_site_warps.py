"""The warping paths that the page of two clips plays by are those of the comparison."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from kinepath import pairs
from kinepath.kinematics import kinematics
from kinepath.signal.dtw import path_of
from kinepath.site.warps import warps_of
from tests.poses import make_poses, standing_position

SETTINGS: dict[str, Any] = {
    "joints": [],
    "scale": {"position": 0.1},
    "band": None,
    "max_gap_s": 0.2,
    "minimum_share": 0.5,
    "minimum_parts": 0.6,
}


def compared(*lengths: int) -> tuple[pairs.Pairs, dict[str, xr.Dataset]]:
    rng = np.random.default_rng(3)
    motions = {}
    for k, frames in enumerate(lengths):
        still = standing_position(frames)
        motions[f"clip_{k}"] = kinematics(make_poses(still + rng.normal(0, 5, still.shape)))
    features = {clip: pairs.features(motion, SETTINGS) for clip, motion in motions.items()}
    return pairs.compare(features, band=None), motions


def test_paths_and_shares_are_those_of_the_pairs() -> None:
    found, motions = compared(12, 15, 20)
    warps = warps_of(found, motions, SETTINGS, neighbours=5)
    assert {a: sorted(b) for a, b in warps.items()} == {
        "clip_0": ["clip_1", "clip_2"],
        "clip_1": ["clip_2"],
        "clip_2": [],
    }
    one = warps["clip_0"]["clip_2"]
    steps = np.array([int(code) for code in one["steps"]], dtype=np.uint8)
    assert np.array_equal(path_of(steps), found.path("clip_0", "clip_2"))
    assert one["per_step"] == pytest.approx(found.per_step[0, 2], abs=1e-5)
    assert one["start_s"] == [pytest.approx(found.times[k][0], abs=1e-4) for k in (0, 2)]
    assert one["per_step"] > 0
    assert sum(one["groups"].values()) == pytest.approx(1, abs=0.01)
    assert sum(phase["share"] for phase in one["phases"]) == pytest.approx(1, abs=0.01)


def test_only_the_nearest_are_kept_and_one_clip_has_none() -> None:
    found, motions = compared(12, 13, 14, 30)
    kept = warps_of(found, motions, SETTINGS, neighbours=1)
    count = sum(len(others) for others in kept.values())
    assert 2 <= count < 6
    alone, motion = compared(12)
    assert warps_of(alone, motion, SETTINGS, neighbours=5) == {}
