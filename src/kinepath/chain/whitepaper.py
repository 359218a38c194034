"""The correlation path of the white paper, as its code computes it; kept for comparison.

For nodes i and j, ``rho_ij(tau)`` is the cross-correlation of their standardised velocities and
``c_ij`` its maximum over all lags, including negative ones, at ``tau*`` (positive: i leads).
Node i is active at ``t_i = argmax |v_i|``. There is an edge i -> j if ``t_i < t_j``,
``tau* > 0``, ``c_ij >= theta`` and ``p < alpha``, where p is two-sided from Fisher's z with
``N_eff = N (1 - r_i r_j) / (1 + r_i r_j)`` for lag-1 autocorrelations r. The chain is the heaviest
path of the graph by the sum of ``c``, cut at the bat if it contains it.

The variant that reproduces the published results: mean and standard deviation over the whole
series; the sum over the overlap divided by the total number of frames, so that ``rho`` decays with
the lag; the maximum signed value rather than the maximum absolute one.

Known defects of the method, deliberately preserved: the pelvis is invalid (everything is centred
on it); p ignores that the best of many lags and pairs was selected; ``N_eff`` of smooth series is
so small that a perfect swing of two seconds at 60 hertz passes no test while the same in a longer
clip does; a sum of correlations favours paths with many hops; nothing makes the path start in the
legs or end at the bat; backlift, downswing and follow-through are mixed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from kinepath.chain.result import ChainResult, Edge, Node
from kinepath.chain.series import BAT, NodeSeries
from kinepath.settings.results import WhitepaperSettings
from kinepath.typing import Array

CAUTION = (
    "The published test takes the best of many lags and pairs as if it were the only one, so"
    " unrelated motion often passes it."
)


def find(
    series: NodeSeries,
    settings: WhitepaperSettings | Mapping[str, Any] | None = None,
) -> ChainResult:
    """Find the correlation path.

    Parameters
    ----------
    series : NodeSeries
        Velocities along the swing axis; NaN samples are masked. A correlation uses the samples
        that both series have.
    settings : WhitepaperSettings or mapping, optional
        ``max_lag_s`` (seconds), ``theta`` and ``alpha``.
    """
    settings = WhitepaperSettings.of(settings)
    max_lag = round(settings.max_lag_s * series.fps)
    alive = living(series.velocity, max_lag)
    active = activation(series.velocity, alive)
    nodes = tuple(
        Node(name, float(series.time[frame]) if lives else None, bool(lives))
        for name, frame, lives in zip(series.names, active, alive, strict=True)
    )
    correlation = cross_correlation(series.velocity, max_lag)
    edges = _edges(series, correlation, active, alive, settings)
    path = heaviest_path(edges)
    return ChainResult(
        "whitepaper", nodes, edges, path, _reason(nodes, edges, path), notes=(CAUTION,)
    )


def living(velocity: Array, max_lag: int) -> NDArray[np.bool_]:
    """Return which nodes move and are known in more frames than the maximum lag."""
    counts = np.isfinite(velocity).sum(axis=1)
    spread = np.ptp(np.where(np.isfinite(velocity), velocity, 0.0), axis=1)
    return np.asarray((counts > max_lag) & (spread > 1e-6 * spread.max(initial=0.0)))


def activation(velocity: Array, alive: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the frame in which each node is fastest; 0 for invalid nodes."""
    speed = np.where(np.isfinite(velocity), np.abs(velocity), -1.0)
    return np.where(alive, np.argmax(speed, axis=1), 0)


