"""What the workflow costs beside the pose model: the demo, run whole, again, and with one more."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from report import Results, main

ROOT = Path(__file__).parents[1]


def snakemake(folder: Path, *arguments: str) -> tuple[float, str]:
    """Run the workflow in a folder; give seconds and what it printed."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--workflow-profile", str(ROOT / "profiles" / "default"), "--cores", "2"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    if done.returncode:
        raise RuntimeError(done.stdout)
    return time.perf_counter() - start, done.stdout


def job_seconds(folder: Path) -> dict[str, list[float]]:
    """Return the seconds of every job by rule, from what snakemake recorded."""
    jobs: dict[tuple[str, float, float], None] = {}
    for path in (folder / ".snakemake" / "metadata").rglob("*"):
        if path.is_file():
            record = json.loads(path.read_text())
            jobs[record["rule"], record["starttime"], record["endtime"]] = None
    seconds: dict[str, list[float]] = {}
    for rule, start, end in jobs:
        seconds.setdefault(rule, []).append(end - start)
    return seconds


def measure(quick: bool) -> Results:
    """Run the demo's shots in a folder of its own."""
    names = ["cover_drive", "hook"] if quick else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "config", folder / "config")
        config = yaml.safe_load((folder / "config" / "config.yaml").read_text())
        if quick:
            config["simulate"].update(width=640, height=360, fps=50)
            (folder / "config" / "config.yaml").write_text(yaml.safe_dump(config))
        sheet = folder / "config" / "clips.tsv"
        header, *rows = sheet.read_text().splitlines()
        rows = [row for row in rows if names is None or row.split("\t")[0] in names]
        sheet.write_text("\n".join([header, *rows]) + "\n")
        simulated = [f"resources/clips/simulated/{row.split(chr(9))[0]}.mp4" for row in rows]
        snakemake(folder, "resources/models/pose_landmarker_full.task", *simulated)
        whole, _ = snakemake(folder)
        jobs = job_seconds(folder)
        noop, _ = snakemake(folder, "--dry-run")
        cells = rows[0].split("\t")
        sheet.write_text("\n".join([header, *rows, "\t".join(["extra", *cells[1:]])]) + "\n")
        _, plan = snakemake(folder, "--dry-run")
        added = re.search(r"^ *total +([0-9]+)", plan, flags=re.MULTILINE)
    pose = sum(jobs["pose"])
    return {
        "whole_vs_pose": (whole / pose, "wall time of a run over the seconds of all pose jobs"),
        "overhead_per_job_s": (
            sum(jobs["sound"]) / len(jobs["sound"]),
            "seconds of a job that computes next to nothing (sound of a silent clip)",
        ),
        "noop_s": (noop, "seconds until snakemake knows that there is nothing to be done"),
        "added_clip_jobs": (float(added[1]) if added else None, "jobs when one clip is added"),
        "whole_s": (whole, f"wall seconds of the run over {len(rows)} clips, videos and page too"),
        "pose_s": (pose, "seconds of all pose jobs"),
    }


if __name__ == "__main__":
    main("Workflow, two cores", measure)
