"""The default method: test whether the parts of the body fire in an order beyond chance.

Every node has a burst of speed in the swing, so that any two of them are highly correlated at some
lag: a high correlation proves nothing. What can be tested is the timing, against two null
hypotheses:

- *random timings*: within the window of the swing each node's burst occurs at any time with equal
  probability, independent of the others'. A surrogate shifts every signal circularly by its own
  random amount.
- *random orders*: the times of the bursts, close to each other, are fixed, but their assignment to
  nodes is random. A surrogate permutes the nodes.

Their statistic is the same as the clip's, the maximum weight over all lags, pairs and paths from
the lower body to the bat, so that p is family-wise for the clip; the larger p of the two is used.

An edge i -> j climbs the body, has ``c >= theta``, and its lag has an interval (block bootstrap)
above zero and a value of at most ``max_lag_s``. The weight of a path is ``sum(c - theta)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from kinepath.bat import SOURCES
from kinepath.chain import path as paths
from kinepath.chain import reasons
from kinepath.chain.correlation import (
    Lags,
    best_lags,
    bootstrap_weights,
    prepared,
    weighted_lags,
)
from kinepath.chain.result import ChainResult, Edge, Node, Null
from kinepath.chain.series import NoSeriesError
from kinepath.chain.signals import BAT, Signals, at_hands, begins, level, signals
from kinepath.settings.results import TimingSettings
from kinepath.typing import Array, Mask

_OUTER = (2.5, 97.5)


@dataclass(frozen=True)
class Evidence:
    """The bootstrap of the lags of one clip.

    Parameters
    ----------
    lags : Lags
        Of the clip itself.
    below, above : ndarray, shape (nodes, nodes)
        Extent of the 95 % interval of each lag below and above it, seconds.
    resampled : Lags
        Of every resample, shape (count, nodes, nodes).
    weights : ndarray, shape (count, time)
        The weights of the resamples.
    """

    lags: Lags
    below: Array
    above: Array
    resampled: Lags
    weights: Array


def find(
    kinematics: xr.Dataset,
    settings: TimingSettings | Mapping[str, Any] | None = None,
) -> ChainResult:
    """Find the kinetic chain of a clip, or why there is none.

    Parameters
    ----------
    kinematics : xarray.Dataset
        See :func:`kinepath.chain.signals.signals`.
    settings : TimingSettings or mapping, optional
        Those of the signals, and ``theta``, ``max_lag_s``, ``alpha``, ``surrogates``,
        ``bootstraps``, ``block_s``, ``geometry_s``, ``flat_geometry_s``,
        ``seed``.
    """
    settings = TimingSettings.of(settings)
    bat = bat_is_known(kinematics, settings)
    try:
        found = signals(kinematics, settings, bat=bat)
    except NoSeriesError as error:
        sentence = f"{error}."
        return _nothing(sentence[0].upper() + sentence[1:], settings, {})
    return replace(judge(found, "bat" if bat else "hands", settings), speeds=_speeds(found))


def _speeds(found: Signals) -> dict[str, Any]:
    """Return the signals as plain values, rounded to meaningful digits."""
    return {
        "time_s": np.round(found.time, 4).tolist(),
        "unit": "m/s" if found.depth else "body heights/s",
        "speed": {
            name: np.round(speed, 4).tolist()
            for name, speed in zip(found.names, found.speed, strict=True)
        },
    }


def judge(
    found: Signals,
    target: str,
    settings: TimingSettings | Mapping[str, Any] | None = None,
) -> ChainResult:
    """Find the chain in signals.

    Parameters
    ----------
    found : Signals
        The nodes' speeds in the window of the swing.
    target : str
        ``bat`` or ``hands``.
    settings : TimingSettings or mapping, optional
        See :func:`find`.
    """
    settings = TimingSettings.of(settings)
    ends = np.array([n == BAT if target == "bat" else at_hands(n) for n in found.names], dtype=bool)
    starts = np.array([begins(name) for name in found.names], dtype=bool)
    if reason := reasons.unfit(found, starts, ends, target):
        return _nothing(reason, settings, found.missing, target, found.notes)
    rng = np.random.default_rng(settings.seed)
    evidence = gather(found, settings, rng)
    lags, climbs = evidence.lags, climbing(found.names)
    # Half a frame: below that the order depends on the sampling phase.
    least = np.maximum(evidence.below, 0.5 / found.fps)
    weight = edge_weights(lags.lag, lags.c, least, climbs, settings)
    period = found.speed.shape[1] / found.fps
    count, whole = settings.surrogates, paths.through(weight, starts, ends)
    tests = {}
    for kind, (lag, c, low) in {
        "timings": (random_lags(lags.lag, period, count, rng), lags.c, least),
        "orders": random_orders((lags.lag, lags.c, least), count, rng),
    }.items():
        drawn = edge_weights(lag, c, low, climbs, settings)
        maxima = np.sort(np.maximum(paths.heaviest(drawn, starts, ends), 0.0))
        reaching = count - np.searchsorted(maxima, whole - 1e-9, side="left")
        tests[kind] = (1 + reaching) / (1 + count), maxima
    kind = max(tests, key=lambda name: float(tests[name][0].min()))
    p = np.maximum(*(p for p, _ in tests.values()))
    best = tuple(found.names[k] for k in paths.trace(weight, starts, ends))
    null = Null(
        max(float(whole.max()), 0.0),
        float(p.min()) if best else 1.0,
        settings.alpha,
        tests[kind][1],
        kind,
    )
    accepted = (p <= settings.alpha) & np.isfinite(weight)
    again = edge_weights(
        evidence.resampled.lag, evidence.resampled.c, 0.0 * least, climbs, settings
    )
    stability = np.isfinite(again).mean(axis=0)
    edges = tuple(
        _edge(found.names, evidence, p, stability, int(i), int(j))
        for i, j in zip(*np.nonzero(accepted), strict=True)
    )
    if best:
        reason = reasons.verdict(best, null, target)
    else:
        loose = edge_weights(lags.lag, lags.c, 0.0 * least, climbs, settings)
        unsure = paths.trace(loose, starts, ends)
        reason = (
            reasons.unresolved(found, lags, evidence.below, evidence.above, unsure)
            if unsure
            else reasons.disorder(found, lags, target)
        )
    return ChainResult(
        "timing",
        _nodes(found, evidence.weights, settings),
        edges,
        best if edges else (),
        reason,
        notes=found.notes,
        target=target,
        null=null,
    )


def bat_is_known(kinematics: xr.Dataset, settings: TimingSettings) -> bool:
    """Return whether the bat's tip was seen (or may be inferred) in enough frames of the swing."""
    if "bat_source" not in kinematics or BAT not in settings.nodes:
        return False
    if not kinematics.attrs.get("bat_usable", 1) and not settings.allow_proxy:
        return False
    source = kinematics["bat_source"].values
    peak = kinematics.attrs.get("peak_time_s", np.nan)
    time = kinematics["time"].values - peak
    near = (time >= -settings.before_s) & (time <= settings.after_s)
    known = source != SOURCES["none"]
    if not settings.allow_proxy:
        known &= source != SOURCES["pose_proxy"]
    return bool(near.any() and known[near].mean() >= settings.minimum_share)


