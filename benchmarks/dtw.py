"""Dynamic time warping: speed and exactness beside dtaidistance, tslearn and aeon.

``python benchmarks/dtw.py [--quick] [--json]``. All are given the same sequences of 34 features in
one thread. What is timed is the processor time of that thread (medians of several runs), so that
other programs on the machine disturb the ratios less; two threads are timed by the clock.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

# Before numpy and the libraries are loaded: one thread means one.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import numpy as np

from kinepath.signal import dtw
from kinepath.signal.dtw import kernel
from kinepath.typing import Array

FEATURES = 34
BAND = 0.1


def say(text: str = "") -> None:
    print(text, file=sys.stderr, flush=True)


def library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        say(f"absent: {name} ({error})")
        return None


def walk(rng: np.random.Generator, length: int, offset: float = 0.0) -> Array:
    return np.cumsum(rng.normal(size=(length, FEATURES)), axis=0) / 10 + offset


def seconds(
    work: Callable[[], Any], runs: int, clock: Callable[[], float] = time.thread_time
) -> float:
    """Return the median time of some runs after one that does not count."""
    work()
    times = []
    for _ in range(runs):
        start = clock()
        work()
        times.append(clock() - start)
    return float(np.median(times))


def width(f: Array, g: Array) -> int:
    """Return the half-width of the band in samples, for those who do not count it in shares."""
    return round(BAND * max(len(f), len(g)))


class Side:
    """The competitors, by what they can do; each function takes two sequences."""

    def __init__(self) -> None:
        self.distance: dict[str, Callable[[Array, Array], Any]] = {}
        self.path: dict[str, Callable[[Array, Array], Any]] = {}
        self.banded: dict[str, Callable[[Array, Array], Any]] = {}
        if dtai := library("dtaidistance.dtw_ndim"):
            self.distance["dtaidistance"] = dtai.distance_fast
            self.path["dtaidistance"] = dtai.dtw.warping_path_fast
            self.banded["dtaidistance"] = lambda f, g: dtai.distance_fast(f, g, window=width(f, g))
        if tslearn := library("tslearn.metrics"):
            self.distance["tslearn"] = tslearn.dtw
            self.path["tslearn"] = tslearn.dtw_path
            self.banded["tslearn"] = lambda f, g: tslearn.dtw(
                f, g, global_constraint="sakoe_chiba", sakoe_chiba_radius=width(f, g)
            )
        if aeon := library("aeon.distances"):
            self.distance["aeon"] = lambda f, g: aeon.dtw_distance(f.T, g.T)
            self.path["aeon"] = lambda f, g: aeon.dtw_alignment_path(f.T, g.T)
            self.banded["aeon"] = lambda f, g: aeon.dtw_distance(f.T, g.T, window=BAND)


def all_pairs(side: Side, count: int, runs: int) -> dict[str, float | None]:
    """Time all pairs of sequences of many lengths, in millions of cells of the whole matrices."""
    rng = np.random.default_rng(0)
    sequences = [walk(rng, int(n)) for n in np.linspace(60, 300, count)]
    pairs = dtw.all_pairs(count)
    prepared = dtw.prepare(sequences)
    cells = int(prepared.lengths[pairs].prod(axis=1).sum())
    say(f"\nall pairs of {count} sequences of 60 to 300 samples, {FEATURES} features, one thread")
    say(f"{'million cells a second':28}{'distance':>10}{'path':>10}{f'band {BAND}':>10}")
    ours = [
        cells / 1e6 / seconds(lambda o=o: dtw.warp(prepared, pairs, **o), runs)
        for o in ({}, {"paths": True}, {"band": BAND})
    ]
    say(f"{'kinepath':28}" + "".join(f"{rate:10.0f}" for rate in ours))
    keys: dict[str, float | None] = {
        f"{what}_vs_dtaidistance": None for what in ("distance", "path", "band")
    }
    keys |= dict(zip(("distance_mcells", "path_mcells", "band_mcells"), ours, strict=True))
    # The others call one pair at a time: a part of the pairs stands for all.
    some = pairs[:: max(1, len(pairs) // 150)]
    part = int(prepared.lengths[some].prod(axis=1).sum())
    for name in side.distance:
        rates = []
        for work in (side.distance[name], side.path[name], side.banded[name]):
            took = seconds(
                lambda work=work: [work(sequences[a], sequences[b]) for a, b in some],
                max(1, runs - 2),
            )  # fmt: skip
            rates.append(part / 1e6 / took)
        say(f"{name:28}" + "".join(f"{rate:10.0f}" for rate in rates))
        ratios = [own / other for own, other in zip(ours, rates, strict=True)]
        say(f"{f'  kinepath / {name}':28}" + "".join(f"{ratio:10.1f}" for ratio in ratios))
        keys |= {
            f"{what}_vs_{name}": ratio
            for what, ratio in zip(("distance", "path", "band"), ratios, strict=True)
        }
    threads = [
        seconds(lambda k=k: dtw.warp(prepared, pairs, threads=k), runs, time.perf_counter)
        for k in (1, 2)
    ]
    keys["two_threads"] = threads[0] / threads[1]
    load = os.getloadavg()[0]
    say(f"two threads against one, by the clock: {keys['two_threads']:.2f} (load {load:.1f})")
    return keys


def single_pairs(side: Side, lengths: tuple[int, ...], runs: int) -> dict[str, float]:
    """Time one pair at a time, Python around it included."""
    rng = np.random.default_rng(1)
    say("\none pair, milliseconds: distance / path")
    names = [*side.distance]
    say(f"{'samples':>10}" + "".join(f"{name:>22}" for name in ("kinepath", *names)))
    keys = {}
    for length in lengths:
        f, g = walk(rng, length), walk(rng, length)
        work = [(dtw.distance, dtw.path)]
        work += [(side.distance[name], side.path[name]) for name in names]
        repeats = max(1, 200_000 // length**2)
        line = f"{length:10}"
        for k, functions in enumerate(work):
            took = [
                1000 / repeats * seconds(partial(_repeat, function, f, g, repeats), runs)
                for function in functions
            ]
            line += f"{took[0]:12.2f} /{took[1]:8.2f}"
            if k == 0:
                keys[f"single_{length}_ms"] = took[0]
        say(line)
    return keys


def _repeat(function: Callable[[Array, Array], Any], f: Array, g: Array, times: int) -> None:
    for _ in range(times):
        function(f, g)


def bounds(runs: int) -> dict[str, float]:
    """Time the two halves of the kernel alone, and both; the best of some runs, taken in turn."""
    rng = np.random.default_rng(2)
    length = 300
    f, g = (np.ascontiguousarray(walk(rng, length).T) for _ in range(2))
    cells = 40 * length**2 / 1e6
    parts = (kernel.COSTS, kernel.RECURRENCE, kernel.WHOLE)
    times = [
        [seconds(partial(kernel.half, f, g, part, 40), 1) for part in parts] for _ in range(runs)
    ]
    product, chain, both = (cells / best for best in np.min(times, axis=0))
    least = 1 / (1 / product + 1 / chain)
    say(f"\nthe halves of the kernel at {length} x {length} (million cells a second)")
    say(f"  local costs alone {product:.0f}, recurrence alone {chain:.0f}, one after the other at"
        f" best {least:.0f}; together {both:.0f} ({100 * both / least:.0f} %)")  # fmt: skip
    return {"costs_mcells": product, "recurrence_mcells": chain, "share_of_bound": both / least}


def exactness(side: Side) -> dict[str, float]:
    """Return the largest relative error against the recurrence written out, and dtaidistance."""
    rng = np.random.default_rng(3)
    slow = walk(rng, 70)
    cases = {
        "random": (walk(rng, 60), walk(rng, 75)),
        "warped": (slow, slow[np.sort(rng.integers(0, 70, 90))] + 1e-3 * rng.normal(size=(90, 1))),
        "offset 1e3": (walk(rng, 60, 1e3), walk(rng, 75, 1e3)),
        "offset 1e5": (walk(rng, 60, 1e5), walk(rng, 75, 1e5)),
        "constant": (np.ones((40, FEATURES)), np.full((55, FEATURES), 3.0)),
        "one sample": (walk(rng, 1), walk(rng, 80)),
        "very unequal": (walk(rng, 5), walk(rng, 400)),
    }
    say("\nrelative error of the distance")
    worst = 0.0
    for name, (f, g) in cases.items():
        ours = dtw.distance(f, g)
        errors = {"written out": naive(f, g)}
        if "dtaidistance" in side.distance:
            errors["dtaidistance"] = side.distance["dtaidistance"](f, g) ** 2
        told = {other: abs(ours - value) / value for other, value in errors.items()}
        say(f"{name:>14}  " + "  ".join(f"{other} {error:.1e}" for other, error in told.items()))
        worst = max(worst, *told.values())
    return {"max_rel_error": worst}


def naive(f: Array, g: Array) -> float:
    table = np.full((len(f) + 1, len(g) + 1), np.inf)
    table[0, 0] = 0.0
    for i, a in enumerate(f):
        for j, cost in enumerate(((a - g) ** 2).sum(axis=1)):
            table[i + 1, j + 1] = cost + min(table[i, j], table[i, j + 1], table[i + 1, j])
    return float(table[-1, -1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    quick = (given := parser.parse_args()).quick
    side = Side()
    result: dict[str, Any] = all_pairs(side, 24 if quick else 60, 3 if quick else 7)
    result |= single_pairs(side, (300,) if quick else (300, 1000, 3000), 3)
    result |= bounds(5 if quick else 15)
    result |= exactness(side)
    result["load"] = os.getloadavg()[0]
    if given.json:
        print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
