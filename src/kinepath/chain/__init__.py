"""The kinetic chain: the order in which motion passes from the legs to the bat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import xarray as xr

from kinepath.bat import source_shares
from kinepath.chain import timing, whitepaper
from kinepath.chain.result import ChainResult, Edge, Node, Null
from kinepath.chain.series import NODES, NoSeriesError, node_series
from kinepath.settings.results import ChainSettings, WhitepaperSettings

__all__ = ["NODES", "ChainResult", "Edge", "Node", "Null", "find_chain"]


def find_chain(
    kinematics: xr.Dataset, settings: ChainSettings | Mapping[str, Any] | None = None
) -> ChainResult:
    """Find the kinetic chain of a clip.

    Parameters
    ----------
    kinematics : xarray.Dataset
        Kinematics with the bat; NaN where unknown. The default method uses ``position_3d`` where
        :func:`kinepath.chain.signals.with_depth` added it.
    settings : ChainSettings or mapping, optional
        ``method`` and, under the name of the method, its own settings.

    Returns
    -------
    ChainResult
        "no chain" with the reason where none can be found in the clip.
    """
    settings = ChainSettings.of(settings)
    shares = source_shares(kinematics["bat_source"].values) if "bat_source" in kinematics else {}
    if settings.method == "timing":
        result = timing.find(kinematics, settings.timing)
    else:
        result = _published(kinematics, settings.whitepaper)
    notes = result.notes if result.target == "hands" else result.notes + _proxy_note(shares)
    return replace(result, bat_source=shares, notes=notes)


def _published(kinematics: xr.Dataset, settings: WhitepaperSettings) -> ChainResult:
    try:
        series = node_series(
            kinematics,
            window_s=settings.window_s,
            order=settings.order,
            minimum_confidence=settings.minimum_confidence,
        )
    except NoSeriesError as error:
        nodes = tuple(Node(name, None, alive=False) for name in NODES)
        sentence = f"{error}."
        return ChainResult("whitepaper", nodes, (), (), sentence[0].upper() + sentence[1:])
    return whitepaper.find(series, settings)


def _proxy_note(shares: Mapping[str, float]) -> tuple[str, ...]:
    known = sum(share for name, share in shares.items() if name != "none")
    guessed = shares.get("pose_proxy", 0.0)
    if guessed == 0:
        return ()
    return (
        f"The bat was not seen in {100 * guessed / known:.0f} % of the frames used: its tip is"
        " guessed from the forearms there, so that links between arms and bat prove nothing.",
    )
