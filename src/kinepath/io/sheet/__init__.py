"""The sheet of clips, read as spreadsheet programs write it and checked cell by cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from kinepath.io.proposals import nearest, proposal
from kinepath.io.sheet.table import SheetError, read_table
from kinepath.io.sheet.values import READERS

__all__ = ["Row", "SheetError", "column_name", "read_sheet"]

Row = dict[str, Any]


def read_sheet(
    path: str | Path, schema: Mapping[str, Any], activities: Collection[str]
) -> dict[str, Row]:
    """Read and check the sheet of clips.

    Parameters
    ----------
    path : path
        A table with a header; see :func:`kinepath.io.sheet.table.read_table`. Case, spaces and
        punctuation are ignored in the names of columns and activities.
    schema : mapping
        JSON schema of one row; the ``format`` of a column states how its cells are read, see
        :data:`kinepath.io.sheet.values.READERS`.
    activities : collection of str
        The values that the column ``activity`` may have.

    Returns
    -------
    dict of str to dict
        The rows in the sheet's order, by clip, with every column of the schema; an empty or
        absent cell is None. Times are in seconds; ``subject`` is a list of four numbers.

    Raises
    ------
    SheetError
        For any fault; the message lists the row (as numbered in spreadsheets) and the column of
        each, and what to write.
    """
    lines = read_table(Path(path))
    if not lines:
        raise SheetError(f"{path}: the sheet is empty", remedy="give it a header and rows")
    properties = schema["properties"]
    header = [column_name(name, properties) for name in lines[0][1]]
    if faults := list(_header_faults(header, schema)):
        raise SheetError("\n".join(f"{path}: {fault}" for fault in faults))

    rows: dict[str, Row] = {}
    first_seen: dict[str, tuple[int, str]] = {}
    for number, cells in lines[1:]:
        row, faults_here = _row(header, cells, schema, activities)
        clip = str(row["clip"])
        if clip.lower() in first_seen:
            faults_here.append(_twice(clip, *first_seen[clip.lower()]))
        faults += [f"{path}: row {number}{fault}" for fault in faults_here]
        first_seen.setdefault(clip.lower(), (number, clip))
        rows.setdefault(clip, row)
    if not rows and not faults:
        faults.append(f"{path}: no clips in the sheet; add a row for each")
    if faults:
        raise SheetError("\n".join(faults))
    return rows


def column_name(name: str, known: Collection[str]) -> str:
    """Return the column that a header names, ignoring case, spaces and brackets."""
    plain = re.sub(r"\W+|_+", "_", name.strip().lower()).strip("_")
    return plain if plain in known else name


def _header_faults(header: list[str], schema: Mapping[str, Any]) -> Iterator[str]:
    known = schema["properties"]
    for place, name in enumerate(header):
        if not name:
            letter = chr(ord("A") + place) if place < 26 else str(place + 1)
            yield f"column {letter} has no name; name it, or delete it"
        elif name not in known:
            yield f"unknown column {name!r}{proposal(name, known)}"
    for name, count in Counter(filter(None, header)).items():
        if count > 1:
            yield f"column {name!r} stands {count} times; delete all but one"
    for name in schema["required"]:
        if name not in header:
            yield f"missing column {name!r}; the header must be in the first row, and hold it"


def _twice(clip: str, number: int, other: str) -> str:
    if clip == other:
        return f", column 'clip': {clip!r} stands in row {number} already; give each its own name"
    return (
        f", column 'clip': {clip!r} differs from {other!r} in row {number} by case only, which some"
        " disks do not tell apart; give it another name"
    )


def _row(
    header: list[str], cells: list[str], schema: Mapping[str, Any], activities: Collection[str]
) -> tuple[Row, list[str]]:
    properties = schema["properties"]
    row: Row = dict.fromkeys(properties)
    if len(cells) > len(header):
        return row, [
            f": {len(cells)} cells under {len(header)} columns; put cells that hold the separator"
            " in double quotes"
        ]
    faults, unreadable = [], set()
    for name, cell in zip(header, cells, strict=False):
        if not cell:
            continue
        try:
            row[name] = READERS[properties[name]["format"]](cell)
        except ValueError as error:
            unreadable.add(name)
            faults.append(f", column {name!r}: {cell!r} {error}")
    _settle(row, properties, activities)
    faults += [
        f", column {name!r}: {fault}"
        for name, fault in _faults(row, schema, activities)
        if name not in unreadable
    ]
    return row, faults


def _settle(row: Row, properties: Mapping[str, Any], activities: Collection[str]) -> None:
    """Replace names from a fixed set by their spelling in that set."""
    choices = {name: [c for c in p["enum"] if c] for name, p in properties.items() if "enum" in p}
    for name, known in {**choices, "activity": list(activities)}.items():
        if row[name] is not None:
            plain = {re.sub(r"\W|_", "", each.lower()): each for each in known}
            row[name] = plain.get(re.sub(r"\W|_", "", row[name].lower()), row[name])


def _faults(
    row: Row, schema: Mapping[str, Any], activities: Collection[str]
) -> Iterator[tuple[str, str]]:
    for fault in jsonschema.Draft202012Validator(dict(schema)).iter_errors(row):
        name = str(fault.absolute_path[0])
        yield name, _told(name, row[name], schema["properties"][name])
    if row["activity"] is not None and row["activity"] not in activities:
        hint = proposal(row["activity"], sorted(activities))
        yield "activity", f"{row['activity']!r} is no activity of the configuration{hint}"
    start, end = row["start_s"], row["end_s"]
    if start is not None and end is not None and end <= start:
        yield "end_s", f"{end:g} is not after start_s ({start:g}); both count from the first frame"
    contact = row["contact_s"]
    if contact is not None and not (start or 0.0) <= contact <= (end or contact):
        yield "contact_s", f"{contact:g} is not between start_s and end_s"
    corners = row["subject"]
    if corners is not None and not (corners[0] < corners[2] and corners[1] < corners[3]):
        yield "subject", "write left, top, right, bottom: left < right and top < bottom"


def _told(name: str, value: Any, column: Mapping[str, Any]) -> str:
    """Return what is wrong with a value that the schema does not allow, and what to write."""
    if value is None:
        return "the cell is empty; fill it in"
    if name == "clip":
        allowed = re.sub(r"[^A-Za-z0-9_-]+", "_", str(value)).strip("_") or "clip1"
        allowed = f"{allowed}_clip" if allowed == "summary" else allowed
        hint = f"write letters, digits, _ and -, such as {allowed!r}"
        return f"{value!r} is no name for files; {hint}"
    if "enum" in column:
        known = [str(each) for each in column["enum"] if each]
        begun = [each for each in known if each.startswith(str(value).lower())]
        near = nearest(str(value), known) or (begun[0] if len(begun) == 1 else None)
        words = repr(near) if near else ", ".join(map(repr, known))
        return f"{value!r} is not one of {', '.join(known)}; write {words} or nothing"
    if "maxLength" in column:
        return f"is longer than {column['maxLength']} characters; shorten it"
    least, most = column.get("minimum", column.get("exclusiveMinimum")), column.get("maximum")
    upto = f" to {most:g}" if most is not None else " or more"
    shown = ", ".join(f"{v:g}" for v in value) if isinstance(value, list) else f"{value:g}"
    if isinstance(value, list):
        least, upto = 0, " or more"
    unit = column.get("x-unit", "")
    if "exclusiveMinimum" in column:
        upto = f", to {most:g}" if most is not None else ""
        return f"{shown} is out of range; write more than {least:g}{upto}{unit}"
    return f"{shown} is out of range; write {least:g}{upto}{unit}"
