"""Names that Snakemake, the shell or a terminal would take for something else."""

from __future__ import annotations

import json
import shutil
import unicodedata
from pathlib import Path

import pytest

from kinepath.workflow import plan
from tests.videos import make_video
from tests.workflow.conftest import ROOT, Workspace

FOLDER = 'my clips {2024} 50% #1 $HOME `ls` "q" it\'s'
NAMES = {
    "braces": "{clip} {wildcards} {x,[a-z]+} {}.mp4",
    "dash": "-rf {clip}.mp4",
    "angles": "take <results> <two>.mp4",
    "composed": unicodedata.normalize("NFC", "père.mp4"),
    "decomposed": unicodedata.normalize("NFD", "mère.mp4"),
}
LABEL = "L {x} {clip} % # $HOME ' \" ` <b> 投げる"


@pytest.fixture
def odd(tmp_path: Path) -> Workspace:
    space = Workspace(tmp_path / "50% #1 $HOME `ls` it's")
    space.folder.mkdir()
    space.copy_configuration()
    rows = []
    for clip, name in NAMES.items():
        # Relative, and beginning with a dash.
        path = name if clip == "dash" else f"{FOLDER}/{name}"
        make_video(space.path(path), frames=12, width=96, height=96)
        rows.append({"clip": clip, "path": path, "activity": "batting", "label": LABEL})
    space.sheet(*rows)
    model = ROOT / "resources/models/pose_landmarker_full.task"
    if model.is_file():
        own = space.path("{models}/my {model}.task")
        shutil.copy(model, own)
        space.configure(pose={"model_path": str(own.relative_to(space.folder))})
    exercises = space.path("my {exercises}/x").parent
    shutil.copytree(ROOT / "config" / "exercises", exercises, dirs_exist_ok=True)
    return space


def test_every_name_goes_through_to_the_conformed_video(odd: Workspace) -> None:
    odd.run("--", *(f"results/conformed/{clip}.mp4" for clip in NAMES))
    for clip, name in NAMES.items():
        facts = json.loads(odd.path(f"results/conformed/{clip}.json").read_text("utf-8"))
        assert facts["source"].endswith(name)
        assert facts["frames"] == 12
    assert odd.jobs("--", *(f"results/conformed/{clip}.mp4" for clip in NAMES)) == {}
    # A video of such a name that changes is noticed.
    make_video(odd.path(f"{FOLDER}/{NAMES['braces']}"), frames=8, width=96, height=96)
    jobs = odd.jobs("--", *(f"results/conformed/{clip}.mp4" for clip in NAMES))
    assert jobs == {"probe": 1, "camera_shots": 1, "conform": 1}


def test_the_whole_run_can_be_planned(odd: Workspace) -> None:
    odd.sheet(
        *({"clip": c, "path": f"{FOLDER}/{n}", "activity": "squat"} for c, n in NAMES.items())
    )
    path = odd.folder / "config" / "config.yaml"
    text = path.read_text(encoding="utf-8")
    assert "exercises: config/exercises" in text
    path.write_text(text.replace("exercises: config/exercises", "exercises: 'my {exercises}'"))
    jobs = odd.jobs()
    assert jobs["probe"] == jobs["form"] == len(NAMES)
    assert jobs["site"] == 1


def test_a_project_in_such_a_folder_is_refused_with_the_remedy(tmp_path: Path) -> None:
    space = Workspace(tmp_path / "{project}")
    space.folder.mkdir()
    space.copy_configuration()
    done = space.snakemake("--dry-run")
    assert done.returncode != 0
    assert "cannot work in a folder with braces in its name" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_link_follows_what_it_stands_for(tmp_path: Path) -> None:
    for target in ("{a}.mp4", "{b}.mp4"):
        place = plan.link(tmp_path / target, "raw/clip", tmp_path / "links")
        assert Path(place).readlink() == tmp_path / target
        assert Path(place).name == "clip.mp4"
