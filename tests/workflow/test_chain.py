from __future__ import annotations

import json

from kinepath import sequence
from tests.moving import moving
from tests.workflow.conftest import Workspace


def test_the_rule_tells_chain_and_reason_and_draws_it(workspace: Workspace) -> None:
    # In step from the legs to the bat, in a clip long enough for the published test.
    onset = {"left_ankle": 2.0, "left_hip": 2.1, "left_wrist": 2.2, "bat": 2.3}
    swing = moving(onset, frames=300, noise=1e-4)
    sequence.write(swing, workspace.path("results/kinematics/a.h5"), "kinematics")
    workspace.make("results/chain/a.json", rule="chain")
    chain = json.loads(workspace.path("results/chain/a.json").read_text())
    assert chain["method"] == "whitepaper"
    assert chain["reason"]
    active = {node["name"]: node["activation_time_s"] for node in chain["nodes"]}
    assert active["left_hip"] < active["left_wrist"] < active["bat"]
    assert workspace.path("results/chain/a_corrpath.png").read_bytes()[:4] == b"\x89PNG"
    assert "Bat" in workspace.path("results/chain/a_corrpath.svg").read_text()
