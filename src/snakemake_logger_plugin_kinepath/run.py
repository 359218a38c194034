"""How far a run is: what is done, what runs, how long the rest will take."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

#: So many jobs must be done before the time that is left is guessed.
_FEWEST = 4


@dataclass(frozen=True)
class Running:
    """A job that runs.

    Parameters
    ----------
    rule : str
        Name of its rule.
    message : str
        What it does, with its clip's name.
    since_s : float
        When it started, on the run's clock.
    """

    rule: str
    message: str
    since_s: float


@dataclass
class Run:
    """The state of a run; one thread writes it, others may read.

    Parameters
    ----------
    clock : callable
        Returns seconds that only ever grow.
    """

    clock: Callable[[], float] = time.monotonic
    total: int = 0
    done: int = 0
    running: dict[int, Running] = field(default_factory=dict)
    _planned: Counter[str] = field(default_factory=Counter)
    _failed: dict[int, str] = field(default_factory=dict)
    _took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _began_s: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, counts: Mapping[str, int]) -> None:
        """Begin a run of so many jobs of each rule."""
        with self._lock:
            self._planned = Counter(counts)
            self.total = sum(counts.values())
            self._began_s = self.clock()

    def start(self, jobid: int, rule: str, message: str) -> None:
        """Note that a job has started, or was handed to a cluster, perhaps once more."""
        with self._lock:
            if self._failed.pop(jobid, None) is not None:
                self._planned[rule] += 1
            self.running[jobid] = Running(rule, message, self.clock())

    def finish(self, jobid: int) -> None:
        """Note that a job is done."""
        with self._lock:
            self.done += 1
            if job := self.running.pop(jobid, None):
                self._took_s[job.rule].append(self.clock() - job.since_s)
                self._planned[job.rule] -= 1

    def fail(self, jobid: int) -> None:
        """Note that a job failed; what waits for it will not run."""
        with self._lock:
            if job := self.running.pop(jobid, None):
                self._failed[jobid] = job.rule
                self._planned[job.rule] -= 1

    def stop(self, jobid: int) -> None:
        """Note that a job runs no more, because one beside it in a job of a cluster failed."""
        with self._lock:
            self.running.pop(jobid, None)

    def jobs(self) -> list[Running]:
        """Return the jobs that run, the oldest first."""
        with self._lock:
            return sorted(self.running.values(), key=lambda job: job.since_s)

    @property
    def failed(self) -> int:
        """How many jobs failed and were not tried again."""
        return len(self._failed)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run began."""
        return self.clock() - self._began_s

    def left_s(self) -> float | None:
        """Return about how many seconds the rest will take; None while nothing can be said.

        What is left of every rule takes as long as its jobs took so far (those of rules of which
        none is done, as long as the others' mean), at the pace at which the run went on so far.
        A job that takes longer than those before it is thought to need a quarter more than it did.
        """
        with self._lock:
            took = {rule: sum(times) / len(times) for rule, times in self._took_s.items()}
            if self.done < _FEWEST or not took:
                return None
            usual = sum(map(sum, self._took_s.values())) / sum(map(len, self._took_s.values()))
            waiting = self._planned - Counter(job.rule for job in self.running.values())
            rest = sum(count * took.get(rule, usual) for rule, count in waiting.items())
            done = sum(map(sum, self._took_s.values()))
            for job in self.running.values():
                spent = self.clock() - job.since_s
                rest += max(took.get(job.rule, usual) - spent, spent / 4)
                done += spent
            return rest / max(done, 1e-9) * self.elapsed_s


def duration(seconds: float) -> str:
    """Return a duration as people say it: ``40 s``, ``3 min``, ``2 h 10 min``."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
