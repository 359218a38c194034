"""OpenMMLab's own weights, whose addresses are in the index that its packages contain.

A package contains ``.mim/model-index.yml``, which lists files that name the weights of its
configurations. The detectors in mmpose, in addition to mmdet's, are in a separate table.
"""

from __future__ import annotations

import ast
import difflib
import http.client
import logging
import os
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kinepath.errors import KinepathError
from kinepath.io.files import replacing, sha256

_LOG = logging.getLogger("kinepath.runtime.job")
_TABLE = Path("mmpose", "apis", "inferencers", "utils", "default_det_models.py")
#: End of a file name, such as ``-8edcf0d7_20230127.pth``: the start of its SHA-256, and a date.
_DIGEST = re.compile(r"[-_]([0-9a-f]{7,64})(?:[-_]20[0-9]{6})?\.pth$")
_DATE = re.compile(r"20[0-9]{6}")


class WeightsError(KinepathError):
    """Weights that cannot be obtained, or are not the requested ones."""


def obtain(
    configuration: str,
    packages: str | Path,
    target: str | Path,
    folder: str | Path,
    digest: str | None = None,
) -> str:
    """Put OpenMMLab's weights for one of its configurations at ``target``.

    They are downloaded into ``folder`` under their own name, unless they are already there; offline
    they can be put there by hand.

    Parameters
    ----------
    configuration : str
        Its name, without ``.py``.
    packages : path
        The folder in which mmpose and mmdet are installed.
    target : path
        Path of the file; a hard link where supported, which takes no additional space.
    folder : path
        Folder of the files of weights.
    digest : str, optional
        SHA-256 that the file must have. Without it, the SHA-256 must start as in the file's name.

    Returns
    -------
    str
        SHA-256 of the file.

    Raises
    ------
    WeightsError
        If no weights are known, they cannot be downloaded, or they differ.
    """
    address = address_of(configuration, packages)
    file = Path(folder) / address.rsplit("/", 1)[-1]
    if file.is_file():
        found = _check(file, digest, file, str(file))
    else:
        with replacing(file) as temporary:
            _download(address, temporary, file)
            found = _check(temporary, digest, file, address)
    with replacing(target) as temporary:
        _link(file, temporary)
    return found


def address_of(configuration: str, packages: str | Path) -> str:
    """Find the address of a configuration's weights in the index of the packages.

    Raises
    ------
    WeightsError
        If it has none; the message proposes names that have one.
    """
    addresses: dict[str, str] = {}
    for name, address in _known(Path(packages)):
        addresses.setdefault(name, address)
    if configuration in addresses:
        return addresses[configuration]
    near = difflib.get_close_matches(configuration, addresses)
    advice = f"; there are for {', '.join(near)}" if near else ""
    raise WeightsError(
        f"the index of mmpose and mmdet names no weights for {configuration}{advice};"
        " give the path of a checkpoint instead of 'official'"
    )


def _known(packages: Path) -> Iterator[tuple[str, str]]:
    """Yield configurations with the addresses of their weights."""
    if (packages / _TABLE).is_file():
        yield from _in_table((packages / _TABLE).read_text(encoding="utf-8"))
    for package in ("mmpose", "mmdet"):
        root = packages / package / ".mim"
        if not (root / "model-index.yml").is_file():
            raise WeightsError(f"{root}: there is no model-index.yml")
        for name in _loaded(root / "model-index.yml")["Import"]:
            models = _loaded(root / name)
            for model in models.get("Models", []) if isinstance(models, dict) else models:
                # Trackers have several files, and some configurations none.
                if isinstance(model.get("Weights"), str):
                    yield Path(model["Config"]).stem, model["Weights"]


def _loaded(path: Path) -> Any:
    # Not the pure Python loader: there are hundreds of files.
    return yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _in_table(code: str) -> Iterator[tuple[str, str]]:
    """Read the table of mmpose's detectors without running it, which would import all of torch."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            keys = {keyword.arg: keyword.value for keyword in node.keywords}
            texts = [_texts(keys[key]) for key in ("model", "weights") if key in keys]
            if len(texts) == 2 and texts[0] and texts[1] and texts[0][-1].endswith(".py"):
                yield Path(texts[0][-1]).stem, texts[1][0]


def _texts(node: ast.AST) -> list[str]:
    constants = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return [value for value in constants if isinstance(value, str)]


def told_digest(name: str) -> str | None:
    """Return the start of the SHA-256 stated in a file's name; None where there is none."""
    found = _DIGEST.search(name)
    return None if found is None or _DATE.fullmatch(found[1]) else found[1]


def _download(address: str, target: Path, file: Path) -> None:
    _LOG.info("downloading %s", address)
    try:
        with urllib.request.urlopen(address, timeout=60) as answer, target.open("wb") as stream:
            shutil.copyfileobj(answer, stream, 1 << 20)
            size = answer.headers.get("Content-Length")
        if size is not None and int(size) != target.stat().st_size:
            raise OSError(f"only {target.stat().st_size} of {size} bytes came")
    except (OSError, http.client.HTTPException) as error:
        raise WeightsError(
            f"{address}: {_reason(error)}; download it elsewhere and put it there as {file}"
        ) from None


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return str(error)
    return str(getattr(error, "reason", error))


def _check(path: Path, digest: str | None, file: Path, source: str) -> str:
    found = sha256(path)
    wanted = digest or told_digest(file.name)
    if wanted is None:
        _LOG.warning("%s: no digest is known; its SHA-256 is %s", file.name, found)
    elif not found.startswith(wanted):
        says = "not" if digest else "but its name says that it begins with"
        raise WeightsError(
            f"{source}: SHA-256 is {found}, {says} {wanted}; fetch it again, or give its path"
            " instead of 'official' if it is right nevertheless"
        )
    return found


def _link(file: Path, target: Path) -> None:
    try:
        os.link(file, target)
    except OSError:  # Not every file system supports links.
        shutil.copyfile(file, target)
