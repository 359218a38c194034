"""How far the kinetic chain can be believed: false alarms, power, lags, speed.

python benchmarks/chain.py [--json] [--quick] [--footage FOLDER]

``--footage`` names a folder in which the workflow has run on the seven reference clips, named as
their stored series (other clips may be among them); without it they are not counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from chain_data import (
    NODES,
    POSE_NOISE_M,
    ROOT,
    SETTINGS,
    STORED,
    null_signals,
    reference_signals,
    scenario,
    sources,
    through_noise,
    true_lag,
)

from kinepath.bat import SOURCES
from kinepath.chain import find_chain, timing, whitepaper
from kinepath.chain.correlation import best_lags, prepared
from kinepath.chain.series import NodeSeries
from kinepath.chain.signals import CATALOGUE, Signals, level, signals, with_depth
from kinepath.io import sequence

#: Clips before this one were looked at while the default settings were chosen.
HELD_OUT = 1000
PUBLISHED = {"max_lag_s": 0.4, "theta": 0.40, "alpha": 0.05}
BOTH = {
    "method": "whitepaper",
    "whitepaper": PUBLISHED | {"window_s": 0.2, "order": 2, "minimum_confidence": 0.3},
}


def say(*words: object) -> None:
    print(*words, file=sys.stderr, flush=True)


def false_alarms(count: int) -> dict[str, float]:
    """Count null clips on which any edge is found, by each method."""
    material, result = sources(), {}
    for kind in ("walk", "shift"):
        ours = theirs = 0
        for k in range(count):
            rng = np.random.default_rng([k, 3])
            found, velocity = null_signals(*material[k % len(material)], kind, rng)
            settings = {**SETTINGS, "seed": k}
            ours += bool(timing.judge(found, "bat", settings).edges)
            clock = np.arange(velocity.shape[1]) / found.fps
            theirs += bool(
                whitepaper.find(
                    NodeSeries(tuple(NODES), velocity, clock, found.fps), PUBLISHED
                ).edges
            )
        result |= {
            f"null_rate_{kind}": ours / count,
            f"whitepaper_null_rate_{kind}": theirs / count,
        }
    result["null_rate_exchanged"] = exchanged(count)
    joined = dict.fromkeys(("null_rate", "whitepaper_null_rate"), 0.0)
    for name in joined:
        joined[name] = max(value for key, value in result.items() if key.startswith(name))
    return result | joined | {"whitepaper_null_rate_14": fourteen_walks(count)}


def fourteen_walks(count: int) -> float:
    """Count how often the published method finds an edge among 14 independent random walks."""
    from kinepath.chain.series import velocities

    hits = 0
    for k in range(count):
        walks = np.random.default_rng([k, 4]).normal(size=(75, 14, 2)).cumsum(axis=0)
        velocity = velocities(walks, 30.0, window_s=0.2, order=2)[..., 0].T
        names = tuple(f"node{i}" for i in range(14))
        series = NodeSeries(names, velocity, np.arange(75) / 30, 30.0)
        hits += bool(whitepaper.find(series, PUBLISHED).edges)
    return hits / count


def exchanged(count: int) -> float:
    """Count chains in known swings whose parts have exchanged their bursts at random."""
    hits, rng = 0, np.random.default_rng(6)
    clips = [
        signals(through_noise(scenario(k, 60), POSE_NOISE_M), SETTINGS, bat=True)
        for k in range(min(count, 48))
    ]
    for k in range(count):
        found = clips[k % len(clips)]
        mixed = replace(found, speed=found.speed[rng.permutation(len(found.speed))])
        hits += bool(timing.judge(mixed, "bat", {**SETTINGS, "seed": k}).edges)
    return hits / count


def known_chains(count: int, fps: float, noise: float, *, depth: bool = True) -> dict[str, Any]:
    """Find chains of known lags; compare the lags along the path with the truth."""
    reached = whole = published = inside = 0
    errors: list[float] = []
    for k in range(count):
        what = scenario(HELD_OUT + k, fps)
        derived = through_noise(what, noise, depth=depth)
        result = timing.find(derived, SETTINGS)
        reached += result.reaches_bat
        whole += len(result.path) == len(NODES)
        published += find_chain(derived, BOTH).reaches_bat
        for edge in result.path_edges:
            truth = true_lag(what, edge.source, edge.target)
            errors.append(abs(edge.lag_s - truth))
            inside += bool(edge.interval_s and edge.interval_s[0] <= truth <= edge.interval_s[1])
    known = errors or [float("nan")]
    return {
        "reached": reached / count,
        "whole": whole / count,
        "whitepaper": published / count,
        "error_ms": 1000 * float(np.median(known)),
        "error_frames": fps * float(np.median(known)),
        "within_a_frame": float(np.mean(np.array(known) <= 1 / fps)),
        "covered": inside / len(known),
    }


def controls(count: int) -> dict[str, float]:
    """Count chains that are found where all fire at once, or in the reverse order."""
    kinds = {"zero_lag": (0.0,) * 4, "reversed": (-0.04, -0.04, -0.035, -0.035)}
    tally = {}
    for name, lags in kinds.items():
        clips = [through_noise(scenario(k, 60, lags), POSE_NOISE_M) for k in range(count)]
        ours = [bool(timing.find(clip, SETTINGS).edges) for clip in clips]
        theirs = [find_chain(clip, BOTH).reaches_bat for clip in clips]
        tally[f"found_{name}"] = float(np.mean(ours))
        tally[f"whitepaper_found_{name}"] = float(np.mean(theirs))
    return tally


WEIGHTS = {
    "sum c - theta": lambda c: np.sum(c - SETTINGS["theta"], axis=-1),
    "sum c": lambda c: np.sum(c, axis=-1),
    "hops": lambda c: np.full(c.shape[:-1], c.shape[-1], dtype=float),
    "sum log c": lambda c: np.sum(np.log(np.maximum(c, 1e-9)), axis=-1),
    "mean c": lambda c: np.mean(c, axis=-1),
    "product c": lambda c: np.prod(c, axis=-1),
    "least c": lambda c: np.min(c, axis=-1),
}


def weights(count: int, noise: float) -> dict[str, dict[str, float]]:
    """Compare path weights: power on known chains at the same family-wise level."""
    inner = range(1, len(NODES) - 1)
    routes = [
        (0, *middle, len(NODES) - 1) for size in range(len(NODES) - 1)
        for middle in combinations(inner, size)
    ]  # fmt: skip
    tally = {name: {"power": 0.0, "whole": 0.0} for name in WEIGHTS}
    for k in range(count):
        found = signals(through_noise(scenario(k, 60), noise), SETTINGS, bat=True)
        rng = np.random.default_rng(k)
        evidence = timing.gather(found, SETTINGS, rng)
        least = np.maximum(evidence.below, 0.5 / found.fps)
        climbs = timing.climbing(found.names)
        period = found.speed.shape[1] / found.fps
        chance = timing.random_lags(evidence.lags.lag, period, 1000, rng)
        lag = np.concatenate([evidence.lags.lag[None], chance])
        there = np.isfinite(timing.edge_weights(lag, evidence.lags.c, least, climbs, SETTINGS))
        for name, weigh in WEIGHTS.items():
            best = np.full(len(lag), -np.inf)
            longest = 0
            for route in routes:
                a, b = list(route[:-1]), list(route[1:])
                whole = there[:, a, b].all(axis=1)
                value = np.where(whole, weigh(evidence.lags.c[a, b]), -np.inf)
                if value[0] > best[0]:
                    longest = len(route)
                best = np.maximum(best, value)
            significant = np.isfinite(best[0]) and np.mean(best >= best[0] - 1e-9) <= 0.05
            tally[name]["power"] += float(significant) / count
            tally[name]["whole"] += float(significant and longest == len(NODES)) / count
    return tally


def speed() -> dict[str, float]:
    """Time 14 nodes, 1000 surrogates and 200 resamples; and the same lags in a plain loop."""
    rng = np.random.default_rng(0)
    names = tuple(sorted([*list(CATALOGUE)[:13], "bat"], key=level))
    time_s = np.arange(91) / 120
    late = np.linspace(0.3, 0.55, 14)[:, None]
    burst = np.exp(-(((time_s - late) / 0.06) ** 2)) + 0.01 * rng.random((14, 91))
    found = Signals(names, burst, time_s, 120.0, {})
    settings = {**SETTINGS, "surrogates": 1000, "bootstraps": 200}
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        timing.judge(found, "bat", settings)
        spent.append(time.perf_counter() - start)
    ready = prepared(burst)
    expected = best_lags(ready, 120.0)
    start = time.perf_counter()
    slow = plain_lags(ready)
    loop = (time.perf_counter() - start) * (1000 + 200)
    assert np.allclose(slow, expected.lag * 120, atol=1.0), "the loop finds other lags"
    ours = float(np.median(spent))
    return {"seconds_14_nodes": ours, "plain_loop_s": loop, "speed_vs_loop": loop / ours}


def plain_lags(ready: Any) -> Any:
    """Find the best lag (frames) of all pairs by a loop over pairs and lags of the circle."""
    nodes, frames = ready.shape
    lag = np.zeros((nodes, nodes))
    for i in range(nodes):
        for j in range(nodes):
            rho = [float(ready[i] @ np.roll(ready[j], -k)) for k in range(frames)]
            best = int(np.argmax(rho))
            lag[i, j] = (best + frames // 2) % frames - frames // 2
    return lag


def from_workflow(folder: Path) -> list[tuple[str, Any]]:
    """Judge all clips whose kinematics a run of the workflow left in a folder."""
    found = []
    for path in sorted((folder / "results" / "kinematics").glob("*.h5")):
        derived = sequence.read(path, "kinematics")
        if "bat_tip" in derived:
            poses = sequence.read(folder / "results" / "clean" / path.name, "poses")
            found.append((path.stem, timing.find(with_depth(derived, poses), SETTINGS)))
    return found


def with_true_bat(folder: Path) -> list[tuple[str, Any]]:
    """Judge the demo again with the bat where it truly is: what a faultless tracker would give."""
    found = []
    for path in sorted((folder / "resources" / "clips" / "simulated").glob("*.truth.h5")):
        name = path.name.removesuffix(".truth.h5")
        made = folder / "results" / "kinematics" / f"{name}.h5"
        truth = sequence.read(path, "truth")
        if "bat_tip" not in truth or not made.is_file():
            continue
        derived = sequence.read(made, "kinematics")
        frames = derived.sizes["time"]
        for end in ("bat_tip", "bat_grip"):
            derived[end].values[:] = truth[end].values[:frames]
        derived["bat_source"].values[:] = SOURCES["observed"]
        derived["bat_confidence"].values[:] = 1.0
        derived.attrs["peak_time_s"] = truth.attrs["contact_time_s"]
        poses = sequence.read(folder / "results" / "clean" / f"{name}.h5", "poses")
        found.append((name, timing.find(with_depth(derived, poses), SETTINGS)))
    return found


def told(title: str, clips: list[tuple[str, Any]]) -> dict[str, int]:
    say(f"\n{title}")
    for name, result in clips:
        say(f"  {name:22} {result.verdict:9} {result.reason}")
    return {
        "bat": sum(result.reaches_bat for _, result in clips),
        "hands": sum(result.reaches_hands for _, result in clips),
        "of": len(clips),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser.add_argument("--quick", action="store_true", help="fewer clips, under a minute")
    parser.add_argument("--footage", type=Path, help="folder of a run on the reference clips")
    arguments = parser.parse_args()
    count, nulls = (4, 30) if arguments.quick else (48, 600)

    result: dict[str, Any] = false_alarms(nulls)
    say(f"Clips of {nulls} without a chain in which an edge is found")
    for name, value in result.items():
        say(f"  {name:28} {100 * value:5.1f} %")
    say("\nKnown chains: share that reaches the bat (ours, published), lags along the path")
    say("  fps  noise  depth   ours  whole  publ.  error        in a frame  covered")
    rates = (30, 60, 120)
    rows = [(fps, POSE_NOISE_M, True) for fps in rates] + [
        (fps, POSE_NOISE_M, False) for fps in rates
    ]
    rows += [(60, noise, True) for noise in (0.0, 0.002, 0.008, 0.012, 0.016)]
    for fps, noise, depth in rows:
        row = known_chains(count, fps, noise, depth=depth)
        say(
            f"  {fps:3} {1000 * noise:4.0f} mm  {'3D' if depth else '2D':5}"
            f"{100 * row['reached']:5.0f} % {100 * row['whole']:4.0f} %"
            f" {100 * row['whitepaper']:4.0f} %  {row['error_ms']:4.1f} ms"
            f" {row['error_frames']:4.2f} f"
            f"  {100 * row['within_a_frame']:5.0f} %  {100 * row['covered']:5.0f} %"
        )
        if noise == POSE_NOISE_M:
            suffix = f"{fps}" if depth else f"{fps}_2d"
            result[f"order_recovered_{suffix}"] = row["reached"]
            result[f"whitepaper_recovered_{suffix}"] = row["whitepaper"]
            result[f"lag_error_frames_{suffix}"] = row["error_frames"]
            result[f"interval_covers_{suffix}"] = row["covered"]
        elif depth:
            result[f"power_60_at_{1000 * noise:.0f}_mm"] = row["reached"]
    result |= controls(count)
    say(f"\nControls of {count} that are called chains (ours; published method to the bat)")
    for name in ("zero_lag", "reversed"):
        ours, theirs = result[f"found_{name}"], result[f"whitepaper_found_{name}"]
        say(f"  {name:10} {100 * ours:4.0f} % {100 * theirs:4.0f} %")
    say("\nWeight of a path (60 hertz, 8 mm): power at 5 %, whole chain")
    for name, row in weights(count, 0.008).items():
        say(f"  {name:14} {100 * row['power']:4.0f} % {100 * row['whole']:4.0f} %")
        result[f"power_by_{name.replace(' ', '_')}"] = row["power"]
    result |= speed()
    say(
        f"\n14 nodes, 1000 surrogates, 200 resamples: {result['seconds_14_nodes']:.2f} s;"
        f" a plain loop {result['plain_loop_s']:.0f} s, {result['speed_vs_loop']:.0f} times as long"
    )
    pixels = told("The demo through pixels and pose", from_workflow(ROOT))
    result["pixels"] = pixels
    result["pixels_true_bat"] = told("The same with the true bat", with_true_bat(ROOT))
    series = [
        (path.stem, timing.judge(reference_signals(path), "bat", SETTINGS)) for path in STORED
    ]
    if series:
        title = "The reference implementation's own keypoints and bat (25 hertz, no depth)"
        result["reference_series"] = told(title, series)
    result["reference_clips_reaching_bat"] = None
    if arguments.footage:
        clips = from_workflow(arguments.footage)
        known = {path.stem.removesuffix("_series") for path in STORED}
        of_reference = told("The reference clips", [c for c in clips if c[0] in known])
        result["reference_clips"] = of_reference
        result["reference_clips_reaching_bat"] = of_reference["bat"]
        result["other_clips"] = told("Other clips", [c for c in clips if c[0] not in known])
    if arguments.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
