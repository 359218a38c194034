"""The search for the direction of a repetitive movement.

Walking in, racking the weight and other movements may be larger than the exercise. Therefore many
directions are tried, the principal components of windows of several lengths; the one is chosen
along which most of the time is spent in similar half-cycles, weighted by their size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kinepath.repetitions.halves import Halves, halves
from kinepath.repetitions.trajectory import Trajectory
from kinepath.typing import Array

#: Lengths of windows, seconds; neighbours overlap by half; number of components of each.
_WINDOWS_S, _COMPONENTS, _MOST_WINDOWS = (2.0, 5.0, 12.0), 2, 20
#: Directions with a larger cosine between them, and extents that differ by less than the factor,
#: are tried once.
_SAME_DIRECTION, _SAME_EXTENT = 0.97, 1.25
#: Maximum distance in the image between start and end of a repetition, statures: excludes walking.
_SAME_PLACE = 0.25
#: Approximate frame rate of the trajectory searched, hertz.
_RATE = 20.0
_REFINEMENTS = 3
#: This few repetitions support each other only if they differ by at most half of what is allowed
#: otherwise, or if the clip shows little else: this fraction of the variance of the postures.
_FEW, _ALMOST_ALL = 2, 0.75
#: A half-cycle is bridged where certainty falls below this fraction of the usual, if its amplitude
#: is within this fraction of the typical one.
_UNSEEN, _AS_FAR = 0.6, 0.35
#: Minimum half-cycle, as a fraction of the usual duration.
_FASTEST = 0.25
#: Minimum half-cycles for the usual turning points; excess allowed, fraction of the amplitude.
_LEAST_LEVELS, _MARGIN = 3, 0.1


@dataclass(frozen=True)
class Limits:
    """Criteria for a repetition.

    Parameters
    ----------
    least_amplitude : float
        Minimum movement, statures (root of the sum of squares over all joints).
    depth : float
        Minimum half-cycle as a fraction of the typical one.
    difference : float
        Maximum distance of a half-cycle's postures from the typical ones, as a fraction of the
        typical amplitude; half-cycles that differ more belong to another movement.
    shortest_s : float
        Minimum duration of a half-cycle, seconds.
    """

    least_amplitude: float
    depth: float
    difference: float
    shortest_s: float


@dataclass(frozen=True)
class Movement:
    """A movement along a direction.

    Parameters
    ----------
    direction : ndarray, shape (dimensions,)
        Unit vector in the space of postures.
    signal : ndarray, shape (time,)
        Postures projected on it, statures.
    halves : Halves
    good : ndarray of bool, shape (n,)
        Which half-cycles are similar to the typical ones.
    explained : float
        The distance along the direction covered in them, each weighted by how typical it is,
        statures.
    """

    direction: Array
    signal: Array
    halves: Halves
    good: NDArray[np.bool_]
    explained: float


def search(path: Trajectory, limits: Limits, hints: list[slice]) -> Movement | None:
    """Find the repetitive movement.

    Parameters
    ----------
    path : Trajectory
    limits : Limits
    hints : list of slice
        Additional windows from which directions are taken.

    Returns
    -------
    Movement or None
        None where no movement goes and comes back along the same path.
    """
    coarse = path.every(max(round(path.fps / _RATE), 1))
    best: Movement | None = None
    for direction, extent in _directions(path.flat, path.fps, limits.least_amplitude, hints):
        found = evaluate(coarse, direction, extent, limits)
        if found is not None and (best is None or found.explained > best.explained):
            best = found
    if best is None:
        return None
    refined = evaluate(path, best.direction, best.halves.typical, limits)
    for _ in range(_REFINEMENTS):
        if refined is None:
            break
        direction = _direction_of(path.flat, refined)
        again = evaluate(path, direction, refined.halves.typical, limits)
        if again is None or again.explained <= refined.explained:
            break
        refined = again
    return refined


def evaluate(path: Trajectory, direction: Array, extent: float, limits: Limits) -> Movement | None:
    """Evaluate the repetitions along a direction; return None if there are none.

    Parameters
    ----------
    path : Trajectory
    direction : ndarray, shape (dimensions,)
        Unit vector.
    extent : float
        Typical amplitude along it.
    limits : Limits
    """
    postures, place = path.flat, path.place
    signal = postures @ direction
    depth = limits.depth * extent
    found = halves(signal, postures, depth, limits.difference)
    if found is not None:
        found = halves(_levelled(signal, found, limits), postures, depth, limits.difference)
    if found is None or found.typical < limits.least_amplitude:
        return None
    alike = found.difference < limits.difference
    if alike.sum() < 2:
        return None
    seconds = (found.ends[:, 1] - found.ends[:, 0]) / path.fps
    left, reached = (place[np.rint(found.ends[:, side]).astype(np.intp)] for side in (0, 1))
    returns = np.linalg.norm(reached[1:] - left[:-1], axis=1) < _SAME_PLACE
    stays = np.concatenate([returns, [False]]) | np.concatenate([[False], returns])
    good = (
        (alike | _bridged(path, found, alike))
        & (found.amplitude >= limits.depth * found.typical)
        & (seconds >= limits.shortest_s)
        & (seconds >= _FASTEST * float(np.median(seconds[alike])))
        & stays
    )
    if good.sum() <= 2 * _FEW and _share(signal, postures) < _ALMOST_ALL:
        good &= found.difference < limits.difference / 2
    if good.sum() < 2:
        return None
    typicality = 1.0 - np.minimum(found.difference / limits.difference, 1.0)
    explained = float((typicality * found.amplitude)[good].sum())
    return Movement(direction, signal, found, good, explained)


def _bridged(path: Trajectory, found: Halves, alike: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Find half-cycles between good ones that differ because the body was not seen in between."""
    usual = np.median(path.certainty)
    worst = [
        path.certainty[first : last + 1].min() for first, last in pairwise(found.turns.tolist())
    ]
    between = np.zeros_like(alike)
    between[1:-1] = alike[:-2] & alike[2:]
    as_far = np.abs(found.amplitude / found.typical - 1.0) < _AS_FAR
    return np.asarray(~alike & between & as_far & (np.array(worst) < _UNSEEN * usual))


