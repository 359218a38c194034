"""What the terminal says of a run, with a terminal and without one."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

SNAKEFILE = """
rule all:
    input: expand("{clip}.txt", clip=["hook", "drive", "bad"])

rule pose:
    output: "{clip}.txt"
    log: "logs/pose/{clip}.log"
    message: "{wildcards.clip}: finding keypoints"
    script: "pose.py"
"""
SCRIPT = """
import time
from pathlib import Path
from kinepath.errors import KinepathError
from kinepath.runtime.job import running

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'"):
    time.sleep(1.5)
    if snakemake.wildcards.clip == "bad":
        raise KinepathError("bad.mp4: broken", remedy="mend it")
    Path(snakemake.output[0]).touch()
"""
COMMAND = (sys.executable, "-m", "snakemake", "--cores", "2", "--keep-going", "--logger")
ERROR = "kinepath: error: clip 'bad', pose: bad.mp4: broken; mend it (log: logs/pose/bad.log)"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    (tmp_path / "pose.py").write_text(SCRIPT)
    return tmp_path


def without_terminal(folder: Path, *arguments: str, logger: str = "kinepath") -> str:
    done = subprocess.run(
        [*COMMAND, logger, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def with_terminal(folder: Path, environment: Mapping[str, str]) -> str:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "kinepath"], cwd=folder, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # the other end was closed
        pass
    process.wait()
    os.close(ours)
    return shown.decode()


def test_without_a_terminal_plain_lines_come(project: Path) -> None:
    lines = without_terminal(project).splitlines()
    assert lines[0] == "kinepath: 4 jobs to do"
    assert lines[1] == ERROR
    assert re.fullmatch(r"kinepath: 2 of 4 jobs done, 1 failed in \d+ s", lines[2])
    assert len(lines) == 3


def test_a_long_job_does_not_silence_a_run(project: Path) -> None:
    text = (project / "pose.py").read_text()
    (project / "pose.py").write_text(text.replace("1.5", "2.5"))
    (project / "often").mkdir()
    (project / "often" / "sitecustomize.py").write_text(
        "import snakemake_logger_plugin_kinepath.display as display\ndisplay.INTERVAL_S = 1.0\n"
    )
    known = os.environ.get("PYTHONPATH", "")
    done = subprocess.run(
        [*COMMAND, "kinepath", "--", "hook.txt"],
        cwd=project,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{project / 'often'}:{known}"},
    )
    expected = (
        "kinepath: 0 of 1 job done, 0 failed, time left not known yet,"
        " 1 running (hook: finding keypoints)"
    )
    assert done.stderr.splitlines().count(expected) >= 2


def test_on_a_terminal_the_clip_stands_beside_the_bar(project: Path) -> None:
    shown = with_terminal(project, {**os.environ, "TERM": "xterm", "COLUMNS": "120"})
    assert "hook: finding keypoints" in shown
    assert "0 of 4 jobs done, 0 failed" in shown
    assert ERROR in shown
    assert "2 of 4 jobs done, 1 failed in" in shown.splitlines()[-1]


def test_a_dumb_terminal_gets_plain_lines(project: Path) -> None:
    shown = with_terminal(project, {**os.environ, "TERM": "dumb"})
    assert "\x1b[" not in shown
    assert shown.splitlines()[0] == "kinepath: 4 jobs to do"


def test_colours_are_no_wish_for_bars(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = with_terminal(project, {**os.environ, "TERM": "xterm", "NO_COLOR": "1"})
    assert "\x1b" not in shown
    assert shown.splitlines()[0] == "kinepath: 4 jobs to do"
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in without_terminal(project, "--forceall")


@pytest.mark.parametrize("how", [["--quiet"], ["--quiet", "rules"], ["--quiet", "all"]])
def test_failures_are_told_even_to_the_quiet(project: Path, how: list[str]) -> None:
    lines = without_terminal(project, *how).splitlines()
    shown = ["kinepath: 4 jobs to do"] if "rules" in how else []
    assert lines[: len(shown) + 1] == [*shown, ERROR]
    assert len(lines) == (3 if shown else 1)


def test_shell_commands_are_shown_where_there_are_any(project: Path) -> None:
    with (project / "Snakefile").open("a") as file:
        file.write('\nrule shell:\n    output: "shell.txt"\n    shell: "touch {output}"\n')
    targets = ("--forceall", "--", "hook.txt", "shell.txt")
    lines = without_terminal(project, "-p", *targets).splitlines()
    assert lines[:2] == ["kinepath: 2 jobs to do", "touch shell.txt"] and len(lines) == 3
    assert "touch" not in without_terminal(project, *targets)


def test_a_job_that_is_tried_again_is_named(project: Path) -> None:
    lines = without_terminal(project, "--retries", "1", "--", "bad.txt").splitlines()
    again = "kinepath: trying clip 'bad', pose again"
    assert lines[1:-1] == [ERROR, again, ERROR]
    assert lines[-1].startswith("kinepath: 0 of 1 job done, 1 failed")


def test_a_dry_run_counts_jobs_and_tells_reasons_when_asked(project: Path) -> None:
    told = without_terminal(project, "--dry-run")
    assert re.search(r"^  pose +3$", told, flags=re.MULTILINE)
    assert re.search(r"^  total +4$", told, flags=re.MULTILINE)
    assert re.search(r"^  pose +3$", without_terminal(project, "-nq"), flags=re.MULTILINE)
    assert "Missing output files: hook.txt" in without_terminal(project, "-n", "--verbose")


def test_the_rules_own_errors_come_without_where_they_were_raised(project: Path) -> None:
    (project / "sheet.smk").write_text(
        "from snakemake.exceptions import WorkflowError\n"
        'raise WorkflowError("clips.tsv: row 2: no; yes\\nclips.tsv: row 3: no; yes")\n'
    )
    (project / "Snakefile").write_text(f'include: "sheet.smk"\n{SNAKEFILE}')
    told = without_terminal(project, "--dry-run").splitlines()
    assert told == ["clips.tsv: row 2: no; yes", "clips.tsv: row 3: no; yes"]


def test_other_loggers_get_the_job_s_own_line(project: Path) -> None:
    done = subprocess.run(COMMAND[:-1], cwd=project, stderr=subprocess.PIPE, text=True, check=False)
    assert "kinepath: error: clip 'bad': bad.mp4: broken; mend it" in done.stderr
