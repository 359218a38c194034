"""Two ways to show a run: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from snakemake_logger_plugin_kinepath.run import Run, duration

#: At least so often a run without a terminal says how far it is, seconds.
INTERVAL_S = 30.0
#: So many running jobs are named in a plain line.
_NAMED = 4
#: So many running jobs have a line of their own on a terminal.
_SHOWN = 10


class Display(Protocol):
    """A way to show a run."""

    def __init__(self, console: Console, run: Run) -> None: ...

    def start(self) -> None:
        """Begin to show a run that has been planned."""

    def update(self) -> None:
        """Show that the run has changed."""

    def print(self, text: str, style: str = "") -> None:
        """Show a text that stays."""

    def stop(self) -> None:
        """End, with a last word; may be called twice."""


class Lines:
    """Plain lines: one at the start, one at least every half minute, one at the end."""

    def __init__(self, console: Console, run: Run) -> None:
        self._console, self._run = console, run
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to show a run that has been planned."""
        self.print(f"kinepath: {_jobs(self._run.total)} to do")
        self._thread = threading.Thread(target=self._repeat, daemon=True)
        self._thread.start()

    def update(self) -> None:
        """Wait for the next line: a line for every job would be too many."""

    def print(self, text: str, style: str = "") -> None:
        """Show a text that stays."""
        self._console.print(Text(text, style=style))

    def stop(self) -> None:
        """End, with a last word; may be called twice."""
        if self._thread is not None:
            self._ended.set()
            self._thread.join()
            self._thread = None
            self.print(f"kinepath: {last_word(self._run)}")

    def _repeat(self) -> None:
        while not self._ended.wait(INTERVAL_S):
            self.print(f"kinepath: {state(self._run)}")


class Bars:
    """A bar for the run, and beside it what runs, drawn anew as long as the run lasts."""

    def __init__(self, console: Console, run: Run) -> None:
        self._console, self._run = console, run
        self._live: Live | None = None

    def start(self) -> None:
        """Begin to show a run that has been planned."""
        self._live = Live(
            get_renderable=self._drawn, console=self._console, refresh_per_second=4, transient=True
        )
        self._live.start()

    def update(self) -> None:
        """Nothing to do: the bars are drawn four times a second."""

    def print(self, text: str, style: str = "") -> None:
        """Show a text that stays, above the bars."""
        self._console.print(Text(text, style=style))

    def stop(self) -> None:
        """End, with a last word; may be called twice."""
        if self._live is not None:
            self._live.stop()
            self._live = None
            self.print(f"kinepath: {last_word(self._run)}")

    def _drawn(self) -> Group:
        run, jobs = self._run, self._run.jobs()
        overall = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=max(run.total, 1), completed=run.done, width=30)
        overall.add_row(bar, Text(_counts(run)), Text(_left(run), style="dim"))
        lines = [
            Text.assemble("  ", job.message, (f"  {duration(run.clock() - job.since_s)}", "dim"))
            for job in jobs[:_SHOWN]
        ]
        if len(jobs) > _SHOWN:
            lines.append(Text(f"  and {len(jobs) - _SHOWN} more", style="dim"))
        return Group(overall, *lines)


def state(run: Run) -> str:
    """Return in one line how far a run is."""
    jobs = run.jobs()
    named = "; ".join(job.message for job in jobs[:_NAMED])
    more = f"; and {len(jobs) - _NAMED} more" if len(jobs) > _NAMED else ""
    return f"{_counts(run)}, {_left(run)}, {len(jobs)} running ({named or 'none'}{more})"


def last_word(run: Run) -> str:
    """Return in one line how a run ended."""
    return f"{_counts(run)} in {duration(run.elapsed_s)}"


def _counts(run: Run) -> str:
    return f"{run.done} of {_jobs(run.total)} done, {run.failed} failed"


def _left(run: Run) -> str:
    left = run.left_s()
    return "time left not known yet" if left is None else f"about {duration(left)} left"


def _jobs(count: int) -> str:
    return f"{count} job" if count == 1 else f"{count} jobs"
