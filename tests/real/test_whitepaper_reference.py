"""The white paper's method against the published numbers of its own code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinepath.chain import whitepaper
from kinepath.chain.result import ChainResult
from kinepath.chain.series import NodeSeries, principal_axis, velocities

REFERENCE = Path(__file__).parents[2].parent / "shared" / "reference"
SETTINGS = {"max_lag_s": 0.4, "theta": 0.40, "alpha": 0.05}
FPS = 25.0

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference numbers are not here"),
]

#: Hops of the published paths: from, to, correlation, lag in milliseconds.
PUBLISHED: dict[str, list[tuple[str, str, float, int]]] = {
    "cover_drive": [("l_hip", "r_knee", 0.43, 120)],
    "down_the_ground": [("l_elbow", "r_elbow", 0.49, 40)],
    "hook_1": [],
    "hook_2": [("l_knee", "r_wrist", 0.44, 40), ("r_wrist", "l_shoulder", 0.60, 40)],
    "inside_edge": [],
    "off_drive_50": [("l_knee", "l_hip", 0.48, 40)],
    "square_drive": [("l_hip", "l_elbow", 0.87, 40)],
}
#: Faint edges beside the path in the published pictures.
PUBLISHED_EDGES = {
    "cover_drive": {("r_wrist", "l_wrist")},
    "down_the_ground": {("l_wrist", "r_elbow")},
    "off_drive_50": set(),
    "square_drive": {("r_wrist", "bat"), ("l_knee", "l_elbow"), ("r_hip", "r_knee")},
}


def load(clip: str) -> Any:
    return np.load(REFERENCE / f"{clip}_series.npz", allow_pickle=False)


def found(clip: str) -> ChainResult:
    with load(clip) as stored:
        velocity = stored["series"].astype(np.float64)
        names = tuple(str(name) for name in stored["series_names"])
    time = np.arange(velocity.shape[1]) / FPS
    return whitepaper.find(NodeSeries(names, velocity, time, FPS), SETTINGS)


@pytest.mark.parametrize("clip", PUBLISHED)
def test_the_published_path_is_found(clip: str) -> None:
    hops = [
        (edge.source, edge.target, round(edge.c, 2), round(1000 * edge.lag_s))
        for edge in found(clip).path_edges
    ]
    assert hops == PUBLISHED[clip]


@pytest.mark.parametrize("clip", PUBLISHED_EDGES)
def test_the_published_edges_are_found(clip: str) -> None:
    path = {(source, target) for source, target, *_ in PUBLISHED[clip]}
    edges = {(edge.source, edge.target) for edge in found(clip).edges}
    assert edges == path | PUBLISHED_EDGES[clip]


@pytest.mark.parametrize("clip", PUBLISHED)
def test_the_pelvis_is_dead_and_nothing_else(clip: str) -> None:
    assert [node.name for node in found(clip).nodes if not node.alive] == ["pelvis"]


@pytest.mark.parametrize("clip", PUBLISHED)
def test_the_preprocessing_gives_the_published_series(clip: str) -> None:
    with load(clip) as stored:
        points = np.concatenate([stored["kps_norm"], stored["bat_norm"][:, None]], axis=1)
        axis, series = stored["u"], stored["series"]
    points = points.astype(np.float64)
    velocity = velocities(points, FPS, window_s=0.2, order=2) @ axis.astype(np.float64)
    np.testing.assert_allclose(velocity.T, series, atol=1e-4)
    assert abs(principal_axis(points[:, -1]) @ axis) == pytest.approx(1.0, abs=1e-6)
