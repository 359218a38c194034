"""What any method of finding the kinetic chain says of a clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Node:
    """A body part or the bat.

    Parameters
    ----------
    name : str
        A keypoint, ``pelvis`` or ``bat``.
    activation_time_s : float or None
        When it moves fastest along the swing axis, seconds on the raw video's clock; None for a
        node that is not alive.
    alive : bool
        Whether its series is seen often enough and moves at all.
    """

    name: str
    activation_time_s: float | None
    alive: bool


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
        How long the source leads, seconds.
    p : float
        Probability of such a correlation between unrelated series, as the method sees it.
    """

    source: str
    target: str
    c: float
    lag_s: float
    p: float


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
        All that the method accepted.
    path : tuple of str
        The chain's nodes in order; empty where there is none.
    reason : str
        One sentence that says what was found, or why nothing was.
    bat_source : mapping of str to float
        Share of the frames in which the bat is known in each way.
    notes : tuple of str
        What a reader must know before believing the result.
    """

    method: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    path: tuple[str, ...]
    reason: str
    bat_source: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def path_edges(self) -> tuple[Edge, ...]:
        """The edges along the path, in order."""
        between = {(edge.source, edge.target): edge for edge in self.edges}
        return tuple(between[pair] for pair in zip(self.path, self.path[1:], strict=False))

    @property
    def verdict(self) -> str:
        """``chain`` or ``no chain``."""
        return "chain" if self.path else "no chain"

    @property
    def reaches_bat(self) -> bool:
        """Whether the chain ends at the bat."""
        return bool(self.path) and self.path[-1] == "bat"

    def to_json(self) -> dict[str, Any]:
        """Give the result as plain values for a JSON file; what is not known is null."""
        return {
            "method": self.method,
            "verdict": self.verdict,
            "reason": self.reason,
            "notes": list(self.notes),
            "path": list(self.path),
            "path_weight": sum(edge.c for edge in self.path_edges),
            "reaches_bat": self.reaches_bat,
            "nodes": [
                {
                    "name": node.name,
                    "activation_time_s": node.activation_time_s,
                    "alive": node.alive,
                }
                for node in self.nodes
            ],
            "edges": [
                {
                    "from": edge.source,
                    "to": edge.target,
                    "c": edge.c,
                    "lag_s": edge.lag_s,
                    "p": edge.p,
                }
                for edge in self.edges
            ],
            "bat_source": dict(self.bat_source),
        }
