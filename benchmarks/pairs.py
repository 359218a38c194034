"""All pairs of many simulated clips, with their paths: time, memory, size of the files.

``python benchmarks/pairs.py [--quick] [--json]``. Then one clip more, then a job that is killed in
the middle and run again. Each comparison is a process of its own, as a job of the workflow is.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from kinepath import pairs
from kinepath.align import align
from kinepath.body.anthropometry import standing_pose
from kinepath.kinematics import kinematics
from kinepath.synth import SHOTS, Scenario, simulate

SETTINGS: dict[str, Any] = {
    "joints": [],
    "scale": {"position": 0.1, "velocity": 0.35},
    "max_gap_s": 0.2,
    "minimum_share": 0.8,
    "minimum_parts": 0.7,
}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def scenario(index: int) -> Scenario:
    """Vary who bats, which shot, when, how fast, and who films it."""
    rng = np.random.default_rng(index)
    return Scenario(
        sorted(SHOTS)[index % len(SHOTS)],
        clip=f"clip{index}",
        seed=index,
        fps=float(rng.choice([50.0, 60.0])),
        stature_m=float(rng.uniform(1.6, 1.95)),
        duration_s=float(rng.uniform(2.0, 2.5)),
        backlift_s=float(rng.uniform(0.4, 0.65)),
        downswing_s=float(rng.uniform(1.0, 1.3)),
        swing_width_s=float(rng.uniform(0.04, 0.07)),
        azimuth_deg=float(rng.uniform(30, 55)),
        pan_deg=float(rng.uniform(-2, 2)),
        zoom=float(rng.uniform(1.0, 1.08)),
    )


def write_clips(path: Path, count: int) -> None:
    """Write the feature sequences of simulated clips, with a pixel of noise."""
    rng = np.random.default_rng(0)
    found = {}
    for index in range(count):
        truth = simulate(scenario(index)).truth
        truth["position"] = truth["position"] + rng.normal(size=truth["position"].shape)
        if "confidence" not in truth:
            truth["confidence"] = truth["position"].isel(space=0, drop=True) * 0 + 1
        clip = pairs.features(kinematics(align(truth, standing_pose())), SETTINGS)
        found[f"clip{index}"] = clip.values
    np.savez(path, parts=np.array(clip.parts), **found)


def compare(clips: Path, folder: Path, count: int, threads: int) -> None:
    """Do what the job does, and tell how long it took and how much memory."""
    log = logging.getLogger("kinepath.runtime.job")
    logging.basicConfig(level=logging.INFO, format="  %(message)s")
    start = time.perf_counter()
    with np.load(clips) as stored:
        given = {
            name: pairs.Features(
                stored[name],
                np.arange(len(stored[name])) / 50,
                tuple(map(str, stored["parts"])),
                np.ones(stored[name].shape[1]) / stored[name].shape[1],
            )
            for name in [name for name in stored if name != "parts"][:count]
        }
    cache = pairs.Cache(folder / "cache", log)
    found = pairs.compare(given, cache=cache, threads=threads, log=log)
    warped = time.perf_counter()
    pairs.save(found, folder / "all.h5", {})
    told = {
        "compare_s": warped - start,
        "save_s": time.perf_counter() - warped,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "file_mb": (folder / "all.h5").stat().st_size / 1e6,
        "cache_mb": sum(path.stat().st_size for path in cache.chunks()) / 1e6,
        "chunks": len(cache.chunks()),
        "samples": float(np.mean([len(clip.values) for clip in given.values()])),
        "features": int(next(iter(given.values())).values.shape[1]),
    }
    print(json.dumps(told))


def job(clips: Path, folder: Path, count: int, threads: int) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--job", str(clips), str(folder), str(count), str(threads)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finished(clips: Path, folder: Path, count: int, threads: int) -> dict[str, float]:
    process = job(clips, folder, count, threads)
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"the job failed with {process.returncode}")
    return dict(json.loads(out))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="100 clips rather than 1,000")
    parser.add_argument("--job", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        clips, folder, count, threads = given.job
        compare(Path(clips), Path(folder), int(count), int(threads))
        return
    count, threads = 100 if given.quick else 1000, min(2, os.cpu_count() or 1)
    result: dict[str, Any] = {"clips": count, "threads": threads}
    with TemporaryDirectory() as name:
        clips, folder, again = Path(name, "clips.npz"), Path(name, "a"), Path(name, "b")
        folder.mkdir()
        again.mkdir()
        start = time.perf_counter()
        write_clips(clips, count + 1)
        say(f"{count + 1} clips simulated in {time.perf_counter() - start:.0f} s")
        say(f"all pairs of {count}, {threads} threads:")
        result["all"] = finished(clips, folder, count, threads)
        say("the same again:")
        result["same"] = finished(clips, folder, count, threads)
        say("one clip more:")
        result["added"] = finished(clips, folder, count + 1, threads)
        say("killed (SIGKILL) in the middle, in a fresh folder:")
        process = job(clips, again, count, threads)
        wanted = 1 if given.quick else 4
        while process.poll() is None and len(list(again.glob("cache/[0-9a-f]*.h5"))) < wanted:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        whole = len(pairs.Cache(again / "cache", logging.getLogger()).read().keys)
        say(f"  left {whole} pairs in whole chunks, result written: {(again / 'all.h5').exists()}")
        say("run again:")
        result["after_kill"] = finished(clips, again, count, threads) | {"found_pairs": whole}
        finished(clips, folder, count, threads)
        result["same_result_after_kill"] = (folder / "all.h5").read_bytes() == (
            again / "all.h5"
        ).read_bytes()
    for what in ("all", "same", "added", "after_kill"):
        told = ", ".join(f"{key} {value:.4g}" for key, value in result[what].items())
        say(f"{what:>11}: {told}")
    if given.json:
        print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
