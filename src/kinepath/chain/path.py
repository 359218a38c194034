"""The heaviest path from the lower body to the bat, for many graphs at once."""

from __future__ import annotations

import numpy as np

from kinepath.typing import Array, Mask


def reaching(weight: Array, starts: Mask) -> Array:
    """Return the weight of the heaviest path to every node.

    Parameters
    ----------
    weight : ndarray, shape (..., nodes, nodes)
        Weight of the edge from the first to the second; ``-inf`` where there is none. Nodes are in
        topological order.
    starts : ndarray of bool, shape (nodes,)
        Where a path may start.

    Returns
    -------
    ndarray, shape (..., nodes)
        ``-inf`` for nodes without a path.
    """
    best = np.where(starts, 0.0, -np.inf) * np.ones(weight.shape[:-1])
    for node in range(weight.shape[-1]):
        way = best[..., :node] + weight[..., :node, node]
        if node:
            best[..., node] = np.maximum(best[..., node], way.max(axis=-1))
    return best


def leaving(weight: Array, ends: Mask) -> Array:
    """Return the weight of the heaviest path from every node to an end; see :func:`reaching`."""
    turned = np.swapaxes(weight, -1, -2)[..., ::-1, ::-1]
    return reaching(turned, ends[::-1])[..., ::-1]


def heaviest(weight: Array, starts: Mask, ends: Mask) -> Array:
    """Return the weight of the heaviest path of at least one edge, ``-inf`` if there is none."""
    return np.asarray(through(weight, starts, ends).max(axis=(-1, -2)))


def through(weight: Array, starts: Mask, ends: Mask) -> Array:
    """Return the weight of the heaviest complete path through every edge, (..., nodes, nodes)."""
    first = reaching(weight, starts)[..., :, np.newaxis]
    return np.asarray(first + weight + leaving(weight, ends)[..., np.newaxis, :])


def trace(weight: Array, starts: Mask, ends: Mask) -> tuple[int, ...]:
    """Return the nodes of the heaviest path of one graph (nodes, nodes); empty if there is none."""
    whole = through(weight, starts, ends)
    if not np.isfinite(whole.max(initial=-np.inf)):
        return ()
    node, after = (int(k) for k in np.unravel_index(np.argmax(whole), whole.shape))
    path = [node, after]
    first, last = reaching(weight, starts), leaving(weight, ends)
    while first[path[0]] > 0 or not starts[path[0]]:
        path.insert(0, int(np.argmax(first[: path[0]] + weight[: path[0], path[0]])))
    while last[path[-1]] > 0 or not ends[path[-1]]:
        path.append(int(np.argmax(weight[path[-1]] + last)))
    return tuple(path)
