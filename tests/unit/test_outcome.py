from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinepath.workflow import outcome
from kinepath.workflow.outcome import Failure, Job, Ledger


def log(folder: Path, text: str) -> str:
    path = folder / "job.log"
    path.write_text(text, encoding="utf-8")
    return str(path)


def job(key: int, stage: str, clip: str | None, *needs: int, log: str | None = None) -> Job:
    name = clip or "all"
    return Job(key, stage, clip, log, (f"results/{stage}/{name}",), frozenset(needs))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_clear_error_is_split_into_cause_and_remedy(tmp_path: Path) -> None:
    text = "2026 INFO device: cpu\n2026 ERROR clip 'a': x.mp4: too dark; light the room\n"
    failure = outcome.job_failure(job(1, "pose", "a", log=log(tmp_path, text)), 0.0)
    assert (failure.cause, failure.remedy) == ("x.mp4: too dark", "light the room")
    assert failure.line().startswith("clip 'a', pose: x.mp4: too dark; light the room (log: ")


def test_a_defect_is_told_by_the_last_line_of_its_traceback(tmp_path: Path) -> None:
    text = (
        "2026 ERROR clip 'a': unexpected failure\nTraceback (most recent call last):\n"
        "  File x\nZeroDivisionError: division by zero\n"
    )
    failure = outcome.job_failure(job(1, "chain", "a", log=log(tmp_path, text)), 0.0)
    assert failure.cause == "unexpected failure: ZeroDivisionError: division by zero"
    assert "report" in failure.remedy


def test_a_job_without_a_last_word_was_killed(tmp_path: Path) -> None:
    path = log(tmp_path, "2026 INFO 10 of 90 frames\n")
    assert "killed" in outcome.job_failure(job(1, "pose", "a", log=path), 0.0).cause
    assert "killed" in outcome.job_failure(job(1, "pose", "a", log="gone.log"), 0.0).cause


def test_an_error_of_an_earlier_run_does_not_count(tmp_path: Path) -> None:
    path = log(tmp_path, "2026 ERROR clip 'a': old; news\n")
    late = Path(path).stat().st_mtime + 5.0
    assert "killed" in outcome.job_failure(job(1, "pose", "a", log=path), late).cause


def test_a_clip_that_fails_takes_its_later_stages_along_and_no_aggregate(here: Path) -> None:
    failed = [job(1, "pose", "b", log=log(here, "0 ERROR clip 'b': no; way\n"))]
    waiting = [job(2, "clean", "b", 1), job(3, "pairs", None, 2), job(4, "site", None, 3)]
    found = outcome.ledger(failed, waiting, ["a", "b"], (), str, 0.0)
    assert [(f.clip, f.stage) for f in found.failures] == [("b", "pose")]
    assert found.unmade == {"results/pose/b", "results/clean/b"}
    assert found.unusable == {}


def test_an_aggregate_that_fails_takes_what_rests_on_it_along(here: Path) -> None:
    path = log(here, "0 ERROR activity 'batting': unexpected failure\nMemoryError\n")
    failed = [job(1, "pairs", None, log=path)]
    waiting = [job(2, "pairs_summary", None, 1), job(3, "all", None, 9)]
    found = outcome.ledger(failed, waiting, ["a"], (), str, 0.0)
    assert found.unmade == {"results/pairs/all", "results/pairs_summary/all"}
    assert [(f.clip, f.cause) for f in found.failures] == [
        (None, "unexpected failure: MemoryError")
    ]


def test_clips_that_share_a_mean_go_on_without_the_one_that_fails(here: Path) -> None:
    failed = [job(1, "clean", "b", log=log(here, "0 ERROR clip 'b': no; way\n"))]
    waiting = [job(2, "mean_motion", None, 1), job(3, "align", "a", 2), job(4, "align", "b", 1, 2)]
    found = outcome.ledger(failed, waiting, ["a", "b"], (), str, 0.0)
    assert [f.clip for f in found.failures] == ["b"]
    assert found.unmade == {"results/clean/b", "results/align/b"}


def test_a_clip_that_waits_for_something_shared_says_for_what(here: Path) -> None:
    failed = [job(1, "model", None, log=log(here, "0 ERROR pose model: no network; plug it in\n"))]
    waiting = [job(2, "pose", "a", 1), job(3, "clean", "a", 2)]
    found = outcome.ledger(failed, waiting, ["a"], (), str, 0.0)
    of_clip = found.failures[0]
    assert (of_clip.clip, of_clip.stage, of_clip.remedy) == ("a", "pose", "plug it in")
    assert "model, which failed: no network" in of_clip.cause


