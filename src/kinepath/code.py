"""Which code a script depends on, so that a changed module reruns the stages that use it."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent
_TEMPLATES = {".html", ".css", ".js"}


def digest(script: str | Path, *modules: str) -> str:
    """Digest a script with the modules and templates of this package that it uses, directly or not.

    Parameters
    ----------
    script : path
        A Python file.
    *modules : str
        Modules that the script imports by a name known only at run time.

    Returns
    -------
    str
        The first 16 hexadecimal digits of a SHA-256 over the files' names and contents. Comments
        and layout of Python files do not count, nor do the files' times, so that a reformatted or
        touched file reruns nothing.
    """
    total = hashlib.sha256()
    named = [path for module in modules for path in _files(module)]
    total.update(_content(Path(script)))
    for path in sorted(_closure(Path(script), *named) - {Path(script)}):
        total.update(str(path.relative_to(_PACKAGE)).encode())
        total.update(_content(path))
    return total.hexdigest()[:16]


def modules_used(script: str | Path) -> set[str]:
    """Name the package's files that a script uses, relative to the package's folder."""
    paths = _closure(Path(script)) - {Path(script)}
    return {str(path.relative_to(_PACKAGE)) for path in paths}


def _closure(*start: Path) -> set[Path]:
    found: set[Path] = set()
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            if path.suffix == ".py":
                names, _ = _parsed(path.read_text(encoding="utf-8"))
                waiting += [used for name in names for used in _files(name)]
    return found


@cache
def _parsed(text: str) -> tuple[tuple[str, ...], bytes]:
    """Give the names of the modules that Python code imports, and the code without its layout."""
    tree = ast.parse(text)
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            # What follows "import" may be a module ("from kinepath import align") or not.
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(names), ast.dump(tree).encode()


def _files(module: str) -> list[Path]:
    package, *parts = module.split(".")
    if package != _PACKAGE.name:
        return []
    base = _PACKAGE.joinpath(*parts)
    if parts and base.with_suffix(".py").is_file():
        return [base.with_suffix(".py")]
    if not (base / "__init__.py").is_file():
        return []
    # Those of a package lie in it or in folders that are no packages themselves.
    beside = [base, *(each for each in base.iterdir() if each.is_dir() and not _is_package(each))]
    templates = [path for each in beside for path in each.iterdir() if path.suffix in _TEMPLATES]
    return [base / "__init__.py", *templates]


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").is_file()


def _content(path: Path) -> bytes:
    if path.suffix == ".py":
        return _parsed(path.read_text(encoding="utf-8"))[1]
    return path.read_bytes()
