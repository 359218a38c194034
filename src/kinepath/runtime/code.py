"""The code that a script depends on, so that a changed module reruns the stages that use it."""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

from kinepath.io.files import replacing

_PACKAGE = Path(__file__).parents[1]
_TEMPLATES = {".html", ".css", ".js"}
#: Maximum number of parsed files in the cache, most of them outdated; beyond it is cleared.
_MOST_KEPT = 5000


def digest(script: str | Path, *modules: str) -> str:
    """Digest a script and the modules and templates of this package that it uses, transitively.

    Parameters
    ----------
    script : path
        A Python file.
    *modules : str
        Modules that the script imports by a name known only at runtime.

    Returns
    -------
    str
        The first 16 hexadecimal digits of the SHA-256 of the files' names and contents. Comments
        and layout of Python files are ignored, as are the files' times, so that a reformatted or
        touched file reruns nothing.
    """
    total = hashlib.sha256()
    named = [path for module in modules for path in _files(_PACKAGE, module)]
    total.update(_content(Path(script)))
    for path in sorted(_closure(Path(script), *named) - {Path(script)}):
        total.update(str(path.relative_to(_PACKAGE)).encode())
        total.update(_content(path))
    _keep()
    return total.hexdigest()[:16]


def modules_used(script: str | Path) -> set[str]:
    """Return the package's files that a script uses, relative to the package's folder."""
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
                names, _ = _parsed(path.read_bytes())
                waiting += [used for name in names for used in _files(_PACKAGE, name)]
    return found


def _parsed(source: bytes) -> tuple[list[str], str]:
    """Return the modules that Python code imports, and a digest that ignores its layout.

    Parsing is half of Snakemake's start-up time, so the results are cached beside the compiled
    modules, keyed by the code's own digest.
    """
    key, kept = hashlib.sha256(source).hexdigest(), _kept(_store())
    if key not in kept:
        kept[key] = _parse(source)
    names, digested = kept[key]
    return names, digested


def _parse(source: bytes) -> tuple[list[str], str]:
    tree = ast.parse(source)
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            # The imported name may be a module ("from kinepath import align") or not.
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names, hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _store() -> Path:
    # The dump differs between versions of Python.
    return _PACKAGE / "__pycache__" / f"code.{sys.implementation.cache_tag}.json"


@cache
def _kept(store: Path) -> dict[str, tuple[list[str], str]]:
    with suppress(OSError, ValueError):
        found = json.loads(store.read_text(encoding="utf-8"))
        if isinstance(found, dict) and len(found) < _MOST_KEPT:
            _WRITTEN[store] = len(found)
            return found
    return {}


#: Number of entries of each cached file.
_WRITTEN: dict[Path, int] = {}


def _keep() -> None:
    store = _store()
    kept = _kept(store)
    if len(kept) == _WRITTEN.get(store):
        return
    # Where the package is not writable, it is parsed each time.
    with suppress(OSError), replacing(store) as temporary:
        temporary.write_text(json.dumps(kept), encoding="utf-8")
    _WRITTEN[store] = len(kept)


@cache
def _files(home: Path, module: str) -> list[Path]:
    package, *parts = module.split(".")
    if package != home.name:
        return []
    base = home.joinpath(*parts)
    if parts and base.with_suffix(".py").is_file():
        # A module's own data has its name.
        own = (base.with_suffix(".py"), base.with_suffix(".json"))
        return [path for path in own if path.is_file()]
    if not (base / "__init__.py").is_file():
        return []
    # A package's templates lie in it or in subfolders that are not packages themselves.
    beside = [base, *(each for each in base.iterdir() if each.is_dir() and not _is_package(each))]
    templates = [path for each in beside for path in each.iterdir() if path.suffix in _TEMPLATES]
    return [base / "__init__.py", *templates]


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").is_file()


def _content(path: Path) -> bytes:
    if path.suffix == ".py":
        return _parsed(path.read_bytes())[1].encode()
    return path.read_bytes()
