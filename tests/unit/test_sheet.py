from __future__ import annotations

from pathlib import Path

import pytest

from kinepath.settings import load_schema
from kinepath.sheet import SheetError, read_sheet

SCHEMA = load_schema("config/schemas/clips.schema.yaml")
HEADER = "clip\tpath\tactivity"


def read(folder: Path, *lines: str) -> dict[str, dict[str, object]]:
    sheet = folder / "clips.tsv"
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_sheet(sheet, SCHEMA, ["batting", "squat"])


def faults(folder: Path, *lines: str) -> str:
    with pytest.raises(SheetError) as caught:
        read(folder, *lines)
    return str(caught.value)


def test_rows_come_in_order_with_every_column(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        f"{HEADER}\tstart_s\tsubject\tlabel",
        "b\tb.mp4\tbatting\t1.5\t1,2,3,4\thook",
        "",
        "a\ta.mp4\tsquat\t\t\t",
    )
    assert list(rows) == ["b", "a"]
    assert rows["b"]["start_s"] == 1.5
    assert rows["b"]["subject"] == [1.0, 2.0, 3.0, 4.0]
    assert rows["a"]["start_s"] is None
    assert rows["a"]["height_m"] is None


def test_odd_paths_are_taken_as_they_are(tmp_path: Path) -> None:
    path = """my clips/"quoted" $(touch x); 'père'.mp4"""
    assert read(tmp_path, HEADER, f"a\t{path}\tbatting")["a"]["path"] == path


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    sheet = tmp_path / "clips.tsv"
    sheet.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\na\ta.mp4\tsquat\r\n".encode())
    assert list(read_sheet(sheet, SCHEMA, ["squat"])) == ["a"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a\ta.mp4\tgolf", "row 2, column 'activity': 'golf' is none of: batting, squat"),
        ("a\t\tbatting", "row 2, column 'path': the cell is empty"),
        ("a;b\ta.mp4\tbatting", "row 2, column 'clip': 'a;b' does not match"),
        ("summary\ta.mp4\tbatting", "row 2, column 'clip': 'summary' does not match"),
        ("a\ta.mp4\tbatting\tx", "row 2, column 'start_s': 'x' is not a number"),
        ("a\ta.mp4\tbatting\t-1", "row 2, column 'start_s': -1.0 is less than"),
        ("a\ta.mp4\tbatting\t3\t2", "row 2, column 'end_s': 2 is not after start_s (3)"),
        ("a\ta.mp4\tbatting\t\t\t1,2", "row 2, column 'subject': [1.0, 2.0] is too short"),
        ("a\ta.mp4\tbatting\t\t\t3,2,1,4", "row 2, column 'subject': x0,y0,x1,y1 must have"),
        ("a\ta.mp4\tbatting\t\t\tbox", "'box' is not numbers separated by commas"),
        ("a\ta.mp4\tbatting\t\t\t\tboth", "row 2, column 'handed': 'both' is not one of"),
        ("a\ta.mp4\tbatting\t\t\t\t\t9", "row 2: 8 cells under 7 columns"),
    ],
)
def test_faults_name_row_and_column(tmp_path: Path, line: str, message: str) -> None:
    header = f"{HEADER}\tstart_s\tend_s\tsubject\thanded"
    assert message in faults(tmp_path, header, line)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    told = faults(tmp_path, HEADER, "a\ta.mp4\tgolf", "a\ta.mp4\tsquat", "b\t\tsquat")
    assert len(told.splitlines()) == 3
    assert "row 3, column 'clip': 'a' stands in row 2 already" in told


def test_missing_and_unknown_columns(tmp_path: Path) -> None:
    assert "missing column 'activity'" in faults(tmp_path, "clip\tpath", "a\tb")
    assert "unknown column 'colour'" in faults(tmp_path, f"{HEADER}\tcolour", "a\tb\tsquat\tred")
    assert "column 'clip' stands 2 times" in faults(tmp_path, f"{HEADER}\tclip", "a\tb\tsquat\ta")


def test_empty_and_missing_sheets(tmp_path: Path) -> None:
    assert "no clips" in faults(tmp_path, HEADER)
    assert "empty" in faults(tmp_path, "")
    with pytest.raises(SheetError, match="no such file"):
        read_sheet(tmp_path / "none.tsv", SCHEMA, ["squat"])
    (tmp_path / "latin.tsv").write_bytes("clip\tpath\tactivity\na\tpère\tsquat".encode("latin-1"))
    with pytest.raises(SheetError, match="not UTF-8"):
        read_sheet(tmp_path / "latin.tsv", SCHEMA, ["squat"])
