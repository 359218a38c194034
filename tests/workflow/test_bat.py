from __future__ import annotations

from kinepath import sequence
from kinepath.bat import SOURCES
from tests.poses import make_poses
from tests.workflow.conftest import Workspace


def test_the_rule_gives_a_marked_proxy(workspace: Workspace) -> None:
    sequence.write(make_poses(), workspace.path("results/clean/a.h5"), "poses")
    workspace.make("results/bat/a.h5", rule="bat")
    bat = sequence.read(workspace.path("results/bat/a.h5"), "bat")
    assert (bat["source"] == SOURCES["pose_proxy"]).all()
    assert bat["tip"].values[0, 1] > bat["grip"].values[0, 1]