def _share(signal: Array, postures: Array) -> float:
    """Return the fraction of the variance of the postures that a movement explains."""
    return float(signal.var() / max(postures.var(axis=0).sum(), 1e-12))


def _levelled(signal: Array, found: Halves, limits: Limits) -> Array:
    """Clip excursions far beyond the usual turning points: they belong to another movement."""
    alike = found.difference < limits.difference
    bottom, top = (
        found.turns[:-1][alike & found.rising],
        found.turns[1:][alike & found.rising],
    )
    bottom = np.concatenate([bottom, found.turns[1:][alike & ~found.rising]])
    top = np.concatenate([top, found.turns[:-1][alike & ~found.rising]])
    if len(top) < _LEAST_LEVELS:
        return signal
    margin = _MARGIN * found.typical
    low, high = float(np.median(signal[bottom])), float(np.median(signal[top]))
    return np.clip(signal, low - margin, high + margin)


def _directions(
    postures: Array, fps: float, least: float, hints: list[slice]
) -> Iterator[tuple[Array, float]]:
    """Yield distinct directions, and the extent of a window's postures along each."""
    tried: list[tuple[Array, float]] = []
    for window in (*hints, *_windows(len(postures), fps)):
        for direction, extent in _components(postures[window]):
            again = any(
                abs(direction @ other) > _SAME_DIRECTION
                and max(extent, size) < _SAME_EXTENT * min(extent, size)
                for other, size in tried
            )
            if extent >= least and not again:
                tried.append((direction, extent))
                yield direction, extent


def _windows(frames: int, fps: float) -> Iterator[slice]:
    yield slice(0, frames)
    for seconds in _WINDOWS_S:
        length = round(seconds * fps)
        if length >= frames:
            return
        count = min(int(np.ceil(2 * frames / length)), _MOST_WINDOWS)
        for start in np.linspace(0, frames - length, count).astype(int):
            yield slice(int(start), int(start) + length)


def _components(postures: Array) -> Iterator[tuple[Array, float]]:
    """Yield the first principal components of postures, and their extent along each."""
    centred = postures - postures.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    for k in range(1, min(_COMPONENTS, len(vectors)) + 1):
        low, high = np.quantile(centred @ vectors[:, -k], [0.05, 0.95])
        yield _signed(vectors[:, -k]), float(high - low)


def _direction_of(postures: Array, movement: Movement) -> Array:
    """Return the first principal component of the postures within the good half-cycles."""
    turns = movement.halves.turns
    inside = np.zeros(len(postures), dtype=bool)
    for k in np.flatnonzero(movement.good):
        inside[turns[k] : turns[k + 1] + 1] = True
    centred = postures[inside] - postures[inside].mean(axis=0)
    return _signed(np.linalg.eigh(centred.T @ centred)[1][:, -1])


def _signed(vector: Array) -> Array:
    """Fix the sign of a vector: its largest component becomes positive."""
    return np.asarray(vector * np.sign(vector[np.argmax(np.abs(vector))]))
