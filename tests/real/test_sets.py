"""Sets of real exercises whose camera was knocked or from which time was cut."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.real.conftest import CLIPS
from tests.videos import ffmpeg
from tests.workflow.conftest import ROOT, Workspace, copy_models

pytestmark = pytest.mark.real

SOURCE = CLIPS / "gym_video" / "formfit_squat.mp4"
#: What is done to a set of three squats at 4.4 s, at the bottom of the second.
CHANGES = {
    "knocked": "pad=iw+60:ih+30:30:15,"
    "crop=iw-60:ih-30:x='if(lt(t,4.4),0,60)':y='if(lt(t,4.4),0,30)'",
    "cut": "select='lt(t,4.4)+gte(t,4.9)',setpts=N/FRAME_RATE/TB",
}


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("sets")
    shutil.copytree(ROOT / "config", folder / "config")
    copy_models(folder)
    for name, change in CHANGES.items():
        quality = ("-c:v", "libx264", "-crf", "16", "-preset", "veryfast", "-an")
        ffmpeg("-i", SOURCE, "-vf", change, *quality, folder / f"{name}.mp4")
    space = Workspace(folder)
    rows = [{"clip": n, "path": Path(f"{n}.mp4"), "activity": "squat"} for n in CHANGES]
    space.sheet(*rows)
    targets = [f"results/reps/{name}.json" for name in CHANGES]
    space.run(*targets)
    return {n: json.loads((folder / f"results/reps/{n}.json").read_text()) for n in CHANGES}


def test_a_knock_against_the_tripod_costs_no_repetition(sets: dict[str, dict[str, Any]]) -> None:
    assert sets["knocked"]["count"] == 3
    assert not sets["knocked"]["count_is_minimum"]
    assert any("the camera jumps at 4.40 s" in text for text in sets["knocked"]["warnings"])


def test_a_set_from_which_time_was_cut_says_at_least(sets: dict[str, dict[str, Any]]) -> None:
    assert sets["cut"]["count"] in (2, 3)
    assert sets["cut"]["count_is_minimum"]
    assert any("time was cut out of the set" in text for text in sets["cut"]["warnings"])
