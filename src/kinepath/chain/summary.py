"""Summary of the chains of many clips: how often each link is found, and its lag.

Clips differ in timing. Dynamic time warping, in a band of 10 %, of the swing's speed (of the bat,
or of the hands where the bat was not seen), each divided by its peak, maps them to the time axis of
the medoid clip; lags are reported on the clips' own clocks and on that common axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from kinepath.chain.signals import level, swing_speed
from kinepath.signal import dtw
from kinepath.signal.gaps import bridged
from kinepath.typing import Array

_OUTER = (2.5, 97.5)
_RESAMPLES = 2000
_BAND = 0.1


@dataclass(frozen=True)
class Swing:
    """The speed of one clip around its peak.

    Parameters
    ----------
    time : ndarray, shape (frames,)
        Seconds after the peak.
    speed : ndarray, shape (frames,)
        Fraction of the peak.
    peak_s : float
        Time of the peak, seconds on the raw video's clock.
    moving : str
        What moves at this speed, ``bat`` or ``hands``.
    """

    time: Array
    speed: Array
    peak_s: float
    moving: str


@dataclass(frozen=True)
class CommonAxis:
    """Clips warped to the time of one of them.

    Parameters
    ----------
    reference : str or None
        The clip that defines the axis.
    time : mapping of str to ndarray
        For each sample of each clip's swing, the time on the common axis, seconds after the
        reference's peak.
    """

    reference: str | None
    time: Mapping[str, Array]


def swing(kinematics: xr.Dataset, before_s: float, after_s: float) -> Swing | None:
    """Extract the swing from a clip; None where no stretch around a speed peak is known."""
    moving, speed = swing_speed(kinematics)
    peak = kinematics.attrs.get("peak_time_s")
    if speed is None or peak is None:
        return None
    time = kinematics["time"].values - peak
    # A short tracking loss at full speed must not exclude the clip.
    gap = round(0.15 * float(kinematics.attrs["fps"]))
    known = bridged(speed[:, np.newaxis], gap)[:, 0]
    near = (time >= -before_s) & (time <= after_s) & np.isfinite(known)
    height = float(known[near].max(initial=0.0))
    if near.sum() < 4 or height <= 0:
        return None
    return Swing(time[near], known[near] / height, float(peak), moving)


def common_axis(swings: Mapping[str, Swing]) -> CommonAxis:
    """Warp all swings to the one nearest to all others (the medoid)."""
    if not swings:
        return CommonAxis(None, {})
    names = list(swings)
    rate = 1 / min(float(np.median(np.diff(s.time))) for s in swings.values())
    even = {name: _even(s, rate) for name, s in swings.items()}
    pairs = dtw.all_pairs(len(names))
    warped = dtw.warp(dtw.prepare([speed for _, speed in even.values()]), pairs, _BAND)
    total_distance = np.bincount(pairs.ravel(), np.repeat(warped.distance, 2), len(names))
    reference = names[int(np.argmin(total_distance))]
    axis, goal = even[reference]
    result = {}
    for name, (time, speed) in even.items():
        steps = dtw.path(speed, goal, _BAND)[1]
        total = np.bincount(steps[:, 0], axis[steps[:, 1]], len(time))
        mean = total / np.bincount(steps[:, 0], minlength=len(time))
        result[name] = np.interp(swings[name].time, time, mean)
    return CommonAxis(reference, result)


def summarise(
    chains: Mapping[str, Mapping[str, Any]],
    labels: Mapping[str, str],
    swings: Mapping[str, Swing],
    seed: int = 0,
) -> dict[str, Any]:
    """Summarise the chains of clips, overall and per label.

    Parameters
    ----------
    chains : mapping of str to mapping
        The JSON of each clip's chain.
    labels : mapping of str to str
        The clips' labels.
    swings : mapping of str to Swing
        Of the clips that have one.
    seed : int
        Of the bootstrap over clips.

    Returns
    -------
    dict
        Plain values. ``groups`` holds, first for all clips and then per label, the numbers of
        verdicts and per edge: the fraction of clips that have it with its 95 % Wilson interval, and
        the mean lag with the 95 % interval of a bootstrap over clips (null for a single clip),
        ``own`` clock and ``common`` axis.
    """
    axis = common_axis(swings)
    groups = {"all clips": list(chains)}
    for clip in chains:
        groups.setdefault(labels[clip], []).append(clip)
    return {
        "reference": axis.reference,
        "clips": [
            {
                "clip": clip,
                "label": labels[clip],
                "verdict": chain["verdict"],
                "target": chain["target"],
                "warped_by": swings[clip].moving if clip in swings else None,
                "path": chain["path"],
                "reason": chain["reason"],
            }
            for clip, chain in chains.items()
        ],
        "groups": [
            {
                "name": name,
                "clips": len(members),
                "to_bat": sum(bool(chains[clip]["reaches_bat"]) for clip in members),
                "to_hands": sum(bool(chains[clip]["reaches_hands"]) for clip in members),
                "edges": _edges({clip: chains[clip] for clip in members}, swings, axis, seed),
            }
            for name, members in groups.items()
        ],
    }


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a proportion (Wilson 1927).

    >>> wilson(0, 10)
    (0.0, 0.2775327998628892)
    """
    z = 1.959963984540054
    centre = (count + z**2 / 2) / (total + z**2)
    half = z / (total + z**2) * np.sqrt(count * (total - count) / total + z**2 / 4)
    return max(float(centre - half), 0.0), min(float(centre + half), 1.0)


def mean_interval(values: Sequence[float], seed: int) -> list[float] | None:
    """Return the 95 % bootstrap interval of a mean; None for fewer than two values."""
    if len(values) < 2:
        return None
    drawn = np.random.default_rng(seed).choice(values, (_RESAMPLES, len(values)))
    return [float(value) for value in np.percentile(drawn.mean(axis=1), _OUTER)]


def _edges(
    chains: Mapping[str, Mapping[str, Any]],
    swings: Mapping[str, Swing],
    axis: CommonAxis,
    seed: int,
) -> list[dict[str, Any]]:
    own: dict[tuple[str, str], list[float]] = {}
    common: dict[tuple[str, str], list[float]] = {}
    for clip, chain in chains.items():
        active = {node["name"]: node["activation_time_s"] for node in chain["nodes"]}
        for edge in chain["edges"]:
            pair = edge["from"], edge["to"]
            own.setdefault(pair, []).append(edge["lag_s"])
            if clip in swings:
                begin = active[edge["from"]] - swings[clip].peak_s
                ends = np.interp([begin, begin + edge["lag_s"]], swings[clip].time, axis.time[clip])
                common.setdefault(pair, []).append(float(ends[1] - ends[0]))
    order = sorted(own, key=lambda pair: (level(pair[0]), level(pair[1]), pair))
    return [
        {
            "from": pair[0],
            "to": pair[1],
            "clips": len(own[pair]),
            "share": len(own[pair]) / len(chains),
            "share_interval": list(wilson(len(own[pair]), len(chains))),
            "mean_lag_s": {
                "own": float(np.mean(own[pair])),
                "common": float(np.mean(common[pair])) if pair in common else None,
            },
            "mean_lag_interval_s": {
                "own": mean_interval(own[pair], seed),
                "common": mean_interval(common.get(pair, []), seed),
            },
        }
        for pair in order
    ]


def _even(swing: Swing, rate: float) -> tuple[Array, Array]:
    """Resample a swing to the common rate (hertz)."""
    count = int((swing.time[-1] - swing.time[0]) * rate) + 1
    time = swing.time[0] + np.arange(count) / rate
    return time, np.interp(time, swing.time, swing.speed)
