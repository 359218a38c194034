"""Benchmarks run, and give numbers that could be right; how good these are is not for tests."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.conftest import ROOT, Checkout


def test_the_benchmark_of_accuracy_runs(demo: Checkout) -> None:
    shutil.copytree(ROOT / "benchmarks", demo.folder / "benchmarks", dirs_exist_ok=True)
    done = subprocess.run(
        [sys.executable, "benchmarks/accuracy.py", "--quick", "--json"],
        cwd=demo.folder,
        env=demo.environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert 0 < found["keypoint_error_sw"] < 0.3
    assert found["rendered"] == found["peaks_rendered"] == 2
    # No footage lies beside this checkout, and nothing is made up for it.
    assert found["cam02_after_clean_pct"] is found["cam03_after_clean_pct"] is None


@pytest.mark.parametrize(
    ("name", "key", "low", "high"),
    [
        ("chain", "whitepaper_null_rate", 0.0, 1.0),
        ("dtw", "max_rel_error", 0.0, 1e-9),
        ("form", "sure99_wrong", 0.0, 0.05),
        ("pairs", "same_result_after_kill", 1, 1),
    ],
)
def test_a_benchmark_without_pictures_runs(
    tmp_path: Path, name: str, key: str, low: float, high: float
) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / f"{name}.py", "--quick", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert low <= json.loads(done.stdout)[key] <= high
