"""What this machine offers, what is missing, and the remedy: ``python -m kinepath.cli.doctor``."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kinepath.errors import KinepathError
from kinepath.io.video import ffmpeg_binary
from kinepath.pose.backends import backends, load_backend
from kinepath.runtime.device import visible_gpus


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for.

    Parameters
    ----------
    what : str
        Its name.
    found : str or None
        What is there; None where it is missing.
    remedy : str
        What to do about it where it is missing.
    needed : bool
        Whether nothing works without it.
    """

    what: str
    found: str | None
    remedy: str = ""
    needed: bool = False


def examine(folder: str | Path = ".") -> list[Finding]:
    """Look at this machine.

    Parameters
    ----------
    folder : path
        The project's folder, in which the pose model lies.
    """
    return [
        _python(),
        _ffmpeg(),
        _model(Path(folder)),
        *_backends(),
        *_gpu(),
        *_cluster(),
    ]


def _run(*command: str) -> str | None:
    """Return what a program prints; None if it is missing, fails or does not answer."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", f"{version} ({sys.executable})", needed=True)


def _ffmpeg() -> Finding:
    remedy = "envs/setup.sh, or apt-get install ffmpeg"
    try:
        program = ffmpeg_binary()
    except KinepathError:
        return Finding("ffmpeg", None, remedy, needed=True)
    told = _run(program, "-hide_banner", "-version")
    if told is None or "libx264" not in (_run(program, "-hide_banner", "-encoders") or ""):
        return Finding("ffmpeg", None, f"{program} cannot write H.264: {remedy}", needed=True)
    return Finding("ffmpeg", f"{told.split()[2]} ({program})", needed=True)


def _model(folder: Path) -> Finding:
    models = sorted(path.name for path in (folder / "resources" / "models").glob("*.task"))
    remedy = "snakemake --cores 1 resources/models/pose_landmarker_full.task (needs the network)"
    return Finding("pose model", ", ".join(models) or None, remedy)


def _backends() -> Iterator[Finding]:
    for name in backends():
        try:
            backend = load_backend(name)
        except (ImportError, OSError) as error:
            yield Finding(f"backend {name}", None, f"cannot be loaded: {error}")
        else:
            yield Finding(f"backend {name}", "GPU or CPU" if backend.USES_GPU else "CPU only")


def _gpu() -> Iterator[Finding]:
    gpus = visible_gpus()
    yield Finding("GPU", "; ".join(gpus) or None, "none is needed; pose.device: auto or cpu")
    told = re.search(r"CUDA Version: *([0-9.]+)", _run("nvidia-smi") or "")
    remedy = "only for a GPU: the NVIDIA driver, which brings nvidia-smi"
    yield Finding("CUDA", f"up to {told[1]} (driver)" if told else None, remedy)


def _cluster() -> Iterator[Finding]:
    remedy = "only for a cluster: run this on its login node"
    partitions = _run("sinfo", "--noheader", "--format=%P %D nodes, %c processors, %m MB, %G")
    lines = (partitions or "").splitlines()
    yield Finding("SLURM", "\n".join(lines) or None, remedy)
    plugin = importlib.util.find_spec("snakemake_executor_plugin_slurm")
    yield Finding("SLURM executor", "installed" if plugin else None, "envs/setup.sh")
    if lines:
        yield _accounting()


def _accounting() -> Finding:
    settings = _run("scontrol", "show", "config") or ""
    storage = re.search(r"AccountingStorageType *= *accounting_storage/(\S+)", settings)
    age = re.search(r"MinJobAge *= *([0-9]+)", settings)
    if storage and storage[1] != "none":
        return Finding("accounting", f"{storage[1]}; slurm-status-command may be sacct")
    kept = int(age[1]) if age else 0
    if kept > 180:
        return Finding("accounting", f"none; squeue remembers jobs for {kept} s, which will do")
    remedy = f"squeue remembers jobs for {kept} s: ask for a MinJobAge of 300 or for accounting"
    return Finding("accounting", None, remedy)


def table(findings: list[Finding]) -> Table:
    """Put findings into a table for the terminal."""
    told = Table("", "what", "found", "remedy", title="What this machine offers")
    for finding in findings:
        missing = "[red]missing[/]" if finding.needed else "-"
        mark = missing if finding.found is None else "[green]ok[/]"
        remedy = finding.remedy if finding.found is None else ""
        told.add_row(mark, finding.what, finding.found or "none", remedy)
    return told


def main() -> int:
    """Print the table; give 1 if something is missing that nothing works without."""
    findings = examine()
    Console().print(table(findings))
    return int(any(finding.needed and finding.found is None for finding in findings))


if __name__ == "__main__":
    sys.exit(main())
