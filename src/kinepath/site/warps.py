"""Of each pair of clips the warping path, and where its distance came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from kinepath.dtw import all_pairs
from kinepath.pairs import Pairs, features, speeds
from kinepath.pairs.shares import cost_by_group, phases, told


def warps_of(
    pairs: Pairs,
    motions: Mapping[str, xr.Dataset],
    settings: Mapping[str, Any],
    neighbours: int,
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return how each clip is warped onto the others.

    Parameters
    ----------
    pairs : Pairs
        All clips of an activity.
    motions : mapping of str to xarray.Dataset
        Their kinematics.
    settings : mapping
        Those that the pairs were made with.
    neighbours : int
        Of each clip only the nearest so many are kept: all of many clips would fill the disk.

    Returns
    -------
    dict
        By the first and by the second clip of a pair: ``per_step``, the distance; ``steps``, the
        path's codes as digits (0 both go on, 1 the first, 2 the second); ``start_s``, the times of
        its first point in both clips; ``groups`` and ``phases``, the fractions of the distance.
    """
    count = len(pairs.clips)
    if count < 2:
        return {}
    ranks = np.argsort(np.argsort(pairs.per_step, axis=1, kind="stable"), axis=1, kind="stable")
    parts = {clip: features(motions[clip], settings) for clip in pairs.clips}
    _, curves = speeds([motions[clip] for clip in pairs.clips])
    found: dict[str, dict[str, dict[str, Any]]] = {clip: {} for clip in pairs.clips}
    for pair, (i, j) in enumerate(all_pairs(count)):
        if min(ranks[i, j], ranks[j, i]) > neighbours:
            continue
        a, b = pairs.clips[i], pairs.clips[j]
        path = pairs.path(a, b)
        time = parts[a].time
        curve = curves[i][np.isin(motions[a]["time"].values, time)]
        shares = told(cost_by_group(parts[a], parts[b], path), path, time, phases(time, curve))
        steps = pairs.step[pairs.offset[pair] : pairs.offset[pair + 1]]
        found[a][b] = {
            "per_step": round(float(pairs.per_step[i, j]), 5),
            "steps": "".join(map(str, steps.tolist())),
            "start_s": [round(float(parts[clip].time[0]), 4) for clip in (a, b)],
            "groups": {name: round(share, 3) for name, share in shares["groups"].items()},
            "phases": [
                {"phase": each["phase"], "share": round(each["share"], 3)}
                for each in shares["phases"]
            ],
        }
    return found
