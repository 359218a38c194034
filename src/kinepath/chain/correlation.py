"""Circular cross-correlations of all pairs of signals, and their uncertainty.

The window of the swing is treated as periodic: its ends are tapered, and ``rho_ij(tau)`` is the
correlation of ``x_i(t)`` with ``x_j(t + tau)``, with t wrapping around. Shifting one signal
against another then only shifts ``rho``, which makes the surrogates exact and fast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinepath.typing import Array

_FINER = 16
_TAPER = 0.1


@dataclass(frozen=True)
class Lags:
    """The maximum correlation of every ordered pair and its lag.

    Parameters
    ----------
    c, lag : ndarray, shape (..., nodes, nodes)
        Maximum correlation over all circular lags; its lag, seconds, positive where the first node
        leads.
    """

    c: Array
    lag: Array


def prepared(speed: Array) -> Array:
    """Taper the ends of signals (nodes, time) to their floor, and normalise to mean 0, norm 1.

    The floor is the 10th percentile: the contribution of keypoint noise to a speed at rest.
    """
    frames = speed.shape[1]
    ramp = max(round(_TAPER * frames), 1)
    taper = np.ones(frames)
    taper[:ramp] = np.sin(np.pi / 2 * (np.arange(ramp) + 0.5) / ramp) ** 2
    taper *= taper[::-1]
    raised = (speed - np.quantile(speed, 0.1, axis=1, keepdims=True)) * taper
    raised = raised - raised.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(raised, axis=1, keepdims=True)
    return np.asarray(np.divide(raised, norm, out=np.zeros_like(raised), where=norm > 0))


def best_lags(signals: Array, fps: float) -> Lags:
    """Find the best lag of all pairs of prepared signals, to a fraction of a frame.

    The spectrum is zero-padded, which interpolates ``rho`` exactly between the frames; a parabola
    through the best three of the finer samples refines it.
    """
    frames = signals.shape[1]
    spectrum = np.fft.rfft(signals, axis=1)
    cross = np.conj(spectrum)[:, np.newaxis] * spectrum[np.newaxis]
    fine = _FINER * frames
    rho = np.fft.irfft(cross, fine, axis=2) * _FINER
    best = np.argmax(rho, axis=2)
    c, offset = _vertex(rho, best, circular=True)
    lag = (best + offset) / (_FINER * fps)
    period = frames / fps
    return Lags(np.minimum(c, 1.0), (lag + period / 2) % period - period / 2)


def bootstrap_weights(frames: int, block: int, count: int, rng: np.random.Generator) -> Array:
    """Draw the weights (count, frames) of a circular block bootstrap.

    Blocks of ``block`` frames that start at a random frame have weights of mean and variance 1
    (exponential; Rubin 1981, the Bayesian bootstrap), so that no resample lacks the swing.
    """
    blocks = -(-frames // block)
    weights = np.repeat(rng.exponential(size=(count, blocks)), block, axis=1)[:, :frames]
    start = rng.integers(frames, size=(count, 1))
    return np.take_along_axis(weights, (np.arange(frames) + start) % frames, axis=1)


def weighted_lags(signals: Array, fps: float, near: Array, weights: Array, reach: int) -> Lags:
    """Find the best lags under the weights of a bootstrap: one matrix product per lag.

    Parameters
    ----------
    signals : ndarray, shape (nodes, time)
        Prepared signals.
    fps : float
        Frame rate, hertz.
    near : ndarray, shape (nodes, nodes)
        Lags in seconds around which to search.
    weights : ndarray, shape (count, time)
        See :func:`bootstrap_weights`.
    reach : int
        Search range around ``near``, frames.

    Returns
    -------
    Lags
        Of shape (count, nodes, nodes); the lag is that of a parabola through three frames.
    """
    count, (nodes, frames) = len(weights), signals.shape
    centre = np.round(near * fps).astype(np.intp)
    rho = np.empty((2 * reach + 1, count, nodes * nodes))
    own = np.sqrt(np.maximum(weights @ (signals**2).T, 1e-12))
    frame = np.arange(frames)
    for k in range(-reach, reach + 1):
        at = (frame + centre[..., np.newaxis] + k) % frames
        later = signals[np.arange(nodes)[:, np.newaxis], at]
        product = (signals[:, np.newaxis] * later).reshape(nodes * nodes, frames)
        other = np.sqrt(np.maximum(weights @ (later**2).reshape(nodes * nodes, frames).T, 1e-12))
        rho[k + reach] = weights @ product.T / (np.repeat(own, nodes, axis=1) * other)
    rho = np.moveaxis(rho, 0, -1).reshape(count, nodes, nodes, 2 * reach + 1)
    best = np.clip(np.argmax(rho, axis=-1), 1, 2 * reach - 1)
    c, offset = _vertex(rho, best, circular=False)
    return Lags(np.minimum(c, 1.0), (centre + best - reach + offset) / fps)


def _vertex(rho: Array, best: NDArray[np.intp], *, circular: bool) -> tuple[Array, Array]:
    """Return height and offset (samples) of the parabola through each best sample's three."""
    count = rho.shape[-1]

    def at(shift: int) -> Array:
        index = (best + shift) % count if circular else best + shift
        return np.take_along_axis(rho, index[..., np.newaxis], axis=-1)[..., 0]

    left, middle, right = at(-1), at(0), at(1)
    curve = left - 2 * middle + right
    offset = np.divide(
        left - right, 2 * curve, out=np.zeros_like(curve), where=np.abs(curve) > 1e-12
    )
    offset = np.clip(offset, -1.0, 1.0)
    return middle - (left - right) * offset / 4, offset
