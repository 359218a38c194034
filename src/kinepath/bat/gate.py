"""Which frames' tips are accepted, and with what confidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinepath.bat.sources import SOURCES
from kinepath.typing import Array

#: The features that determine the confidence.
SIGNS = ("one", "margin", "score", "turn", "hands", "steady", "apart", "body")

#: Fitted by likelihood to 69 observed tips of 13 filmed clips, labelled by hand; half of the clips
#: alone give 0.32, the other half 0.50.
_TEMPERED = 0.4


def signs(
    margin: Array, score: Array, turn: Array, hands: Array, apart: Array, body: Array
) -> Array:
    """Return the features of the confidence of each frame's tip, (time, features).

    Parameters
    ----------
    margin : ndarray, shape (time,)
        See :class:`kinepath.bat.tracker.Course`.
    score : ndarray, shape (time,)
        Logarithm of the fraction of the frame's own probability that lies around the tip.
    turn : ndarray, shape (time,)
        Angular velocity, degrees per frame.
    hands : ndarray, shape (time,)
        Confidence of the hands, 0 to 1.
    apart : ndarray, shape (time,)
        See :class:`kinepath.bat.geometry.Hold`.
    body : ndarray, shape (time,)
        Fraction of the bat in front of the body, where pads and sleeves look like it.
    """
    near = np.minimum(margin, np.minimum(np.roll(margin, 1), np.roll(margin, -1)))
    return np.stack(
        [
            np.ones_like(margin),
            np.log1p(np.maximum(margin, 0.0)),
            np.maximum(score, -8.0),
            np.log1p(np.abs(turn)),
            hands,
            np.log1p(np.maximum(near, 0.0)),
            apart,
            body,
        ],
        axis=1,
    )


def certainty(given: Array, weights: Sequence[float]) -> Array:
    """Return the probability that the tip is right, from its features (time, features)."""
    return np.asarray(1.0 / (1.0 + np.exp(-given @ np.array(weights))))


def on_footage(confidence: Array) -> Array:
    """Convert a confidence fitted to simulated clips to one that is valid on footage.

    The odds are raised to the power of :data:`_TEMPERED`; values below 0.5 stay unchanged.
    """
    inside = np.clip(confidence, 1e-9, 1 - 1e-9)
    odds = (inside / (1 - inside)) ** _TEMPERED
    return np.asarray(np.minimum(confidence, odds / (1 + odds)))


def judged(
    confidence: Array, seen: NDArray[np.bool_], fps: float, settings: Mapping[str, Any]
) -> NDArray[np.int8]:
    """Return the source of each frame's tip.

    Parameters
    ----------
    confidence : ndarray, shape (time,)
        See :func:`certainty`.
    seen : ndarray of bool, shape (time,)
        Whether the hands were seen, so that the bat was searched for.
    fps : float
        Frame rate, hertz.
    settings : mapping
        ``min_confidence``, of an observed tip; ``max_gap_s``, the maximum gap between two observed
        tips over which the trajectory of the bat is followed.

    Returns
    -------
    ndarray of int8, shape (time,)
        ``observed``, ``interpolated`` or ``none``; see :data:`kinepath.bat.sources.SOURCES`.
    """
    observed = seen & (confidence >= settings["min_confidence"])
    source = np.where(observed, SOURCES["observed"], SOURCES["none"]).astype(np.int8)
    known = np.flatnonzero(observed)
    longest = settings["max_gap_s"] * fps + 1e-6
    for before, after in pairwise(known):
        between = slice(before + 1, after)
        if after - before - 1 <= longest and seen[between].all():
            source[between] = SOURCES["interpolated"]
    return source
