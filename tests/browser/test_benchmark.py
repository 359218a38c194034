"""The pages' benchmark runs, and gives numbers that could be right."""

from __future__ import annotations

import os
from pathlib import Path

from tests.browser.test_page import pytestmark as needs_chromium
from tests.workflow.conftest import ROOT
from tests.workflow.test_benchmarks import quick

pytestmark = needs_chromium


def test_the_benchmark_of_the_pages_runs(tmp_path: Path) -> None:
    found = quick(ROOT / "benchmarks" / "site.py", tmp_path, os.environ)
    assert 0 < found["index_20_mb"] < 1.5
    assert 0 < found["index_20_s"] < 60 and 0 < found["clip_s"] < 60
    assert 0 <= found["drift_frames"] < 100
