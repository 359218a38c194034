"""The sheet of clips: a tab-separated table, checked cell by cell."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from kinepath.errors import KinepathError

Row = dict[str, Any]


class SheetError(KinepathError):
    """A sheet that cannot be used; one line per fault, naming its row and column."""


def read_sheet(
    path: str | Path, schema: Mapping[str, Any], activities: Collection[str]
) -> dict[str, Row]:
    """Read and check the sheet of clips.

    Parameters
    ----------
    path : path
        A tab-separated table, UTF-8, with a header line. Empty lines are passed over.
    schema : mapping
        JSON schema of one row; cells of columns of type ``number`` are read as numbers.
    activities : collection of str
        The values that the column ``activity`` may have.

    Returns
    -------
    dict of str to dict
        The rows in the sheet's order, by clip. Every column of the schema is there; an empty or
        absent cell is None. ``subject`` is a list of four numbers.

    Raises
    ------
    SheetError
        Naming the row (the header is row 1) and the column of every fault.
    """
    header, lines = _cells(Path(path))
    properties = schema["properties"]
    faults = [f"{path}: unknown column {name!r}" for name in header if name not in properties]
    faults += [
        f"{path}: column {name!r} stands {count} times"
        for name, count in Counter(header).items()
        if count > 1
    ]
    faults += [
        f"{path}: missing column {name!r}" for name in schema["required"] if name not in header
    ]
    if faults:
        raise SheetError("\n".join(faults))

    rows: dict[str, Row] = {}
    first_seen: dict[str, int] = {}
    for number, cells in lines:
        where = f"{path}: row {number}"
        if len(cells) > len(header):
            faults.append(f"{where}: {len(cells)} cells under {len(header)} columns")
            continue
        row, unreadable = _typed(dict(zip(header, cells, strict=False)), properties)
        faults += [f"{where}, {fault}" for fault in unreadable]
        if unreadable:
            continue
        faults += [f"{where}, {fault}" for fault in _faults(row, schema, activities)]
        clip = str(row["clip"])
        if clip in first_seen:
            faults.append(
                f"{where}, column 'clip': {clip!r} stands in row {first_seen[clip]} already"
            )
        first_seen.setdefault(clip, number)
        rows.setdefault(clip, row)
    if not rows and not faults:
        faults.append(f"{path}: no clips in the sheet")
    if faults:
        raise SheetError("\n".join(faults))
    return rows


def _cells(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SheetError(f"{path}: no such file") from None
    except UnicodeDecodeError:
        raise SheetError(f"{path}: not UTF-8 text; save it as tab-separated UTF-8") from None
    # Quotes are ordinary characters: they may be part of a path.
    table = csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    lines = [
        (number, [cell.strip() for cell in cells])
        for number, cells in enumerate(table, start=1)
        if any(cell.strip() for cell in cells)
    ]
    if not lines:
        raise SheetError(f"{path}: the sheet is empty")
    return lines[0][1], lines[1:]


def _typed(cells: Mapping[str, str], properties: Mapping[str, Any]) -> tuple[Row, list[str]]:
    row: Row = dict.fromkeys(properties)
    faults = []
    for name, cell in cells.items():
        kinds = properties[name]["type"]
        try:
            if not cell:
                continue
            if "number" in kinds:
                row[name] = float(cell)
            elif "array" in kinds:
                row[name] = [float(part) for part in cell.split(",")]
            else:
                row[name] = cell
        except ValueError:
            expected = "numbers separated by commas" if "array" in kinds else "a number"
            faults.append(f"column {name!r}: {cell!r} is not {expected}")
    return row, faults


def _faults(row: Row, schema: Mapping[str, Any], activities: Collection[str]) -> Iterator[str]:
    for fault in jsonschema.Draft202012Validator(dict(schema)).iter_errors(row):
        name = fault.absolute_path[0] if fault.absolute_path else fault.validator_value
        cause = "the cell is empty" if row.get(str(name)) is None else fault.message
        yield f"column {name!r}: {cause}"
    if row["activity"] is not None and row["activity"] not in activities:
        known = ", ".join(sorted(activities))
        yield f"column 'activity': {row['activity']!r} is none of: {known}"
    start, end = row["start_s"], row["end_s"]
    if start is not None and end is not None and end <= start:
        yield f"column 'end_s': {end:g} is not after start_s ({start:g})"
    box = row["subject"]
    if box is not None and len(box) == 4 and not (box[0] < box[2] and box[1] < box[3]):
        yield "column 'subject': x0,y0,x1,y1 must have x0 < x1 and y0 < y1"