def gather(
    found: Signals,
    settings: TimingSettings | Mapping[str, Any],
    rng: np.random.Generator,
) -> Evidence:
    """Correlate all pairs and resample them in blocks.

    The bootstrap covers only noise. The contribution of projection and of the shape of a segment's
    motion is added as ``geometry_s`` (``flat_geometry_s`` without depth), as measured on the
    simulated athlete.
    """
    settings = TimingSettings.of(settings)
    ready = prepared(found.speed)
    lags = best_lags(ready, found.fps)
    frames = ready.shape[1]
    block = max(round(settings.block_s * found.fps), 1)
    weights = bootstrap_weights(frames, block, settings.bootstraps, rng)
    reach = max(round(settings.max_lag_s * found.fps / 2), 2)
    again = weighted_lags(ready, found.fps, lags.lag, weights, reach)
    low, high = np.percentile(again.lag, _OUTER, axis=0)
    below, above = np.maximum(lags.lag - low, 0.0), np.maximum(high - lags.lag, 0.0)
    bias = settings.geometry_s if found.depth else settings.flat_geometry_s
    return Evidence(lags, np.hypot(below, bias), np.hypot(above, bias), again, weights)


def edge_weights(
    lag: Array, c: Array, least: Array, climbs: Mask, settings: TimingSettings | Mapping[str, Any]
) -> Array:
    """Compute the edge weights of one graph or many; ``-inf`` where there is no edge.

    Parameters
    ----------
    lag, c : ndarray, shape (..., nodes, nodes)
        Lags, seconds; maximum correlations.
    least : ndarray, shape (nodes, nodes)
        Lag that must be exceeded, seconds.
    climbs : ndarray of bool, shape (nodes, nodes)
        Which edges go up the body.
    settings : TimingSettings or mapping
        ``theta`` and ``max_lag_s``.
    """
    settings = TimingSettings.of(settings)
    there = climbs & (c >= settings.theta) & (lag > least) & (lag <= settings.max_lag_s)
    return np.where(there, c - settings.theta, -np.inf)


