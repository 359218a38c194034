"""The form of filmed exercises: sane numbers, a sentence or an abstention, and no crash."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.real.conftest import CLIPS, clip_name
from tests.workflow.conftest import ROOT, Workspace, copy_models

pytestmark = pytest.mark.real

GYM = {
    "gym_video/formfit_squat.mp4": "barbell_squat",
    "gym_video/formfit_deadlift.mp4": "deadlift",
    "gym_video/wissem_bicep_curls.mp4": "biceps_curl",
    "gym_video/jeffchen_short.mp4": "deadlift",
}


@pytest.fixture(scope="module")
def gym(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("gym")
    shutil.copytree(ROOT / "config", folder / "config")
    copy_models(folder)
    workspace = Workspace(folder)
    exercises = {name: {"exercise": name} for name in set(GYM.values())}
    workspace.configure(activities=exercises)
    workspace.sheet(
        *(
            {"clip": clip_name(file), "path": str(CLIPS / file), "activity": activity}
            for file, activity in GYM.items()
        )
    )
    names = [clip_name(file) for file in GYM]
    workspace.run(*(f"results/form/{name}.png" for name in names))
    return workspace


def form(gym: Workspace, file: str) -> dict[str, Any]:
    path = Path(gym.folder, "results", "form", f"{clip_name(file)}.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("file", GYM)
def test_every_number_is_sane_and_every_range_has_a_word(gym: Workspace, file: str) -> None:
    found = form(gym, file)
    for entry in found["repetitions"]:
        assert entry["sentences"]
        for name, metric in entry["metrics"].items():
            judged = found["metrics"][name]["range"] is not None
            assert (metric["verdict"] in ("ok", "missed", "abstained")) == judged
            assert metric["verdict"] != "abstained" or metric["reason"]
            if metric["value"] is None:
                continue
            assert metric["sd"] > 0
            if metric["unit"] == "deg":
                assert 0 <= metric["value"] <= 180
            elif metric["unit"] == "s":
                assert 0 <= metric["value"] < 10
    if not found["count"]:
        assert found["set"]["score"]["value"] is None
        assert found["note"]


def test_the_squats_are_seen_from_the_side_and_bend_the_knees(gym: Workspace) -> None:
    found = form(gym, "gym_video/formfit_squat.mp4")
    assert found["view"]["source"] == "estimated"
    assert found["count"] == 3
    for entry in found["repetitions"]:
        assert 20 < entry["metrics"]["knee"]["value"] < 120
        assert 60 < entry["metrics"]["knee"]["in_space"] < 120
        assert entry["metrics"]["knee_range"]["value"] > 40


def test_a_single_frame_is_no_repetition(gym: Workspace) -> None:
    found = form(gym, "gym_video/jeffchen_short.mp4")
    assert found["count"] == 0
    assert "there is no complete repetition to judge" in found["note"]
