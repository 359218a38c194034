"""Which jobs of a group, that a cluster ran as one job, are said to have failed."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.settings import OutputSettingsLoggerInterface

from snakemake_logger_plugin_kinepath import LogHandler

STAGES = ("probe", "camera_shots", "conform")


class Group:
    """Three jobs of a clip, each of which reads what the one before wrote."""

    def __init__(self) -> None:
        settings = SimpleNamespace(
            stdout=False,
            nocolor=False,
            verbose=False,
            quiet=None,
            dryrun=True,  # leaves this process's environment alone
            debug_dag=False,
            printshellcmds=False,
        )
        self.handler = LogHandler(cast(OutputSettingsLoggerInterface, settings), None)
        settings.dryrun = False

    def emit(self, event: LogEvent | None, message: str = "", **known: Any) -> None:
        record = logging.LogRecord("snakemake", logging.ERROR, "", 0, message, (), None)
        record.__dict__.update(event=event, **known)
        self.handler.emit(record)

    def plan(self) -> None:
        self.emit(LogEvent.RUN_INFO, stats=dict.fromkeys(STAGES, 1))

    def start(self) -> None:
        for jobid, stage in enumerate(STAGES):
            wildcards, log = {"clip": "hook"}, [f"logs/{stage}.log"]
            self.emit(LogEvent.JOB_INFO, jobid=jobid, rule_name=stage, wildcards=wildcards, log=log)

    def fail(self) -> None:
        infos: list[dict[str, Any]] = [
            {
                "jobid": jobid,
                "rule_name": stage,
                "input": [STAGES[jobid - 1]] if jobid else ["raw.mp4"],
                "output": [stage],
                "log": [f"logs/{stage}.log"],
            }
            for jobid, stage in enumerate(STAGES)
        ]
        self.emit(LogEvent.GROUP_ERROR, job_error_info=infos, aux_logs=[])
        for info in infos:
            self.emit(LogEvent.JOB_ERROR, **info)


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Group:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logs").mkdir()
    return Group()


def test_only_the_job_whose_log_says_so_failed(
    group: Group, capsys: pytest.CaptureFixture[str]
) -> None:
    group.plan()
    group.start()
    time.sleep(0.05)  # files' times are coarser than the clock by which a run begins
    Path("logs/probe.log").write_text("2026-01-01 INFO 120 frames\n")
    Path("logs/camera_shots.log").write_text("2026-01-01 ERROR clip 'hook': no frames; film it\n")
    group.fail()
    group.handler.close()
    assert capsys.readouterr().err.splitlines() == [
        "kinepath: 3 jobs to do",
        "kinepath: error: clip 'hook', camera shots: no frames; film it"
        " (log: logs/camera_shots.log)",
        "kinepath: 0 of 3 jobs done, 1 failed in 1 s",
    ]


def test_a_group_that_was_lost_and_tried_again_counts_once(
    group: Group, capsys: pytest.CaptureFixture[str]
) -> None:
    group.plan()
    for _ in range(2):
        group.start()
        group.fail()
        group.emit(None, "Trying to restart job 5ab3-77.")
    group.handler.close()
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(": the job was killed")[0] for line in lines[1:-1]] == [
        "kinepath: error: clip 'hook', probe",
        "kinepath: trying it again",
    ] * 2
    assert lines[-1].startswith("kinepath: 0 of 3 jobs done, 1 failed")
