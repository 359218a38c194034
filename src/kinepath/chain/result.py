"""The result of any kinetic chain method for a clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Node:
    """A body part or the bat.

    Parameters
    ----------
    name : str
        A keypoint, ``pelvis`` or ``bat``.
    activation_time_s : float or None
        When it moves fastest along the swing axis, seconds on the raw video's clock; None for an
        invalid node.
    alive : bool
        Whether the node is valid: seen often enough, and moving at all.
    interval_s : (float, float) or None
        95 % interval of the time of activation, where the method provides one.
    why : str
        Why it is invalid.
    """

    name: str
    activation_time_s: float | None
    alive: bool
    interval_s: tuple[float, float] | None = None
    why: str = ""


@dataclass(frozen=True)
class Edge:
    """One node leading another.

    Parameters
    ----------
    source, target : str
        Names of nodes.
    c : float
        Peak of the normalised cross-correlation.
    lag_s : float
        Time by which the source leads, seconds.
    p : float
        Probability of such an edge between unrelated series, according to the method.
    interval_s : (float, float) or None
        95 % interval of the lag, where the method provides one.
    stability : float or None
        Fraction of the bootstrap resamples in which the edge is present.
    """

    source: str
    target: str
    c: float
    lag_s: float
    p: float
    interval_s: tuple[float, float] | None = None
    stability: float | None = None


@dataclass(frozen=True)
class Null:
    """The null distribution, and the observed statistic.

    Parameters
    ----------
    observed : float
        Maximum weight over all lags, pairs and paths of the clip; 0 where there is no path.
    p : float
        Fraction of the surrogates that reach it, including the clip itself.
    alpha : float
        Significance level: a chain is accepted below it.
    maxima : ndarray, shape (surrogates,)
        The same statistic of every surrogate.
    kind : str
        What is random in them: ``timings`` or ``orders``, whichever has the larger p.
    """

    observed: float
    p: float
    alpha: float
    maxima: NDArray[np.float64]
    kind: str = "timings"

    def histogram(self, bins: int = 40) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the counts and bin edges of a histogram of the surrogates' maxima."""
        top = max(float(self.maxima.max(initial=0.0)), self.observed, 1e-6)
        counts, edges = np.histogram(self.maxima, bins=bins, range=(0.0, 1.02 * top))
        return counts.astype(np.int64), edges


@dataclass(frozen=True)
class ChainResult:
    """The kinetic chain of a clip, or why there is none.

    Parameters
    ----------
    method : str
        Which method was used.
    nodes : tuple of Node
        From the feet to the bat.
    edges : tuple of Edge
        All edges that the method accepted.
    path : tuple of str
        The chain's nodes in order; empty where there is none.
    reason : str
        One sentence that states what was found, or why nothing was.
    bat_source : mapping of str to float
        Fraction of the frames with each source of the bat.
    notes : tuple of str
        What a reader must know before relying on the result.
    target : str
        The end of the chain: ``bat``, or ``hands`` where the bat was not seen.
    null : Null or None
        The null distribution, where the method uses one.
    speeds : mapping or None
        The series compared, where the method keeps them: ``time_s``, ``unit`` and, by node,
        ``speed``.
    """

    method: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    path: tuple[str, ...]
    reason: str
    bat_source: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    target: str = "bat"
    null: Null | None = None
    speeds: Mapping[str, Any] | None = None

    @property
    def path_edges(self) -> tuple[Edge, ...]:
        """Return the edges along the path, in order."""
        between = {(edge.source, edge.target): edge for edge in self.edges}
        return tuple(between[pair] for pair in zip(self.path, self.path[1:], strict=False))

    @property
    def verdict(self) -> str:
        """Return ``chain`` or ``no chain``."""
        return "chain" if self.path else "no chain"

    @property
    def reaches_bat(self) -> bool:
        """Return whether the chain ends at the bat."""
        return bool(self.path) and self.path[-1] == "bat"

    @property
    def reaches_hands(self) -> bool:
        """Return whether the hands were the target, without a bat, and the chain ends there."""
        return bool(self.path) and self.target == "hands"

    @property
    def path_weight(self) -> float:
        """Return the path's weight as defined by its method; 0 where there is no path."""
        if self.path and self.null is not None:
            return self.null.observed
        return sum(edge.c for edge in self.path_edges)

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain values for a JSON file; unknown values are null."""
        return {
            "method": self.method,
            "verdict": self.verdict,
            "reason": self.reason,
            "notes": list(self.notes),
            "path": list(self.path),
            "path_weight": self.path_weight,
            "target": self.target,
            "reaches_bat": self.reaches_bat,
            "reaches_hands": self.reaches_hands,
            "nodes": [
                {
                    "name": node.name,
                    "activation_time_s": node.activation_time_s,
                    "interval_s": _pair(node.interval_s),
                    "alive": node.alive,
                    "why": node.why,
                }
                for node in self.nodes
            ],
            "edges": [
                {
                    "from": edge.source,
                    "to": edge.target,
                    "c": edge.c,
                    "lag_s": edge.lag_s,
                    "lag_interval_s": _pair(edge.interval_s),
                    "p": edge.p,
                    "stability": edge.stability,
                }
                for edge in self.edges
            ],
            "null": _null(self.null),
            "speeds": None if self.speeds is None else dict(self.speeds),
            "bat_source": dict(self.bat_source),
        }


def _pair(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else list(interval)


def _null(null: Null | None) -> dict[str, Any] | None:
    if null is None:
        return None
    counts, edges = null.histogram()
    return {
        "observed": null.observed,
        "p": null.p,
        "alpha": null.alpha,
        "kind": null.kind,
        "surrogates": len(null.maxima),
        "counts": counts.tolist(),
        "bin_edges": edges.tolist(),
    }
