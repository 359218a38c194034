"""The demo, run whole, and what runs again when something changes."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from kinepath.body.skeleton import BODY_JOINTS
from kinepath.io import sequence
from kinepath.io.video import read_frames
from tests.workflow.conftest import DEMO, Checkout

SHOTS = ("cover_drive", "hook", "off_drive")
AGGREGATES = {
    *("all", "pairs", "pairs_summary", "chain_summary", "composite", "summary"),
    *("comparison_page", "site"),
}
CLIP_RULES = {
    *(
        "probe",
        "camera_shots",
        "conform",
        "pose",
        "camera",
        "clean",
        "bat",
        "sound",
        "events",
        "align",
        "kinematics",
        "chain",
    ),
    *("kinematics_figure", "swing_picture", "skeleton_video", "overlay_video", "clip_page"),
}


def test_everything_of_the_contract_is_made(demo: Checkout) -> None:
    per_clip = (
        *("probe/{}.json", "conformed/{}.mp4", "keypoints/{}.h5", "clean/{}.h5"),
        *("aligned/{}.h5", "kinematics/{}.h5", "kinematics/{}.png"),
        *("skeletons/{}.mp4", "overlays/{}.mp4", "site/clips/{}.html"),
    )
    of_shots = (
        *("bat/{}.h5", "sound/{}.json", "events/{}.json"),
        *("chain/{}.json", "chain/{}_corrpath.png", "chain/{}_corrpath.svg"),
    )
    expected = [pattern.format(clip) for pattern in per_clip for clip in DEMO]
    expected += [pattern.format(clip) for pattern in of_shots for clip in SHOTS]
    expected += [f"pairs/{activity}.h5" for activity in ("batting", "squat")]
    expected += ["chain/summary.json", "chain/summary.png"]
    pictures = ("_matrix.png", "_tree.png", "_map.png", ".json")
    expected += [f"pairs/batting{part}" for part in pictures] + [
        "site/index.html",
        "site/compare.html",
    ]
    expected += [f"composites/batting_{kind}.mp4" for kind in ("shots", "skeletons", "overlays")]
    missing = [name for name in expected if not (demo.folder / "results" / name).is_file()]
    assert missing == []


def test_keypoints_are_near_the_simulated_truth(demo: Checkout) -> None:
    """Within half of the shoulders' width for every joint of every clip, most far nearer.

    The lifter's elbows and wrists are behind the plates.
    """
    for clip in DEMO:
        truth = sequence.read(
            demo.folder / f"resources/clips/simulated/{clip}.truth.h5", "truth"
        ).isel(individuals=0)
        poses = sequence.read(demo.folder / f"results/keypoints/{clip}.h5", "poses")
        assert poses.attrs["person_share"] == 1.0, clip
        hidden = ("elbow", "wrist") if clip == "squat" else ()
        joints = [joint for joint in BODY_JOINTS if not joint.endswith(hidden)]
        gap = poses["position"].isel(individuals=0).sel(keypoints=joints) - truth["position"].sel(
            keypoints=joints
        )
        ends = truth["position_3d"].sel(keypoints=["left_shoulder", "right_shoulder"])
        metres = float(np.linalg.norm(ends.diff("keypoints").values, axis=1).mean())
        legs = truth.sel(keypoints=["left_hip", "left_ankle"])
        pixels = float(np.linalg.norm(legs["position"].diff("keypoints").values, axis=1).max())
        leg = float(np.linalg.norm(legs["position_3d"].diff("keypoints").values, axis=1).max())
        error = np.linalg.norm(gap.transpose("time", "keypoints", "space").values, axis=2)
        median = np.nanmedian(error, axis=0) / (metres * pixels / leg)
        assert median.max() < 0.5, dict(zip(joints, median.round(2), strict=True))
        assert np.median(median) < 0.2


def test_sheet_and_results_agree_on_time(demo: Checkout) -> None:
    facts = json.loads((demo.folder / "results/conformed/hook.json").read_text())
    frames = list(read_frames(demo.folder / "results/overlays/hook.mp4"))
    assert len(frames) == facts["frames"] == len(facts["time_s"])


def test_how_the_bat_is_known_is_told_everywhere(demo: Checkout) -> None:
    for clip in SHOTS:
        chain = json.loads((demo.folder / f"results/chain/{clip}.json").read_text())
        assert chain["bat_source"]["observed"] > 0.85, clip
        assert chain["target"] == "bat"
        page = (demo.folder / f"results/site/clips/{clip}.html").read_text(encoding="utf-8")
        assert page.count('<li class="observed">') == 1


def test_snakemakes_report_holds_the_figures_with_captions(demo: Checkout) -> None:
    demo.run("--report", "report.zip")
    with ZipFile(demo.folder / "report.zip") as report:
        page = report.read("report/report.html").decode()
        held = {Path(name).name for name in report.namelist()}
    for category in ("Movement", "Sequence", "Comparisons", "Exercises"):
        assert f'"{category}"' in page
    assert "The swing in" in page and "Bands are one standard deviation" in page
    assert {"hook.png", "hook_corrpath.png", "batting_matrix.png", "squat_drift.png"} <= held


def test_an_unchanged_tree_has_nothing_to_do(demo: Checkout) -> None:
    assert "Nothing to be done" in demo.run("--dry-run")


def test_a_touched_video_runs_nothing(demo: Checkout) -> None:
    with demo.touched(demo.folder / "resources/clips/simulated/hook.mp4"):
        assert "Nothing to be done" in demo.run("--dry-run")


def test_an_added_row_runs_its_clip_and_the_aggregates(demo: Checkout) -> None:
    row = "extra\tresources/clips/simulated/hook.mp4\tbatting"
    first = "clip\tpath\tactivity"
    sheet = (demo.folder / "config/clips.tsv").read_text(encoding="utf-8")
    header = sheet.split("\n", 1)[0]
    assert header.startswith(first)
    with demo.edited("config/clips.tsv", header + "\n", f"{header}\n{row}\n"):
        jobs = demo.jobs()
    assert {name: count for name, count in jobs.items() if name in CLIP_RULES} == dict.fromkeys(
        CLIP_RULES, 1
    )
    assert set(jobs) - CLIP_RULES <= AGGREGATES
    assert jobs["pairs"] == 1


def test_an_edited_row_runs_its_clip_only(demo: Checkout) -> None:
    with demo.edited("config/clips.tsv", "\tHook", "\tHook shot"):
        jobs = demo.jobs()
    assert {"skeleton_video", "overlay_video", "clip_page", "site"} <= set(jobs)
    assert "pose" not in jobs
    assert all(count == 1 for name, count in jobs.items() if name in CLIP_RULES)


def test_a_changed_module_reruns_its_stages(demo: Checkout) -> None:
    with demo.edited(
        "src/kinepath/clean/__init__.py", '"repeated_frame": 8', '"repeated_frame": 16'
    ):
        jobs = demo.jobs()
    assert jobs["clean"] == len(DEMO)
    assert not {"probe", "conform", "pose", "simulate"} & set(jobs)
    with demo.edited(
        "src/kinepath/clean/__init__.py", "import numpy as np", "import numpy as np  # x"
    ):
        assert "Nothing to be done" in demo.run("--dry-run")


def test_a_setting_reruns_its_stage_and_what_follows(demo: Checkout) -> None:
    with demo.edited("config/config.yaml", "site:\n", "clean: {max_gap_s: 0.2}\nsite:\n"):
        jobs = demo.jobs()
    assert jobs["clean"] == len(DEMO)
    assert not {"probe", "conform", "pose", "simulate"} & set(jobs)