def cross_correlation(velocity: Array, max_lag: int) -> Array:
    """Correlate every series with every other at every lag.

    Parameters
    ----------
    velocity : ndarray, shape (nodes, time)
        NaN where unknown.
    max_lag : int
        Frames.

    Returns
    -------
    ndarray, shape (2 max_lag + 1, nodes, nodes)
        ``[max_lag + k, i, j]`` is the correlation of ``v_i(t)`` with ``v_j(t + k)``: the mean
        over the samples that both have times the fraction of the frames that overlap at that lag.
        NaN where a series does not move or at most ``max_lag`` samples are common.
    """
    frames = velocity.shape[1]
    known = np.isfinite(velocity).astype(np.float64)
    values = np.where(known > 0, velocity, 0.0)
    count = known.sum(axis=1, keepdims=True)
    values = known * (values - values.sum(axis=1, keepdims=True) / np.maximum(count, 1))
    spread = np.sqrt((values**2).sum(axis=1, keepdims=True) / np.maximum(count, 1))
    values = np.divide(values, spread, out=np.full_like(values, np.nan), where=spread > 0)
    result = np.full((2 * max_lag + 1, len(velocity), len(velocity)), np.nan)
    for lag in range(min(max_lag, frames - 1) + 1):
        stop = frames - lag
        common = known[:, :stop] @ known[:, lag:].T
        total = values[:, :stop] @ values[:, lag:].T
        mean = np.divide(total, common, out=np.full_like(total, np.nan), where=common > max_lag)
        result[max_lag + lag] = np.clip(mean * (stop / frames), -1.0, 1.0)
        result[max_lag - lag] = result[max_lag + lag].T
    return result


def significance(c: float, samples: float, r_i: float, r_j: float) -> float:
    """Return the two-sided p of a correlation by Fisher's z with the effective sample size."""
    effective = samples * (1 - r_i * r_j) / (1 + r_i * r_j)
    if effective <= 3:
        return 1.0
    z = np.arctanh(min(abs(c), 1 - 1e-12)) * np.sqrt(effective - 3)
    return math.erfc(z / math.sqrt(2))


def heaviest_path(edges: Sequence[Edge]) -> tuple[str, ...]:
    """Return the path with the maximum summed correlation, cut at the bat if it contains it.

    Empty where there is no edge, or where the path starts at the bat and the cut leaves nothing.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    for edge in edges:
        graph.add_edge(edge.source, edge.target, weight=edge.c)
    path = nx.dag_longest_path(graph, weight="weight")
    path = path[: path.index(BAT) + 1] if BAT in path else path
    return tuple(path) if len(path) > 1 else ()


def _edges(
    series: NodeSeries,
    correlation: Array,
    active: NDArray[np.intp],
    alive: NDArray[np.bool_],
    settings: WhitepaperSettings,
) -> tuple[Edge, ...]:
    max_lag = len(correlation) // 2
    known = np.isfinite(series.velocity).astype(np.float64)
    samples = known @ known.T
    memory = np.diagonal(cross_correlation(series.velocity, 1)[2])
    edges = []
    for i, j in zip(*np.nonzero(active[:, np.newaxis] < active), strict=True):
        lags = correlation[:, i, j]
        if not (alive[i] and alive[j]) or np.isnan(lags).all():
            continue
        best = int(np.nanargmax(lags))
        c, lag = float(lags[best]), best - max_lag
        if lag > 0 and c >= settings.theta:
            p = significance(c, samples[i, j], memory[i], memory[j])
            if p < settings.alpha:
                edges.append(Edge(series.names[i], series.names[j], c, lag / series.fps, p))
    return tuple(edges)


def _reason(nodes: Sequence[Node], edges: Sequence[Edge], path: Sequence[str]) -> str:
    if sum(node.alive for node in nodes) < 2:
        return "Fewer than two nodes are seen long enough to be correlated."
    if not edges:
        return "No pair of nodes passes the correlation threshold and the test."
    if not path:
        return "The heaviest path begins at the bat: nothing is found to lead to it."
    ways = f"{len(edges)} accepted edge" + ("s" if len(edges) > 1 else "")
    first, last = (name.replace("_", " ") for name in (path[0], path[-1]))
    end = "" if path[-1] == BAT else " and does not reach the bat"
    return f"The heaviest path of {ways} runs from {first} to {last}{end}."
