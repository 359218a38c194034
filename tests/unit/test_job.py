from __future__ import annotations

import logging
import os
import signal
from pathlib import Path

import pytest

from kinepath.errors import KinepathError
from kinepath.files import replacing
from kinepath.job import Progress, running


def test_bad_input_ends_with_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught, running(tmp_path / "log", "clip 'a'"):
        raise KinepathError("a.mp4: no such file")
    assert caught.value.code == 1
    assert capsys.readouterr().err == "kinepath: error: clip 'a': a.mp4: no such file\n"
    assert "a.mp4: no such file" in (tmp_path / "log").read_text()
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_job_that_is_told_to_stop_leaves_nothing_half_written(tmp_path: Path) -> None:
    with (
        pytest.raises(SystemExit) as caught,
        running(tmp_path / "log", "clip 'a'"),
        replacing(tmp_path / "a.json") as temporary,
    ):
        temporary.write_text("half")
        os.kill(os.getpid(), signal.SIGTERM)
    assert caught.value.code == 143
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
    assert "clip 'a': stopped from outside" in (tmp_path / "log").read_text()


def test_native_noise_goes_to_the_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path / "log", "clip 'a'") as log:
        os.write(2, b"noise of a library\n")
        log.info("done")
    assert capfd.readouterr().err == ""
    assert "noise of a library" in (tmp_path / "log").read_text()
    assert "done" in (tmp_path / "log").read_text()


def test_a_defect_keeps_its_traceback(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), running(tmp_path / "log", "clip 'a'"):
        _ = 1 / 0
    assert "Traceback" in (tmp_path / "log").read_text()


def test_progress_tells_rate_and_rest(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    progress = Progress(logging.getLogger("test"), 3, "frames")
    for done in (1, 2, 3):
        progress(done)
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("3 of 3 frames")