def test_an_unusable_clip_is_remembered_with_what_was_tried(here: Path) -> None:
    Path("results/probe").mkdir(parents=True)
    probed = {"usable": False, "cause": "bad.mp4: no video", "remedy": "export it again"}
    Path("results/probe/b.json").write_text(json.dumps(probed))
    failed = [job(1, "camera_shots", "b")]
    found = outcome.ledger(failed, [], ["b", "a"], (), lambda clip: f"tried {clip}", 0.0)
    assert found.unusable == {"b": "tried b"}
    assert found.failures == (Failure("probe", "bad.mp4: no video", "export it again", "b"),)
    # So is one that a run passed over from its start.
    again = outcome.ledger([], [], ["b", "a"], {"b"}, lambda clip: f"tried {clip}", 0.0)
    assert again.failures == found.failures and again.unusable == found.unusable


def test_of_jobs_that_ran_together_those_failed_whose_logs_say_so(tmp_path: Path) -> None:
    first, second = job(1, "clean", "a"), job(2, "bat", "a", 1)
    assert outcome.culprits([first, second], 0.0) == [first]
    told = job(2, "bat", "a", 1, log=log(tmp_path, "0 ERROR clip 'a': no bat; x\n"))
    assert outcome.culprits([first, told], 0.0) == [told]


def test_a_ledger_survives_being_written(tmp_path: Path) -> None:
    path = tmp_path / "results" / "failed.json"
    found = Ledger((Failure("pose", "ä", "b", "a", "x.log"),), frozenset("xy"), {"a": "1"})
    found.write(path)
    assert Ledger.read(path) == found
    Ledger().write(path)
    assert not path.exists()
    assert Ledger.read(path) == Ledger()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"failures": [{"what": 1}]}', "null"])
def test_a_damaged_ledger_means_that_all_is_tried(tmp_path: Path, text: str) -> None:
    path = tmp_path / "failed.json"
    path.write_text(text)
    assert Ledger.read(path) == Ledger()


def test_joined_ledgers_keep_the_newer_word_on_a_clip() -> None:
    newer = Ledger((Failure("bat", "new", "", "a"),), frozenset("x"))
    older = Ledger(
        (Failure("pose", "old", "", "a"), Failure("pose", "old", "", "b")), frozenset("y")
    )
    both = newer.joined(older)
    assert [(f.clip, f.cause) for f in both.failures] == [("a", "new"), ("b", "old")]
    assert both.unmade == {"x", "y"}


def test_a_fingerprint_changes_with_the_file_and_the_parameters(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    seen = [outcome.fingerprint(path, 1)]
    path.write_text("one")
    seen.append(outcome.fingerprint(path, 1))
    path.write_text("other")
    seen += [outcome.fingerprint(path, 1), outcome.fingerprint(path, 2)]
    assert len(set(seen)) == 4
    assert outcome.fingerprint(path, 2) == seen[-1]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["--cores", "8", "-F"], ["--cores", "8"]),
        (["-R", "pose", "clean", "--cores", "2"], ["--cores", "2"]),
        (["--forcerun=pose", "-f", "all"], ["all"]),
        (["--forceall", "--configfile", "x y.yaml"], ["--configfile", "x y.yaml"]),
    ],
)
def test_what_is_forced_is_not_forced_again(given: list[str], kept: list[str]) -> None:
    assert outcome.without_force(given) == kept


def test_only_the_program_snakemake_is_started_again() -> None:
    assert outcome.is_snakemake(["/usr/bin/snakemake", "-n"])
    assert outcome.is_snakemake(["/lib/snakemake/__main__.py"])
    assert not outcome.is_snakemake(["/usr/bin/pytest"])


def test_the_last_lines_name_clips_remedies_and_the_page(tmp_path: Path) -> None:
    found = Ledger((Failure("probe", "no file", "look for it", "a"),))
    page = tmp_path / "index.html"
    lines = outcome.last_lines(found, ["a", "b"], str(page))
    assert lines == [
        "kinepath: 1 of 2 clips failed:",
        "  clip 'a', probe: no file; look for it",
        "kinepath: no page was made",
    ]
    page.touch()
    assert outcome.last_lines(found, ["a", "b"], str(page))[-1] == f"kinepath: the page: {page}"
    assert outcome.last_lines(Ledger(), ["a"], None) == []
