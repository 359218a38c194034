"""A site that has accounting, as docs/cluster.md says how to use it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.slurm.conftest import HERE, Cluster, copy_project, finished, logged, submit

SETTING = "slurm-status-command: squeue"


def test_sacct_tells_of_jobs_that_squeue_has_forgotten(accounted: Cluster, tmp_path: Path) -> None:
    copy_project(tmp_path)
    for name in ("failures.smk", "failures.py"):
        shutil.copy(HERE / name, tmp_path)
    profile = tmp_path / "profiles" / "slurm" / "config.yaml"
    text = profile.read_text(encoding="utf-8")
    assert SETTING in text
    profile.write_text(text.replace(SETTING, "slurm-status-command: sacct"), encoding="utf-8")
    wanted = [f"results/{name}.json" for name in ("cancelled", "steady")]
    path = f"{profile.parent / 'bin'}:"
    snakemake = submit(tmp_path, "--snakefile", "failures.smk", "--", *wanted, path=path)
    try:
        cancelled, _ = accounted.wait_for("rule_step_wildcards_cancelled", "RUNNING")
        accounted.run("scancel", cancelled)
        finished(snakemake, 300)
    finally:
        snakemake.kill()
    numbers = re.findall(r"SLURM jobid ([0-9]+)", logged(tmp_path))
    assert len(numbers) == 3
    told = accounted.run("sacct", "-X", "-P", "-n", "-o", "JobIDRaw,State", "-j", ",".join(numbers))
    states = dict(line.split("|") for line in told.splitlines())
    assert states.pop(cancelled).startswith("CANCELLED")
    assert list(states.values()) == ["COMPLETED"] * 2
    assert accounted.told("rule_step_wildcards_cancelled") == []
    for name in wanted:
        assert (tmp_path / name).read_text() == "[1, 2]\n"
