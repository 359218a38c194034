"""The score of a bat hypothesis: a small network over its features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Network:
    """A ReLU network with one hidden layer and a linear skip connection.

    Parameters
    ----------
    straight : ndarray, shape (features,)
        Skip weights.
    inward : ndarray, shape (features, hidden)
        Weights of the hidden units.
    least : ndarray, shape (hidden,)
        Biases of the hidden units.
    outward : ndarray, shape (hidden,)
        Output weights.
    """

    straight: Float
    inward: Float
    least: Float
    outward: Float

    @classmethod
    def of(cls, numbers: Sequence[float], features: int) -> Network:
        """Build a network for ``features`` features from the numbers of :meth:`numbers`."""
        flat = np.asarray(numbers, dtype=np.float32)
        hidden, rest = divmod(len(flat) - features, features + 2)
        if rest:
            raise ValueError(f"{len(flat)} numbers fit no network of {features} features")
        ends = np.cumsum([features, features * hidden, hidden])
        straight, inward, least, outward = np.split(flat, ends)
        return cls(straight, inward.reshape(features, hidden), least, outward)

    def numbers(self) -> Float:
        """Return all weights as one vector."""
        return np.concatenate([self.straight, self.inward.ravel(), self.least, self.outward])

    def __call__(self, features: ArrayLike) -> Float:
        """Return the score of features (..., features): the higher, the more likely."""
        given = np.asarray(features, dtype=np.float32)
        flat = given.reshape(-1, given.shape[-1])
        units = flat @ self.inward
        units += self.least
        np.maximum(units, 0.0, out=units)
        return np.asarray((flat @ self.straight + units @ self.outward).reshape(given.shape[:-1]))
