"""The most likely trajectory of the bat, given the scores of all frames (Viterbi 1967).

A state is a direction, an angular velocity and an apparent length. The velocity persists from
frame to frame, so that a briefly occluded or blurred bat is tracked through.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kinepath.bat.evidence import DIRECTIONS, FANS, LENGTHS
from kinepath.typing import Array

Float = NDArray[np.float32]

#: Maximum angular velocity of a bat in the image, degrees per second, and maximum rotation between
#: two frames that can be tracked, degrees.
_FASTEST, _MOST = 2600.0, 84.0
_VELOCITIES = 15
#: Typical change of angular velocity, degrees per second squared.
_ACCELERATION = 18000.0
#: Typical deviation from the direction that the velocity predicts, directions.
_JITTER = 0.9
#: Typical change of apparent length, lengths of the implement per second.
_STRETCH = 4.0
#: Weight of one frame's score, and its maximum penalty for a state.
_WEIGHT, _FLOOR = 1.2, 24.0
_AROUND = 3
#: Tips closer than this are the same hypothesis, lengths of the implement.
_SAME = 0.3


@dataclass(frozen=True)
class Course:
    """The most likely trajectory.

    Parameters
    ----------
    direction, length : ndarray of int, shape (time,)
        Cells of the hypotheses of :mod:`kinepath.bat.evidence`.
    turn : ndarray, shape (time,)
        Angular velocity, degrees per frame.
    margin : ndarray, shape (time,)
        Difference in score to the best trajectory with the tip elsewhere in that frame.
    """

    direction: NDArray[np.intp]
    length: NDArray[np.intp]
    turn: Array
    margin: Array


def velocities(fps: float) -> Array:
    """Return the angular velocities of the states, degrees per frame."""
    most = min(_FASTEST / fps, _MOST)
    share = np.linspace(-1, 1, _VELOCITIES)
    return np.asarray(np.sign(share) * most * np.abs(share) ** 1.6)


def by_velocity(scores: Float, fps: float) -> Float:
    """Return the score for every velocity, that of the best fan such a velocity can sweep.

    Parameters
    ----------
    scores : ndarray, shape (fans, directions, lengths)
        Logarithms of probability.

    Returns
    -------
    ndarray, shape (velocities, directions, lengths)
        Weighted; 0 where a state has no penalty.
    """
    cell = 360.0 / DIRECTIONS
    half = np.array(FANS) * cell
    speed = np.abs(velocities(fps))
    # Slightly more than half the rotation, as the shutter is open for at most a frame.
    possible = half[None] <= 0.55 * speed[:, None] + 0.5 * cell
    best = np.where(possible[..., None, None], scores[None], -np.inf).max(axis=1)
    return np.asarray(_WEIGHT * np.maximum(best - scores.max(), -_FLOOR), dtype=np.float32)


def course(evidence: Float, fps: float) -> Course:
    """Find the most likely trajectory.

    Parameters
    ----------
    evidence : ndarray, shape (time, velocities, directions, lengths)
        See :func:`by_velocity`; zeros for a frame without information.
    fps : float
        Frame rate, hertz.
    """
    frames = evidence.shape[0]
    speed = velocities(fps)
    change = (speed[:, None] - speed[None]) / max(_ACCELERATION / fps**2, 2.5)
    steer = (-0.5 * change**2).astype(np.float32)
    shift = np.rint(0.5 * (speed[:, None] + speed[None]) / (360.0 / DIRECTIONS)).astype(np.int64)
    stray = np.arange(-_AROUND, _AROUND + 1)
    loose = _JITTER + 0.06 * np.abs(speed) / (360.0 / DIRECTIONS)
    wander = (-0.5 * (stray[None] / loose[:, None]) ** 2).astype(np.float32)
    step = float(LENGTHS[1] - LENGTHS[0])
    stretch = (-0.5 * (np.arange(3) * step / max(_STRETCH / fps, 0.7 * step)) ** 2).astype(
        np.float32
    )
    forward = np.empty_like(evidence)
    backward = np.zeros_like(evidence)
    forward[0] = evidence[0]
    for k in range(1, frames):
        forward[k] = evidence[k] + _pass(forward[k - 1], steer, shift, wander, stretch, 1)
    for k in range(frames - 2, -1, -1):
        after = backward[k + 1] + evidence[k + 1]
        backward[k] = _pass(after, steer, shift, wander, stretch, -1)
    return _read(forward + backward, speed)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _pass(
    score: Float,
    steer: Float,
    shift: NDArray[np.int64],
    wander: Float,
    stretch: Float,
    sense: int,
) -> Float:
    """Propagate scores (velocities, directions, lengths) to the next or the previous frame."""
    speeds, turns, lengths = score.shape
    around = wander.shape[1] // 2
    # Lengths first: the best neighbour, less its cost.
    spread = np.empty_like(score)
    for v in range(speeds):
        for d in range(turns):
            for n in range(lengths):
                best = score[v, d, n]
                for j in range(1, stretch.shape[0]):
                    if n >= j:
                        best = max(best, score[v, d, n - j] + stretch[j])
                    if n + j < lengths:
                        best = max(best, score[v, d, n + j] + stretch[j])
                spread[v, d, n] = best
    # Then the deviation of the direction, by the remaining velocity.
    loose = np.full_like(score, -np.inf)
    for v in range(speeds):
        for d in range(turns):
            for j in range(-around, around + 1):
                paid = wander[v, j + around]
                if paid < -8.0:
                    continue
                e = (d + j) % turns
                for n in range(lengths):
                    loose[v, d, n] = max(loose[v, d, n], spread[v, e, n] + paid)
    carried = np.full_like(score, -np.inf)
    for w in range(speeds):
        for v in range(speeds):
            paid = steer[w, v]
            if paid < -12.0:
                continue
            for d in range(turns):
                e = (d - sense * shift[w, v]) % turns
                for n in range(lengths):
                    carried[w, d, n] = max(carried[w, d, n], loose[v, e, n] + paid)
    return carried


def _read(total: Float, speed: Array) -> Course:
    frames = total.shape[0]
    places = total.max(axis=1).reshape(frames, -1)
    best = places.argmax(axis=1)
    direction, length = np.unravel_index(best, total.shape[2:])
    turn = speed[total[np.arange(frames), :, direction, length].argmax(axis=1)]
    angle = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
    tips = (np.exp(1j * angle)[:, None] * LENGTHS).ravel()
    margin = np.empty(frames)
    for k in range(frames):
        other = np.abs(tips - tips[best[k]]) > _SAME
        margin[k] = places[k, best[k]] - places[k, other].max()
    return Course(direction.astype(np.intp), length.astype(np.intp), np.asarray(turn), margin)
