"""Arrays of vectors: unit length, projection, rotation, and the two-bone limb."""

from __future__ import annotations

import numpy as np

from kinepath.errors import KinepathError
from kinepath.typing import Array


def unit(vector: Array) -> Array:
    """Normalise vectors (..., 3) to unit length."""
    return np.asarray(vector / np.linalg.norm(vector, axis=-1, keepdims=True))


def across(vector: Array, axis: Array) -> Array:
    """Return the unit vector of the component of ``vector`` perpendicular to the unit ``axis``."""
    return unit(vector - (vector * axis).sum(-1, keepdims=True) * axis)


def turned(vector: Array, axis: Array, angle: Array) -> Array:
    """Rotate vectors (..., 3) about unit axes by angles (...) in radians (Rodrigues' formula)."""
    cosine, sine = np.cos(angle)[..., None], np.sin(angle)[..., None]
    along = (vector * axis).sum(-1, keepdims=True) * axis
    return np.asarray(vector * cosine + np.cross(axis, vector) * sine + along * (1 - cosine))


def heading(angle: Array) -> Array:
    """Return the horizontal unit vector (..., 3) at ``angle`` radians: 0 to the off side (-y) and
    a quarter turn to the bowler (+x).
    """  # noqa: D205
    return np.stack([np.sin(angle), -np.cos(angle), np.zeros_like(angle)], axis=-1)


def at_most(value: Array, limit: Array | float, softness: float) -> Array:
    """Return the smooth minimum of two numbers: below both, by at most softness * ln 2."""
    least = np.minimum(value, limit)
    gap = np.abs(value - limit) / softness
    return np.asarray(least - softness * np.log1p(np.exp(-gap)))


def middle_joint(
    root: Array, end: Array, pole: Array, first: float, second: float, limb: str
) -> Array:
    """Place the elbow or knee of a two-bone limb (law of cosines).

    Parameters
    ----------
    root, end : ndarray, shape (time, 3)
        The limb's first and last joint, metres.
    pole : ndarray, shape (time, 3)
        The direction in which the middle joint bends.
    first, second : float
        Lengths of the two bones, metres.
    limb : str
        Name for the error.

    Raises
    ------
    KinepathError
        If the joints are farther apart than the limb is long, or closer than it can fold.
    """
    gap = end - root
    distance = np.linalg.norm(gap, axis=-1, keepdims=True)
    far, near = distance.max(), distance.min()
    if far > first + second or near < abs(first - second):
        raise KinepathError(
            f"simulated athlete: {limb} with bones of {first:.3f} and {second:.3f} m cannot span"
            f" {near:.3f} to {far:.3f} m"
        )
    axis = gap / distance
    along = (first**2 - second**2 + distance**2) / (2 * distance)
    aside = np.sqrt(np.maximum(first**2 - along**2, 0.0))
    return np.asarray(root + along * axis + aside * across(pole, axis))
