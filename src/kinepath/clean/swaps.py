"""Left-right swaps of whole limbs by the pose model, found from the smoothness of motion."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from kinepath.body.anthropometry import SEGMENTS
from kinepath.body.limbs import LIMBS, limb_pairs
from kinepath.body.stature import LONGEST
from kinepath.signal.gaps import runs_of
from kinepath.typing import Array, Mask

#: All combinations of swapped limbs: shape (states, limbs).
_STATES = np.array(list(product((0, 1), repeat=len(LIMBS))))
#: Maximum cost of a jump of a keypoint, in statures: a larger one is an outlier.
_CAP = 0.5
#: Cost of displacement relative to a jump, per distance: steadily crossing limbs must stay cheaper
#: than limbs that bounce off each other (below 1), and a glide across the body more expensive than
#: staying.
_STEP = 0.5
#: Cost of being swapped, in statures per second and limb: pose models are mostly right.
_PRIOR = 0.1
#: The limbs attached to the trunk: their index in the state, first and second joint, the length
#: up to which a bone between them costs nothing, statures, and its cost beyond, per second and
#: stature. When legs merge for a frame and separate again, crossing thighs are the only clue. Arms
#: do cross, around a bat: but not for long beyond the reach of a bone.
_HANGING = (
    (1, "shoulder", "elbow", LONGEST * SEGMENTS["upper arm"][2], 10.0),
    (2, "hip", "knee", 0.0, 3.0),
)


def find_swaps(
    position: Array,
    confidence: Array,
    names: Sequence[str],
    *,
    fps: float,
    stature: float,
    penalty: float,
) -> Mask:
    """Find the frames in which left and right of a limb are swapped.

    Parameters
    ----------
    position : ndarray, shape (time, 2, keypoints)
        NaN where missing.
    confidence : ndarray, shape (time, keypoints)
        Weights of the keypoints.
    names : sequence of str
        The keypoints.
    fps : float
        Frame rate, hertz.
    stature : float
        The athlete's height in the unit of ``position``.
    penalty : float
        Minimum reduction of jumps for a swap, or its end, to be accepted, in statures.

    Returns
    -------
    ndarray of bool, shape (time, 3)
        For trunk and head, arms, and legs. Motion does not show which of two labellings is the
        true one: the rarer one counts as swapped.

    Notes
    -----
    The cheapest sequence of states (which limbs are swapped: 8) is found by dynamic programming.
    A limb costs, per frame, the mean second difference |x(t) - 2 x(t-1) + x(t-2)| of its keypoints
    under their labels and half of the first difference, summed over both sides and capped, so
    that limbs which cross at a constant speed keep their labels; a change of state costs the
    penalty once, whether of one limb or of the whole body. Being swapped, crossing thighs, and
    upper arms longer than a human's incur a small cost for as long as they last.
    """
    frames = position.shape[0]
    exchanged = np.zeros((frames, len(LIMBS)), dtype=bool)
    if frames < 3 or not np.isfinite(stature) or stature <= 0:
        return exchanged
    # jumps[t, limb, a, b, c]: for the labels a, b, c of the frames t - 2, t - 1, t.
    jumps = np.stack(
        [_jumps(position / stature, confidence, pairs) for pairs in limb_pairs(names)], axis=1
    )
    change = np.array([[_changes(a, b) for b in _STATES] for a in _STATES]) * penalty
    way = _cheapest(jumps, change, _state_costs(position / stature, names) / fps)
    return np.asarray(_STATES[way] == 1)


def _state_costs(position: Array, names: Sequence[str]) -> Array:
    """Return the cost of each state per second (time, states); positions in statures."""
    cost = np.repeat(_PRIOR * _STATES.sum(axis=1)[None].astype(np.float64), len(position), axis=0)
    for limb, *joints, free, rate in _HANGING:
        ends = [[f"{side}_{joint}" for side in ("left", "right")] for joint in joints]
        if not {name for pair in ends for name in pair} <= set(names):
            continue
        roots, tips = (position[:, :, [names.index(name) for name in pair]] for pair in ends)
        straight, crossed = (
            np.maximum(np.linalg.norm(roots - other, axis=1) - free, 0.0).sum(axis=1)
            for other in (tips, tips[:, :, ::-1])
        )
        apart = _STATES[:, 0] != _STATES[:, limb]
        longer = np.nan_to_num(crossed - straight)[:, None] * np.where(apart, 1.0, -1.0)
        cost += rate * np.maximum(longer, 0.0)
    return cost


def _changes(before: NDArray[np.intp], after: NDArray[np.intp]) -> int:
    """Count the swaps between two states; one of the whole body at once counts once."""
    limbs = int((before != after).sum())
    return 1 if limbs == len(before) else limbs


def _jumps(position: Array, confidence: Array, pairs: Sequence[tuple[int, int]]) -> Array:
    """Return the cost (time, 2, 2, 2) of a limb's labels in the frames t - 2, t - 1 and t."""
    frames = position.shape[0]
    cost = np.zeros((frames, 2, 2, 2))
    if not pairs:
        return cost
    sides = np.array(pairs)
    # tracks[label][side]: (time, 2, pairs)
    tracks = [[position[:, :, sides[:, side ^ label]] for side in (0, 1)] for label in (0, 1)]
    known = np.asarray(np.isfinite(position).all(axis=1))
    both = (known[:, sides[:, 0]] & known[:, sides[:, 1]]).astype(np.float64)
    weight = both * confidence[:, sides].min(axis=2)
    weight = np.minimum(np.minimum(weight[2:], weight[1:-1]), weight[:-2])
    total = np.maximum(weight.sum(axis=1), 1e-9)
    for a, b, c in product((0, 1), repeat=3):
        for side in (0, 1):
            jump = tracks[c][side][2:] - 2 * tracks[b][side][1:-1] + tracks[a][side][:-2]
            step = tracks[c][side][2:] - tracks[b][side][1:-1]
            size = np.linalg.norm(jump, axis=1) + _STEP * np.linalg.norm(step, axis=1)
            size = np.minimum(np.nan_to_num(size), _CAP)
            # A limb with low confidence in all its keypoints has little weight.
            cost[2:, a, b, c] += (size * weight).sum(axis=1) / np.maximum(total, 1.0)
    return cost


