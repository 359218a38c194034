"""Similarity transforms of the plane: the least-squares fit of one set of points to another.

    min over s, R in SO(2), t of  sum_k w_k || x_k - (s R ref_k + t) ||^2

Points of the plane are treated as complex numbers, where ``s R`` is one factor
``a = s exp(i angle)``: the minimum is a weighted complex regression, and a reflection, which would
silently exchange left- and right-handers, cannot be expressed at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinepath.errors import KinepathError
from kinepath.typing import Array

_LEAST_POINTS = 3


class AlignmentError(KinepathError):
    """Points that do not determine a similarity, or data sets that do not match."""


@dataclass(frozen=True)
class Similarity:
    """A similarity transform of the plane, ``p -> scale R(rotation) p + translation``.

    It is never a reflection.

    Parameters
    ----------
    scale : float
        Units of the target per unit of the reference, above 0.
    rotation : float
        Radians, from the x axis towards the y axis (clockwise on the screen, where y is down).
    translation : tuple of float
        Units of the target.
    """

    scale: float
    rotation: float
    translation: tuple[float, float]

    def apply(self, points: ArrayLike) -> Array:
        """Map points of shape (..., 2); NaN stays NaN."""
        return _to_points(_to_complex(points) * self._factor + complex(*self.translation))

    def inverse(self) -> Similarity:
        """Return the inverse similarity."""
        shift = -complex(*self.translation) / self._factor
        return Similarity(1.0 / self.scale, -self.rotation, (shift.real, shift.imag))

    def matrix(self) -> Array:
        """Return the homogeneous matrix, shape (3, 3)."""
        a, (x, y) = self._factor, self.translation
        return np.array([[a.real, -a.imag, x], [a.imag, a.real, y], [0.0, 0.0, 1.0]])

    @property
    def _factor(self) -> complex:
        return complex(self.scale * np.exp(1j * self.rotation))


def fit(reference: ArrayLike, target: ArrayLike, weights: ArrayLike | None = None) -> Similarity:
    """Find the weighted least-squares similarity from a reference to a target.

    Parameters
    ----------
    reference : array_like, shape (N, 2), (J, 2) or (T, J, 2)
        A static (J, 2) pose is compared with every frame of a (T, J, 2) target. NaN is missing.
    target : array_like, shape (N, 2) or (T, J, 2)
        NaN is missing.
    weights : array_like, shape (N,) or (T, J), optional
        Non-negative, such as confidences; 1 by default. NaN counts as 0.

    Returns
    -------
    Similarity

    Raises
    ------
    AlignmentError
        If fewer than 3 points have a weight and both positions, or all points coincide.

    Notes
    -----
    The closed form of Umeyama (1991, doi:10.1109/34.88573) restricted to rotations of the plane.
    """
    source, goal, weight = _usable(reference, target, weights)
    if len(weight) < _LEAST_POINTS:
        raise AlignmentError(f"{len(weight)} usable points; {_LEAST_POINTS} are needed")
    source_mean = np.average(source, weights=weight)
    goal_mean = np.average(goal, weights=weight)
    centred, moved = source - source_mean, goal - goal_mean
    spread, goal_spread = (float(np.sum(weight * np.abs(p) ** 2)) for p in (centred, moved))
    product = np.sum(weight * np.conj(centred) * moved)
    # The rounding errors of coincident points must not be taken for a shape.
    rounding = [np.sum(weight) * (1e-12 * np.max(np.abs(p))) ** 2 for p in (source, goal)]
    together = np.abs(product) > 1e-12 * np.sqrt(spread * goal_spread)
    if spread <= rounding[0] or goal_spread <= rounding[1] or not together:
        raise AlignmentError("the points lie in one place or have no direction in common")
    factor = product / spread
    shift = goal_mean - factor * source_mean
    return Similarity(
        float(np.abs(factor)), float(np.angle(factor)), (float(shift.real), float(shift.imag))
    )


def residual(
    similarity: Similarity,
    reference: ArrayLike,
    target: ArrayLike,
    weights: ArrayLike | None = None,
) -> float:
    """Return the weighted root mean square residual, in units of the reference.

    The other parameters are those of :func:`fit`.
    """
    source, goal, weight = _usable(reference, target, weights)
    left = _to_complex(similarity.inverse().apply(_to_points(goal))) - source
    return float(np.sqrt(np.average(np.abs(left) ** 2, weights=weight)))


def resample_phase(values: ArrayLike, frames: int) -> Array:
    """Resample a sequence to another number of frames by linear phase.

    The first and last frames correspond, and time is linear between them.

    Parameters
    ----------
    values : array_like, shape (T, ...)
        A sample interpolated between two others is NaN where either of them is.
    frames : int
        Number of frames to return.

    Returns
    -------
    ndarray, shape (frames, ...)
    """
    array = np.asarray(values, dtype=np.float64)
    phase = np.linspace(0.0, len(array) - 1, frames)
    before = np.floor(phase).astype(np.intp)
    after = np.ceil(phase).astype(np.intp)
    fraction = (phase - before).reshape(-1, *[1] * (array.ndim - 1))
    return np.where(
        fraction == 0.0, array[before], (1 - fraction) * array[before] + fraction * array[after]
    )


def _usable(
    reference: ArrayLike, target: ArrayLike, weights: ArrayLike | None
) -> tuple[NDArray[np.complex128], NDArray[np.complex128], Array]:
    """Return the usable pairs of points, flattened, with their weights."""
    goal = _to_complex(target)
    source = np.broadcast_to(_to_complex(reference), goal.shape)
    weight = np.ones(goal.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    counts = np.isfinite(source) & np.isfinite(goal) & (weight > 0)
    return source[counts], goal[counts], weight[counts]


def _to_complex(points: ArrayLike) -> NDArray[np.complex128]:
    array = np.asarray(points, dtype=np.float64)
    return np.asarray(array[..., 0] + 1j * array[..., 1])


def _to_points(numbers: NDArray[np.complex128]) -> Array:
    return np.stack([numbers.real, numbers.imag], axis=-1)
