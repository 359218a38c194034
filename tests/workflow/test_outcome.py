"""A run in which clips fail: the others finish, the page comes, and the last lines say so."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from pathlib import Path

import pytest

from kinepath import pairs
from tests.breaking import breaking
from tests.videos import make_video
from tests.workflow.conftest import ROOT, Workspace

CLIPS = ("good", "nope", "text", "killed", "defect", "fine")


def failing(space: Workspace, *faults: str) -> subprocess.CompletedProcess[str]:
    space.environment = breaking(space.folder / "faults", *faults)
    try:
        return space.snakemake()
    finally:
        space.environment = os.environ


def told(done: subprocess.CompletedProcess[str]) -> list[str]:
    lines = done.stdout.rstrip().splitlines()
    start = max(k for k, line in enumerate(lines) if line.startswith("kinepath: ") and "of" in line)
    return lines[start:]


def table(space: Workspace) -> dict[str, dict[str, str]]:
    text = space.path("results/summary.csv").read_text(encoding="utf-8-sig")
    return {row["clip"]: row for row in csv.DictReader(text.splitlines())}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    space = Workspace(tmp_path_factory.mktemp("mixed"))
    space.copy_configuration()
    space.configure(activities={"walk": {}})
    model = "resources/models/pose_landmarker_full.task"
    if (ROOT / model).is_file():
        space.path(model).write_bytes((ROOT / model).read_bytes())
    rows = [{"clip": clip, "path": f"clips/{clip}.mp4", "activity": "walk"} for clip in CLIPS]
    space.sheet(*rows, with_raw=False)
    for clip in ("good", "killed", "defect", "fine"):
        make_video(space.path(f"clips/{clip}.mp4"), frames=12, width=96, height=96)
    space.path("clips/text.mp4").write_text("no video")
    return space


@pytest.fixture(scope="module")
def first(mixed: Workspace) -> subprocess.CompletedProcess[str]:
    return failing(mixed, "clean:killed:killed", "kinematics_figure:defect:defect")


def test_the_last_lines_name_the_failed_clips_and_the_page(
    first: subprocess.CompletedProcess[str],
) -> None:
    assert first.returncode != 0
    lines = told(first)
    assert lines[0] == "kinepath: 4 of 6 clips failed:"
    assert lines[1].startswith("  clip 'nope', probe: clips/nope.mp4: no such file;")
    assert lines[2].startswith("  clip 'text', probe: clips/text.mp4: this is text, not a video;")
    assert lines[3].startswith("  clip 'killed', clean: the job was killed or could not start")
    assert "logs/clean/killed.log" in lines[3]
    assert "kinematics figure: unexpected failure: ZeroDivisionError: a defect" in lines[4]
    assert lines[5:] == ["kinepath: the page: results/site/index.html"]


def test_page_and_table_show_the_others_and_tell_of_those_that_failed(
    mixed: Workspace, first: subprocess.CompletedProcess[str]
) -> None:
    page = mixed.path("results/site/index.html").read_text(encoding="utf-8")
    analysed, failed = '<tr id="clip-{}"', '<tr class="failed" id="clip-{}"'
    assert [clip for clip in CLIPS if analysed.format(clip) in page] == ["good", "fine"]
    assert [clip for clip in CLIPS if failed.format(clip) in page] == [*CLIPS[1:5]]
    pages = {path.stem for path in (mixed.folder / "results/site/clips").glob("*.html")}
    assert pages == {"good", "fine"}
    assert "clips/nope.mp4: no such file" in page and "logs/clean/killed.log" in page
    status = {clip: row["status"] for clip, row in table(mixed).items()}
    assert status == {
        **dict.fromkeys(("good", "fine"), "nobody seen"),
        **dict.fromkeys(("nope", "text", "killed"), "failed"),
        "defect": "partly",
    }
    assert table(mixed)["text"]["failed_stage"] == "probe"


def test_comparisons_are_made_of_what_there_is(
    mixed: Workspace, first: subprocess.CompletedProcess[str]
) -> None:
    compared = pairs.load(mixed.path("results/pairs/walk.h5"))
    # The motion of a clip whose picture failed is known.
    assert {*compared.clips, *compared.excluded} == {"good", "defect", "fine"}
    assert mixed.path("results/composites/walk_shots.mp4").is_file()


def test_an_unusable_clip_is_a_result(
    mixed: Workspace, first: subprocess.CompletedProcess[str]
) -> None:
    for clip in ("nope", "text"):
        probed = json.loads(mixed.path(f"results/probe/{clip}.json").read_text())
        assert probed["usable"] is False and probed["cause"] and probed["remedy"]
    assert json.loads(mixed.path("results/probe/good.json").read_text())["usable"] is True


def test_the_next_run_tries_again_only_what_can_succeed(
    mixed: Workspace, first: subprocess.CompletedProcess[str]
) -> None:
    jobs = mixed.jobs()
    assert (jobs["clean"], jobs["kinematics_figure"]) == (1, 2)
    assert not {"probe", "camera_shots", "pose"} & set(jobs)
    done = mixed.snakemake()
    assert done.returncode != 0
    assert told(done)[0] == "kinepath: 2 of 6 clips failed:"
    assert len(table(mixed)) == 6 and table(mixed)["killed"]["status"] == "nobody seen"
    # What is left says that it failed, whatever else there is to do.
    assert set(mixed.jobs()) == {"failed_clips", "all"}


def test_a_video_that_comes_back_is_analysed(
    mixed: Workspace, first: subprocess.CompletedProcess[str]
) -> None:
    for clip in ("nope", "text"):
        make_video(mixed.path(f"clips/{clip}.mp4"), frames=12, width=96, height=96)
    done = mixed.snakemake()
    assert done.returncode == 0, done.stdout
    assert done.stdout.rstrip().endswith("kinepath: the page: results/site/index.html")
    assert not mixed.path("results/failed_clips.json").exists()
    assert 'class="failed"' not in mixed.path("results/site/index.html").read_text("utf-8")
    assert mixed.jobs() == {}


def test_finished_results_stand_while_their_disk_is_away(
    mixed: Workspace, first: subprocess.CompletedProcess[str]
) -> None:
    clips, away = mixed.folder / "clips", mixed.folder / "away"
    before = Path(mixed.folder / "results/probe/good.json").read_bytes()
    clips.rename(away)
    done = mixed.snakemake()
    assert done.returncode == 0, done.stdout
    assert "clips/good.mp4 is not there now; its finished results are used" in done.stdout
    away.rename(clips)
    assert mixed.jobs() == {}
    assert (mixed.folder / "results/probe/good.json").read_bytes() == before


def test_no_clip_at_all_still_leaves_a_page(workspace: Workspace) -> None:
    workspace.sheet({"clip": "a", "path": "a.mp4", "activity": "batting"}, with_raw=False)
    done = workspace.snakemake()
    assert done.returncode != 0
    assert told(done)[0] == "kinepath: 1 of 1 clips failed:"
    assert '<tr class="failed" id="clip-a"' in workspace.path("results/site/index.html").read_text(
        "utf-8"
    )
