"""Conversion of cell text to values, as people write numbers, times, boxes and paths."""

from __future__ import annotations

import datetime
import itertools
import math
import re
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

_UNITS = r"(?:s|sec|seconds?|m|metres?|meters?|fps|hz)?"
_PLAIN = re.IGNORECASE | re.ASCII
_NUMBER = re.compile(
    rf"([-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?)\s*{_UNITS}", re.I | re.ASCII
)
_CENTIMETRES = re.compile(r"(\d+(?:[.,]\d*)?)\s*cm", _PLAIN)
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d{1,2}(?:[.,]\d*)?)\s*(?:s|min|h)?", _PLAIN)
_CORRECTION = re.compile(r"\b(is|not)\s+([\d:.,]+)\s*s?\s*(?:-|–|to)\s*([\d:.,]+)\s*s?", _PLAIN)
#: Invisible direction marks that Windows puts before a copied path.
_MARKS = "\N{LEFT-TO-RIGHT EMBEDDING}\N{POP DIRECTIONAL FORMATTING}\N{LEFT-TO-RIGHT MARK} "
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»", "‘": "’"}


def number(text: str) -> float:
    """Read a number with a point or a comma, with or without its unit.

    Raises
    ------
    ValueError
        If the text cannot be read; the message states what to write instead.
    """
    cell = _plain(text)
    if centimetres := _CENTIMETRES.fullmatch(cell):
        return _decimal(centimetres[1]) / 100.0
    found = _NUMBER.fullmatch(cell)
    value = _decimal(found[1]) if found else math.nan
    if not math.isfinite(value):
        raise ValueError("is not a number; write one such as 1.8")
    return value


def seconds(text: str) -> float:
    """Read a time in seconds: ``2.5``, ``2,5 s``, ``0:02.5`` or ``1:02:03.5``.

    Raises
    ------
    ValueError
        If the text cannot be read; the message states what to write instead.
    """
    cell = _plain(text)
    if clock := _CLOCK.fullmatch(cell):
        hours, minutes, rest = int(clock[1] or 0), int(clock[2]), _decimal(clock[3])
        if rest < 60.0 and (clock[1] is None or minutes < 60):
            return 3600.0 * hours + 60.0 * minutes + rest
    try:
        return number(cell)
    except ValueError:
        raise ValueError("is not a time; write seconds such as 2.5, or 0:02.5") from None


def box(text: str) -> list[float]:
    """Read four numbers, separated by commas, semicolons or spaces.

    Raises
    ------
    ValueError
        If the text cannot be read; the message states what to write instead.
    """
    cell = _plain(text).strip("[](){}")
    words = cell.split()
    if ";" in cell:
        parts = cell.split(";")
    elif len(words) == 4 and not any(word.endswith(",") for word in words):
        parts = words
    else:
        parts = cell.split(",")
    try:
        values = [number(part.strip().rstrip(",")) for part in parts]
    except ValueError:
        values = []
    if len(values) != 4:
        raise ValueError(
            "is not a box; write left, top, right and bottom in pixels with blanks between them,"
            " such as 100 50 300 400"
        )
    return values


def day(text: str) -> str:
    """Read a date written as ``2026-05-31`` or ``31.05.2026``, and return it in the former format.

    ``31/05/2026``, with slashes, is read only where it is clear which number is the month.

    Raises
    ------
    ValueError
        If the text cannot be read; the message states what to write instead.
    """
    cell = _plain(text)
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.datetime.strptime(cell, form).date().isoformat()
        except ValueError:
            continue
    if slashed := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", cell):
        first, second, year = map(int, slashed.groups())
        if first <= 12 and second <= 12 and first != second:
            raise ValueError(
                "may be one of two days; write year-month-day, such as"
                f" {year}-{second:02d}-{first:02d}"
            )
        month, number = sorted((first, second))
        with suppress(ValueError):
            return datetime.date(year, month, number).isoformat()
    raise ValueError("is not a date; write year-month-day, such as 2026-05-31")


