"""The command `kinepath`: a project is made, filled, told of and packed."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import yaml
from click.testing import CliRunner, Result

from kinepath.cli import main, project, status
from kinepath.cli.export import time_series
from kinepath.io import sequence
from kinepath.io.sheet import read_sheet
from kinepath.settings import check, completed, defaults, load_schema
from kinepath.workflow import HOME
from tests.poses import make_poses
from tests.videos import make_video


def called(*arguments: str | Path, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == exit_code, result.output
    return result


@pytest.fixture
def season(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two videos, in which the command is called."""
    videos = tmp_path / "clips"
    videos.mkdir()
    for name in ("Cover Drive 2025-06-01.mp4", "IMG_0001.mp4"):
        make_video(videos / name, frames=10, fps=25)
    called("init", tmp_path / "my_season", *sorted(videos.iterdir()))
    monkeypatch.chdir(tmp_path / "my_season")
    return tmp_path / "my_season"


def test_a_new_project_holds_what_the_workflow_wants(season: Path) -> None:
    schema = HOME / "config" / "schemas"
    given = yaml.safe_load((season / "config" / "config.yaml").read_text())
    settings = completed(given, defaults(HOME))
    check(settings, load_schema(schema / "config.schema.yaml"))
    assert settings["site"]["title"] == "My season"
    assert settings["simulate"]["clips"] == {}
    rows = read_sheet(
        season / "config" / "clips.tsv",
        load_schema(schema / "clips.schema.yaml"),
        settings["activities"],
    )
    assert list(rows) == ["Cover_Drive_2025-06-01", "IMG_0001"]
    drive = rows["Cover_Drive_2025-06-01"]
    assert (drive["activity"], drive["date"]) == ("batting", "2025-06-01")
    assert Path(drive["path"]).is_file()
    assert len((season / "config" / "config.yaml").read_text().splitlines()) < 15
    assert (season / "profiles" / "slurm" / "config.yaml").is_file()


def test_a_project_is_not_made_twice(season: Path) -> None:
    video = next((season.parent / "clips").iterdir())
    assert "kinepath add" in called("init", season, video, exit_code=1).output


def test_new_videos_are_added_once_and_the_sheet_is_kept(season: Path) -> None:
    sheet = season / "config" / "clips.tsv"
    text = sheet.read_text().replace("IMG_0001\t", "opener\t") + "# those of May follow"
    sheet.write_text(text)
    make_video(season / "squat_side.mp4", frames=10, fps=25)
    videos = [*sorted((season.parent / "clips").iterdir()), season / "squat_side.mp4"]
    assert "1 added, 2 in the sheet already" in called("add", *videos).output
    assert sheet.read_text().startswith(text + "\n")
    _, rows = project.sheet_of(season)
    assert [row["clip"] for row in rows] == ["Cover_Drive_2025-06-01", "opener", "squat_side"]
    # A video within the project is named relative to it, so that the folder can be moved.
    assert (rows[2]["path"], rows[2]["activity"]) == ("squat_side.mp4", "squat")


def with_sheet(season: Path, name: str) -> None:
    path = season / "config" / "config.yaml"
    path.write_text(path.read_text().replace("config/clips.tsv", name))


def test_the_sheet_says_what_the_videos_say_and_what_is_a_guess(season: Path) -> None:
    drive, other = project.sheet_of(season)[1]
    assert (drive["file_fps"], drive["length_s"], drive["date"]) == ("25", "0.40", "2025-06-01")
    assert "notes" not in drive  # the file's name speaks for batting
    assert other["notes"] == "the activity is a guess: check it"


def test_a_sheet_of_another_program_is_kept_as_it_is(season: Path) -> None:
    sheet = season / "clips.csv"
    before = "\ufeffClip;Path;Activity;Label\r\nfirst;x.mp4;batting;Drive, late\r\n"
    sheet.write_bytes(before.encode())
    with_sheet(season, "clips.csv")
    make_video(season / "squat, side.mp4", frames=10, fps=25)
    called("add", season / "squat, side.mp4")
    assert sheet.read_bytes().decode() == before + "squat_side;squat, side.mp4;squat;\r\n"


def test_rows_for_a_workbook_are_said(season: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["clip", "path", "activity"])
    book.save(season / "clips.xlsx")
    with_sheet(season, "clips.xlsx")
    make_video(season / "squat.mp4", frames=10, fps=25)
    said = called("add", season / "squat.mp4", exit_code=1).output
    assert "paste these rows into it:\nsquat\tsquat.mp4\tsquat" in said


