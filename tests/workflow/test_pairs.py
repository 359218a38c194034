from __future__ import annotations

from kinepath import sequence
from kinepath.pairs import load
from tests.moving import moving
from tests.workflow.conftest import Workspace


def test_the_rule_compares_all_clips_of_an_activity(workspace: Workspace) -> None:
    late = {"a": 0.5, "b": 0.9, "c": 0.5}
    workspace.sheet(*({"clip": c, "path": f"{c}.mp4", "activity": "batting"} for c in late))
    for clip, onset in late.items():
        joints = ["left_wrist"] if clip == "c" else ["right_knee", "left_wrist"]
        swing = moving(dict.fromkeys(joints, onset), clip=clip)
        sequence.write(swing, workspace.path(f"results/kinematics/{clip}.h5"), "kinematics")
    workspace.make("results/pairs/batting.h5", rule="pairs")
    pairs = load(workspace.path("results/pairs/batting.h5"))
    matrix = pairs.matrix()
    assert list(pairs.clips) == ["a", "b", "c"]
    # The same motion at another time is near; another motion is far.
    assert matrix[0, 1] < 0.2 * matrix[0, 2]
    assert workspace.path("results/pairs/batting_matrix.png").read_bytes()[:4] == b"\x89PNG"

    workspace.make("results/pairs/paths/a--b.png", rule="warping_path")
    assert workspace.path("results/pairs/paths/a--b.png").read_bytes()[:4] == b"\x89PNG"