def _cheapest(jumps: Array, change: Array, held: Array) -> NDArray[np.intp]:
    """Return the states along the cheapest path; a node is the states of two frames."""
    frames, count = jumps.shape[0], len(_STATES)
    best = change + held[0][:, None] + held[1][None, :]
    back = np.zeros((frames, count, count), dtype=np.intp)
    limb = np.arange(len(LIMBS))
    first, middle, last = _STATES[:, None, None], _STATES[None, :, None], _STATES[None, None, :]
    for t in range(2, frames):
        local = jumps[t][limb, first, middle, last].sum(axis=-1)
        total = best[:, :, None] + local + change[None] + held[t][None, None, :]
        back[t] = total.argmin(axis=0)
        best = total.min(axis=0)
    way = np.empty(frames, dtype=np.intp)
    way[-2], way[-1] = np.unravel_index(int(best.argmin()), best.shape)
    for t in range(frames - 1, 1, -1):
        way[t - 2] = back[t, way[t - 1], way[t]]
    return way


def swap_log(exchanged: Mask, time: Array) -> list[dict[str, str | float]]:
    """List the stretches in which limbs were swapped, in order of time.

    Parameters
    ----------
    exchanged : ndarray of bool, shape (time, 3)
        As :func:`find_swaps` returns it.
    time : ndarray, shape (time,)
        Seconds.

    Returns
    -------
    list of dict
        ``limb``: ``trunk and head``, ``arms``, ``legs``, or ``whole body`` where all three are
        swapped in the same frames; ``from_s`` and ``to_s``, times of its first and last frame.
    """
    runs = [set(runs_of(exchanged[:, limb])) for limb in range(len(LIMBS))]
    whole = set.intersection(*runs)
    found = [("whole body", run) for run in whole]
    found += [(name, run) for name, own in zip(LIMBS, runs, strict=True) for run in own - whole]
    return [
        {"limb": name, "from_s": float(time[start]), "to_s": float(time[stop - 1])}
        for name, (start, stop) in sorted(found, key=lambda item: (item[1], item[0]))
    ]
