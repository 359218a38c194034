"""Continuous optimisation of all bounds, with intervals resampled to equal length.

After AIFit (see :mod:`kinepath.repetitions.affinity`): the bounds are moved to maximise the mean
affinity of the intervals, each resampled to the same number of postures. There all intervals have
the length of the period and are contiguous; here each has its own start, turn and end, and both
its halves are resampled, so that tempo and pauses do not matter. The affinity does not change if
all bounds are moved together; their initial position at rest constrains them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kinepath.repetitions.search import Movement
from kinepath.repetitions.sets import Bounds, Sets
from kinepath.typing import Array

#: Postures per half.
_SAMPLES = 16
#: Maximum displacement of a bound, as a fraction of its half; steps tried; rounds.
_FARTHEST, _STEPS, _ROUNDS = 0.15, 7, 3
#: Cost of moving a bound by the maximum displacement, as a fraction of the amplitude.
_HOLD = 0.1


def refine(sets: Sets, postures: Array, movement: Movement) -> Sets:
    """Optimise the bounds of complete repetitions for maximum mutual similarity.

    Parameters
    ----------
    sets : Sets
    postures : ndarray, shape (time, dimensions)
    movement : Movement

    Returns
    -------
    Sets
        Fewer than three complete repetitions stay unchanged. Intervals never overlap.
    """
    complete = [bounds for bounds in sets.repetitions if bounds.complete]
    if len(complete) < 3:
        return sets
    first = np.array([(bounds.start, bounds.turn, bounds.end) for bounds in complete])
    current = first.copy()
    for share in _FARTHEST / 2.0 ** np.arange(_ROUNDS):
        template = np.median([_resampled(postures, each) for each in current], axis=0)
        for k in range(len(current)):
            room = (
                current[k - 1, 2] if k else 0.0,
                current[k + 1, 0] if k + 1 < len(current) else len(postures) - 1.0,
            )
            current[k] = _best(
                postures, current[k], first[k], template, room, share, movement.halves.typical
            )
    current -= np.median(current - first, axis=0)
    moved = iter(_in_order(current, len(postures)))
    return replace(
        sets,
        repetitions=tuple(
            _moved(bounds, next(moved)) if bounds.complete else bounds
            for bounds in sets.repetitions
        ),
    )


def _moved(bounds: Bounds, times: Array) -> Bounds:
    start, turn, end = (float(time) for time in times)
    return replace(bounds, start=start, turn=turn, end=end)


def _resampled(postures: Array, times: Array) -> Array:
    """Return the postures at equal steps from start to turn and from turn to end."""
    share = np.linspace(0.0, 1.0, _SAMPLES)
    start, turn, end = times
    frames = np.concatenate([start + share * (turn - start), turn + share[1:] * (end - turn)])
    before = np.clip(frames.astype(np.intp), 0, len(postures) - 2)
    rest = (frames - before)[:, None]
    return np.asarray((1 - rest) * postures[before] + rest * postures[before + 1])


def _best(
    postures: Array,
    times: Array,
    anchor: Array,
    template: Array,
    room: tuple[float, float],
    share: float,
    typical: float,
) -> Array:
    """Try bounds around the current ones, one at a time; return the best."""
    best = times.copy()
    half = np.array([anchor[1] - anchor[0], (anchor[2] - anchor[0]) / 2, anchor[2] - anchor[1]])
    for which in (0, 2, 1):
        costs, tries = [], []
        for step in np.linspace(-share, share, _STEPS):
            trial = best.copy()
            trial[which] = np.clip(times[which] + step * half[which], *room)
            if not trial[0] < trial[1] < trial[2]:
                continue
            away = np.abs(trial - anchor) / half / _FARTHEST
            distance = np.linalg.norm(_resampled(postures, trial) - template, axis=1).mean()
            costs.append(distance / typical + _HOLD * float((away**2).sum()))
            tries.append(trial)
        if tries:
            best = tries[int(np.argmin(costs))]
    return best


def _in_order(times: Array, frames: int) -> Array:
    """Keep bounds within the clip and intervals from overlapping."""
    times = np.clip(times, 0.0, frames - 1.0)
    for k in range(len(times) - 1):
        if times[k, 2] > times[k + 1, 0]:
            times[k, 2] = times[k + 1, 0] = (times[k, 2] + times[k + 1, 0]) / 2
    return times
