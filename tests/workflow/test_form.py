from __future__ import annotations

import json

import numpy as np
import yaml

from kinepath.io import sequence
from kinepath.io.files import write_json
from kinepath.io.video import read_frames, video_writer
from tests.lifting import SHALLOW, cleaned, repetitions, squats
from tests.workflow.conftest import Workspace

SIZE = (1280, 720)


def prepare(workspace: Workspace) -> int:
    """Write what the stage reads, of shallow squats seen from the side; give the frames."""
    workspace.sheet(
        {"clip": "a", "path": "a.mp4", "activity": "squat", "label": "Set <1>", "view": "side"}
    )
    truth = squats(depth=SHALLOW, fps=12, repetitions=2, still_s=0.3)
    own = [name for name in truth.data_vars if str(name) in ("position", "confidence")]
    sequence.write(truth[own], workspace.path("results/keypoints/a.h5"), "poses")
    sequence.write(cleaned(truth), workspace.path("results/clean/a.h5"), "poses")
    write_json(workspace.path("results/reps/a.json"), repetitions(truth))
    frames = truth.sizes["time"]
    facts = {"clip": "a", "fps": 12.0, "frames": frames, "width": SIZE[0], "height": SIZE[1]}
    facts["time_s"] = truth["time"].values.tolist()
    write_json(workspace.path("results/conformed/a.json"), facts)
    with video_writer(workspace.path("results/conformed/a.mp4"), *SIZE, 12, crf=30) as writer:
        for _ in range(frames):
            writer.write(np.full((SIZE[1], SIZE[0], 3), 60, dtype=np.uint8))
    return frames


def test_the_rules_judge_draw_and_count(workspace: Workspace) -> None:
    frames = prepare(workspace)
    workspace.make("results/form/a.json", rule="form")
    form = json.loads(workspace.path("results/form/a.json").read_text(encoding="utf-8"))
    assert form["schema"] == "kinepath/form/1"
    assert form["view"]["source"] == "sheet"
    entry = form["repetitions"][0]
    assert entry["metrics"]["depth"]["verdict"] == "missed"
    assert entry["sentences"][0].startswith("Repetition 1: not deep enough.")
    assert set(entry["sensitivity"]["scores"]) == {"half", "double"}
    log = workspace.path("logs/form/a.log").read_text(encoding="utf-8")
    assert "not deep enough" in log
    workspace.make("results/form/a.png", rule="form_figures")
    for name in ("a.png", "a_drift.png"):
        picture = workspace.path(f"results/form/{name}").read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 20_000
    workspace.make("results/form/a.mp4", rule="form_video")
    pictures = [frame.image for frame in read_frames(workspace.path("results/form/a.mp4"))]
    assert len(pictures) == frames
    # The counter stands in the upper left corner; opposite there is nothing.
    assert np.ptp(pictures[20][30:130, 30:240].astype(int)) > 100
    assert np.ptp(pictures[20][30:130, -240:-30].astype(int)) < 20


def test_an_exercise_is_added_without_code(workspace: Workspace) -> None:
    prepare(workspace)
    folder = workspace.folder / "config" / "exercises"
    entry = yaml.safe_load((folder / "squat.yaml").read_text(encoding="utf-8"))
    entry["metrics"] = {"depth": entry["metrics"]["depth"] | {"range": [None, 0.5]}}
    (folder / "easy_squat.yaml").write_text(yaml.safe_dump(entry), encoding="utf-8")
    workspace.configure(activities={"squat": {"exercise": "easy_squat"}})
    workspace.make("results/form/a.json", rule="form")
    form = json.loads(workspace.path("results/form/a.json").read_text(encoding="utf-8"))
    assert form["exercise"] == "easy_squat"
    assert form["repetitions"][0]["sentences"] == ["Repetition 1: every range was kept."]
    # A faulty exercise is told in one line that names file and key.
    entry["metrics"]["depth"]["views"] = ["above"]
    (folder / "easy_squat.yaml").write_text(yaml.safe_dump(entry), encoding="utf-8")
    done = workspace.snakemake("--allowed-rules", "form", "--", "results/form/a.json")
    assert done.returncode != 0
    log = workspace.path("logs/form/a.log").read_text(encoding="utf-8")
    assert "clip 'a': " in log
    assert "easy_squat.yaml: metrics.depth.views.0: 'above'" in log
