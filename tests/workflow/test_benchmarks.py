"""Benchmarks run, and give numbers that could be right; how good these are is not for tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.conftest import ROOT, Checkout


def quick(script: Path, folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Run a benchmark with ``--quick`` in a folder; return its JSON."""
    done = subprocess.run(
        [sys.executable, script, "--quick", "--json"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_benchmark_of_accuracy_runs(demo: Checkout) -> None:
    shutil.copytree(ROOT / "benchmarks", demo.folder / "benchmarks", dirs_exist_ok=True)
    found = quick(demo.folder / "benchmarks" / "accuracy.py", demo.folder, demo.environment)
    assert 0 < found["keypoint_error_sw"] < 0.3
    assert found["rendered"] == found["peaks_rendered"] == 2
    # No footage lies beside this checkout, and nothing is made up for it.
    assert found["cam02_after_clean_pct"] is found["cam03_after_clean_pct"] is None


def test_the_benchmark_of_the_bat_runs(demo: Checkout, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "benchmarks", demo.folder / "benchmarks", dirs_exist_ok=True)
    environment = {**demo.environment, "TMPDIR": str(tmp_path)}
    found = quick(demo.folder / "benchmarks" / "bat.py", demo.folder, environment)
    assert found["easy_025"] > 0.8
    assert found["peaks"] == 4
    assert found["peak_covered"] > 0.5
    assert found["contact_within_40ms"] is found["real_observed_025"] is None


@pytest.mark.parametrize(
    ("name", "key", "low", "high"),
    [
        ("camera", "steady_error_pct", 0.0, 5.0),
        ("chain", "whitepaper_null_rate", 0.0, 1.0),
        ("dtw", "max_rel_error", 0.0, 1e-9),
        ("form", "sure99_wrong", 0.0, 0.05),
        ("memory", "peak_long_vs_short", 0.9, 2.0),
        ("pairs", "same_result_after_kill", 1, 1),
        ("reps", "sim_obo", 0.8, 1.0),
        ("videos", "skeleton_fps", 1.0, 1e4),
        ("workflow", "whole_vs_pose", 0.5, 10.0),
    ],
)
def test_a_benchmark_of_its_own_data_runs(
    tmp_path: Path, name: str, key: str, low: float, high: float
) -> None:
    found = quick(ROOT / "benchmarks" / f"{name}.py", tmp_path, os.environ)
    assert low <= found[key] <= high
