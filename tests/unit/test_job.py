from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kinepath.errors import KinepathError
from kinepath.io.files import replacing
from kinepath.runtime.job import TOLD_ELSEWHERE, Progress, running


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


def test_what_libraries_say_of_themselves_is_taken_out(tmp_path: Path) -> None:
    noise = (
        b"W0000 00:00:1795650988.137783    7895 feedback.cc:121] Feedback manager requires\n"
        b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"
        b"WARNING: Logging before InitGoogle() is written to STDERR\n"
        b"WARNING: Read-only tensor #1 (x) has an unaligned buffer (0x7ff4a35c406a)\n"
    )
    with running(tmp_path / "log", "clip 'a'") as log:
        os.write(2, noise)
        for address in (b"0x1", b"0x2", b"0x3"):
            os.write(2, b"[h264 @ " + address + b"] corrupt frame\n")
        os.write(2, b"E0000 00:00:17 7 graph.cc:1] no graph\n")
        log.info("done")
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines[:2] == [
        "[h264 @ 0x1] corrupt frame (3 times)",
        "E0000 00:00:17 7 graph.cc:1] no graph",
    ]
    assert lines[2].endswith("INFO done") and len(lines) == 3


def test_what_a_decoder_says_of_a_damaged_video_is_counted(tmp_path: Path) -> None:
    with running(tmp_path / "log", "clip 'a'") as log:
        os.write(2, b"[mov,mp4 @ 0x1] moov atom not found\n")
        for k in range(100):
            os.write(
                2, f"[h264 @ 0x{k:x}] error while decoding MB {k} 7, bytestream -{k}\n".encode()
            )
            os.write(2, f"[h264 @ 0x{k:x}] Reference {k} >= 2\n".encode())
            if k % 50 == 0:
                log.info("frame %d", k)
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines[:3] == [
        "[mov,mp4 @ 0x1] moov atom not found",
        "[h264 @ 0x0] error while decoding MB 0 7, bytestream -0 (100 times)",
        "[h264 @ 0x0] Reference 0 >= 2 (100 times)",
    ]
    assert [line.partition(" INFO ")[2] for line in lines[3:]] == ["frame 0", "frame 50"]


def test_a_log_that_cannot_be_tidied_leaves_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kinepath.runtime.job.replacing", full)
    with pytest.raises(ZeroDivisionError), running(tmp_path / "log", "clip 'a'"):
        _ = 1 / 0
    assert "ZeroDivisionError" in (tmp_path / "log").read_text()


def test_a_crash_keeps_its_last_words(tmp_path: Path) -> None:
    script = (
        "import os\nfrom kinepath.runtime.job import running\n"
        f"with running({str(tmp_path / 'log')!r}, 'clip'):\n"
        "    os.write(2, b'terminate called after throwing\\n')\n    os.abort()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == -signal.SIGABRT
    text = (tmp_path / "log").read_text()
    assert "terminate called after throwing" in text
    assert "Fatal Python error: Aborted" in text and "line 5" in text


def test_a_failure_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOLD_ELSEWHERE, "1")
    for error in (KinepathError("bad"), ZeroDivisionError("defect")):
        with pytest.raises(SystemExit), running(tmp_path / "log", "clip 'a'"):
            raise error
        assert "ERROR clip 'a': " in (tmp_path / "log").read_text()
    assert capsys.readouterr().err == ""
