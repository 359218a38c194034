"""The benchmark of the cluster runs; how little a job costs is not for tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.slurm.conftest import why_not
from tests.workflow.conftest import ROOT


def test_the_benchmark_of_the_cluster_runs(tmp_path: Path) -> None:
    if reason := why_not():
        pytest.skip(reason)
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "cluster.py", "--quick", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    assert 0 < json.loads(done.stdout)["local_per_job_s"] < 60
