"""What a run could not make: which clips failed, why, what to do, and what to go on without.

Snakemake runs no job whose inputs could not be made, so one clip that fails would take the page
and all comparisons along. The ledger names the failures of a run and the files they left unmade;
planned again without those files, the run comes to its end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from kinepath.io.files import read_json, write_json

#: Where the ledger of the last run is kept.
LEDGER = "results/failed_clips.json"
#: What stands before a failed job's message in its log.
_ERROR = " ERROR "
#: Stages whose failure may mean that the raw video cannot be used at all.
OF_RAW_VIDEO = {"probe", "camera_shots", "conform"}


@dataclass(frozen=True)
class Failure:
    """One thing that failed.

    Parameters
    ----------
    stage : str
        The stage that failed, such as ``pose``.
    cause : str
        What is wrong.
    remedy : str
        What to do about it.
    clip : str or None
        The clip that failed; None where the stage concerns several clips.
    log : str or None
        The failed job's log.
    """

    stage: str
    cause: str
    remedy: str
    clip: str | None = None
    log: str | None = None

    def line(self) -> str:
        """Return one line for a terminal."""
        stage = self.stage.replace("_", " ")
        subject = f"clip '{self.clip}', {stage}" if self.clip else stage
        log = f" (log: {self.log})" if self.log else ""
        return f"{subject}: {self.cause}; {self.remedy}{log}"


@dataclass(frozen=True)
class Ledger:
    """The failures of a run.

    Parameters
    ----------
    failures : tuple of Failure
        In the order of the sheet.
    unmade : frozenset of str
        Files that could not be made.
    unusable : mapping of str to str
        Clips whose raw video cannot be used, each with the :func:`fingerprint` of what was tried:
        while it stays the same, trying again is of no use.
    """

    failures: tuple[Failure, ...] = ()
    unmade: frozenset[str] = frozenset()
    unusable: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a ledger; one that is missing or damaged names no failure, so all is tried again."""
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            return cls(
                tuple(Failure(**failure) for failure in content["failures"]),
                frozenset(content["unmade"]),
                dict(content["unusable"]),
            )
        except (OSError, ValueError, TypeError, KeyError):
            return cls()

    def write(self, path: str | Path) -> None:
        """Write the ledger; one without failures is removed."""
        if not self.failures:
            Path(path).unlink(missing_ok=True)
            return
        content = {
            "failures": [asdict(failure) for failure in self.failures],
            "unmade": sorted(self.unmade),
            "unusable": dict(sorted(self.unusable.items())),
        }
        write_json(path, content)

    def joined(self, other: Ledger) -> Ledger:
        """Return the failures of both; of a clip in both, this ledger's count."""
        known = {(failure.clip or failure.stage) for failure in self.failures}
        more = [f for f in other.failures if (f.clip or f.stage) not in known]
        return Ledger(
            (*self.failures, *more),
            self.unmade | other.unmade,
            {**other.unusable, **self.unusable},
        )


@dataclass(frozen=True)
class Job:
    """A job that failed, or that waited for one in vain.

    Parameters
    ----------
    key : int
        Identifies the job.
    stage : str
        Name of its rule.
    clip : str or None
        Name of its clip; None where it concerns several.
    log : str or None
        Its log, as :func:`kinepath.runtime.job.running` writes it.
    outputs : tuple of str
        What it should have made.
    needs : frozenset of int
        Keys of the jobs whose outputs it reads.
    """

    key: int
    stage: str
    clip: str | None
    log: str | None
    outputs: tuple[str, ...]
    needs: frozenset[int] = frozenset()


def fingerprint(path: str | Path, *parameters: Any) -> str:
    """Identify a raw video and what it was probed with, without reading it.

    Parameters
    ----------
    path : path
        A file, a folder of images, or nothing at all.
    *parameters
        Whatever else decides whether it can be used; must be representable as JSON.

    Returns
    -------
    str
        Changes with the file's size and time, with a folder's time, and with the parameters.
    """
    try:
        status = Path(path).stat()
        found: list[int] | None = [status.st_size, status.st_mtime_ns]
    except OSError:
        found = None
    return json.dumps([str(path), found, *parameters], sort_keys=True)


def culprits(jobs: Sequence[Job], since_s: float) -> list[Job]:
    """Return which jobs failed of those that one job of a cluster held together.

    They are those whose logs say so; where none does, those that no other of them held up.
    """
    told = [job for job in jobs if _last_error(job.log, since_s) is not None]
    keys = {job.key for job in jobs}
    return told or [job for job in jobs if not job.needs & keys]


