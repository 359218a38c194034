from __future__ import annotations

import json

from kinepath.io import sequence
from tests.swings import swing
from tests.workflow.conftest import Workspace


def prepare(workspace: Workspace, clip: str, source: str) -> None:
    kinematics, poses = swing(source=source)
    for name in ("position", "position_3d", "confidence"):
        assert {"units", "long_name"} <= poses[name].attrs.keys()
    kinematics = kinematics.drop_vars("position_3d").drop_dims("space_3d", errors="ignore")
    sequence.write(kinematics, workspace.path(f"results/kinematics/{clip}.h5"), "kinematics")
    sequence.write(poses, workspace.path(f"results/clean/{clip}.h5"), "poses")


def test_the_rules_tell_chain_and_reason_and_sum_them_up(workspace: Workspace) -> None:
    workspace.sheet(
        {"clip": "a", "path": "a.mp4", "activity": "batting", "label": "Hook"},
        {"clip": "b", "path": "b.mp4", "activity": "batting", "label": "Pull"},
    )
    prepare(workspace, "a", "observed")
    prepare(workspace, "b", "pose_proxy")
    for clip in ("a", "b"):
        workspace.make(f"results/chain/{clip}.json", rule="chain")
    chain = json.loads(workspace.path("results/chain/a.json").read_text())
    assert chain["method"] == "timing" and chain["reason"]
    assert chain["reaches_bat"] and chain["path"][0] == "pelvis"
    assert chain["null"]["p"] <= 0.05
    assert workspace.path("results/chain/a_corrpath.png").read_bytes()[:4] == b"\x89PNG"
    assert "chance" in workspace.path("results/chain/a_corrpath.svg").read_text()
    guessed = json.loads(workspace.path("results/chain/b.json").read_text())
    assert not guessed["reaches_bat"] and guessed["target"] == "hands"
    workspace.make("results/chain/summary.json", rule="chain_summary")
    summary = json.loads(workspace.path("results/chain/summary.json").read_text())
    assert summary["groups"][0]["clips"] == 2 and summary["groups"][0]["to_bat"] == 1
    assert {clip["clip"]: clip["warped_by"] for clip in summary["clips"]} == {
        "a": "bat", "b": "hands",
    }  # fmt: skip
    assert workspace.path("results/chain/summary.png").read_bytes()[:4] == b"\x89PNG"
