"""What the evidence for a bat weighs: a small network over the features of a hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Network:
    """A weighted sum of the features, and of hidden units that are never negative.

    Parameters
    ----------
    straight : ndarray, shape (features,)
        Weights of the features.
    inward : ndarray, shape (features, hidden)
        Weights of the features in each hidden unit.
    least : ndarray, shape (hidden,)
        What is added to each unit before it is cut off at 0.
    outward : ndarray, shape (hidden,)
        Weights of the units.
    """

    straight: Float
    inward: Float
    least: Float
    outward: Float

    @classmethod
    def of(cls, numbers: Sequence[float], features: int) -> Network:
        """Build a network from the numbers that :meth:`numbers` gives, for so many features."""
        flat = np.asarray(numbers, dtype=np.float32)
        hidden, rest = divmod(len(flat) - features, features + 2)
        if rest:
            raise ValueError(f"{len(flat)} numbers fit no network of {features} features")
        ends = np.cumsum([features, features * hidden, hidden])
        straight, inward, least, outward = np.split(flat, ends)
        return cls(straight, inward.reshape(features, hidden), least, outward)

    def numbers(self) -> Float:
        """Return all weights in a row."""
        return np.concatenate([self.straight, self.inward.ravel(), self.least, self.outward])

    def __call__(self, features: ArrayLike) -> Float:
        """Weigh features (..., features): the larger, the likelier."""
        given = np.asarray(features, dtype=np.float32)
        flat = given.reshape(-1, given.shape[-1])
        units = flat @ self.inward
        units += self.least
        np.maximum(units, 0.0, out=units)
        return np.asarray((flat @ self.straight + units @ self.outward).reshape(given.shape[:-1]))