def ledger(
    failed: Sequence[Job],
    waiting: Sequence[Job],
    clips: Sequence[str],
    passed_over: Collection[str],
    identify: Callable[[str], str],
    since_s: float,
) -> Ledger:
    """Make the ledger of a run.

    Parameters
    ----------
    failed, waiting : sequence of Job
        The jobs that failed, and those that waited for them.
    clips : sequence of str
        All clips, in the sheet's order.
    passed_over : collection of str
        Clips that the run did not plan because they cannot be used, or could not be used before.
    identify : callable
        Returns the :func:`fingerprint` of a clip.
    since_s : float
        When the run began, seconds since the epoch; older logs are those of other runs.

    Returns
    -------
    Ledger
        A clip's failure is that of its own stage, or that of whatever it waited for, such as the
        pose model.
    """
    causes = {job.key: job_failure(job, since_s) for job in failed}
    found = {
        failure.clip or failure.log or failure.stage: failure
        for failure in reversed(causes.values())
    }
    unusable = {}
    for clip in clips:
        if clip in passed_over or (clip in found and found[clip].stage in OF_RAW_VIDEO):
            verdict = _probed(clip)
            if verdict is not None:
                found[clip], unusable[clip] = verdict, identify(clip)
    jobs = {job.key: job for job in (*failed, *waiting)}
    roots = _roots(jobs, causes.keys())
    for job in waiting:
        if job.key in roots and job.clip is not None and job.clip not in found:
            root = causes[roots[job.key]]
            cause = f"waits for the stage {root.stage}, which failed: {root.cause}"
            found[job.clip] = Failure(job.stage, cause, root.remedy, job.clip, root.log)
    places = {clip: place for place, clip in enumerate(clips)}
    ordered = sorted(found.values(), key=lambda failure: places.get(failure.clip or "", len(clips)))
    unmade = frozenset(output for key in roots for output in jobs[key].outputs)
    return Ledger(tuple(ordered), unmade, unusable)


def job_failure(job: Job, since_s: float) -> Failure:
    """Return what a failed job's log says of its failure.

    Parameters
    ----------
    job : Job
        The failed job.
    since_s : float
        When the run began, seconds since the epoch.

    Returns
    -------
    Failure
        The log's last error. A log without one is that of a job that was killed.
    """

    def failure(cause: str, remedy: str) -> Failure:
        return Failure(job.stage, cause, remedy, job.clip, job.log)

    last = _last_error(job.log, since_s)
    if last is None:
        return failure(
            "the job was killed or could not start, perhaps for want of memory",
            "use fewer --cores or a machine with more memory",
        )
    error, detail = last
    _, _, message = error.partition(": ")
    if message == "unexpected failure":
        return failure(f"{message}: {detail}", "a defect of the program: please report it")
    cause, _, remedy = message.partition("; ")
    return failure(cause or error, remedy or "see the log")


def without_force(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of snakemake without those that make finished jobs run again."""
    kept: list[str] = []
    named = False
    for argument in arguments:
        if argument.startswith("-"):
            named = argument in ("-R", "--forcerun")
        forces = argument in ("-F", "--forceall", "-f", "--force")
        if not (named or forces or argument.startswith("--forcerun=")):
            kept.append(argument)
    return kept


def is_snakemake(arguments: Sequence[str]) -> bool:
    """Return whether a process was started as the program snakemake, with these arguments."""
    program = Path(arguments[0])
    return program.stem == "snakemake" or program.parts[-2:] == ("snakemake", "__main__.py")


def last_lines(found: Ledger, clips: Collection[str], page: str | None) -> list[str]:
    """Return the last lines of a run: what failed with its remedy, and where the page is.

    Parameters
    ----------
    found : Ledger
        What failed.
    clips : collection of str
        All clips.
    page : str or None
        Where the page should be; None where it was not asked for.
    """
    lines = []
    if found.failures:
        failed = {failure.clip for failure in found.failures if failure.clip}
        counted = f"{len(failed)} of {len(clips)} clips failed"
        lines.append(f"kinepath: {counted if failed else 'not everything could be made'}:")
        lines += [f"  {failure.line()}" for failure in found.failures]
    if page is not None:
        there = Path(page).is_file()
        lines.append(f"kinepath: the page: {page}" if there else "kinepath: no page was made")
    return lines


def _probed(clip: str) -> Failure | None:
    """Return the failure of a clip whose probe says that it cannot be used; None if it can."""
    try:
        probed = read_json(f"results/probe/{clip}.json")
    except (OSError, ValueError):
        return None
    if probed.get("usable", True):
        return None
    return Failure("probe", probed["cause"], probed["remedy"], clip)


def _roots(jobs: Mapping[int, Job], failed: Collection[int]) -> dict[int, int]:
    """Return for every job that stays unmade which failed job it waits for, itself included.

    What concerns several clips goes on without those that fail; all else needs all it reads.
    """
    roots: dict[int, int | None] = {}

    def root(key: int) -> int | None:
        if key not in roots:
            roots[key] = None
            job = jobs[key]
            needed = [
                other
                for other in sorted(job.needs & jobs.keys())
                if job.clip is not None or jobs[other].clip is None
            ]
            found = [key] if key in failed else [r for r in map(root, needed) if r is not None]
            roots[key] = next(iter(found), None)
        return roots[key]

    return {key: found for key in jobs if (found := root(key)) is not None}


def _last_error(log: str | None, since_s: float) -> tuple[str, str] | None:
    """Return the last error in a log and the last line after it; None without one."""
    try:
        path = Path(log or "")
        if path.stat().st_mtime < since_s:
            return None
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    places = [k for k, line in enumerate(lines) if _ERROR in line]
    if not places:
        return None
    after = [line.strip() for line in lines[places[-1] + 1 :] if line.strip()]
    return lines[places[-1]].partition(_ERROR)[2], after[-1] if after else "no message"
