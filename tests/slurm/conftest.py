"""A real SLURM of two nodes on this machine, and the project's profile on it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflow.conftest import ROOT

HERE = Path(__file__).parent
SITE = Path("/etc/slurm/slurm.conf")


@pytest.fixture(scope="package", autouse=True)
def no_cluster() -> Iterator[None]:
    """There is one here, and its controller answers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SLURM_CONF", raising=False)
        yield


def why_not(*more: str) -> str | None:
    """Say why no SLURM can be started here, perhaps with more programs; None if it can."""
    needed = ("slurmctld", "slurmd", "munged", *more)
    missing = [name for name in needed if shutil.which(name) is None]
    if missing:
        return f"no SLURM here ({', '.join(missing)} missing)"
    if os.geteuid() != 0:
        return "only root can start a SLURM"
    if SITE.exists() and "kinepath's tests" not in SITE.read_text(encoding="utf-8"):
        return "this machine belongs to a cluster"
    return None


class Cluster:
    """A running SLURM."""

    def __init__(self, state: Path) -> None:
        self.state = state

    def run(self, *command: str) -> str:
        """Run one of SLURM's programs; give what it prints."""
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def jobs(self, logged: str) -> set[str]:
        """Return the states of the jobs that a run of snakemake submitted, from what it logged."""
        numbers = re.findall(r"SLURM jobid ([0-9]+)", logged)
        lines = self.run("squeue", "-h", "--states=all", "-o", "%T", "-j", ",".join(numbers))
        return set(lines.split())

    def told(self, comment: str) -> list[tuple[str, str, str, str]]:
        """Return number, state, partition and node of the jobs with a comment, oldest first."""
        lines = self.run("squeue", "-h", "--states=all", "-S", "i", "-o", "%i|%T|%P|%N|%k")
        rows = [line.split("|") for line in lines.splitlines()]
        return [(i, state, where, node) for i, state, where, node, said in rows if said == comment]

    def wait_for(self, comment: str, state: str, seconds: float = 150.0) -> tuple[str, str]:
        """Wait until a job with a comment has reached a state; give its number and node."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for number, found, _, node in self.told(comment):
                if found == state:
                    return number, node
            time.sleep(0.5)
        raise AssertionError(f"no job {comment} is {state}: {self.told(comment)}")

    def kill_node(self, node: str) -> None:
        """Kill a node's daemon as a power cut would, but for its jobs: they live on as orphans."""
        pid = int((self.state / "run" / f"slurmd-{node}.pid").read_text())
        os.kill(pid, signal.SIGKILL)

    def start_node(self, node: str) -> None:
        """Start a node's daemon again."""
        subprocess.run(["slurmd", "-N", node], check=True)


# One at a time, so each module has its own; they are up in seconds.
@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A site without accounting."""
    if reason := why_not():
        pytest.skip(reason)
    yield from started(tmp_path_factory.mktemp("slurm"))


@pytest.fixture(scope="module")
def accounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A site with accounting, where squeue forgets a job that has ended at once."""
    if reason := why_not("slurmdbd", "mariadbd"):
        pytest.skip(reason)
    yield from started(tmp_path_factory.mktemp("slurm"), "accounting")


def started(state: Path, *options: str) -> Iterator[Cluster]:
    """Yield a SLURM for as long as it is needed."""
    try:
        subprocess.run([HERE / "cluster.sh", "start", state, *options], check=True)
        yield Cluster(state)
    finally:
        subprocess.run([HERE / "cluster.sh", "stop", state], check=True)


def submit(folder: Path, *arguments: str, path: str = "") -> subprocess.Popen[str]:
    """Start snakemake with the profile for SLURM, as its users do, in a folder with a Snakefile."""
    command = [sys.executable, "-m", "snakemake", "--workflow-profile"]
    command += [str(folder / "profiles" / "slurm"), "--latency-wait", "10", *arguments]
    search = f"{folder / 'src'}:{os.environ.get('PYTHONPATH', '')}"
    return subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": search, "PATH": f"{path}{os.environ['PATH']}"},
    )


def finished(process: subprocess.Popen[str], seconds: float = 900.0) -> str:
    """Wait for snakemake to succeed; give what it printed."""
    printed, _ = process.communicate(timeout=seconds)
    assert process.returncode == 0, printed
    return printed


def logged(folder: Path) -> str:
    """Return what snakemake wrote into its own log files in a folder."""
    logs = sorted((folder / ".snakemake" / "log").glob("*.snakemake.log"))
    return "".join(path.read_text(encoding="utf-8") for path in logs)


def copy_project(folder: Path) -> None:
    """Copy what a cluster's user checks out."""
    for name in ("rules", "workflow", "config", "profiles", "envs", "src"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "Snakefile", folder)
