from __future__ import annotations

from pathlib import Path

import pandas

from kinepath.workflow import summary

SHEET = {"label": "Hook", "activity": "batting", "athlete": None}


def test_the_table_opens_in_pandas_with_its_types(tmp_path: Path) -> None:
    whole = summary.row(
        "a",
        SHEET,
        [],
        probed={"usable": True, "fps_average": 29.97002997},
        conformed={"fps": 30.0, "frames": 90, "time_s": [0.0, 2.9666667]},
        keypoints={"person_share": 0.5},
        kinematics={"peak_of": "bat tip", "peak_speed": 12.34567891, "peak_kind": "measured"},
        chain={"verdict": "chain", "path": ["pelvis", "bat"]},
        warnings=["dark; light it", "short"],
    )
    broken = summary.row(
        "b",
        {**SHEET, "label": "=1+1"},
        [],
        probed={"usable": False, "cause": 'x.mp4: "no" video, sadly', "remedy": "export it"},
    )
    summary.write([whole, broken], tmp_path / "summary.csv")
    table = pandas.read_csv(tmp_path / "summary.csv").set_index("clip")
    assert tuple(table.columns) == summary.COLUMNS[1:]
    assert list(table["status"]) == ["analysed", "failed"]
    assert table.loc["a", "peak_speed_statures_s"] == 12.3457
    assert table.loc["a", "chain_path"] == "pelvis > bat"
    assert table.loc["a", "warnings"] == "dark; light it | short"
    assert table.loc["b", "cause"] == 'x.mp4: "no" video, sadly'
    # No formula runs when a spreadsheet opens the table.
    assert table.loc["b", "label"] == "'=1+1"
    assert table["fps"].isna().tolist() == [False, True]


def test_a_clip_in_which_nobody_is_seen_or_a_stage_failed_is_told_apart() -> None:
    def status(*failures: dict[str, str]) -> str:
        seen = {"person_share": 0.0}
        return str(summary.row("a", SHEET, failures, keypoints=seen, kinematics={})["status"])

    assert status() == summary.NOBODY_SEEN
    failure = {"stage": "chain", "cause": "x", "remedy": "y"}
    assert status(failure) == "partly"
    assert summary.row("a", SHEET, [failure])["status"] == "failed"


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [summary.row("a", SHEET, [], conformed={"fps": 30.0, "frames": 1, "time_s": [0.1]})]
    for name in ("one.csv", "two.csv"):
        summary.write(rows, tmp_path / name)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
