from __future__ import annotations

import csv
import datetime
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinepath.io.sheet import SheetError, read_sheet
from kinepath.io.sheet.table import read_table
from kinepath.settings import load_schema

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
    ("cells", "message"),
    [
        ({"activity": "golf"}, "row 2, column 'activity': 'golf' is no activity of the config"),
        ({"activity": "bating"}, "did you mean 'batting'?"),
        ({"path": ""}, "row 2, column 'path': the cell is empty; fill it in"),
        ({"clip": "a;b c"}, "'a;b c' is no name for files; write letters, digits, _ and -"),
        ({"clip": "a;b c"}, "such as 'a_b_c'"),
        ({"clip": "summary"}, "'summary' is no name for files"),
        ({"start_s": "x"}, "'x' is not a time; write seconds such as 2.5, or 0:02.5"),
        ({"start_s": "nan"}, "row 2, column 'start_s': 'nan' is not a time"),
        ({"start_s": "inf"}, "row 2, column 'start_s': 'inf' is not a time"),
        ({"start_s": "1e999"}, "row 2, column 'start_s': '1e999' is not a time"),
        ({"start_s": "00:00:02:12"}, "'00:00:02:12' is not a time"),
        ({"start_s": "0:75"}, "'0:75' is not a time"),
        ({"fps": "0"}, "0 is out of range; write more than 0, to 2000 frames per second"),
        ({"start_s": "-1"}, "column 'start_s': -1 is out of range; write 0 or more seconds"),
        ({"start_s": "3", "end_s": "2"}, "column 'end_s': 2 is not after start_s (3)"),
        ({"subject": "1,2"}, "column 'subject': '1,2' is not a box; write left, top, right"),
        ({"subject": "1,2,nan,4"}, "'1,2,nan,4' is not a box"),
        ({"subject": "10050300400"}, "'10050300400' is not a box"),
        ({"subject": "3,2,1,4"}, "column 'subject': write left, top, right, bottom: left < right"),
        ({"subject": "-3,2,1,4"}, "-3, 2, 1, 4 is out of range; write 0 or more pixels"),
        ({"handed": "both"}, "'both' is not one of left, right; write 'left', 'right' or nothing"),
        ({"handed": "R"}, "'R' is not one of left, right; write 'right' or nothing"),
        ({"height_m": "180"}, "180 is out of range; write 0.5 to 2.6 metres, such as 1.80"),
        ({"height_m": "١"}, "'١' is not a number; write one such as 1.8"),
        ({"date": "5/6/2019"}, "'5/6/2019' may be one of two days; write year-month-day"),
        ({"date": "31/31/2019"}, "'31/31/2019' is not a date"),
        ({"date": "yesterday"}, "'yesterday' is not a date; write year-month-day"),
        ({"repetitions": "4-6"}, "'4-6' does not say what is a repetition; write from when"),
        ({"repetitions": "is 4-6 or so"}, "does not say what is a repetition"),
        ({"repetitions": "is 1-x"}, "does not say what is a repetition"),
        ({"repetitions": "is 1-2; not 1-3"}, "says of 1.5 s both is and not"),
        ({"repetitions": "is 6-4"}, "says that 4 s comes after 6 s; exchange them"),
        ({"repetitions": "is 1-3; is 2.5-4"}, "has two repetitions at 2.5 s"),
        ({"label": "x" * 201}, "is longer than 200 characters; shorten it"),
    ],
)
def test_faults_name_row_and_column_and_what_to_write(
    tmp_path: Path, cells: dict[str, str], message: str
) -> None:
    row = {"clip": "a", "path": "a.mp4", "activity": "batting"} | cells
    told = faults(tmp_path, "\t".join(row), "\t".join(row.values()))
    assert told.startswith(f"{tmp_path / 'clips.tsv'}: row 2, column ")
    assert message in told


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("start_s", "0:02.5", 2.5),
        ("start_s", "0:02,5", 2.5),
        ("start_s", "1:02:03.5", 3723.5),
        ("start_s", "2.5 s", 2.5),
        ("start_s", "2,5", 2.5),
        ("height_m", "1,80", 1.8),
        ("height_m", "1.80 m", 1.8),
        ("height_m", "180 cm", 1.8),
        ("fps", "240 fps", 240.0),
        ("subject", "100,50,300,400", [100.0, 50.0, 300.0, 400.0]),
        ("subject", "100, 50, 300, 400", [100.0, 50.0, 300.0, 400.0]),
        ("subject", "100 50 300 400", [100.0, 50.0, 300.0, 400.0]),
        ("subject", "100,5 50 300,25 400", [100.5, 50.0, 300.25, 400.0]),
        ("subject", "100,5; 50; 300,25; 400", [100.5, 50.0, 300.25, 400.0]),
        ("subject", "[100, 50, 300, 400]", [100.0, 50.0, 300.0, 400.0]),
        ("subject", '"100,50,300,400"', [100.0, 50.0, 300.0, 400.0]),
        (
            "repetitions",
            "is 4,5-6,25 s, Not 0:07 to 0:08.5",
            [
                {"counts": True, "start_s": 4.5, "end_s": 6.25},
                {"counts": False, "start_s": 7.0, "end_s": 8.5},
            ],
        ),
        ("handed", "Right", "right"),
        ("activity", " Batting ", "batting"),
        ("activity", "SQUAT", "squat"),
        ("date", "31.05.2026", "2026-05-31"),
        ("date", "2026-05-31", "2026-05-31"),
        ("date", "24/11/2019", "2019-11-24"),
        ("date", "5/5/2019", "2019-05-05"),
        ("label", "50 % {x} $y #1", "50 % {x} $y #1"),
        ("path", '"a b.mp4"', "a b.mp4"),
        ("path", '\u202a"C:\\a.mp4"', "C:\\a.mp4"),
        ("path", "~nobody-of-this-name/a.mp4", "~nobody-of-this-name/a.mp4"),
        ("path", "“a b.mp4”", "a b.mp4"),
        ("path", "file:///data/a%20b.mp4", "/data/a b.mp4"),
        ("path", "file:///C:/clips/a.mp4", "C:/clips/a.mp4"),
        ("path", '"C:\\Users\\me\\a.mp4"', "C:\\Users\\me\\a.mp4"),
    ],
)
def test_cells_are_read_as_people_write_them(
    tmp_path: Path, column: str, cell: str, value: object
) -> None:
    columns = {"clip": "a", "path": "a.mp4", "activity": "squat"} | {column: cell}
    row = read(tmp_path, "\t".join(columns), "\t".join(columns.values()))["a"]
    assert row[column] == value


