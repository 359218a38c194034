"""Repetitions in footage whose keypoints are given."""

from __future__ import annotations

import json

import numpy as np

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.clean import clean
from kinepath.io import sequence
from kinepath.repetitions import analyse, report
from kinepath.settings import defaults
from tests.real.conftest import CLIPS
from tests.workflow.conftest import ROOT


def test_the_swings_are_counted_and_turn_at_the_bottom() -> None:
    folder = CLIPS / "rep_keypoints"
    track = json.loads((folder / "swing-sample-4reps.posetrack.json").read_text(encoding="utf-8"))
    truth = json.loads((folder / "swing-sample-4reps.groundtruth.json").read_text(encoding="utf-8"))
    settings = defaults(ROOT)
    points = np.array(
        [[(k["x"], k["y"], k["score"]) for k in f["keypoints"]] for f in track["frames"]]
    )
    poses = sequence.poses(
        points[:, :, :2].transpose(0, 2, 1)[..., None],
        np.clip(points[:, :, 2:], 0, 1),
        np.arange(len(points)) / 30,
        BLAZEPOSE.keypoints,
        fps=30,
        clip="swing",
        attrs={"skeleton": BLAZEPOSE.name},
    )
    cleaned = clean(poses, settings["clean"])
    facts = report(analyse(cleaned, settings["reps"]), cleaned, "swing", settings["reps"])
    assert facts["count"] == 4
    bottoms = [a["frame_index"] for a in truth["annotations"] if a["position"] == "bottom"]
    tops = [a["frame_index"] for a in truth["annotations"] if a["position"] == "top"]
    turns = [each["turn_frame"] for each in facts["repetitions"]]
    starts = [each["start_frame"] for each in facts["repetitions"]]
    np.testing.assert_allclose(turns, bottoms, atol=3.0)
    np.testing.assert_allclose(starts[1:], tops, atol=4.0)
