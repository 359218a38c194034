"""What the terminal says of a run: `logger: kinepath` in a profile of Snakemake.

On a terminal a bar for the run and a line for every job that runs; without one, plain lines that a
log file can hold. Snakemake's own log file holds everything else.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from logging import ERROR, INFO, WARNING, LogRecord
from typing import Any, TextIO

from rich.console import Console
from snakemake.logging import DefaultFormatter
from snakemake.settings.enums import Quietness
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from kinepath.runtime.job import TOLD_ELSEWHERE
from kinepath.workflow.outcome import Job, culprits, job_failure
from snakemake_logger_plugin_kinepath.display import Bars, Display, Lines
from snakemake_logger_plugin_kinepath.run import Run

#: Messages of Snakemake's that users need; the rest of its chatter stays in its log file.
_NEEDED = ("Nothing to be done", "Congratulations", "Unlocked", "Terminating", "Will exit")
#: How Snakemake says that it tries a job, or a group of them, again.
_RESTART = re.compile(r"Trying to restart job (.+)\.$")
#: What Snakemake says of a list that is shown with --verbose only.
_UNSHOWN = "\n    (check individual jobs above for details)"
#: How Snakemake begins an error that a rule file raised.
_OWN = re.compile(r'WorkflowError in file ".*\.smk", line [0-9]+:$')
_PLACE = re.compile(r'  File ".*", line [0-9]+, in ')
#: Messages that repeat what a failed job's own line says.
_REPEATS = (
    "RuleException:\nCalledProcessError",
    "WorkflowError:\nAt least one job did not complete",
    "Exiting because a job execution failed",
)


class LogHandler(LogHandlerBase):
    """Shows a run's progress and failures on standard error (or output, where asked for)."""

    def __post_init__(self) -> None:
        """Choose how to show the run by what the terminal can do."""
        settings = self.common_settings
        moves = can_redraw(sys.stdout if settings.stdout else sys.stderr)
        console = Console(
            stderr=not settings.stdout,
            force_terminal=moves,
            color_system="auto" if moves and not settings.nocolor else None,
            highlight=False,
            soft_wrap=True,
        )
        self._verbose = settings.verbose
        self._quiet = set(settings.quiet or ())
        self._run = Run()
        self._display: Display = (Bars if moves else Lines)(console, self._run)
        self._started_s = time.time()
        self._jobs: dict[int, Job] = {}
        if not settings.dryrun:
            # Jobs leave it to this process to tell of their failures.
            os.environ[TOLD_ELSEWHERE] = "1"

    @property
    def writes_to_stream(self) -> bool:
        """It does."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """It does not."""
        return False

    @property
    def has_filter(self) -> bool:
        """Snakemake's own filter would keep failures back under --quiet."""
        return True

    @property
    def has_formatter(self) -> bool:
        """Records are not shown as they are."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """It is not shown."""
        return False

    def emit(self, record: LogRecord) -> None:
        """Show a record, or take from it what the display needs."""
        try:
            self._handle(record)
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """End the display: nothing is written to the terminal after this."""
        self._display.stop()
        super().close()

    def _handle(self, record: LogRecord) -> None:
        event = getattr(record, "event", None)
        if event == LogEvent.RUN_INFO:
            self._plan(dict(record.__dict__["stats"]))
        elif event == LogEvent.JOB_INFO:
            self._start(record)
        elif event == LogEvent.JOB_FINISHED:
            self._run.finish(record.__dict__["job_id"])
            self._display.update()
        elif event == LogEvent.GROUP_ERROR:
            self._fail_together(record)
        elif event == LogEvent.JOB_ERROR:
            if record.__dict__["jobid"] in self._run.running:  # else its group was told of
                self._fail(record.__dict__["jobid"])
        elif event == LogEvent.SHELLCMD:
            command = record.__dict__.get("shellcmd")
            if command and self.common_settings.printshellcmds:
                self._display.print(command)
        elif event == LogEvent.DEBUG_DAG:
            if self.common_settings.debug_dag:
                self._display.print(DefaultFormatter().format(record))
        elif event in (None, LogEvent.ERROR):
            self._say(record)

    def _plan(self, counts: dict[str, int]) -> None:
        total = counts.pop("total", sum(counts.values()))
        if self.common_settings.dryrun:
            if not self._run.total:
                rows = {**counts, "total": total}
                width = max(map(len, rows))
                self._display.print("Jobs that would run:")
                for rule, count in rows.items():
                    self._display.print(f"  {rule:<{width}}  {count}")
                self._display.print("With --verbose, each job and its reason.")
            self._run.total = total
            return
        self._run.plan(counts)
        if not self._quiet & {Quietness.PROGRESS, Quietness.ALL}:
            self._display.start()

    def _start(self, record: LogRecord) -> None:
        known = record.__dict__
        rule, jobid = str(known["rule_name"]), int(known["jobid"])
        wildcards = dict(known.get("wildcards") or {})
        log = next(map(str, known.get("log") or ()), None)
        self._jobs[jobid] = Job(jobid, rule, wildcards.get("clip"), log, ())
        if not self.common_settings.dryrun:
            message = known.get("rule_msg") or rule.replace("_", " ")
            self._run.start(jobid, rule, str(message))
            self._display.update()
        elif self._verbose:
            self._display.print(f"{rule}: {known.get('reason') or ''}")

    def _fail(self, jobid: int) -> None:
        self._run.fail(jobid)
        failure = job_failure(self._jobs[jobid], self._started_s)
        self._display.print(f"kinepath: error: {failure.line()}", style="red")
        self._display.update()

    def _fail_together(self, record: LogRecord) -> None:
        """Tell of those jobs of a group that failed, and of none that they held up."""
        jobs = together(record.__dict__["job_error_info"], self._jobs)
        failed = {job.key for job in culprits(jobs, self._started_s)}
        for job in jobs:
            if job.key in failed:
                self._fail(job.key)
            else:
                self._run.stop(job.key)

    def _again(self, jobid: str) -> None:
        job = self._jobs.get(int(jobid)) if jobid.isdecimal() else None
        stage = job.stage.replace("_", " ") if job else "it"
        subject = f"clip '{job.clip}', {stage}" if job and job.clip else stage
        self._display.print(f"kinepath: trying {subject} again")

    def _say(self, record: LogRecord) -> None:
        message = record.getMessage().strip()
        if restart := _RESTART.match(message):
            self._again(restart[1])
            return
        if message.startswith(_REPEATS) and not self._verbose:
            return
        if self._quiet & {Quietness.ALL, getattr(record, "quietness", None)}:
            needed = record.levelno >= ERROR
        else:
            needed = record.levelno >= WARNING or self._verbose or message.startswith(_NEEDED)
        told = self.common_settings.dryrun and record.levelno >= INFO and "\n" in message
        if message and (needed or told):
            self._display.print(plain(message.replace(_UNSHOWN, "")))


def together(infos: list[Mapping[str, Any]], known: Mapping[int, Job]) -> list[Job]:
    """Return the jobs that one job of a cluster held, each with those whose outputs it reads."""
    made = {path: int(info["jobid"]) for info in infos for path in info["output"]}
    return [
        replace(
            known[info["jobid"]],
            needs=frozenset(made[path] for path in info["input"] if path in made),
        )
        for info in infos
    ]


def can_redraw(stream: TextIO) -> bool:
    """Return whether a stream is a terminal on which lines may be drawn over."""
    dumb = os.environ.get("TERM", "") in ("dumb", "unknown")
    return stream.isatty() and not dumb and not os.environ.get("NO_COLOR")


def plain(message: str) -> str:
    """Return an error without the line that says where in the rules it was raised.

    The clear errors of kinepath's own are one line each and say all.
    """
    first, *rest = message.splitlines()
    if not rest or not _OWN.match(first):
        return message
    return "\n".join(line for line in rest if not _PLACE.match(line))