def test_home_and_backslashes_are_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "x.mp4").touch()
    (tmp_path / '"odd".mp4').touch()
    paths = ("~/clips/x.mp4", "clips\\x.mp4", '"odd".mp4')
    rows = read(tmp_path, HEADER, *(f"{k}\t{path}\tsquat" for k, path in enumerate(paths)))
    found = [row["path"] for row in rows.values()]
    assert found == [f"{tmp_path}/clips/x.mp4", "clips/x.mp4", '"odd".mp4']


def test_headers_comments_and_empty_columns_are_as_people_leave_them(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        "# filmed in May\t\t",
        "Clip\t Path\tACTIVITY\tHeight (m)\tstart s\t\t",
        "",
        "# a\tgone.mp4\tsquat",
        "b\tb.mp4\tsquat\t1,75\t2\t\t",
    )
    assert list(rows) == ["b"]
    assert (rows["b"]["height_m"], rows["b"]["start_s"]) == (1.75, 2.0)


def test_a_quotation_mark_in_a_comment_swallows_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "clips.csv"
    path.write_text(
        'clip,path,activity\na,a.mp4,squat\n# note, "late\nb,b.mp4,squat\n', encoding="utf-8"
    )
    assert [cells[0] for _, cells in read_table(path)] == ["clip", "a", "b"]


def test_row_numbers_are_those_of_the_spreadsheet(tmp_path: Path) -> None:
    told = faults(tmp_path, "# one", HEADER, "", "a\ta.mp4\tsquat", "b\t\tsquat")
    assert "row 5, column 'path'" in told


def test_a_cell_too_many_is_told_with_the_remedy(tmp_path: Path) -> None:
    told = faults(tmp_path, HEADER, "a\ta.mp4\tsquat\t9")
    assert "row 2: 4 cells under 3 columns; put cells that hold the separator" in told


def test_names_that_differ_by_case_only_are_refused(tmp_path: Path) -> None:
    told = faults(tmp_path, HEADER, "Hook\ta.mp4\tsquat", "hook\tb.mp4\tsquat")
    assert "row 3, column 'clip': 'hook' differs from 'Hook' in row 2 by case only" in told


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    told = faults(tmp_path, HEADER, "a\ta.mp4\tgolf", "a\ta.mp4\tsquat", "b\t\tsquat")
    assert len(told.splitlines()) == 3
    assert "row 3, column 'clip': 'a' stands in row 2 already; give each its own name" in told


def test_missing_and_unknown_columns(tmp_path: Path) -> None:
    assert "missing column 'activity'" in faults(tmp_path, "clip\tpath", "a\tb")
    told = faults(tmp_path, f"{HEADER}\tcolour\tstart\tlable", "a\tb\tsquat\tred")
    assert "unknown column 'colour'; known: clip, path" in told
    assert "unknown column 'start'; did you mean 'start_s'?" in told
    assert "unknown column 'lable'; did you mean 'label'?" in told
    twice = faults(tmp_path, f"{HEADER}\tClip", "a\tb\tsquat\ta")
    assert "column 'clip' stands 2 times" in twice
    assert "column D has no name" in faults(tmp_path, f"{HEADER}\t\tlabel", "a\tb\tsquat\tx\ty")


