"""The contributions of body parts and phases to the distance of a pair."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinepath.pairs.features import GROUPS, Features, group_of, shared
from kinepath.typing import Array

#: Duration of the swing, up to the fastest moment, seconds; before it lies the preparation.
SWING_S = 0.4


def cost_by_group(first: Features, second: Features, path: NDArray[np.intp]) -> Array:
    """Return the cost of each point of a warping path by part of the body.

    Parameters
    ----------
    first, second : Features
        The two clips.
    path : ndarray of int, shape (k, 2)
        Their warping path.

    Returns
    -------
    ndarray, shape (k, groups)
        In the order of :data:`kinepath.pairs.features.GROUPS`. Its sum is the distance.
    """
    columns, share = shared(first, second)
    squared = (first.values[path[:, 0]] - second.values[path[:, 1]])[:, columns] ** 2 / share
    groups = np.array([GROUPS.index(group_of(part)) for part in first.parts])[columns]
    return np.stack([squared[:, groups == k].sum(axis=1) for k in range(len(GROUPS))], axis=1)


def along_first(cost: Array, path: NDArray[np.intp]) -> Array:
    """Sum the cost over the points of the path at each frame of the first clip.

    Returns
    -------
    ndarray, shape (frames of the first clip, groups)
    """
    result = np.zeros((path[-1, 0] + 1, cost.shape[1]))
    np.add.at(result, path[:, 0], cost)
    return result


def phases(time: Array, curve: Array) -> dict[str, tuple[float, float]]:
    """Return the phases of a clip, defined by its fastest moment; thirds where that is unknown.

    Parameters
    ----------
    time : ndarray, shape (frames,)
        Seconds.
    curve : ndarray, shape (frames,)
        A speed; NaN where unknown.

    Returns
    -------
    dict of str to (float, float)
        Start and end of each phase, in seconds; the phases are contiguous.
    """
    begin, end = float(time[0]), float(time[-1])
    if np.isnan(curve).all():
        marks = np.linspace(begin, end, 4).tolist()
        names: tuple[str, ...] = ("first third", "second third", "last third")
    else:
        peak = float(time[np.nanargmax(curve)])
        marks = [begin, max(begin, peak - SWING_S), peak, end]
        names = ("preparation", "swing", "follow-through")
    return {name: (marks[k], marks[k + 1]) for k, name in enumerate(names)}


def told(
    cost: Array, path: NDArray[np.intp], time: Array, named: dict[str, tuple[float, float]]
) -> dict[str, Any]:
    """Return the fraction of the distance due to each part of the body in each phase.

    Parameters
    ----------
    cost : ndarray, shape (k, groups)
        From :func:`cost_by_group`.
    path : ndarray of int, shape (k, 2)
        The warping path.
    time : ndarray, shape (frames,)
        Times of the first clip's frames, seconds.
    named : dict
        From :func:`phases`.

    Returns
    -------
    dict
        JSON-serialisable: ``distance``, ``points`` (of the path), ``groups`` and ``phases``; all
        fractions sum to 1, or are 0 where the distance is 0.
    """
    total = float(cost.sum())
    shares = cost / total if total else cost
    ends = np.array([end for _, end in named.values()])
    moment = np.minimum(np.searchsorted(ends, time[path[:, 0]]), len(ends) - 1)

    def by_group(chosen: Array) -> dict[str, float]:
        return {group: float(chosen[:, k].sum()) for k, group in enumerate(GROUPS)}

    return {
        "distance": total,
        "points": len(path),
        "groups": by_group(shares),
        "phases": [
            {
                "phase": name,
                "start_s": begin,
                "end_s": end,
                "share": float(shares[moment == k].sum()),
                "groups": by_group(shares[moment == k]),
            }
            for k, (name, (begin, end)) in enumerate(named.items())
        ],
    }
