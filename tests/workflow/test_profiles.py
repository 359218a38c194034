from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml
from snakemake_executor_plugin_slurm.partitions import read_partition_file

from tests.workflow.conftest import ROOT, Workspace

RULES = {
    name
    for path in (ROOT / "rules").glob("*.smk")
    for name in re.findall(r"^rule (\w+):", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
}


def profile(name: str) -> dict[str, object]:
    text = (ROOT / "profiles" / name / "config.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def test_the_linter_finds_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--lint"], cwd=ROOT, capture_output=True, text=True
    )
    assert "good condition" in done.stdout + done.stderr, done.stdout


def test_the_profiles_agree_but_for_where_jobs_run() -> None:
    default, slurm = profile("default"), profile("slurm")
    same = ("keep-going", "scheduler", "rerun-triggers", "max-checksum-file-size")
    assert {key: default[key] for key in same} == {key: slurm[key] for key in same}


def test_groups_are_of_rules_that_there_are() -> None:
    groups = profile("slurm")["groups"]
    assert isinstance(groups, dict)
    assert set(groups) <= RULES


def test_the_slurm_profile_plans_the_same_jobs(workspace: Workspace) -> None:
    workspace.path("a.mp4").touch()
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--workflow-profile", str(ROOT / "profiles" / "slurm"), "--dry-run"]
    done = subprocess.run(
        command, cwd=workspace.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout
    table = dict(re.findall(r"^ +(\w+) +([0-9]+)$", done.stdout, flags=re.MULTILINE))
    here = workspace.jobs()
    assert {name: int(table[name]) for name in here} == here


def test_every_rule_asks_for_memory_and_time() -> None:
    for path in sorted((ROOT / "rules").glob("*.smk")):
        text = path.read_text(encoding="utf-8")
        for name, body in re.findall(r"^rule (\w+):\n((?:    .*\n|\n)+)", text, flags=re.MULTILINE):
            assert "mem_mb=" in body and "runtime=" in body, name


def test_partitions_are_known_to_the_executor() -> None:
    partitions = read_partition_file(Path(ROOT, "profiles", "slurm", "partitions.yaml"))
    assert [(p.name, p.limits.max_gpu) for p in partitions] == [("cpu", 0), ("gpu", 1)]