def test_a_contact_lies_in_its_window(tmp_path: Path) -> None:
    header = f"{HEADER}\tstart_s\tend_s\tcontact_s"
    assert read(tmp_path, header, "a\ta.mp4\tsquat\t1\t3\t0:02.5")["a"]["contact_s"] == 2.5
    told = faults(tmp_path, header, "a\ta.mp4\tsquat\t1\t3\t4")
    assert "column 'contact_s': 4 is not between start_s and end_s" in told


def test_empty_and_missing_sheets(tmp_path: Path) -> None:
    assert "no clips" in faults(tmp_path, HEADER)
    assert "empty" in faults(tmp_path, "")
    with pytest.raises(SheetError, match="no such file"):
        read_sheet(tmp_path / "none.tsv", SCHEMA, ["squat"])
    with pytest.raises(SheetError, match="a folder, not a table"):
        read_sheet(tmp_path, SCHEMA, ["squat"])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"clip,path,activity\na,p\xe8re,squat", "row 2: not UTF-8 text; save it as"),
        ("a.xlsx", b"no workbook", "a damaged workbook"),
        ("a.csv", b"PK\x03\x04rest", "a workbook under another name; name it .xlsx"),
        ("a.ods", b"x", "cannot be read as a table; save it as .xlsx"),
        ("a.tsv", b"\0\0\0", "not a table of text"),
    ],
)
def test_other_files_are_refused_with_the_remedy(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SheetError, match=message):
        read_sheet(tmp_path / name, SCHEMA, ["squat"])


def test_a_workbook_is_read_as_it_was_typed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("clips")
    sheet.append(["Clip", "path", "activity", "start_s", "end_s", "height_m", "date", "subject"])
    sheet.append([12, "12.mp4", "Squat", datetime.time(0, 0, 2, 500000), None, 1.8])
    sheet["D2"].number_format = "mm:ss.0"
    # Typed as 0:07, which spreadsheets take for seven minutes after midnight.
    sheet["E2"] = datetime.time(0, 7)
    sheet["E2"].number_format = "h:mm"
    sheet["G2"] = datetime.datetime(2026, 5, 31)
    sheet["H2"] = "1, 2, 3, 4"
    book.save(tmp_path / "clips.xlsx")
    row = read_sheet(tmp_path / "clips.xlsx", SCHEMA, ["squat"])["12"]
    assert (row["activity"], row["start_s"], row["end_s"]) == ("squat", 2.5, 7.0)
    assert (row["height_m"], row["date"]) == (1.8, "2026-05-31")
    assert row["subject"] == [1.0, 2.0, 3.0, 4.0]


def tab_separated(rows: list[list[str]]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def excel_text(delimiter: str, encoding: str) -> Callable[[list[list[str]]], bytes]:
    def write(rows: list[list[str]]) -> bytes:
        stream = io.StringIO()
        csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
        return stream.getvalue().encode(encoding)

    return write


def workbook(rows: list[list[str]]) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(stream)
    return stream.getvalue()


WRITERS = {
    "plain.tsv": tab_separated,
    "comma.csv": excel_text(",", "utf-8"),
    "semicolon.csv": excel_text(";", "utf-8-sig"),
    "excel.tsv": excel_text("\t", "utf-16"),
    "book.xlsx": workbook,
}
TEXT = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40)


@given(
    labels=st.lists(TEXT.map(lambda text: f"a {text}\", ,;' {text} b"), min_size=1, max_size=4),
    start=st.floats(0, 1000),
    corner=st.integers(0, 500),
)
def test_a_table_reads_the_same_whatever_wrote_it(
    labels: list[str], start: float, corner: int
) -> None:
    header = [*HEADER.split("\t"), "label", "start_s", "subject"]
    box = [corner, corner + 1, corner + 200, corner + 300]
    rest = [f"{start:.3f}", ",".join(map(str, box))]
    rows = [[f"c{k}", f"{k}.mp4", "squat", label, *rest] for k, label in enumerate(labels)]
    with tempfile.TemporaryDirectory() as folder:
        for name, write in WRITERS.items():
            path = Path(folder) / name
            path.write_bytes(write([header, *rows]))
            found = list(read_sheet(path, SCHEMA, ["squat"]).values())
            assert [row["label"] for row in found] == labels, name
            assert {row["start_s"] for row in found} == {round(start, 3)}
            assert all(row["subject"] == box for row in found)