def random_lags(lag: Array, period: float, count: int, rng: np.random.Generator) -> Array:
    """Return the lags (count, nodes, nodes) after random circular shifts of every node."""
    shift = rng.uniform(0.0, period, size=(count, len(lag)))
    moved = lag + shift[:, np.newaxis, :] - shift[:, :, np.newaxis]
    return np.asarray((moved + period / 2) % period - period / 2)


def random_orders(
    values: tuple[Array, Array, Array], count: int, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Return matrices (nodes, nodes) with the nodes' bursts randomly permuted, (count, ...)."""
    order = rng.permuted(np.tile(np.arange(len(values[0])), (count, 1)), axis=1)
    first, second, third = (
        value[order[:, :, np.newaxis], order[:, np.newaxis, :]] for value in values
    )
    return first, second, third


def climbing(names: Sequence[str]) -> Mask:
    """Return which edges between nodes go up the body, (nodes, nodes)."""
    levels = np.array([level(name) for name in names])
    return np.asarray(levels[:, np.newaxis] < levels)


def _edge(
    names: Sequence[str], evidence: Evidence, p: Array, stable: Array, i: int, j: int
) -> Edge:
    lag = float(evidence.lags.lag[i, j])
    interval = lag - float(evidence.below[i, j]), lag + float(evidence.above[i, j])
    return Edge(
        names[i], names[j], float(evidence.lags.c[i, j]), lag, float(p[i, j]), interval,
        float(stable[i, j]),
    )  # fmt: skip


def _nodes(found: Signals, weights: Array, settings: TimingSettings) -> tuple[Node, ...]:
    """Return all configured nodes with their times of activation."""
    times = {}
    for name, speed in zip(found.names, found.speed, strict=True):
        again = activation(speed, found.time, weights)
        low, high = np.percentile(again, _OUTER)
        times[name] = float(activation(speed, found.time)[0]), (float(low), float(high))
    return tuple(
        Node(name, *times[name][:1], True, times[name][1])
        if name in times
        else Node(name, None, False, why=found.missing.get(name, "not seen"))
        for name in sorted(settings.nodes, key=level)
    )


def activation(speed: Array, time: Array, weights: Array | None = None) -> Array:
    """Return the time of a burst of speed: the centroid of its part above half its height.

    Parameters
    ----------
    speed, time : ndarray, shape (time,)
        The signal.
    weights : ndarray, shape (count, time), optional
        Of a bootstrap.

    Returns
    -------
    ndarray, shape (count,)
        Seconds; without ``weights``, ``count`` is 1.
    """
    peak = int(np.argmax(speed))
    floor = float(np.quantile(speed, 0.1))
    high = speed - floor > (speed[peak] - floor) / 2
    outside = np.flatnonzero(~high)
    begin = int(outside[outside < peak].max(initial=-1)) + 1
    end = int(outside[outside > peak].min(initial=len(speed)))
    burst = (speed[begin:end] - floor)[np.newaxis]
    if weights is not None:
        burst = burst * weights[:, begin:end]
    return np.asarray(burst @ time[begin:end] / burst.sum(axis=1))


def _nothing(
    reason: str,
    settings: TimingSettings,
    missing: Mapping[str, str],
    target: str = "bat",
    notes: tuple[str, ...] = (),
) -> ChainResult:
    nodes = tuple(
        Node(name, None, False, why=missing.get(name, "not judged"))
        for name in sorted(settings.nodes, key=level)
    )
    return ChainResult("timing", nodes, (), (), reason, notes=notes, target=target)
