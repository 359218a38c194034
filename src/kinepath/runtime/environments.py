"""Separate environments for packages that cannot be installed alongside the others.

An environment is a virtual environment that sees the packages of the current one, with the
pinned packages of a requirements file taking precedence.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from kinepath.errors import KinepathError
from kinepath.io.files import sha256, write_json


class BuildError(KinepathError):
    """An environment that could not be built."""


def folder_of(marker: str | Path) -> Path:
    """Return the folder of an environment from the path of its marker, ``NAME.json``."""
    return Path(marker).with_suffix("")


def interpreter(marker: str | Path) -> Path:
    """Return an environment's Python."""
    return folder_of(marker).absolute() / "bin" / "python"


def packages(marker: str | Path) -> Path:
    """Return the folder of an environment's own packages."""
    folder = str(folder_of(marker))
    return Path(sysconfig.get_path("purelib", vars={"base": folder, "platbase": folder}))


def build(pins: str | Path, marker: str | Path) -> None:
    """Build an environment.

    Parameters
    ----------
    pins : path
        Requirements with all dependencies except those that this process's environment provides.
        Where a file ``NAME-build.txt`` lies beside ``NAME.txt``, its packages are installed first;
        they are the build dependencies of packages built from source.
    marker : path
        ``NAME.json``, written when the folder ``NAME`` beside it is complete.

    Raises
    ------
    BuildError
        With the last line of pip's output.
    """
    pins, folder = Path(pins), folder_of(marker)
    venv.EnvBuilder(clear=True, with_pip=False).create(folder)
    seen = [path for path in sys.path if path.endswith("site-packages")]
    lines = [f"import site; site.addsitedir({path!r})\n" for path in seen]
    (packages(marker) / "zz_parent.pth").write_text("".join(lines), encoding="utf-8")
    for wanted in (pins.with_name(f"{pins.stem}-build.txt"), pins):
        if wanted.is_file():
            _install(wanted, interpreter(marker))
    write_json(
        marker, {"pins": pins.name, "sha256": sha256(pins), "python": sys.version.split()[0]}
    )


def _install(pins: Path, python: Path) -> None:
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    command += ["--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    # Packages that the parent has in another version would otherwise count as installed.
    command += ["--ignore-installed", "--requirement", str(pins)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.strip().splitlines() if line.startswith("ERROR")]
        raise BuildError(f"{pins.name}: {lines[-1] if lines else done.stderr[-300:]}")