def test_a_broken_configuration_is_named_with_its_line(season: Path) -> None:
    path = season / "config" / "config.yaml"
    path.write_text("site:\n  title: 'May\npose: {device: auto}\n")
    said = called("status", exit_code=1).output
    assert "config.yaml: line " in said and "blanks, colons and quotes" in said
    path.write_text("- one\n")
    assert "no keys with values" in called("run", exit_code=1).output


def test_a_file_that_is_no_video_and_an_unknown_activity_are_one_line(season: Path) -> None:
    (season / "notes.txt").write_text("not a video")
    said = called("add", season / "notes.txt", exit_code=1).output
    assert "notes.txt" in said and "Traceback" not in said
    video = next((season.parent / "clips").iterdir())
    said = called("add", "--activity", "chess", video, exit_code=1).output
    assert "no activity 'chess'" in said and "deadlift" in said


def test_files_beside_the_videos_are_passed_over_and_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a video")
    make_video(tmp_path / "squat.mp4", frames=10, fps=25)
    shutil.copy(tmp_path / "squat.mp4", tmp_path / "two\nlines.mp4")
    said = called("init", tmp_path / "season", *sorted(tmp_path.iterdir()))
    assert "notes.txt" in said.stderr and "passed over" in said.stderr
    assert "holds a line break or control character; rename the file" in said.stderr
    assert [row["clip"] for row in project.sheet_of(tmp_path / "season")[1]] == ["squat"]


@pytest.mark.parametrize(
    ("path", "activity"),
    [
        ("a/Pull shot.mp4", "batting"),
        ("gym/barbell-squat 3.mov", "barbell_squat"),
        ("Bench Press/IMG_2.mp4", "bench_press"),
        ("golf/driver.mp4", "golf"),
        ("x/IMG_2.mp4", None),
    ],
)
def test_names_speak_for_an_activity(path: str, activity: str | None) -> None:
    assert project.propose(Path(path)) == activity


def test_every_proposed_activity_is_there() -> None:
    assert set(project._WORDS) <= set(defaults(HOME)["activities"])


def test_every_shipped_exercise_and_implement_has_an_activity() -> None:
    settings = defaults(HOME)
    activities = settings["activities"].values()
    shipped = {path.stem for path in Path(settings["exercises"]).glob("*.yaml")}
    assert {each.get("exercise") for each in activities} >= shipped
    assert {each.get("implement") for each in activities} >= set(settings["implements"])


def test_the_status_tells_what_is_done_and_what_failed(season: Path) -> None:
    probes = season / "results" / "probe"
    probes.mkdir(parents=True)
    good = {"usable": True, "cause": None, "remedy": None}
    bad = {"usable": False, "cause": "it is empty", "remedy": "copy it again"}
    (probes / "IMG_0001.json").write_text(json.dumps(good))
    (probes / "Cover_Drive_2025-06-01.json").write_text(json.dumps(bad))
    said = called("status", exit_code=1).output
    assert "clip 'Cover_Drive_2025-06-01', probe: it is empty; copy it again" in said.replace(
        "\n", " "
    )
    _, rows = project.sheet_of(season)
    found = status.states(rows, defaults(HOME)["activities"], season)
    assert found["IMG_0001"]["probe"] == status.DONE
    assert found["IMG_0001"]["pose"] == found["IMG_0001"]["bat"] == status.OPEN
    assert found["IMG_0001"]["form"] == status.NONE
    assert found["Cover_Drive_2025-06-01"]["probe"] == status.FAILED


def test_elsewhere_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in ("status", "run", "export"):
        assert "kinepath init" in called(command, exit_code=1).output
    assert "kinepath run" in called("open", exit_code=1).output


def test_the_archive_holds_tables_that_other_programs_open(season: Path) -> None:
    results = season / "results"
    poses = make_poses(clip="IMG_0001")
    sequence.write(poses, results / "kinematics" / "IMG_0001.h5", "kinematics")
    (results / "summary.csv").write_text("clip\n")
    said = called("export", "IMG_0001", "-o", "out.zip").output
    assert "2 files" in said
    with zipfile.ZipFile(season / "out.zip") as packed:
        assert packed.namelist() == ["summary.csv", "IMG_0001/IMG_0001_time_series.csv"]
        text = packed.read("IMG_0001/IMG_0001_time_series.csv").decode()
    header = text.splitlines()[0].split(",")
    assert header[0] == "time_s" and "position.left_wrist.x" in header
    table = time_series(poses)
    wrist = poses["position"].isel(individuals=0).sel(keypoints="left_wrist", space="x").values
    np.testing.assert_array_equal(table["position.left_wrist.x"], wrist)
    assert "no such clip" in called("export", "nobody", exit_code=1).output
