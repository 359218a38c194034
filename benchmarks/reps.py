"""Repetitions: counts and bounds against simulated truth and footage with counts.

    python benchmarks/reps.py --json

The footage is looked for beside the project; without it the keys of real clips are not measured.
Its keypoints are kept in a temporary folder (KINEPATH_BENCHMARK_CACHE names another).
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import report
import xarray as xr
from reps_data import simulate
from reps_published import segment, table_by_loops

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.clean import clean
from kinepath.io import sequence
from kinepath.repetitions import analyse
from kinepath.repetitions import report as told
from kinepath.repetitions.affinity import autocorrelation
from kinepath.repetitions.trajectory import UntellableError, trajectory
from kinepath.settings import defaults

ROOT = Path(__file__).parents[1]
CLIPS = ROOT.parent / "shared" / "clips"
CONFIG = defaults(ROOT)
Count = tuple[int, int]
#: The sets before were looked at while the method was made.
_FIRST_SEED = 1001


def ours(poses: xr.Dataset) -> dict[str, Any]:
    """Return the workflow's result."""
    return told(analyse(poses, CONFIG["reps"]), poses, "any", CONFIG["reps"])


def published(poses: xr.Dataset, *, optimise: bool = False) -> Any:
    """Return the published method's bounds, on the same postures."""
    try:
        path = trajectory(poses, "position", CONFIG["reps"]["smoothing_s"])
    except UntellableError:
        return np.zeros(0)
    step = max(len(path.points) // 1000, 1)
    shortest = round(CONFIG["reps"]["shortest_s"] * path.fps / step)
    return step * segment(path.points[::step], shortest, optimise=optimise)


def errors(counts: list[Count]) -> tuple[float, float]:
    """Return the mean of |c - found| / max(c, 1) and the share that is off by one at most."""
    true, found = np.array(counts).T
    off = np.abs(true - found)
    return float(np.mean(off / np.maximum(true, 1))), float(np.mean(off <= 1))


def simulated(number: int) -> dict[str, tuple[float | None, str]]:
    """Measure on simulated sets."""
    mine: list[Count] = []
    theirs: list[Count] = []
    frames: list[float] = []
    their_frames: list[float] = []
    for seed in range(_FIRST_SEED, _FIRST_SEED + number):
        clip = simulate(seed, CONFIG["clean"])
        facts = ours(clip.poses)
        fps = facts["fps"]
        mine.append((clip.count, facts["count"]))
        optimise = clip.count < 6
        bounds = published(clip.poses, optimise=optimise)
        theirs.append((clip.count, max(len(bounds) - 1, 0)))
        if clip.count == facts["count"] > 0:
            found = [(r["start_s"], r["end_s"]) for r in facts["repetitions"] if r["complete"]]
            frames += (np.abs(np.array(found) - clip.bounds).ravel() * fps).tolist()
        if optimise and clip.count == len(bounds) - 1:
            starts = np.array(clip.bounds)[:, 0] * fps
            their_frames += np.abs(bounds[:-1] - starts).tolist()
        print(f"{seed} {clip.exercise}: {clip.count}, found {facts['count']}", file=sys.stderr)
    none = [found == 0 for true, found in mine if true == 0]
    mae, obo = errors(mine)
    their_mae, their_obo = errors(theirs)
    some = errors([pair for pair in mine if pair[0]])[0]
    return {
        "sim_mae": (mae, f"|c - found| / max(c, 1), {number} simulated sets"),
        "sim_obo": (obo, "share of them off by one at most"),
        "sim_exact": (float(np.mean([a == b for a, b in mine])), "share with the true count"),
        "sim_mae_where_some": (some, "|c - found| / c where there are repetitions"),
        "sim_none_found": (float(np.mean(none)), "share with 0 found, of those without any"),
        "sim_bound_frames": (float(np.median(frames)), "median error of a bound, frames"),
        "sim_bound_frames_p90": (float(np.quantile(frames, 0.9)), "of 9 in 10 it is less"),
        "published_sim_mae": (their_mae, "the published method"),
        "published_sim_obo": (their_obo, "the published method"),
        "published_sim_bound_frames": (
            float(np.median(their_frames)) if their_frames else None,
            "median error of a start, published method, sets of up to 5 with the true count",
        ),
    }


def posetrack(path: Path) -> xr.Dataset:
    """Read keypoints in the format of posetrack files, and clean them."""
    content = json.loads(path.read_text(encoding="utf-8"))
    frames = [frame for frame in content["frames"] if frame.get("keypoints")]
    position = np.full((len(frames), 2, len(BLAZEPOSE.keypoints), 1), np.nan)
    confidence = np.zeros((len(frames), len(BLAZEPOSE.keypoints), 1))
    for t, frame in enumerate(frames):
        for point in frame["keypoints"]:
            if point.get("name") in BLAZEPOSE.keypoints:
                k = BLAZEPOSE.index(point["name"])
                position[t, :, k, 0] = point["x"], point["y"]
                confidence[t, k, 0] = np.clip(point.get("score", 1.0), 0.0, 1.0)
    fps = float(content["metadata"]["fps"])
    poses = sequence.poses(
        position, confidence, np.arange(len(frames)) / fps, BLAZEPOSE.keypoints, fps=fps,
        clip=path.stem, attrs={"skeleton": BLAZEPOSE.name},
    )  # fmt: skip
    return clean(poses, CONFIG["clean"])


def counted() -> dict[Path, int]:
    """Return the footage whose complete repetitions were counted by eye, with the counts."""
    found: dict[Path, int] = {}
    with (CLIPS / "SOURCES.tsv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            words = row["suggested_label"] or ""
            number = re.match(r"(\d+) (?:reps?\b|complete)", words)
            if row["file"].startswith("gym_video/") and (number or words.startswith("half rep")):
                found[CLIPS / row["file"]] = int(number[1]) if number else 0
    found[CLIPS / "rep_keypoints" / "swing-sample-4reps.posetrack.json"] = 4
    return found


def keypoints(path: Path, folder: Path) -> xr.Dataset:
    """Return the cleaned keypoints of a clip, from the workflow's own stages."""
    if path.suffix == ".json":
        return posetrack(path)
    cached = folder / f"{path.stem}.h5"
    if not cached.is_file():
        from reps_footage import estimate_clean

        sequence.write(estimate_clean(path, CONFIG), cached, "poses")
    return sequence.read(cached, "poses")


def real(quick: bool) -> dict[str, tuple[float | None, str]]:
    """Measure on footage, whose keypoints take minutes."""
    if quick or not (CLIPS / "SOURCES.tsv").is_file():
        why = "not in a quick run" if quick else "no footage"
        return dict.fromkeys(("real_mae", "real_obo", "published_real_mae"), (None, why))
    cache = os.environ.get("KINEPATH_BENCHMARK_CACHE")
    folder = Path(cache or Path(tempfile.gettempdir()) / "kinepath-benchmark-reps")
    folder.mkdir(parents=True, exist_ok=True)
    mine: list[Count] = []
    theirs: list[Count] = []
    for path, count in counted().items():
        poses = keypoints(path, folder)
        mine.append((count, ours(poses)["count"]))
        theirs.append((count, max(len(published(poses)) - 1, 0)))
        print(f"{path.stem}: {count}, found {mine[-1][1]}", file=sys.stderr)
    mae, obo = errors(mine)
    return {
        "real_mae": (mae, f"|c - found| / max(c, 1), {len(mine)} real clips"),
        "real_obo": (obo, "share of them off by one at most"),
        "published_real_mae": (errors(theirs)[0], "the published method"),
    }


def seconds(task: Callable[[], object], runs: int) -> float:
    """Return the median time that a task takes, seconds."""
    spent = []
    for _ in range(runs):
        start = time.perf_counter()
        task()
        spent.append(time.perf_counter() - start)
    return float(np.median(spent))


def table_speed() -> dict[str, tuple[float | None, str]]:
    """Compare the table R(tau, s) with its definition in loops."""
    rng = np.random.default_rng(0)
    small, large = rng.normal(size=(160, 13, 2)), rng.normal(size=(1000, 13, 2))
    fast, slow = (
        seconds(lambda: autocorrelation(small), 5),
        seconds(lambda: table_by_loops(small), 1),
    )
    return {
        "table_speedup": (slow / fast, "R(tau, s) of 160 frames, against plain loops"),
        "table_1000_s": (seconds(lambda: autocorrelation(large), 3), "of 1,000 frames, seconds"),
    }


def measure(quick: bool) -> report.Results:
    """Measure everything."""
    return {**table_speed(), **simulated(28 if quick else 210), **real(quick)}


if __name__ == "__main__":
    report.main("Repetitions", measure)
