"""Running Snakemake for tests, from its start or in a copy of a process that has imported it."""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from functools import partialmethod
from pathlib import Path
from typing import NoReturn

# What a run imports, so that the copies of a process need not: a third of the time of a test that
# runs one rule.
import snakemake.cli
import snakemake.script

import kinepath.io.sheet
import kinepath.settings.generate
import kinepath.workflow.outcome
import kinepath.workflow.plan  # noqa: F401
from tests.workflow import scripts

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([__name__, "tests.workflow.preloaded"])


def started(
    options: Sequence[str], folder: Path, environment: Mapping[str, str], *, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Run Snakemake in a folder as its users do; output and errors are one text."""
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        timeout=timeout_s,
    )


def forked(
    options: Sequence[str], folder: Path, environment: Mapping[str, str], *, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Run Snakemake in a copy of a process in which it and this project are imported by now."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as printed:
        run = _SERVER.Process(target=_run, args=(options, folder, dict(environment), printed.name))
        run.start()
        run.join(timeout_s)
        if run.exitcode is None:
            os.killpg(run.pid or 0, signal.SIGKILL)
            run.join()
            raise TimeoutError(f"Snakemake took longer than {timeout_s:g} s")
        return subprocess.CompletedProcess(["snakemake", *options], run.exitcode, printed.read())


def _execute(
    script: snakemake.script.PythonScript, address: str, path: str, edit: bool = False
) -> None:
    """Run a script as Snakemake does, but for the interpreter."""
    command = [sys.executable, "-I", "-S", scripts.__file__, address]
    script._execute_cmd(f"{shlex.join(command)} {{fname:q}}", fname=path, is_python_script=True)


def _run(
    options: Sequence[str], folder: Path, environment: Mapping[str, str], printed: str
) -> NoReturn:
    code = 1
    # What this process would do at its own end is not Snakemake's.
    atexit._clear()
    try:
        with Path(printed).open("a") as file:
            for descriptor in (1, 2):
                os.dup2(file.fileno(), descriptor)
        sys.stdout, sys.stderr = (os.fdopen(k, "w", 1, closefd=False) for k in (1, 2))
        # A group of its own, so that what it starts can be ended with it.
        os.setpgid(0, 0)
        os.chdir(folder)
        # What changes how Python starts, as the faults of tests/breaking.py, needs an interpreter.
        usual = environment.get("PYTHONPATH") == os.environ.get("PYTHONPATH")
        os.environ.clear()
        os.environ.update(environment)
        logging.getLogger().handlers.clear()
        sys.argv = ["snakemake", *options]
        if usual:
            address = f"{printed}.scripts"
            scripts.serve(address)
            snakemake.script.PythonScript.execute_script = partialmethod(_execute, address)
        snakemake.cli.main(list(options))
        code = 0
    except SystemExit as exit:
        code = exit.code if isinstance(exit.code, int) else int(exit.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
