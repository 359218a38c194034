"""What a cluster's jobs cost beside their work: many tiny clips, alone and in groups.

Starts the two-node SLURM of the tests on this machine, so it needs root and SLURM's programs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from report import Results, main

from kinepath.io.video import video_writer

ROOT = Path(__file__).parents[1]
CLUSTER = ROOT / "tests" / "slurm" / "cluster.sh"
PER_CLIP = 3  # rules that run for each clip: probe, segments and conform


def make_clips(folder: Path, count: int) -> list[str]:
    """Write a sheet of tiny clips; give what is to be made of them."""
    (folder / "config").mkdir(parents=True)
    for path in (ROOT / "config").glob("*.yaml"):
        (folder / "config" / path.name).write_bytes(path.read_bytes())
    rows = ["clip\tpath\tactivity"]
    for k in range(count):
        with video_writer(folder / f"{k}.mp4", 64, 48, 25) as writer:
            for level in range(5):
                writer.write(np.full((48, 64, 3), 20 * level, dtype=np.uint8))
        rows.append(f"c{k}\t{k}.mp4\tsquat")
    (folder / "config" / "clips.tsv").write_text("\n".join(rows) + "\n")
    return [f"results/conformed/c{k}.mp4" for k in range(count)]


def seconds(folder: Path, count: int, profile: str, *arguments: str) -> float:
    """Return the wall time of a run over tiny clips."""
    targets = make_clips(folder, count)
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--workflow-profile", str(ROOT / "profiles" / profile), *arguments]
    start = time.perf_counter()
    done = subprocess.run(
        [*command, "--", *targets],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{os.environ.get('PYTHONPATH', '')}"},
    )
    if done.returncode:
        raise RuntimeError(done.stdout)
    return time.perf_counter() - start


def measure(quick: bool) -> Results:
    """Run the same clips on this machine and on the cluster that it pretends to be."""
    count, shared = (5, 5) if quick else (100, 20)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([CLUSTER, "start", folder / "slurm"], check=True)
        try:
            here = seconds(folder / "here", count, "default", "--cores", "2")
            grouped = seconds(
                folder / "grouped", count, "slurm", "--group-components", f"intake={shared}"
            )
            few = count // 5
            alone = seconds(folder / "alone", few, "slurm")
        finally:
            subprocess.run([CLUSTER, "stop", folder / "slurm"], check=True)
    per_job = here / count / PER_CLIP
    return {
        "grouped_overhead_per_job_s": (
            grouped / count / PER_CLIP - per_job,
            f"seconds more than here, per rule and clip: {count} clips, {shared} to a job",
        ),
        "overhead_per_job_s": (
            alone / few / PER_CLIP - per_job,
            f"the same with a job of the cluster for each of {few} clips, as the profile has it",
        ),
        "local_per_job_s": (per_job, "seconds per rule and clip on this machine"),
        "grouped_s": (grouped, "wall seconds of the grouped run"),
    }


if __name__ == "__main__":
    main("SLURM of two nodes with two processors on one machine", measure)
