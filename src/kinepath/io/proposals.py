"""Suggestions for misspelt input: the closest of the existing names and files."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

#: Maximum number of names listed where none is close.
_LISTED = 8
_WINDOWS = re.compile(r"^([A-Za-z]:[\\/]|\\\\)")


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most similar to the wanted one; None if none is close.

    Case, the form of accents (composed or not), spaces and punctuation count less than letters.
    """
    names = list(known)
    plain = {_plain(name): name for name in reversed(names)}
    if _plain(wanted) in plain:
        return plain[_plain(wanted)]
    found = difflib.get_close_matches(_plain(wanted), plain, n=1)
    return plain[found[0]] if found else None


def proposal(wanted: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: the likely one, or all of them."""
    names = list(known)
    near = nearest(wanted, names)
    return f"; did you mean {near!r}?" if near else f"; known: {', '.join(names)}"


def missing(path: str | Path) -> tuple[str, str]:
    """Describe a path that does not exist, and what may be meant instead.

    Returns
    -------
    cause, remedy : str
        The remedy proposes the file in the same folder with the closest name (case, form of
        accents, extension, typing errors), or states which of the folders does not exist.
    """
    text = str(path)
    if _WINDOWS.match(text) and not Path("C:/").exists():
        return (
            f"{text}: a path of a Windows computer, which this machine cannot reach",
            "copy the file to this machine and give its path here",
        )
    wanted = Path(text)
    if wanted.is_dir():
        return f"{text}: a folder, not a video", _one_of(wanted, "give one of its files")
    folder = wanted.parent
    if not folder.is_dir():
        there = next(parent for parent in folder.parents if parent.is_dir())
        absent = folder.relative_to(there).parts[0]
        near = nearest(absent, (each.name for each in _entries(there) if each.is_dir()))
        meant = f"did you mean {str(there / near)!r}?" if near else "correct the path"
        return f"{text}: no such file: there is no folder {str(there / absent)!r}", meant
    files = [each.name for each in _entries(folder) if each.is_file()]
    near = _nearest_file(wanted.name, files)
    if near:
        return f"{text}: no such file", f"did you mean {str(folder / near)!r}?"
    return f"{text}: no such file", _one_of(folder, "put the file there, or correct the path")


def _nearest_file(wanted: str, names: list[str]) -> str | None:
    near = nearest(Path(wanted).stem, (Path(name).stem for name in names))
    of_stem = [name for name in names if Path(name).stem == near]
    return nearest(wanted, of_stem) or next(iter(of_stem), None)


def _one_of(folder: Path, advice: str) -> str:
    names = sorted(each.name for each in _entries(folder) if each.is_file())
    if not names:
        return f"{advice} (the folder {str(folder)!r} holds no files)"
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{advice}; {str(folder)!r} holds {', '.join(names[:_LISTED])}{more}"


def _entries(folder: Path) -> list[Path]:
    try:
        return [each for each in folder.iterdir() if not each.name.startswith(".")]
    except OSError:
        return []


def _plain(name: str) -> str:
    """Return a name without case, accents, spaces and punctuation, except dots."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[^\w.]|_", "", "".join(c for c in letters if not unicodedata.combining(c)))
