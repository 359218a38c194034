"""The set-up script notices an environment that is not this folder's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.conftest import ROOT

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="the set-up script wants Python 3.11"
)


def project(folder: Path) -> Path:
    """Put up a project that needs no packages, so that setting it up takes a second or two."""
    (folder / "envs").mkdir(parents=True)
    shutil.copy(ROOT / "envs" / "setup.sh", folder / "envs")
    (folder / "envs" / "main.txt").write_text("# nothing\n")
    (folder / "pyproject.toml").write_text("# none\n")
    return folder


def set_up(folder: Path, pip: str = "exit 0") -> subprocess.CompletedProcess[str]:
    """Run the script with a pip that does as it is told."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    # Called as a module, so a module of this name comes first.
    call = f"os.execlp('sh', 'sh', '-c', {pip!r}, 'pip', *sys.argv[1:])"
    (tools / "pip.py").write_text(f"import os, sys\n{call}\n")
    return subprocess.run(
        ["bash", str(folder / "envs" / "setup.sh")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tools), "PYTHONSAFEPATH": ""},
    )


def test_a_folder_that_was_copied_or_moved_gets_its_own_environment(tmp_path: Path) -> None:
    first = project(tmp_path / "first")
    done = set_up(first)
    assert done.returncode == 0, done.stderr
    assert set_up(first).stdout == ""

    copied = tmp_path / "copied"
    shutil.copytree(first, copied, symlinks=True)
    done = set_up(copied)
    assert done.returncode == 0, done.stderr
    assert "making .venv again: it was made for another folder" in done.stdout
    assert str(copied) in (copied / ".venv" / "bin" / "activate").read_text()
    assert set_up(copied).stdout == ""

    moved = first.rename(tmp_path / "moved")
    assert "making .venv again" in set_up(moved).stdout


def test_an_environment_without_its_python_is_made_again(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    assert set_up(folder).returncode == 0
    for python in (folder / ".venv" / "bin").glob("python*"):
        python.unlink()
    done = set_up(folder)
    assert "making .venv again: its Python is gone" in done.stdout
    assert (folder / ".venv" / "bin" / "python").exists()


def test_a_set_up_that_was_interrupted_is_done_again(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    assert set_up(folder).returncode == 0
    (folder / ".venv" / "made_for").unlink()
    assert "making .venv again: its making was interrupted" in set_up(folder).stdout


def test_packages_whose_installation_was_interrupted_are_installed_anew(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    assert set_up(folder, pip="exit 130").returncode != 0
    done = set_up(folder, pip='echo "$@"')
    assert done.returncode == 0, done.stderr
    assert "all of it, because the last time did not come to its end" in done.stdout
    assert "making .venv again" not in done.stdout
    assert "--force-reinstall -r envs/main.txt" in (folder / "logs" / "setup.log").read_text()

    pins = folder / "envs" / "main.txt"
    known = pins.read_text()
    pins.write_text("# another\n")
    assert "all of it" not in set_up(folder, pip="exit 130").stdout
    # Some of the others may be there now.
    pins.write_text(known)
    assert "all of it" in set_up(folder).stdout
    assert set_up(folder).stdout == ""


def test_a_link_to_an_environment_that_is_gone_is_replaced(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    (folder / ".venv").symlink_to(tmp_path / "gone")
    done = set_up(folder)
    assert done.returncode == 0, done.stderr
    assert "making .venv again: its Python is gone" in done.stdout
    assert (folder / ".venv" / "bin" / "python").exists() and not (folder / ".venv").is_symlink()


def test_a_folder_is_the_same_by_whichever_path_it_is_reached(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    assert set_up(folder).returncode == 0
    (tmp_path / "link").symlink_to(folder)
    assert set_up(tmp_path / "link").stdout == ""


def test_a_long_installation_says_that_it_goes_on(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    script = folder / "envs" / "setup.sh"
    script.write_text(script.read_text().replace("every_s=30", "every_s=0.3"))
    done = set_up(folder, pip="sleep 1.5")
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.count("setup: still installing envs/main.txt (") >= 3


def test_pip_s_noise_is_hidden_and_its_errors_are_not(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    noise = "echo 'WARNING: Location ignored'; echo lots of noise"
    done = set_up(folder, pip=noise)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout == "setup: installing envs/main.txt into .venv (a minute or two)\n"
    assert "lots of noise" in (folder / "logs" / "setup.log").read_text()

    (folder / "envs" / "main.txt").write_text("# more\n")
    done = set_up(folder, pip=f"{noise}; echo 'ERROR: no matching distribution'; exit 1")
    assert done.returncode != 0
    assert "ERROR: no matching distribution" in done.stderr
    assert "installing envs/main.txt failed" in done.stderr and "network" in done.stderr
    assert "WARNING" not in done.stderr
    # What failed is tried again.
    assert "installing envs/main.txt" in set_up(folder).stdout
