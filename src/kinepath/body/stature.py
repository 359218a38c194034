"""The athlete's height in the image, and whether the tracked body has human proportions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from kinepath.body.anthropometry import SCALE_SEGMENTS, SEGMENTS
from kinepath.io.sequence import values_of
from kinepath.typing import Array

#: A segment pointing towards or away from the camera is foreshortened, never lengthened: this
#: quantile over time of its apparent length is close to the true length.
_QUANTILE = 0.9
#: Minimum and maximum plausible length, as a fraction of the expected one.
SHORTEST, LONGEST = 0.65, 1.45
#: Maximum fraction by which one side may be longer than the other: the default pose model reaches
#: 0.32 in the arms of simulated athletes, whose sides are equal.
_ASYMMETRY = 0.35
_LEAST_FRAMES = 5


def stature_in_picture(position: Array, names: list[str]) -> float:
    """Estimate the athlete's height in the unit of the positions.

    Parameters
    ----------
    position : ndarray, shape (time, space, keypoints)
        NaN where missing.
    names : list of str
        The keypoints.

    Returns
    -------
    float
        The median, over shanks, thighs and trunk, of the upper quantile of the apparent length
        divided by the expected fraction of stature; NaN where none of them is ever seen.
    """
    found = []
    for name in SCALE_SEGMENTS:
        for side in ("left", "right"):
            length = _lengths(position, names, name, side)
            if length.size:
                found.append(float(np.quantile(length, _QUANTILE)) / SEGMENTS[name][2])
    return float(np.median(found)) if found else float("nan")


def body_check(dataset: xr.Dataset) -> dict[str, Any]:
    """Check that segment lengths are within human bounds and similar on both sides.

    Parameters
    ----------
    dataset : xarray.Dataset
        Cleaned poses of one individual; ``position_3d`` is used if available, else the
        upper quantile over time of the apparent lengths in the image.

    Returns
    -------
    dict
        ``source`` (``position_3d`` or ``position``); ``segments``: for each one ``left`` and
        ``right`` (length in statures), ``spread`` (interquartile range over median; the mean
        of both sides), ``left_over_right`` and ``expected``, None where not seen; ``verdict``,
        a sentence, and ``human_shaped``: True, False, or None where it cannot be determined.
    """
    deep = "position_3d" in dataset and bool(np.isfinite(dataset["position_3d"].values).any())
    source = "position_3d" if deep else "position"
    quantile = 0.5 if deep else _QUANTILE
    names = [str(name) for name in dataset["keypoints"].values]
    position = values_of(dataset, source).swapaxes(1, 2)
    typical: dict[tuple[str, str], float] = {}
    spread: dict[tuple[str, str], float] = {}
    for name in SEGMENTS:
        for side in ("left", "right"):
            length = _lengths(position, names, name, side)
            if length.size >= _LEAST_FRAMES:
                typical[name, side] = float(np.quantile(length, quantile))
                low, high = np.quantile(length, [0.25, 0.75])
                spread[name, side] = float((high - low) / max(np.median(length), 1e-12))
    ratios = [typical[key] / SEGMENTS[key[0]][2] for key in typical if key[0] in SCALE_SEGMENTS]
    stature = float(np.median(ratios)) if ratios else 0.0
    if stature <= 0:
        return {
            "source": source,
            "segments": {},
            "verdict": "nothing can be said of the body's shape: too little was seen",
            "human_shaped": None,
        }
    segments = {name: _segment(name, typical, spread, stature) for name in SEGMENTS}
    faults = [fault for name, facts in segments.items() for _, fault in _faults(name, facts)]
    verdict = "segment lengths are human-shaped and alike on both sides"
    if faults:
        verdict = "not shaped like a human: " + "; ".join(faults)
    return {
        "source": source,
        "segments": segments,
        "verdict": verdict,
        "human_shaped": not faults,
    }


def misshapen(check: Mapping[str, Any]) -> dict[str, str]:
    """Return the keypoints of segments without human proportions.

    Parameters
    ----------
    check : mapping
        As :func:`body_check` returns it.

    Returns
    -------
    dict of str to str
        What is wrong with the segment, by keypoint. Where the sides differ, either may be at
        fault. In the arms it is the distal end: shoulders are reliable.
    """
    found: dict[str, str] = {}
    for name, facts in check.get("segments", {}).items():
        for sides, fault in _faults(name, facts):
            for side in sides:
                for end in SEGMENTS[name][0 if name in SCALE_SEGMENTS else 1 : 2]:
                    found.setdefault(f"{side}_{end}", fault)
    return found


def _lengths(position: Array, names: list[str], segment: str, side: str) -> Array:
    first, last, _ = SEGMENTS[segment]
    ends = f"{side}_{first}", f"{side}_{last}"
    if not set(ends) <= set(names):
        return np.empty(0)
    a, b = (position[:, :, names.index(end)] for end in ends)
    length = np.linalg.norm(a - b, axis=1)
    return np.asarray(length[np.isfinite(length)])


def _segment(
    name: str,
    typical: dict[tuple[str, str], float],
    spread: dict[tuple[str, str], float],
    stature: float,
) -> dict[str, float | None]:
    sides = [typical.get((name, side)) for side in ("left", "right")]
    left, right = (None if length is None else round(length / stature, 4) for length in sides)
    spreads = [spread[key] for key in spread if key[0] == name]
    return {
        "left": left,
        "right": right,
        "spread": round(float(np.mean(spreads)), 4) if spreads else None,
        "left_over_right": round(left / right, 4) if left and right else None,
        "expected": SEGMENTS[name][2],
    }


def _faults(name: str, facts: Mapping[str, float | None]) -> list[tuple[tuple[str, ...], str]]:
    """Return the possibly faulty sides, and the wording, of each fault of a segment."""
    expected = SEGMENTS[name][2]
    low, high = (expected * bound for bound in (SHORTEST, LONGEST))
    faults: list[tuple[tuple[str, ...], str]] = [
        ((side,), f"{side} {name} {length:.2f} statures (expected {low:.2f} to {high:.2f})")
        for side in ("left", "right")
        if (length := facts[side]) is not None and not low <= length <= high
    ]
    ratio = facts["left_over_right"]
    if ratio is not None and not 1 / (1 + _ASYMMETRY) <= ratio <= 1 + _ASYMMETRY:
        faults.append((("left", "right"), f"left {name} {ratio:.2f} times the right one"))
    return faults
