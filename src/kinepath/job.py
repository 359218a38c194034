"""What every script does around its work: a log, progress, errors that people can read."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from kinepath.errors import KinepathError


@contextmanager
def running(log: str | Path, subject: str) -> Iterator[logging.Logger]:
    """Run a job with its log file; end it with one clear line if its input is at fault.

    Parameters
    ----------
    log : path
        The job's log file.
    subject : str
        What the job is about, such as ``clip 'hook'``; it opens the error's line.

    Yields
    ------
    logging.Logger
        Its messages go to the log file, and so does all that is printed as an error, by native
        libraries too; the terminal gets nothing but the clear line. A job that is told to stop (a
        cluster does so when it is cancelled or out of time) leaves no half-written files.
    """
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    logger = logging.getLogger("kinepath.job")
    stream = Path(log).open("w", encoding="utf-8")  # noqa: SIM115 (closed below)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addHandler(handler)
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        with _errors_to(stream.fileno()):
            yield logger
    except _Stopped:
        logger.error("%s: stopped from outside: cancelled, or out of time", subject)
        sys.exit(128 + signal.SIGTERM)
    except KinepathError as error:
        logger.error("%s: %s", subject, error)
        print(f"kinepath: error: {subject}: {error}", file=sys.stderr)
        sys.exit(1)
    except Exception:
        logger.exception("%s: unexpected failure", subject)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
        logger.removeHandler(handler)
        logging.getLogger("py.warnings").removeHandler(handler)
        stream.close()


class _Stopped(BaseException):
    """The job was told to stop."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped


@contextmanager
def _errors_to(descriptor: int) -> Iterator[None]:
    """Send file descriptor 2, to which native libraries write too, somewhere else for a while."""
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
    """Tells a log how far a long job is, every ten seconds, with the rate and the time left.

    Parameters
    ----------
    log : logging.Logger
        Where to tell it.
    total : int
        How many things there are to do.
    what : str
        What they are called, such as ``frames``.
    """

    def __init__(self, log: logging.Logger, total: int, what: str) -> None:
        self._log, self._total, self._what = log, total, what
        self._start = self._told = time.monotonic()

    def __call__(self, done: int) -> None:
        """Note that ``done`` things are done."""
        now = time.monotonic()
        if now - self._told < 10.0 and done < self._total:
            return
        self._told = now
        rate = done / max(now - self._start, 1e-6)
        left = (self._total - done) / rate
        self._log.info(
            "%d of %d %s, %.1f/s, %.0f s left", done, self._total, self._what, rate, left
        )
