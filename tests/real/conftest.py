"""Tests on real footage, which is kept beside the project and found only where it is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.workflow.conftest import ROOT, Workspace, workspace  # noqa: F401 (a fixture)

SHARED = ROOT.parent / "shared"
CLIPS = SHARED / "clips"

collect_ignore_glob = [] if CLIPS.is_dir() else ["test_*.py"]


@pytest.fixture(scope="session")
def sources() -> dict[str, dict[str, str]]:
    """What is known of each file of real footage, by its name."""
    with (CLIPS / "SOURCES.tsv").open(encoding="utf-8") as table:
        return {row["file"]: row for row in csv.DictReader(table, delimiter="\t")}


def clip_name(file: str) -> str:
    """Name a clip after its file."""
    return Path(file).stem
