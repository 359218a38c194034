"""What runs again: each input of each rule is changed once, and the jobs are compared.

The project is the demo, finished. Nothing is run: the plan tells which jobs would be.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflow.conftest import Checkout

#: Which rules read what a rule makes.
READERS: dict[str, set[str]] = {
    "simulate": {"probe", "camera_shots", "conform", "sound"},
    "probe": {"camera_shots", "site", "summary"},
    "camera_shots": {"conform", "camera", "clip_page", "summary"},
    "conform": {
        *("pose", "camera", "bat", "swing_picture", "skeleton_video", "overlay_video"),
        *("form_video", "composite", "summary", "sound", "events"),
        *("clip_page", "comparison_page", "reps"),
    },
    "model": {"pose", "camera_shots"},
    "pose": {"clean", "camera", "form", "summary"},
    "clean": {
        *("bat", "align", "reps", "form", "chain", "kinematics", "swing_picture"),
        *("skeleton_video", "overlay_video", "form_video", "events", "clip_page"),
    },
    "camera": {"bat", "align"},
    "bat": {"align", "events", "swing_picture", "skeleton_video", "overlay_video"},
    "sound": {"events"},
    "events": {"kinematics", "swing_picture", "clip_page"},
    "align": {"kinematics"},
    "kinematics": {
        *("kinematics_figure", "chain", "chain_summary", "pairs", "pairs_summary"),
        *("composite", "clip_page", "comparison_page", "summary"),
    },
    "kinematics_figure": {"clip_page"},
    "swing_picture": {"clip_page"},
    "chain": {"chain_summary", "clip_page", "summary"},
    "chain_summary": {"site"},
    "pairs": {"pairs_summary", "comparison_page"},
    "pairs_summary": {"comparison_page"},
    "reps": {"form", "clip_page"},
    "form": {"form_figures", "form_video", "clip_page", "summary"},
    "form_figures": {"clip_page"},
    "form_video": {"clip_page"},
    "skeleton_video": {"composite", "clip_page"},
    "overlay_video": {"composite", "clip_page"},
    "composite": {"comparison_page"},
    "clip_page": {"site"},
    "comparison_page": {"site"},
    "site": {"all"},
    "summary": {"all"},
}
#: A file that each rule makes for the stroke, or where it makes none for it, for the squat.
MADE = {
    "probe": "probe/hook.json",
    "camera_shots": "camera_shots/hook.json",
    "conform": "conformed/hook.json",
    "pose": "keypoints/hook.h5",
    "clean": "clean/hook.h5",
    "camera": "camera/hook.h5",
    "bat": "bat/hook.h5",
    "sound": "sound/hook.json",
    "events": "events/hook.json",
    "align": "aligned/hook.h5",
    "kinematics": "kinematics/hook.h5",
    "kinematics_figure": "kinematics/hook.png",
    "swing_picture": "bat/hook_swing.png",
    "chain": "chain/hook.json",
    "chain_summary": "chain/summary.png",
    "pairs": "pairs/batting.h5",
    "pairs_summary": "pairs/batting_map.png",
    "reps": "reps/squat.json",
    "form": "form/squat.json",
    "form_figures": "form/squat.png",
    "form_video": "form/squat.mp4",
    "skeleton_video": "skeletons/hook.mp4",
    "overlay_video": "overlays/hook.mp4",
    "composite": "composites/batting_shots.mp4",
    "clip_page": "site/clips/hook.json",
    "comparison_page": "site/comparisons/batting.html",
}
#: What only exercises, or only strokes, have.
OF_EXERCISES = {"reps", "form", "form_figures", "form_video"}
OF_STROKES = {"bat", "sound", "events", "swing_picture", "chain", "chain_summary"}


def following(*rules: str) -> set[str]:
    """Return the rules that read, directly or not, what some rules make."""
    found: set[str] = set()
    waiting = [reader for rule in rules for reader in READERS.get(rule, ())]
    while waiting:
        rule = waiting.pop()
        if rule not in found:
            found.add(rule)
            waiting += READERS.get(rule, ())
    return found


#: Settings, each with the rules that use it themselves.
SETTINGS: list[tuple[dict[str, Any], set[str]]] = [
    ({"simulate": {"grain": 2.5}}, {"simulate"}),
    ({"probe": {"cut_threshold": 0.09}}, {"probe"}),
    ({"conform": {"crf": 17}}, {"conform"}),
    ({"segments": {"searched": 5}}, {"camera_shots"}),
    ({"subject": {"rate_hz": 12.0}}, {"camera_shots", "pose"}),
    ({"subject": {"smoothing_s": 0.25}}, {"pose"}),
    ({"pose": {"min_tracking_confidence": 0.6}}, {"camera_shots", "pose"}),
    ({"pose": {"frames_per_batch": 4}}, set()),
    ({"pose": {"onnx": {"skeleton": "halpe-26"}}}, set()),
    ({"pose": {"mmpose": {"trusted": ["0" * 64]}}}, set()),
    ({"clean": {"max_gap_s": 0.2}}, {"clean", "form"}),
    ({"clean": {"smoothing_cutoff_hz": 9.0}}, set()),
    ({"camera": {"features": 300}}, {"camera"}),
    ({"bat": {"min_confidence": 0.7}}, {"bat"}),
    ({"implements": {"golf_club": {"length_m": 1.0}}}, set()),
    ({"implements": {"cricket_bat": {"length_m": 0.8}}}, {"bat"}),
    ({"align": {"correspondence": "dtw"}}, {"align"}),
    ({"align": {"reference": {"batting": "hook"}}}, {"align"}),
    ({"chain": {"timing": {"theta": 0.6}}}, {"chain"}),
    ({"chain": {"timing": {"before_s": 0.4}}}, {"chain", "chain_summary"}),
    ({"chain": {"whitepaper": {"theta": 0.5}}}, set()),
    ({"pairs": {"max_gap_s": 0.25}}, {"pairs", "pairs_summary", "comparison_page"}),
    ({"pairs": {"permutations": 100}}, {"pairs_summary"}),
    ({"pairs": {"threads": 1}}, set()),
    ({"reps": {"depth": 0.4}}, {"reps"}),
    ({"form": {"min_seen": 0.6}}, {"form"}),
    ({"videos": {"crf": 21}}, {"skeleton_video", "overlay_video", "form_video"}),
    ({"videos": {"trail_s": 0.2}}, {"skeleton_video", "overlay_video"}),
    ({"composites": {"tile_width": 320}}, {"composite"}),
    ({"composites": {"ends": "trim"}}, {"composite", "comparison_page"}),
    ({"composites": {"max_tiles": 20}}, set()),
    (
        {"composites": {"grid_settings": {"batting": {"by": "phase"}}}},
        {"composite", "comparison_page"},
    ),
    ({"site": {"title": "Strokes"}}, {"clip_page", "comparison_page", "site"}),
]
#: Cells of the row of the stroke, each with the rules that use them.
CELLS: list[tuple[str, str, set[str]]] = [
    (
        *("label", "Hook shot"),
        {
            *("skeleton_video", "overlay_video", "chain", "chain_summary", "composite"),
            *("kinematics_figure", "pairs_summary", "swing_picture", "site", "summary"),
            *("clip_page", "comparison_page"),
        },
    ),
    ("athlete", "Somebody", {"pairs_summary", "clip_page", "site", "summary"}),
    ("date", "2026-05-01", {"clip_page", "site"}),
    ("height_m", "1.90", {"bat", "kinematics"}),
    ("handed", "left", {"bat", "align"}),
    ("view", "side", set()),
    ("contact_s", "1.2", {"events"}),
    ("repetitions", "not 1-2", {"reps", "clip_page"}),
]


def jobs_with(demo: Checkout, settings: dict[str, Any]) -> set[str]:
    path = demo.folder / "other.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    # A mapping of the second file is laid over that of the first.
    return set(demo.jobs("--configfile", "config/config.yaml", str(path)))


@contextmanager
def other_content(path: Path) -> Iterator[None]:
    """Change a file's content for a while."""
    content, status = path.read_bytes(), path.stat()
    path.write_bytes(content + b" ")
    try:
        yield
    finally:
        path.write_bytes(content)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_the_graph_is_that_of_the_rules(demo: Checkout) -> None:
    """So that the expectations below speak of all rules of the demo."""
    jobs = set(demo.jobs("--forceall"))
    assert jobs - {"all", "model"} == (READERS.keys() - {"model"})


