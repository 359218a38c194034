"""The warping path of each pair of clips, and the contributions to its distance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.pairs import GROUPS, Features, Pairs, features, group_of, shared, speeds
from kinepath.pairs.shares import cost_by_group, phases, told
from kinepath.signal.dtw import all_pairs
from kinepath.typing import Array


def warps_of(
    pairs: Pairs,
    motions: Mapping[str, xr.Dataset],
    settings: Mapping[str, Any],
    neighbours: int,
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the warping of each clip onto the others.

    Parameters
    ----------
    pairs : Pairs
        All clips of an activity.
    motions : mapping of str to xarray.Dataset
        Their kinematics.
    settings : mapping
        Settings of the comparison of pairs.
    neighbours : int
        Number of nearest clips kept for each clip: all pairs of many clips would fill the disk.

    Returns
    -------
    dict
        By the first and by the second clip of a pair: ``per_step``, the distance; ``steps``, the
        path's codes as digits (0 both advance, 1 the first, 2 the second); ``start_s``, the times
        of its first point in both clips; ``groups`` and ``phases``, the fractions of the distance;
        ``unseen``, parts that either of them does not show.
    """
    count = len(pairs.clips)
    if count < 2:
        return {}
    ranks = np.argsort(np.argsort(pairs.per_step, axis=1, kind="stable"), axis=1, kind="stable")
    parts = {clip: features(motions[clip], settings) for clip in pairs.clips}
    _, curves = speeds([motions[clip] for clip in pairs.clips])
    found: dict[str, dict[str, dict[str, Any]]] = {clip: {} for clip in pairs.clips}
    for i, j in all_pairs(count):
        if min(ranks[i, j], ranks[j, i]) > neighbours:
            continue
        a, b = pairs.clips[i], pairs.clips[j]
        path = pairs.path(a, b)
        time = parts[a].time
        curve = curves[i][np.isin(motions[a]["time"].values, time)]
        found[a][b] = warp(parts[a], parts[b], path, curve)
    return found


def warp(first: Features, second: Features, path: NDArray[np.intp], speed: Array) -> dict[str, Any]:
    """Return the warping of one sequence onto another, as the page reads it.

    Parameters
    ----------
    first, second : Features
        The features of both.
    path : ndarray of int, shape (k, 2)
        Their warping path.
    speed : ndarray, shape (frames,)
        Speed of the first one, which defines its phases.

    Returns
    -------
    dict
        See :func:`warps_of`.
    """
    columns, _ = shared(first, second)
    seen = {group_of(part) for part, both in zip(first.parts, columns, strict=True) if both}
    compared = {group_of(part) for part in first.parts}
    cost = cost_by_group(first, second, path)
    shares = told(cost, path, first.time, phases(first.time, speed))
    # 0 where both advance, 1 where the first does and 2 where the second does.
    steps = np.array([[0, 2], [1, 0]])[tuple(np.diff(path, axis=0).T)]
    return {
        "per_step": round(float(cost.sum()) / len(path), 5),
        "steps": "".join(map(str, steps.tolist())),
        "start_s": [round(float(each.time[0]), 4) for each in (first, second)],
        "groups": {n: round(share, 3) for n, share in shares["groups"].items() if n in seen},
        "unseen": [group for group in GROUPS if group in compared - seen],
        "phases": [
            {"phase": each["phase"], "share": round(each["share"], 3)} for each in shares["phases"]
        ],
    }