def path(text: str) -> str:
    """Read a path as file managers copy it: quoted, as a URL, relative to home, with backslashes.

    A path that exists is returned unchanged.

    Raises
    ------
    ValueError
        If it contains a line break or another control character.
    """
    if any(ord(character) < 32 for character in text):
        raise ValueError("holds a line break or control character; rename the file")
    if Path(text).exists():
        return text
    cell = text.strip(_MARKS)
    if len(cell) >= 2 and _QUOTES.get(cell[0]) == cell[-1]:
        cell = cell[1:-1].strip()
    if cell.lower().startswith("file:"):
        cell = urllib.parse.unquote(re.sub(r"^file:(//(localhost)?)?(?=/)", "", cell, flags=re.I))
        cell = re.sub(r"^/(?=[A-Za-z]:/)", "", cell)
    if cell.startswith("~"):
        with suppress(RuntimeError):  # of a user unknown on this machine
            cell = str(Path(cell).expanduser())
    if "\\" in cell and not Path(cell).exists() and Path(cell.replace("\\", "/")).exists():
        cell = cell.replace("\\", "/")
    return cell


def text(cell: str) -> str:
    """Read text.

    Raises
    ------
    ValueError
        If it contains a control character other than a line break, which becomes a space.
    """
    joined = re.sub(r"\s*[\r\n]+\s*", " ", cell)
    if any(ord(character) < 32 for character in joined):
        raise ValueError("holds a control character; type it anew")
    return joined


def corrections(text: str) -> list[dict[str, Any]]:
    """Read which intervals are repetitions and which are not: ``is 12.3-14.8; not 4-6.2``.

    Returns
    -------
    list of dict
        ``counts`` (bool), ``start_s`` and ``end_s`` of each, in the order written.

    Raises
    ------
    ValueError
        If the text cannot be read; the message states what to write instead.
    """
    cell, found, at = _plain(text), [], 0
    for part in _CORRECTION.finditer(cell):
        if cell[at : part.start()].strip(" ,;"):
            break
        at = part.end()
        start, end = (seconds(part[k].rstrip(".,")) for k in (2, 3))
        if end <= start:
            raise ValueError(f"says that {end:g} s comes after {start:g} s; exchange them")
        found.append({"counts": part[1].lower() == "is", "start_s": start, "end_s": end})
    if not found or cell[at:].strip(" ,;"):
        raise ValueError(
            "does not say what is a repetition; write from when to when, in seconds, such as"
            " is 12.3-14.8; not 4-6.2"
        )
    counted = sorted((each["start_s"], each["end_s"]) for each in found if each["counts"])
    for start, end in counted:
        middle = (start + end) / 2
        if any(not e["counts"] and e["start_s"] <= middle <= e["end_s"] for e in found):
            raise ValueError(f"says of {middle:g} s both is and not; leave one of them out")
    for (_, end), (start, _) in itertools.pairwise(counted):
        if start < end:
            raise ValueError(f"has two repetitions at {start:g} s; correct where one of them ends")
    return found


def written_corrections(said: Iterable[Mapping[str, Any]]) -> str:
    """Format corrections as :func:`corrections` reads them.

    >>> written_corrections(corrections("is 12,3 to 14.8 s, not 0:04-6"))
    'is 12.3-14.8; not 4-6'
    """
    return "; ".join(
        f"{'is' if each['counts'] else 'not'} {each['start_s']:.10g}-{each['end_s']:.10g}"
        for each in said
    )


#: Cell readers, by the column's ``format`` in the schema.
READERS: dict[str, Callable[[str], Any]] = {
    "number": number,
    "seconds": seconds,
    "box": box,
    "corrections": corrections,
    "date": day,
    "path": path,
    "text": text,
}


def _plain(cell: str) -> str:
    return cell.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-").strip()


def _decimal(digits: str) -> float:
    return float(digits.replace(",", "."))
