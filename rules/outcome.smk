"""What could not be made: runs go on without it, and end by saying so.

A clip that fails would take along whatever concerns all clips. So a run in which something failed is
followed by another that plans without it, and makes the page and the comparisons of what there is.
"""

import atexit
import os
import subprocess
import sys
import time
from dataclasses import replace

from kinepath.workflow import outcome

STARTED_S = time.time()
# How often this run has been planned again: 0 as its user started it.
AGAIN = int(os.environ.get("KINEPATH_PLANNED_AGAIN", "0"))


def identity(clip):
    """Identify what decides whether a clip's raw video can be used."""
    row = CLIPS[clip]
    window = [row[name] for name in ("start_s", "end_s", "fps")]
    return outcome.fingerprint(row["path"], window, config["probe"], code("probe.py"))


# What this run goes on without: clips that cannot be used, and files that could not be made.
LEDGER = outcome.Ledger.read(outcome.LEDGER)
project = Project(config, CLIPS)
PATHS = {
    clip: row["path"]
    for clip, row in CLIPS.items()
    if not project.is_simulated(row["path"])
}
MISSING, FINISHED = plan.absent(PATHS)
UNUSABLE = {*MISSING, *plan.still_unusable(LEDGER, identity, CLIPS)}
UNMADE = LEDGER.unmade if AGAIN else frozenset()
project = replace(project, unusable=UNUSABLE, unmade=UNMADE)
# What the page says of them; of a clip that cannot be used its probe says it all.
FAILURES = [
    vars(failure)
    for failure in (LEDGER.failures if AGAIN else [])
    if failure.clip not in UNUSABLE
]


def job_of(job):
    """Describe a job of Snakemake's for the ledger."""
    return outcome.Job(
        key=id(job),
        stage=job.rule.name,
        clip=job.wildcards.get("clip"),
        log=next(map(str, job.log), None),
        outputs=tuple(map(str, job.output)),
        needs=frozenset(map(id, workflow.dag.dependencies[job])),
    )


def ledger_of_run(scheduler):
    """Give the failures of this run, and the jobs that waited for something in vain."""
    failed = []
    for entry in scheduler.failed:
        together = [job_of(job) for job in getattr(entry, "jobs", [entry])]
        failed += outcome.culprits(together, STARTED_S)
    keys = {job.key for job in failed}
    jobs = [job_of(job) for job in workflow.dag.needrun_jobs() if job.output]
    waiting = [
        job for job in jobs if job.key not in keys and job.stage != "failed_clips"
    ]
    failed = [job for job in failed if job.stage != "failed_clips"]
    # A cluster's job that fails takes along what the probe found; by now it is found again.
    before = [f["clip"] for f in FAILURES if f["stage"] in outcome.OF_RAW_VIDEO]
    passed_over = {*UNUSABLE, *before}
    found = outcome.ledger(
        failed, waiting, list(CLIPS), passed_over, identity, STARTED_S
    )
    return found, waiting


def conclude():
    """Plan again without what failed, and say in the run's last lines what that was."""
    scheduler = getattr(workflow, "scheduler", None)
    if scheduler is None or workflow.dryrun or workflow.touch:
        return
    if scheduler._user_kill or scheduler.running or scheduler._executor_error:
        return  # stopped by its user, or by the cluster
    found, waiting = ledger_of_run(scheduler)
    if waiting and not scheduler.failed:
        return
    found = found.joined(LEDGER if AGAIN else outcome.Ledger())
    found.write(outcome.LEDGER)
    asked = any(job.rule.name == "site" for job in workflow.dag.jobs)
    if any(job.clip is None for job in waiting) and found.unmade - UNMADE:
        without = dict.fromkeys(f.clip or f.stage for f in found.failures)
        plan_again(f"going on without {', '.join(without)}")
    elif asked and tiles_changed():
        plan_again("clips in which somebody is seen get the tiles of the others")
    if AGAIN == 0:
        page = "results/site/index.html" if asked else None
        found = outcome.Ledger.read(outcome.LEDGER)
        for line in outcome.last_lines(found, CLIPS, page):
            print(line, file=sys.stderr)


def tiles_changed():
    """Tell whether grids would show other clips, now that it is known where somebody is seen."""
    if not project.tiles_are_short:
        return False
    unseen = plan.unseen("results/summary.csv")
    return any(
        project.composite_clips(name) != project.composite_clips(name, unseen)
        for name in project.composites
    )


def plan_again(why):
    """Run what was asked for again, with what is known now of what can be made."""
    print(f"kinepath: {why}", file=sys.stderr)
    subprocess.run(
        [sys.executable, "-m", "snakemake", *outcome.without_force(sys.argv[1:])],
        env={**os.environ, "KINEPATH_PLANNED_AGAIN": str(AGAIN + 1)},
    )


if workflow.is_main_process:
    for line in [*plan.absences(MISSING, FINISHED, PATHS), *project.empty()]:
        print(f"kinepath: warning: {line}", file=sys.stderr)
    if outcome.is_snakemake(sys.argv):
        atexit.register(conclude)
