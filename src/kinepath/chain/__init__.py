"""The kinetic chain: in which order motion passes from the legs to the bat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import xarray as xr

from kinepath.bat import source_shares
from kinepath.chain import whitepaper
from kinepath.chain.result import ChainResult, Edge, Node
from kinepath.chain.series import NODES, NodeSeries, NoSeriesError, node_series

__all__ = ["METHODS", "NODES", "ChainResult", "Edge", "Node", "find_chain"]

#: The methods that there are, by the name that the configuration calls them.
METHODS: dict[str, Callable[[NodeSeries, Mapping[str, Any]], ChainResult]] = {
    "whitepaper": whitepaper.find,
}


def find_chain(kinematics: xr.Dataset, settings: Mapping[str, Any]) -> ChainResult:
    """Find the kinetic chain of a clip.

    Parameters
    ----------
    kinematics : xarray.Dataset
        Kinematics with the bat; NaN where something is not known.
    settings : mapping
        ``method`` (one of :data:`METHODS`), ``window_s``, ``order``, ``minimum_confidence`` (see
        :func:`kinepath.chain.series.node_series`), and the method's own.

    Returns
    -------
    ChainResult
        "no chain" with the reason where the clip does not allow for one.
    """
    method = settings["method"]
    shares = source_shares(kinematics["bat_source"].values) if "bat_source" in kinematics else {}
    try:
        series = node_series(
            kinematics,
            window_s=settings["window_s"],
            order=settings["order"],
            minimum_confidence=settings["minimum_confidence"],
        )
    except NoSeriesError as error:
        nodes = tuple(Node(name, None, alive=False) for name in NODES)
        sentence = f"{error}."
        return ChainResult(method, nodes, (), (), sentence[0].upper() + sentence[1:], shares)
    result = METHODS[method](series, settings)
    return replace(result, bat_source=shares, notes=result.notes + _proxy_note(shares))


def _proxy_note(shares: Mapping[str, float]) -> tuple[str, ...]:
    known = sum(share for name, share in shares.items() if name != "none")
    guessed = shares.get("pose_proxy", 0.0)
    if guessed == 0:
        return ()
    return (
        f"The bat was not seen in {100 * guessed / known:.0f} % of the frames used: its tip is"
        " guessed from the forearms there, so that links between arms and bat prove nothing.",
    )