@pytest.mark.parametrize(
    ("settings", "users"), SETTINGS, ids=[str(settings) for settings, _ in SETTINGS]
)
def test_a_setting_reruns_what_uses_it(
    demo: Checkout, settings: dict[str, Any], users: set[str]
) -> None:
    assert jobs_with(demo, settings) == users | following(*users)


@pytest.mark.parametrize("rule", MADE)
def test_a_file_of_other_content_reruns_what_reads_it(demo: Checkout, rule: str) -> None:
    other_kind = OF_STROKES if rule in OF_EXERCISES else OF_EXERCISES
    with other_content(demo.folder / "results" / MADE[rule]):
        jobs = demo.jobs()
    assert set(jobs) == following(rule) - other_kind


def test_a_video_of_other_content_reruns_all_but_its_sound(demo: Checkout) -> None:
    """Sound comes from the raw video; only the facts of the conformed one say when it is."""
    with other_content(demo.folder / "results" / "conformed/hook.mp4"):
        jobs = demo.jobs()
    assert set(jobs) == following("conform") - {"sound"} - OF_EXERCISES


@pytest.mark.parametrize(
    ("column", "cell", "users"), CELLS, ids=[f"{column}={cell}" for column, cell, _ in CELLS]
)
def test_a_cell_reruns_what_uses_it(
    demo: Checkout, column: str, cell: str, users: set[str]
) -> None:
    sheet = demo.folder / "config" / "clips.tsv"
    text = sheet.read_text(encoding="utf-8")
    clip, others = ("squat", OF_STROKES) if column == "repetitions" else ("hook", OF_EXERCISES)
    header, *rows = [line.split("\t") for line in text.splitlines()]
    header += [] if column in header else [column]
    for row in rows:
        row += [""] * (len(header) - len(row))
        if row[0] == clip:
            row[header.index(column)] = cell
    sheet.write_text("\n".join("\t".join(row) for row in (header, *rows)) + "\n", encoding="utf-8")
    try:
        jobs = demo.jobs()
    finally:
        sheet.write_text(text, encoding="utf-8")
    assert set(jobs) == users | following(*users) - others


def test_touched_code_and_files_rerun_nothing(demo: Checkout) -> None:
    folders = ("workflow/scripts", "src/kinepath", "rules", "envs", "results")
    paths = [path for folder in folders for path in (demo.folder / folder).rglob("*")]
    with demo.touched(*(path for path in paths if path.suffix != ".pyc")):
        assert demo.jobs() == {}


def test_a_changed_script_reruns_its_rule(demo: Checkout) -> None:
    edit = ("workflow/scripts/reps.py", '"%d repetitions%s"', '"%d of them%s"')
    with demo.edited(*edit):
        assert set(demo.jobs()) == {"reps"} | following("reps")


def test_a_lost_folder_of_snakemake_reruns_nothing(demo: Checkout) -> None:
    metadata = demo.folder / ".snakemake" / "metadata"
    away = metadata.with_name("away")
    metadata.rename(away)
    try:
        assert demo.jobs() == {}
    finally:
        away.rename(metadata)
