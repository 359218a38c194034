from __future__ import annotations

import numpy as np

from kinepath.clean import CHANGES
from kinepath.io import sequence
from tests.poses import make_poses, standing_position
from tests.workflow.conftest import Workspace


def test_the_rule_fills_a_gap_and_marks_it(workspace: Workspace) -> None:
    position = standing_position(30)
    position[10:12] = np.nan
    sequence.write(make_poses(position), workspace.path("results/keypoints/a.h5"), "poses")
    workspace.make("results/clean/a.h5", rule="clean")
    cleaned = sequence.read(workspace.path("results/clean/a.h5"), "poses")
    np.testing.assert_allclose(cleaned["position"].values, standing_position(30))
    assert (cleaned["changed"].values[10:12] & CHANGES["filled"]).all()
