"""From half-cycles to repetitions: which turning posture is the rest, and which halves pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinepath.repetitions.search import Movement
from kinepath.signal.gaps import runs_of

#: Minimum amplitude of a whole half-cycle at the clip's ends, as a fraction of the typical one.
_WHOLE = 0.75
#: Ratio of stays that identifies the resting posture where a set starts at one and ends at the
#: other.
_LONGER = 1.5
#: Fraction of the amplitude within which a body is at a turning posture.
_AT_REST = 0.15


@dataclass(frozen=True)
class Bounds:
    """One repetition.

    Parameters
    ----------
    start, turn, end : float
        When the body leaves rest, turns, and is back at rest, frames.
    complete : bool
        Whether it returns to rest within the clip.
    difference : float
        Distance of its postures from the typical ones, as a fraction of the typical amplitude.
    by_sheet : bool
        Whether it comes from the sheet rather than the method.
    """

    start: float
    turn: float
    end: float
    complete: bool
    difference: float
    by_sheet: bool = False


@dataclass(frozen=True)
class Sets:
    """The repetitions of a clip.

    Parameters
    ----------
    repetitions : tuple of Bounds
        In order; only the last can be incomplete.
    rest_is_high : bool
        Whether the signal is at its maxima at rest.
    reason : str
        Why that posture is taken as the rest.
    cut_start : bool
        Whether the clip starts within a repetition, which is not listed.
    """

    repetitions: tuple[Bounds, ...]
    rest_is_high: bool
    reason: str
    cut_start: bool


def pair(movement: Movement) -> Sets:
    """Pair the good half-cycles of a movement into repetitions.

    Parameters
    ----------
    movement : Movement

    Returns
    -------
    Sets
        A repetition is a half-cycle away from rest followed by one back, both good and whole. The
        rest is the posture at which more sets both start and end; else that with the longer stay;
        else that at which the first set starts.
    """
    runs = [range(*run) for run in runs_of(movement.good)]
    whole = _whole(movement)
    counts = {
        high: sum(len(_pairs(movement, run, whole, high)) for run in runs) for high in (True, False)
    }
    first_high = not bool(movement.halves.rising[runs[0].start])
    if counts[True] != counts[False]:
        high, reason = counts[True] > counts[False], "the set begins and ends there"
    else:
        stay = {high: _stay(movement, runs, high) for high in (True, False)}
        longer = max(stay.values()) > _LONGER * min(stay.values())
        high = stay[True] > stay[False] if longer else first_high
        reason = "the body stays there longer" if longer else "the set begins there"
    found = [k for run in runs for k in _pairs(movement, run, whole, high)]
    repetitions = [_bounds(movement, k) for k in found]
    last = runs[-1].stop - 1
    away = bool(movement.halves.rising[last]) != high
    if away and last not in found and last == len(movement.good) - 1:
        repetitions.append(_unfinished(movement, last))
    first = runs[0].start
    back = bool(movement.halves.rising[first]) == high
    cut = first == 0 and (back or not whole[0])
    return Sets(tuple(repetitions), high, reason, bool(cut))


def _whole(movement: Movement) -> NDArray[np.bool_]:
    """Return which half-cycles are whole: all but those cut off by the ends of the clip."""
    whole = np.ones(len(movement.good), dtype=bool)
    enough = movement.halves.amplitude >= _WHOLE * movement.halves.typical
    whole[[0, -1]] = enough[[0, -1]]
    return whole


def _pairs(movement: Movement, run: range, whole: NDArray[np.bool_], high: bool) -> list[int]:
    """Return the first half-cycles of the repetitions of a run, for rest high or low."""
    return [
        k for k in run[:-1] if bool(movement.halves.rising[k]) != high and whole[k] and whole[k + 1]
    ]


def _stay(movement: Movement, runs: list[range], high: bool) -> float:
    """Return the median stay at the maxima or minima between half-cycles of a run, frames."""
    turns, signal = movement.halves.turns, movement.signal
    stays = []
    for run in runs:
        for k in run[:-1]:
            if bool(movement.halves.rising[k]) == high:
                level = signal[turns[k + 1]]
                between = signal[turns[k] : turns[k + 2] + 1]
                near = np.abs(between - level) < _AT_REST * movement.halves.typical
                stays.append(int(near.sum()))
    return float(np.median(stays)) + 1.0 if stays else 1.0


def _bounds(movement: Movement, k: int) -> Bounds:
    ends, difference = movement.halves.ends, movement.halves.difference
    turn = (ends[k, 1] + ends[k + 1, 0]) / 2
    worst = float(max(difference[k], difference[k + 1]))
    return Bounds(float(ends[k, 0]), float(turn), float(ends[k + 1, 1]), True, worst)


def _unfinished(movement: Movement, k: int) -> Bounds:
    end = float(len(movement.signal) - 1)
    start, turn = (float(value) for value in movement.halves.ends[k])
    return Bounds(start, turn, end, False, float(movement.halves.difference[k]))
