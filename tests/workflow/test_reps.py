from __future__ import annotations

import json

import numpy as np

from kinepath.io import sequence
from kinepath.io.files import write_json
from kinepath.synth import Scenario, simulate
from tests.poses import make_poses, standing_position
from tests.workflow.conftest import Workspace


def test_the_rule_counts_and_draws(workspace: Workspace) -> None:
    workspace.sheet(
        {"clip": "a", "path": "a.mp4", "activity": "squat"},
        {
            "clip": "still",
            "path": "b.mp4",
            "activity": "squat",
            "repetitions": "is 0.5-1.5",
        },
    )
    # The second clip is in slow motion: the sheet's times are those of its player.
    for clip, pace in (("a", 1.0), ("still", 0.5)):
        time = np.arange(400) / 20.0
        conformed = {"time_s": list(pace * time), "raw_time_s": list(time)}
        write_json(workspace.path(f"results/conformed/{clip}.json"), conformed)
    truth = simulate(Scenario("squat", fps=20.0, repetitions=3)).truth
    sequence.write(
        truth[["position", "position_3d", "confidence"]].assign_attrs(clip="a"),
        workspace.path("results/clean/a.h5"),
        "poses",
    )
    still = make_poses(standing_position(60))
    sequence.write(still, workspace.path("results/clean/still.h5"), "poses")
    workspace.make("results/reps/a.json", "results/reps/still.json", rule="reps")
    facts = json.loads(workspace.path("results/reps/a.json").read_text(encoding="utf-8"))
    assert facts["schema"] == "kinepath/reps/1"
    assert (facts["clip"], facts["exercise"], facts["count"]) == ("a", "squat", 3)
    found = [(each["start_s"], each["end_s"]) for each in facts["repetitions"]]
    np.testing.assert_allclose(found, json.loads(truth.attrs["repetitions"]), atol=0.1)
    picture = workspace.path("results/reps/a.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000
    none = json.loads(workspace.path("results/reps/still.json").read_text(encoding="utf-8"))
    assert none["count"] == 1
    (said,) = none["repetitions"]
    assert (said["start_s"], said["end_s"], said["by_sheet"]) == (0.25, 0.75, True)


def test_only_clips_of_an_exercise_have_repetitions(workspace: Workspace) -> None:
    workspace.sheet(
        {"clip": "a", "path": "a.mp4", "activity": "squat"},
        {"clip": "b", "path": "b.mp4", "activity": "batting"},
    )
    assert workspace.jobs()["reps"] == 1
