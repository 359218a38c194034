"""What the rules look up: which clips and files a run concerns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kinepath.settings import defaults
from kinepath.workflow import pages
from kinepath.workflow.project import Project

CONFIG = defaults(Path(__file__).parents[2])


def row(activity: str, **columns: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(("label", "athlete", "date", "handed", "repetitions", "start_s", "end_s")),
        "activity": activity,
        **columns,
    }


CLIPS = {
    "a": row("batting", label="Hook"),
    "b": row("batting", label="Hook", handed="left"),
    "c": row("batting", label="Cut"),
    "s": row("squat", handed="left"),
}


def project(**more: Any) -> Project:
    sections = {"composites": {"grids": {}}} | more.pop("config", {})
    config = {
        name: {**section, **sections.get(name, {})} if isinstance(section, dict) else section
        for name, section in CONFIG.items()
    }
    return Project(config, CLIPS, **more)


def test_clips_are_known_by_what_is_done_in_them() -> None:
    found = project()
    assert found.clips_of("batting") == ["a", "b", "c"]
    assert (found.implement_clips, found.exercise_clips) == (["a", "b", "c"], ["s"])
    assert found.activities == ["batting", "squat"]
    assert found.implement_of("a")["name"] == "cricket_bat"
    assert found.exercise_of("s") == "squat"
    assert found.names_of("abc") == ["Hook · a", "Hook · b", "Cut"]
    assert [found.title(clip) for clip in "as"] == ["Hook", "s"]
    # Left and right do not matter to an exercise.
    assert [found.is_mirrored(clip) for clip in CLIPS] == [False, True, False, False]


def test_what_cannot_be_made_is_passed_over() -> None:
    found = project(unusable={"a"}, unmade={"results/kinematics/b.h5"})
    assert found.made("results/kinematics/{clip}.h5") == ["c", "s"]
    assert found.per_clip("results/clean/{clip}.h5", ["a", "b"]) == ["results/clean/b.h5"]
    assert found.can_be_made(["results/kinematics/b.h5", "x"]) == ["x"]
    assert found.compared("batting") == ["c"]
    assert found.kinematics_of("batting") == ["results/kinematics/c.h5"]
    assert pages.paired(found) == []
    assert [clip for clip in CLIPS if pages.has_page(found, clip)] == ["c", "s"]
    assert "results/kinematics/b.h5" not in pages.clip_parts(found, "b")


def test_a_clip_is_aligned_to_the_body_a_mean_or_a_clip() -> None:
    assert project().reference_files("a") == {}
    mean = project(config={"align": {"reference": {"batting": "mean"}}})
    assert mean.reference_files("a") == {"mean": "results/means/batting.h5"}
    assert not mean.reference_is_mirrored("a")
    clip = project(config={"align": {"reference": {"batting": "b"}}})
    assert clip.reference_files("a")["reference"] == "results/clean/b.h5"
    assert clip.reference_is_mirrored("a") and not clip.reference_is_mirrored("s")


def test_grids_are_those_asked_for_and_those_of_activities_with_two_clips() -> None:
    assert project().composites == ["batting"]
    asked = project(config={"composites": {"grids": {"mine": ["s"], "none": ["a"]}}}, unusable="a")
    assert asked.composites == ["mine", "batting"]
    assert asked.composite_videos("mine", "shots") == ["results/conformed/s.mp4"]
    assert pages.tiles_of(asked, "squat") == []
    assert pages.comparison_clips(asked, "batting") == ["b", "c"]
    assert pages.comparisons(asked) == ["mine", "batting"]


def test_too_few_tiles_go_to_clips_in_which_somebody_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    short = project(config={"composites": {"grids": {}, "max_tiles": 2}})
    assert short.tiles_are_short and not project().tiles_are_short
    assert short.composite_clips("batting") == ["a", "b"]
    assert short.composite_clips("batting", unseen={"a"}) == ["b", "c"]


@pytest.mark.parametrize(
    ("by", "expected"), [("contact", []), ("phase", "results/pairs/batting.h5")]
)
def test_a_grid_by_phase_needs_its_comparisons(by: str, expected: str | list[str]) -> None:
    assert project(config={"composites": {"grids": {}, "by": by}}).grid_pairs("batting") == expected


def test_a_montage_has_the_chains_and_labels_that_its_videos_lack() -> None:
    montages = {
        "plain": {"clips": ["a", "s"], "show": "shots", "inset": True},
        "drawn": {"clips": ["a", "s"], "show": "overlays", "inset": False},
        "empty": {"clips": ["b"]},
    }
    found = project(config={"composites": {"grids": {}, "montages": montages}}, unusable={"b"})
    assert found.montages == ["plain", "drawn"]
    (line,) = found.empty()
    assert line.startswith("montage 'empty': not made") and "(b)" in line
    assert found.montage_videos("plain") == ["results/conformed/a.mp4", "results/conformed/s.mp4"]
    assert found.montage_chains("plain") == ["results/chain/a.json"]
    assert found.montage_chains("drawn") == []
    assert (found.montage_labels("plain"), found.montage_labels("drawn")) == (
        ["Hook", "s"],
        ["", ""],
    )


@pytest.mark.parametrize(("shards", "files"), [(1, 0), (3, 3)])
def test_pairs_are_shared_by_as_many_jobs_as_asked(shards: int, files: int) -> None:
    found = project(config={"pairs": {"shards": shards}}).pair_shards("batting")
    assert len(found) == files
    assert found[-1:] == ["results/pairs/shards/batting/2-of-3.json"][:files]


def test_a_simulated_clip_has_a_scenario() -> None:
    simulate = {"fps": 50, "clips": {"hook": {"shot": "hook"}}}
    found = project(config={"simulate": simulate})
    assert found.is_simulated("resources/clips/simulated/hook.mp4")
    assert not found.is_simulated("resources/clips/simulated/other.mp4")
    assert not found.is_simulated("elsewhere/hook.mp4")
    scenario = found.scenario("hook")
    assert (scenario["fps"], scenario["shot"]) == (50, "hook") and "clips" not in scenario
