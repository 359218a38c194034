from __future__ import annotations

import json

import numpy as np

from kinepath.io.files import write_json
from kinepath.probe import probe
from tests.videos import make_video
from tests.workflow.conftest import ROOT, Workspace


def test_the_rule_lists_the_shots_and_proposes_one(workspace: Workspace) -> None:
    source = make_video(workspace.path("a.mp4"), frames=30, fps=25)
    facts = probe(source, "a", min_size=32, cut_threshold=0.08)
    write_json(workspace.path("results/probe/a.json"), facts | {"cuts_s": [0.6]})
    model = "resources/models/pose_landmarker_full.task"
    if (ROOT / model).is_file():
        workspace.path(model).write_bytes((ROOT / model).read_bytes())
    else:
        workspace.make(model, rule="model")
    workspace.make("results/camera_shots/a.json", rule="camera_shots")
    told = json.loads(workspace.path("results/camera_shots/a.json").read_text())
    assert facts.items() <= (told | {"cuts_s": [], "warnings": facts["warnings"]}).items()
    np.testing.assert_allclose([s["start_s"] for s in told["segments"]], [0.0, 0.6])
    assert told["proposed"]["reason"].startswith("nobody seen in any segment")
    assert any("the camera jumps at 0.60 s" in warning for warning in told["warnings"])
    assert workspace.path("results/camera_shots/a.png").read_bytes()[:4] == b"\x89PNG"
