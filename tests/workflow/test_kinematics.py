from __future__ import annotations

import numpy as np
import pytest

from kinepath import sequence
from tests.unit.test_kinematics import FPS, TIME, aligned
from tests.workflow.conftest import Workspace


def test_the_rule_gives_speeds_in_metres_where_the_height_is_known(workspace: Workspace) -> None:
    workspace.sheet({"clip": "a", "path": "a.mp4", "activity": "batting", "height_m": 2.0})
    tip = 0.5 * np.stack([np.cos(4 * TIME), np.sin(4 * TIME)], axis=1)
    sequence.write(aligned(tip), workspace.path("results/aligned/a.h5"), "aligned")
    workspace.make("results/kinematics/a.h5", rule="kinematics")
    features = sequence.read(workspace.path("results/kinematics/a.h5"), "kinematics")
    speed = 0.5 * np.sin(4 / FPS) * FPS
    np.testing.assert_allclose(features["bat_speed"][1:-1], speed)
    assert features.attrs["peak_speed_m_s"] == pytest.approx(2 * speed, rel=1e-3)
