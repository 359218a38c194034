"""Simulated errors of a pose model: noise, outliers, left-right swaps, dropouts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from kinepath.body.limbs import permutation
from kinepath.typing import Array


@dataclass(frozen=True)
class Noise:
    """How keypoints are degraded; lengths in statures, standard deviations of a coordinate.

    Parameters
    ----------
    slow : float
        Error that drifts with a correlation time of ``memory_s``, at full confidence.
    fast : float
        Error that is independent from frame to frame, at full confidence.
    worse : float
        Both increase to this multiple as the confidence falls to 0.3.
    memory_s : float
        Seconds.
    outlier_rate : float
        Outliers per second and keypoint; each lasts a frame, or up to 0.08 s.
    outlier : float
        Their size.
    swap_rate : float
        Left-right swaps per second of arms, legs or the whole body, 0.04 to 0.2 s long.
    dropout_rate : float
        Losses of a keypoint per second, for 0.04 to 0.25 s each.
    """

    slow: float = 0.004
    fast: float = 0.003
    worse: float = 3.0
    memory_s: float = 0.3
    outlier_rate: float = 0.15
    outlier: float = 0.15
    swap_rate: float = 0.5
    dropout_rate: float = 0.3


def degrade(
    truth: xr.Dataset, stature_px: float, noise: Noise | None = None, seed: int = 0
) -> xr.Dataset:
    """Degrade true keypoints to what a pose model might have returned.

    Parameters
    ----------
    truth : xarray.Dataset
        Poses of one individual, without missing keypoints.
    stature_px : float
        The athlete's height, pixels.
    noise : Noise, optional
        The errors to add.
    seed : int
        Random seed.

    Returns
    -------
    xarray.Dataset
        ``position`` and ``confidence`` degraded, and ``exchanged`` (time, limb) as
        :func:`kinepath.clean.swaps.find_swaps` should find it.
    """
    noise = noise or Noise()
    rng = np.random.default_rng(seed)
    fps = float(truth.attrs["fps"])
    names = [str(name) for name in truth["keypoints"].values]
    position = truth["position"].values[..., 0].copy()
    frames, _, joints = position.shape
    confidence = np.clip(0.9 + 0.12 * _wandering((frames, joints), 0.3, fps, rng), 0.35, 1.0)
    growth = 1 + (noise.worse - 1) * (1 - confidence[:, None]) / 0.7
    slow = noise.slow * _wandering(position.shape, noise.memory_s, fps, rng)
    fast = noise.fast * rng.normal(size=position.shape)
    position += stature_px * growth * (slow + fast)
    longest = (1, round(0.08 * fps))
    for start, stop, joint in _events(noise.outlier_rate, frames, joints, fps, longest, rng):
        shift = rng.normal(0, noise.outlier * stature_px, 2)
        position[start:stop, :, joint] += shift[:, None].T
    longest = (round(0.04 * fps), round(0.2 * fps))
    exchanged = np.zeros((frames, 3), dtype=bool)
    for start, stop, kind in _events(noise.swap_rate / 3, frames, 3, fps, longest, rng):
        exchanged[start:stop] |= np.array([(0, 1, 0), (0, 0, 1), (1, 1, 1)][kind], dtype=bool)
    order = permutation(exchanged, names)
    position = np.take_along_axis(position, order[:, None], axis=2)
    confidence = np.take_along_axis(confidence, order, axis=1)
    longest = (round(0.04 * fps), round(0.25 * fps))
    for start, stop, joint in _events(noise.dropout_rate, frames, joints, fps, longest, rng):
        confidence[start:stop, joint] = 0.1
        position[start:stop, :, joint] += rng.normal(0, 0.1 * stature_px, 2)
    degraded = truth[["position", "confidence"]].copy()
    degraded["position"] = truth["position"].copy(data=position[..., None])
    degraded["confidence"] = truth["confidence"].copy(data=confidence[..., None])
    degraded["exchanged"] = (("time", "limb"), exchanged)
    return degraded


def _wandering(
    shape: tuple[int, ...], memory_s: float, fps: float, rng: np.random.Generator
) -> Array:
    """Return series (time, ...) of variance 1 with the autocorrelation exp(-lag / memory)."""
    keep = np.exp(-1 / (memory_s * fps))
    values = rng.normal(size=shape)
    for t in range(1, shape[0]):
        values[t] = keep * values[t - 1] + np.sqrt(1 - keep**2) * values[t]
    return values


def _events(
    rate: float,
    frames: int,
    things: int,
    fps: float,
    lengths: tuple[int, int],
    rng: np.random.Generator,
) -> list[tuple[int, int, int]]:
    """Return start, end and item of events that strike each of several items at a rate (1/s)."""
    count = rng.poisson(rate * things * frames / fps)
    starts = rng.integers(0, frames, count)
    spans = rng.integers(max(lengths[0], 1), max(lengths[1], 1) + 1, count)
    which = rng.integers(0, things, count)
    return [(int(a), int(a + n), int(k)) for a, n, k in zip(starts, spans, which, strict=True)]
