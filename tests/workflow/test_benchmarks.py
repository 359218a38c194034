"""Benchmarks run, and give numbers that could be right; how good these are is not for tests."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

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
