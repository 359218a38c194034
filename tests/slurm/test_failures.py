"""A cancelled job, one out of time and a dead node, all in one run."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.slurm.conftest import HERE, Cluster, copy_project, finished, submit

NAMES = ("cancelled", "late", "orphaned")


def test_nothing_is_lost_or_doubled(cluster: Cluster, tmp_path: Path) -> None:
    copy_project(tmp_path)
    for name in ("failures.smk", "failures.py"):
        shutil.copy(HERE / name, tmp_path)
    snakemake = submit(tmp_path, "--snakefile", "failures.smk")
    node = "none"
    try:
        cancelled, _ = cluster.wait_for("rule_step_wildcards_cancelled", "RUNNING")
        _, node = cluster.wait_for("rule_step_wildcards_orphaned", "RUNNING")
        wait_until(lambda: all((tmp_path / f"{name}.txt").is_file() for name in NAMES))
        cluster.run("scancel", cancelled)
        cluster.wait_for("rule_step_wildcards_late", "TIMEOUT")
        cluster.kill_node(node)
        cluster.wait_for("rule_step_wildcards_orphaned", "NODE_FAIL")
        finished(snakemake)
        wait_until(lambda: "end 1" in diary(tmp_path, "orphaned"))
    finally:
        snakemake.kill()
        if node != "none":
            cluster.start_node(node)
    for name, first in zip(NAMES, ("CANCELLED", "TIMEOUT", "NODE_FAIL"), strict=True):
        states = [state for _, state, *_ in cluster.told(f"rule_step_wildcards_{name}")]
        assert (states[0], states[-1]) == (first, "COMPLETED")
    assert [line[:3] for line in diary(tmp_path, "cancelled")].count("end") == 1
    assert [line[:3] for line in diary(tmp_path, "late")].count("end") == 1
    # The orphan wrote its file again, whole and the same; nobody left a half one behind.
    assert {path.name for path in (tmp_path / "results").iterdir()} == {
        f"{name}.json" for name in NAMES
    }
    for name in NAMES:
        assert (tmp_path / "results" / f"{name}.json").read_text() == "[1, 2]\n"
    assert "Nothing to be done" in finished(submit(tmp_path, "--snakefile", "failures.smk", "-n"))


def diary(folder: Path, name: str) -> list[str]:
    return (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def wait_until(holds: Callable[[], bool], seconds: float = 150.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.5)
