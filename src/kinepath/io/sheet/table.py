"""The cells of a table as text, independent of the program that wrote it."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from kinepath.errors import KinepathError
from kinepath.io.files import replacing

#: A row's number, as in spreadsheets, and its cells.
Line = tuple[int, list[str]]
_WORKBOOKS = (".xlsx", ".xlsm")
_OTHER_WORKBOOKS = (".xls", ".ods", ".numbers")
_DELIMITERS = "\t;,"
_SAVE = "save it as .xlsx, or as CSV or tab-separated text in UTF-8"


class SheetError(KinepathError):
    """A sheet that cannot be used; one line per fault, naming its row and column."""


def read_table(path: Path) -> list[Line]:
    """Read the cells of a tab-, comma- or semicolon-separated table or a workbook.

    Parameters
    ----------
    path : path
        ``.xlsx`` or ``.xlsm``, of which the first non-empty worksheet is read; a file with any
        other name is read as text in UTF-8, or in UTF-16 with a byte order mark.

    Returns
    -------
    list of (int, list of str)
        Non-empty rows, without spaces around cells and without empty cells at their end. Rows whose
        first cell begins with ``#`` are comments.

    Raises
    ------
    SheetError
        If the file does not exist, or is not such a table.
    """
    if path.suffix.lower() in _OTHER_WORKBOOKS:
        raise SheetError(f"{path}: cannot be read as a table", remedy=_SAVE)
    try:
        rows = _workbook_rows(path) if is_workbook(path) else _text_rows(path)
        return list(_lines(rows))
    except FileNotFoundError:
        raise SheetError(
            f"{path}: no such file", remedy="make it, or correct `sheet` in the configuration"
        ) from None
    except IsADirectoryError:
        raise SheetError(f"{path}: a folder, not a table", remedy="give the table's path") from None


def append(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Append rows to a text table without changing its existing content.

    Parameters
    ----------
    path : path
        A table that :func:`read_table` reads, but not a workbook.
    rows : iterable of sequence of str
        Cells in the order of its header.
    """
    content = path.read_bytes()
    text = _decoded(path)
    delimiter = _delimiter(text)
    ending = "\r\n" if b"\r\n" in content or b"\r\0\n" in content else "\n"
    added = io.StringIO(newline="")
    if text and not text.endswith("\n"):
        added.write(ending)
    csv.writer(added, delimiter=delimiter, lineterminator=ending).writerows(rows)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16-le" if content.startswith(b"\xff\xfe") else "utf-16-be"
    else:
        encoding = "utf-8"
    with replacing(path) as temporary:
        temporary.write_bytes(content + added.getvalue().encode(encoding))


def is_workbook(path: Path) -> bool:
    """Return whether a sheet is a workbook, by its file name."""
    return path.suffix.lower() in _WORKBOOKS


def _lines(rows: Iterable[list[str]]) -> Iterator[Line]:
    for number, cells in enumerate(rows, start=1):
        stripped = [cell.strip() for cell in cells]
        while stripped and not stripped[-1]:
            stripped.pop()
        if stripped and not stripped[0].startswith("#"):
            yield number, stripped


def _text_rows(path: Path) -> Iterator[list[str]]:
    text = _decoded(path)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        # Excel declares its delimiter this way.
        yield []
        text, delimiter = rest, first.strip()[-1]
    else:
        delimiter = _delimiter(text)
    if delimiter == "\t":
        yield from ([_unquoted(cell) for cell in line.split("\t")] for line in text.split("\n"))
    else:
        # Quotation marks in comments have no effect.
        lines = ("" if line.startswith("#") else line for line in text.split("\n"))
        yield from csv.reader(
            io.StringIO("\n".join(lines)), delimiter=delimiter, skipinitialspace=True
        )


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if content.startswith(b"PK\x03\x04"):
        raise SheetError(f"{path}: a workbook under another name", remedy="name it .xlsx")
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise SheetError(f"{path}: row {row}: not UTF-8 text", remedy=_SAVE) from None
    if "\0" in text:
        raise SheetError(f"{path}: not a table of text", remedy=_SAVE)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _delimiter(text: str) -> str:
    """Return the delimiter of the first line that is not a comment."""
    lines = (line for line in text.split("\n") if line.strip() and not line.startswith("#"))
    header = next(lines, "")
    return max(_DELIMITERS, key=header.count)


def _unquoted(cell: str) -> str:
    """Remove the quotes that spreadsheet programs put around a cell; others are part of it."""
    text = cell.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1].replace('""', ""):
        return text[1:-1].replace('""', '"')
    return text


def _workbook_rows(path: Path) -> Iterator[list[str]]:
    # Every job reads the sheet, and few sheets are workbooks.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        if isinstance(error, FileNotFoundError | IsADirectoryError):
            raise
        raise SheetError(f"{path}: a damaged workbook, or none", remedy=_SAVE) from None
    try:
        for sheet in book.worksheets:
            rows = [[_text(cell) for cell in row] for row in sheet.iter_rows()]
            if any(any(row) for row in rows):
                yield from rows
                return
    finally:
        book.close()


def _text(cell: Any) -> str:
    """Return a workbook's cell as a user would have typed it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(int(value) if value.is_integer() else value)
    if isinstance(value, datetime.datetime):
        at_midnight = value.time() == datetime.time()
        return value.date().isoformat() if at_midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.time | datetime.timedelta):
        return _duration(value, cell.number_format)
    return str(value)


def _duration(value: datetime.time | datetime.timedelta, shown: str) -> str:
    """Return the typed duration of a cell that Excel interpreted as a time of day.

    Excel interprets ``0:02`` as two minutes past midnight and shows it as hours and minutes;
    minutes and seconds are meant.
    """
    if isinstance(value, datetime.time):
        value = datetime.timedelta(
            hours=value.hour,
            minutes=value.minute,
            seconds=value.second,
            microseconds=value.microsecond,
        )
    seconds = value.total_seconds()
    return f"{seconds / 60.0 if 's' not in shown.lower() else seconds:.6f}".rstrip("0").rstrip(".")
