"""Half-cycles: the paths of a body between the turning points of a movement along one direction.

A repetition goes from rest to the turn and back to rest. Along the direction in which postures vary
most (their first principal component) it goes there and back, at any tempo, and pauses do not
matter. The rest of the body's motion must be similar in every repetition.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kinepath.typing import Array

#: Levels along the path at which postures are compared.
_LEVELS = np.linspace(0.1, 0.9, 9)
#: Time between departure and half the path, in units of that between 15 % and 50 % of the path:
#: between 2.03 for a cosine and 2.37 for a minimum-jerk movement.
_LOW, _REACH = 0.15, 2.2


@dataclass(frozen=True)
class Halves:
    """The half-cycles of a movement, in order.

    Parameters
    ----------
    turns : ndarray of int, shape (n + 1,)
        Frames of the turning points; half-cycle i goes from ``turns[i]`` to ``turns[i + 1]``. At
        the ends of a clip these may be where the clip was cut rather than where the movement
        turned.
    ends : ndarray, shape (n, 2)
        Departure and arrival: when the body left one posture and when it reached the other, frames.
    amplitude : ndarray, shape (n,)
        Displacement along the direction.
    rising : ndarray of bool, shape (n,)
        Whether the signal rises.
    difference : ndarray, shape (n,)
        Distance of its postures from those of the most typical half-cycle in the same direction, as
        a fraction of the typical amplitude.
    typical : float
        The amplitude of the most typical half-cycles.
    """

    turns: NDArray[np.intp]
    ends: Array
    amplitude: Array
    rising: NDArray[np.bool_]
    difference: Array
    typical: float


def turning_points(signal: Array, depth: float) -> NDArray[np.intp]:
    """Find the extrema of a signal between which it changes by more than ``depth``.

    Parameters
    ----------
    signal : ndarray, shape (time,)
    depth : float
        Minimum change between turns.

    Returns
    -------
    ndarray of int
        Alternating maxima and minima, including the extreme values at both ends of the clip; empty
        where the signal never changes that much.
    """
    turns: list[int] = []
    low = high = 0
    way = 0
    for k, value in enumerate(signal.tolist()):
        if value > signal[high]:
            high = k
        if value < signal[low]:
            low = k
        if way >= 0 and value < signal[high] - depth:
            turns.append(high)
            way, low = -1, k
        elif way <= 0 and value > signal[low] + depth:
            turns.append(low)
            way, high = 1, k
        if way < 0:
            high = low
        elif way > 0:
            low = high
    if turns:
        turns.append(high if way > 0 else low)
    return np.array(turns, dtype=np.intp)


def halves(signal: Array, postures: Array, depth: float, most: float) -> Halves | None:
    """Split a movement into half-cycles and compare them.

    Parameters
    ----------
    signal : ndarray, shape (time,)
        The movement along a direction.
    postures : ndarray, shape (time, dimensions)
        In the unit of the signal.
    depth : float
        See :func:`turning_points`.
    most : float
        Maximum difference of similar half-cycles, as a fraction of their amplitude.

    Returns
    -------
    Halves or None
        None where the movement does not turn.
    """
    turns = turning_points(signal, depth)
    if len(turns) < 3:
        return None
    ways = [_way(signal, first, last) for first, last in pairwise(turns.tolist())]
    shapes = np.stack([_at(postures, way.times) for way in ways])
    ends = np.array([(way.departure, way.arrival) for way in ways])
    amplitude = np.abs(np.diff(signal[turns]))
    rising = np.diff(signal[turns]) > 0
    difference, typical = _differences(shapes, amplitude, rising, most)
    return Halves(turns, _untangled(ends, turns), amplitude, rising, difference, typical)


@dataclass(frozen=True)
class _Way:
    times: Array
    departure: float
    arrival: float


def _way(signal: Array, first: int, last: int) -> _Way:
    """Return when a half-cycle crosses the levels, and when it departs and arrives (frames)."""
    progress = (signal[first : last + 1] - signal[first]) / (signal[last] - signal[first])
    # The path itself, without the rest before and after it.
    end = int(np.argmax(progress >= _LEVELS[-1]))
    start = end - int(np.argmax(progress[end::-1] <= _LEVELS[0]))
    stop = min(end + 2, len(progress))
    rising = np.maximum.accumulate(progress[start:stop]) + 1e-9 * np.arange(stop - start)
    frame = np.arange(first + start, first + stop, dtype=np.float64)
    times = np.interp(_LEVELS, rising, frame)
    low, half, high = np.interp([_LOW, 0.5, 1 - _LOW], rising, frame)
    departure = max(half - _REACH * (half - low), float(first))
    arrival = min(half + _REACH * (high - half), float(last))
    return _Way(times, departure, arrival)


def _at(postures: Array, times: Array) -> Array:
    """Interpolate postures at fractional frames."""
    before = np.clip(times.astype(np.intp), 0, len(postures) - 2)
    share = (times - before)[:, None]
    return np.asarray((1 - share) * postures[before] + share * postures[before + 1])


def _differences(
    shapes: Array, amplitude: Array, rising: NDArray[np.bool_], most: float
) -> tuple[Array, float]:
    """Compare half-cycles with the most typical one of their direction.

    A movement with one half-cycle in each direction is compared with its own return.
    """
    shapes = shapes.copy()
    shapes[~rising] = shapes[~rising, ::-1]
    flat = shapes.reshape(len(shapes), -1)
    norm = (flat**2).sum(axis=1)
    square = np.maximum(norm[:, None] + norm[None] - 2 * flat @ flat.T, 0.0)
    distance = np.sqrt(square / len(_LEVELS))
    near = np.maximum(1.0 - distance / (most * np.minimum.outer(amplitude, amplitude)), 0.0)
    np.fill_diagonal(near, 0.0)
    np.fill_diagonal(distance, np.inf)
    # There and back are mostly similar: the most typical half-cycle is found among all.
    medoid = int(np.argmax(near.sum(axis=1) * amplitude))
    alike = near[medoid] > 0
    alike[medoid] = True
    typical = float(np.median(amplitude[alike]))
    difference = np.empty(len(distance))
    for way in (rising, ~rising):
        among = np.flatnonzero(way & alike) if (way & alike).any() else np.flatnonzero(way)
        centre = among[int(np.argmax(near[np.ix_(among, among)].sum(axis=1)))]
        difference[way] = distance[centre, way]
        # The most typical one is assigned the difference to its nearest; if alone, to its return.
        fellows = among if len(among) > 1 else np.flatnonzero(alike)
        difference[centre] = distance[centre, fellows].min()
    return difference / typical, typical


def _untangled(ends: Array, turns: NDArray[np.intp]) -> Array:
    """Delay departures until the previous arrival: both are then set to their midpoint."""
    ends = ends.copy()
    for k in range(len(ends) - 1):
        if ends[k, 1] > ends[k + 1, 0]:
            ends[k, 1] = ends[k + 1, 0] = (ends[k, 1] + ends[k + 1, 0]) / 2
    return ends
