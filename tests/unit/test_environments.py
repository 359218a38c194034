from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


ENVS = Path(__file__).parents[2] / "envs"

#: Stands in for uv: keeps the pins that are there and adds those of FOUND.
UV = """#!/usr/bin/env bash
echo "$@" >>calls
while [ "$1" != --output-file ]; do shift; done
cp "$2" "$2.old"
{ grep -v '^[#-]' "$2.old"; for pin in $FOUND; do echo "$pin"; done; } >"$2"
rm "$2.old"
"""


def pins(name: str) -> dict[str, str]:
    lines = (ENVS / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if re.match(r"[^#-]", line))


@pytest.mark.parametrize("name", ["main", "dev", "onnx", "onnx-cuda"])
def test_what_is_asked_for_is_pinned(name: str) -> None:
    lines = (ENVS / f"{name}.in").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if not line.startswith("#")]
    if name == "main":
        project = tomllib.loads((ENVS.parent / "pyproject.toml").read_text(encoding="utf-8"))
        wanted += project["project"]["dependencies"]
    pinned = pins(f"{name}.txt")
    for requirement in map(Requirement, wanted):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version and version in requirement.specifier, requirement


def test_no_package_is_pinned_twice() -> None:
    assert not pins("main.txt").keys() & pins("dev.txt").keys()


def locked(folder: Path, found: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Lock a copy of the pins with a stand-in for uv that finds what it is told to."""
    shutil.copytree(ENVS, folder / "envs", dirs_exist_ok=True)
    uv = folder / ".venv" / "bin" / "uv"
    uv.parent.mkdir(parents=True, exist_ok=True)
    uv.write_text(UV, encoding="utf-8")
    uv.chmod(0o755)
    return subprocess.run(
        ["bash", str(folder / "envs" / "lock.sh"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "FOUND": found},
    )


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_locking_again_changes_nothing(tmp_path: Path) -> None:
    done = locked(tmp_path, "")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "lock: no pin changed\n"
    assert texts(tmp_path / "envs") == texts(ENVS)
    assert "--upgrade" not in (tmp_path / "calls").read_text(encoding="utf-8")


def test_a_new_package_of_the_workflow_is_pinned_once_and_for_conda_too(tmp_path: Path) -> None:
    done = locked(tmp_path, "zlib-ng==1.0", "upgrade")
    assert done.returncode == 0, done.stderr
    before, after = texts(ENVS), texts(tmp_path / "envs")
    assert {name for name in after if after[name] != before[name]} == {"main.txt", "main.yaml"}
    assert after["main.txt"] == before["main.txt"] + "zlib-ng==1.0\n"
    assert after["main.yaml"] == before["main.yaml"] + "      - zlib-ng==1.0\n"
    assert (tmp_path / "calls").read_text(encoding="utf-8").count("--upgrade") == 4


def test_what_is_no_plain_pin_leaves_the_files_alone(tmp_path: Path) -> None:
    done = locked(tmp_path, "--index-url=http://localhost/")
    assert done.returncode == 1
    assert done.stderr.startswith("--index-url=http://localhost/\nlock: envs stays as it was: ")
    assert texts(tmp_path / "envs") == texts(ENVS)
