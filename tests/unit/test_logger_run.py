from __future__ import annotations

import pytest

from snakemake_logger_plugin_kinepath.display import last_word, state
from snakemake_logger_plugin_kinepath.run import Run, duration


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_time_left_is_that_of_jobs_alike(clock: Clock) -> None:
    run = Run(clock)
    run.plan({"pose": 4, "clean": 4})
    assert run.left_s() is None
    for jobid in range(4):
        rule = "pose" if jobid < 2 else "clean"
        run.start(jobid, rule, "")
        clock.now += 10.0 if rule == "pose" else 1.0
        run.finish(jobid)
    # One at a time: two poses of ten seconds and two cleanings of one are left.
    assert run.left_s() == pytest.approx(22.0)
    run.start(4, "pose", "")
    clock.now += 4.0
    assert run.left_s() == pytest.approx(18.0)


def test_a_job_that_takes_longer_than_thought_leaves_time_for_those_that_wait(clock: Clock) -> None:
    run = Run(clock)
    run.plan({"pose": 7})
    for jobid in range(4):
        run.start(jobid, "pose", "")
        clock.now += 10.0
        run.finish(jobid)
    run.start(4, "pose", "")
    clock.now += 100.0
    # One at a time: a quarter of the hundred seconds, and ten for each of the two that wait.
    assert run.left_s() == pytest.approx(45.0)


def test_jobs_that_run_together_halve_the_time_left(clock: Clock) -> None:
    run = Run(clock)
    run.plan({"pose": 8})
    for pair in (0, 2):
        run.start(pair, "pose", "")
        run.start(pair + 1, "pose", "")
        clock.now += 10.0
        run.finish(pair)
        run.finish(pair + 1)
    assert run.left_s() == pytest.approx(20.0)


def test_a_line_says_what_is_done_what_runs_and_what_failed(clock: Clock) -> None:
    run = Run(clock)
    run.plan({"pose": 6})
    for jobid in range(6):
        run.start(jobid, "pose", f"clip{jobid}: finding keypoints")
    run.finish(0)
    run.fail(1)
    assert state(run) == (
        "1 of 6 jobs done, 1 failed, time left not known yet, 4 running (clip2: finding keypoints;"
        " clip3: finding keypoints; clip4: finding keypoints; clip5: finding keypoints)"
    )
    run.start(1, "pose", "clip1: finding keypoints")  # tried again
    clock.now += 125.0
    assert last_word(run) == "1 of 6 jobs done, 0 failed in 2 min"


def test_a_job_that_failed_takes_no_more_time_until_it_is_tried_again(clock: Clock) -> None:
    run = Run(clock)
    run.plan({"pose": 6})
    for jobid in range(4):
        run.start(jobid, "pose", "")
        clock.now += 10.0
        run.finish(jobid)
    run.start(4, "pose", "")
    run.fail(4)
    assert run.left_s() == pytest.approx(10.0)
    run.start(4, "pose", "")
    assert run.left_s() == pytest.approx(20.0)
    run.stop(4)
    assert run.failed == 0 and run.jobs() == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (59.6, "60 s"), (100.0, "2 min"), (3600.0, "60 min"), (7800.0, "2 h 10 min")],
)
def test_durations_are_told_as_people_tell_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text
