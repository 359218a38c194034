from __future__ import annotations

from pathlib import Path

import pytest

from kinepath.io.files import write_json
from kinepath.settings import defaults
from kinepath.workflow import plan, summary
from kinepath.workflow.outcome import Ledger

CONFIG = defaults(Path(__file__).parents[2])


def test_a_variants_base_is_an_input_too(tmp_path: Path) -> None:
    base, variant, broken = (tmp_path / f"{name}.yaml" for name in ("squat", "mine", "broken"))
    base.write_text("title: Squat", encoding="utf-8")
    variant.write_text("extends: squat", encoding="utf-8")
    broken.write_text("title: [", encoding="utf-8")
    assert plan.exercise_files(base) == [base]
    assert plan.exercise_files(variant) == [variant, base]
    assert plan.exercise_files(broken) == [broken]
    assert plan.exercise_files(tmp_path / "none.yaml") == [tmp_path / "none.yaml"]
    variant.write_text("extends: elsewhere/squat", encoding="utf-8")
    assert plan.exercise_files(variant) == [variant]


def finish(clip: str, path: str) -> None:
    for name in plan.FROM_RAW:
        write_json(name.format(clip=clip), {"file": path})


def test_a_video_that_is_gone_is_missing_unless_its_results_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.mp4").touch()
    Path("folder").mkdir()
    finish("done", "gone.mp4")
    finish("elsewhere", "another.mp4")
    finish("half", "gone.mp4")
    Path("results/conformed/half.mp4").unlink()
    paths = {
        "there": "there.mp4",
        "images": "folder",
        **dict.fromkeys(("done", "elsewhere", "half", "never"), "gone.mp4"),
    }
    missing, finished = plan.absent(paths)
    assert missing == ["elsewhere", "half", "never"]
    assert finished == ["done"]


def test_an_unusable_clip_is_tried_again_when_anything_changed() -> None:
    ledger = Ledger(unusable={"a": "1", "b": "1", "removed": "1"})
    assert plan.still_unusable(ledger, {"a": "1", "b": "2"}.__getitem__, ["a", "b"]) == {"a"}


def test_tiles_go_to_clips_that_were_analysed() -> None:
    assert plan.tiles(["a", "b", "c", "d"], {"a", "b"}, 3) == ["a", "c", "d"]
    assert plan.tiles(["a", "b"], {"a"}, 3) == ["a", "b"]


def test_where_nobody_is_seen_stands_in_the_table(tmp_path: Path) -> None:
    table = tmp_path / "summary.csv"
    assert plan.unseen(table) == set()
    sheet = {"label": "", "activity": "batting", "athlete": None}
    rows = [
        summary.row(clip, sheet, [], keypoints={"person_share": share}, kinematics={})
        for clip, share in (("a", 0.0), ("b", 1.0))
    ]
    summary.write(rows, table)
    assert plan.unseen(table) == {"a"}


def test_settings_that_are_not_in_use_do_not_count() -> None:
    clean = plan.clean_settings(CONFIG["clean"])
    assert "smoothing_cutoff_hz" not in clean and "smoothing_window_s" in clean
    butterworth = plan.clean_settings({**CONFIG["clean"], "smoothing": "butterworth"})
    assert "smoothing_window_s" not in butterworth and "smoothing_cutoff_hz" in butterworth
    assert set(plan.chain_settings(CONFIG["chain"])) == {"method", "timing"}
    pose = plan.pose_settings(CONFIG["pose"], "mediapipe")
    assert "onnx" not in pose and "frames_per_batch" not in pose and pose["model"] == "full"
    pose = plan.pose_settings(CONFIG["pose"], "onnx")
    assert pose["backend"] == "onnx" and "frames_per_batch" in pose and "model" not in pose
