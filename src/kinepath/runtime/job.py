"""What every script does around its work: a log, progress, readable errors."""

from __future__ import annotations

import faulthandler
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from kinepath.errors import KinepathError
from kinepath.io.files import replacing

#: Where this environment variable is set, the parent process reports the job's failure.
TOLD_ELSEWHERE = "KINEPATH_FAILURES_TOLD_ELSEWHERE"
#: Log lines that native libraries always print.
_NOISE = re.compile(
    r"[IW]\d{4} [\d:.]+ +\d+ \S+\.(cc|cpp|h):\d+\] "
    r"|WARNING: (All log messages before absl|Logging before InitGoogle|Read-only tensor #)"
    r"|INFO: Created TensorFlow Lite"
    r"|(libEGL|MESA|libGL)\S* (warning|error): "
)
#: Line prefix of ffmpeg's decoders; a damaged video causes hundreds that differ only in numbers.
_DECODER = re.compile(r"\[[^\]]+ @ 0x[0-9a-f]+\] ")
_NUMBER = re.compile(r"-?(0x[0-9a-f]+|\d+)")


@contextmanager
def running(log: str | Path, subject: str) -> Iterator[logging.Logger]:
    """Run a job with its log file; exit with one clear line if its input is at fault.

    Parameters
    ----------
    log : path
        The job's log file.
    subject : str
        What the job is about, such as ``clip 'hook'``; the error line begins with it.

    Yields
    ------
    logging.Logger
        Its messages go to the log file, as does everything printed to standard error, also by
        native libraries; the terminal shows only the clear line. The libraries' routine messages
        are removed when the job has ended; the log of a job that crashes stays complete. A job
        that is terminated (a cluster does so on cancellation or timeout) leaves no partial files.
    """
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    logger = logging.getLogger("kinepath.runtime.job")
    stream = Path(log).open("w", encoding="utf-8")  # noqa: SIM115 (closed below)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addHandler(handler)
    before = signal.signal(signal.SIGTERM, _stop)
    faulthandler.enable(stream)
    told_elsewhere = bool(os.environ.get(TOLD_ELSEWHERE))
    try:
        with _errors_to(stream.fileno()):
            yield logger
    except _Stopped:
        logger.error("%s: stopped from outside: cancelled, or out of time", subject)
        sys.exit(128 + signal.SIGTERM)
    except KinepathError as error:
        logger.error("%s: %s", subject, error)
        if not told_elsewhere:
            print(f"kinepath: error: {subject}: {error}", file=sys.stderr)
        sys.exit(1)
    except Exception:
        logger.exception("%s: unexpected failure", subject)
        if told_elsewhere:
            sys.exit(1)
        raise
    finally:
        faulthandler.disable()
        signal.signal(signal.SIGTERM, before)
        logger.removeHandler(handler)
        logging.getLogger("py.warnings").removeHandler(handler)
        stream.close()
        with suppress(OSError):  # e.g. a full disk: the log stays as it is, and the error is raised
            _tidy(Path(log))


def _tidy(log: Path) -> None:
    """Remove noise from a log, and keep the first of repeated lines, with a count.

    Decoder lines that differ only in numbers count as the same wherever they occur; other lines
    only where they are identical and consecutive.
    """
    kept: list[str] = []
    counts: list[int] = []
    places: dict[str, int] = {}
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if _NOISE.match(line):
            continue
        if _DECODER.match(line):
            place = places.setdefault(_NUMBER.sub("", line), len(kept))
        else:
            place = len(kept) - (kept[-1:] == [line])
        if place == len(kept):
            kept.append(line)
            counts.append(0)
        counts[place] += 1
    with replacing(log) as temporary:
        text = [f"{k} ({n} times)" if n > 1 else k for k, n in zip(kept, counts, strict=True)]
        temporary.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")


class _Stopped(BaseException):
    """The job received a signal to stop."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped


@contextmanager
def _errors_to(descriptor: int) -> Iterator[None]:
    """Redirect file descriptor 2, to which native libraries write too, for the context."""
    sys.stderr.flush()
    terminal = os.dup(2)
    os.dup2(descriptor, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        os.close(terminal)


class Progress:
    """Log the progress of a long job every ten seconds, with the rate and the time left.

    Parameters
    ----------
    log : logging.Logger
        The log.
    total : int
        Number of items to process.
    what : str
        What the items are called, such as ``frames``.
    """

    def __init__(self, log: logging.Logger, total: int, what: str) -> None:
        self._log, self._total, self._what = log, total, what
        self._start = self._told = time.monotonic()

    def __call__(self, done: int) -> None:
        """Report that ``done`` items are done."""
        now = time.monotonic()
        if now - self._told < 10.0 and done < self._total:
            return
        self._told = now
        rate = done / max(now - self._start, 1e-6)
        left = (self._total - done) / rate
        self._log.info(
            "%d of %d %s, %.1f/s, %.0f s left", done, self._total, self._what, rate, left
        )
