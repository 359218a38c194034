from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kinepath.io.files import read_json, sha256
from kinepath.runtime.environments import BuildError, build, interpreter


def run(marker: Path, code: str) -> str:
    done = subprocess.run(
        [str(interpreter(marker)), "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_an_environment_sees_what_this_one_has_and_its_own_first(tmp_path: Path) -> None:
    package = tmp_path / "source" / "tabulate"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("WHOSE = 'its own'\n")
    (package.parent / "pyproject.toml").write_text(
        "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n"
        "[project]\nname = 'tabulate'\nversion = '99'\n"
    )
    pins = tmp_path / "other.txt"
    pins.write_text(f"# one\n{package.parent}\n")
    marker = tmp_path / "envs" / "other.json"
    build(pins, marker)
    assert read_json(marker)["sha256"] == sha256(pins)
    assert run(marker, "import tabulate; print(tabulate.WHOSE)") == "its own"
    assert run(marker, "import numpy, kinepath.pose.keypoints; print(numpy.arange(2).sum())") == "1"


def test_what_cannot_be_had_is_told_and_leaves_no_marker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    pins = tmp_path / "other.txt"
    pins.write_text("no-such-package==1\n")
    with pytest.raises(BuildError, match=r"other\.txt: ERROR: No matching distribution found"):
        build(pins, tmp_path / "other.json")
    assert not (tmp_path / "other.json").exists()
