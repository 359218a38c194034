"""A project that is not a clone: from the built wheel to the first results."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.videos import make_video
from tests.workflow.conftest import ROOT

SOURCES = ("src", "rules", "workflow", "config", "envs", "profiles")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel is installed, away from the clone."""
    source = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("*.egg-info"))
    for name in ("Snakefile", "pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("site-packages")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    built: list[str | Path] = [
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        wheels,
        source,
    ]
    subprocess.run([*pip, *built], check=True)
    wheel = next(wheels.glob("kinepath-*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--target", target, wheel], check=True)
    return target


def run(folder: Path, installed: Path, *command: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_wheel_is_enough_for_a_project(installed: Path, tmp_path: Path) -> None:
    video = make_video(tmp_path / "hook.mp4", frames=12, fps=25)
    run(tmp_path, installed, "kinepath", "init", "season", video)
    season = tmp_path / "season"
    plan = run(season, installed, "snakemake", "--cores", "2", "--dry-run")
    assert "kinematics" in plan and "site" in plan
    run(season, installed, "kinepath", "run", "--cores", "2", "results/probe/hook.json")
    told = run(season, installed, "kinepath", "status")
    assert "hook" in told and "done" in told
    # Its rules and scripts are those of the wheel.
    assert not (season / "rules").exists()
    log = (season / "logs" / "probe" / "hook.log").read_text(encoding="utf-8")
    assert str(ROOT) not in log


def test_a_project_plans_its_jobs_for_the_cluster(installed: Path, tmp_path: Path) -> None:
    video = make_video(tmp_path / "hook.mp4", frames=12, fps=25)
    run(tmp_path, installed, "kinepath", "init", "season", video)
    profile = ("--workflow-profile", "profiles/slurm", "--executor", "dryrun")
    plan = run(tmp_path / "season", installed, "snakemake", *profile, "--dry-run")
    assert "pose" in plan
