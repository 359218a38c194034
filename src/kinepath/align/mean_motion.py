"""The generalised Procrustes mean of several sequences: the motion of which they are variants.

Each sequence is aligned with the mean by its own similarity, the mean of all of them is computed,
and so on until it no longer changes (Gower 1975, doi:10.1007/BF02291478). A mean is determined up
to a similarity; it is fixed to the size and the orientation of a standing body.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from kinepath.align import in_correspondence
from kinepath.body.skeleton import BODY_JOINTS
from kinepath.errors import KinepathError
from kinepath.signal.similarity import AlignmentError, fit, resample_phase, residual
from kinepath.typing import Array

#: Position (T, K, 2), pixels, NaN where missing, and confidence (T, K).
Motion = tuple[Array, Array]

_MOST_ROUNDS = 100
_TOLERANCE = 1e-10


class MeanError(KinepathError):
    """No motion from which a mean could be computed."""


def mean_motion(
    motions: Mapping[str, Motion],
    keypoints: Sequence[str],
    standing: Array,
    correspondence: str = "phase",
) -> xr.Dataset:
    """Compute the generalised Procrustes mean.

    Parameters
    ----------
    motions : mapping of str to (ndarray, ndarray)
        For each clip position, shape (T, K, 2), and confidence, shape (T, K); each clip may have
        its own length and unit, but all have the same handedness.
    keypoints : sequence of str
        Names of the K keypoints.
    standing : ndarray, shape (K, 2)
        The body that determines the mean's size and orientation, statures.
    correspondence : str
        ``phase`` or ``dtw``; see :func:`kinepath.align.in_correspondence`.

    Returns
    -------
    xarray.Dataset
        ``position`` (phase, space, keypoints) in statures, NaN where no clip has the keypoint;
        ``confidence`` (phase, keypoints), the mean of the clips'. Its number of frames is the
        median of the clips'. Attributes: ``clips`` included; ``excluded``, those that cannot be
        aligned; ``residual``, root mean square over the clips, statures; ``rounds`` and
        ``converged``.

    Raises
    ------
    MeanError
        If no clip can be aligned.
    """
    joints = [list(keypoints).index(name) for name in BODY_JOINTS]
    usable = {clip: motion for clip, motion in motions.items() if _fits(standing, motion, joints)}
    if not usable:
        raise MeanError("no clip has enough keypoints for a mean")
    frames = round(float(np.median([len(position) for position, _ in usable.values()])))
    placed = [_placed(standing, motion, joints, frames, "phase") for motion in usable.values()]
    mean, confidence = _average([motion for motion, _ in placed], standing, joints)
    change, rounds = np.inf, 0
    while change > _TOLERANCE and rounds < _MOST_ROUNDS:
        rounds += 1
        placed = [
            _placed(mean, motion, joints, frames, correspondence) for motion in usable.values()
        ]
        before = mean
        mean, confidence = _average([motion for motion, _ in placed], standing, joints)
        change = float(np.nanmax(np.abs(mean - before), initial=0.0))
    dataset = xr.Dataset(
        {
            "position": (
                ("phase", "space", "keypoints"),
                mean.transpose(0, 2, 1),
                {"units": "stature", "long_name": "mean keypoint position"},
            ),
            "confidence": (
                ("phase", "keypoints"),
                confidence,
                {"units": "1", "long_name": "mean confidence of the clips"},
            ),
        },
        coords={
            "phase": np.linspace(0.0, 1.0, frames),
            "space": ["x", "y"],
            "keypoints": list(keypoints),
        },
    )
    return dataset.assign_attrs(
        clips=", ".join(usable),
        excluded=", ".join(sorted(set(motions) - set(usable))),
        correspondence=correspondence,
        residual=float(np.sqrt(np.mean([left**2 for _, left in placed]))),
        rounds=rounds,
        converged=int(change <= _TOLERANCE),
    )


def _fits(standing: Array, motion: Motion, joints: list[int]) -> bool:
    position, confidence = motion
    try:
        fit(standing[joints], position[:, joints], confidence[:, joints])
    except AlignmentError:
        return False
    return True


def _placed(
    mean: Array, motion: Motion, joints: list[int], frames: int, how: str
) -> tuple[Motion, float]:
    """Align a motion with the mean in space and time; return it and its distance from the mean."""
    position, confidence = motion
    reference = mean[..., joints, :]
    arguments = in_correspondence(reference, position[:, joints], confidence[:, joints], how)
    similarity = fit(*arguments)
    left = residual(similarity, *arguments)
    inside = similarity.inverse().apply(position)
    if how == "phase":
        return (resample_phase(inside, frames), resample_phase(confidence, frames)), left
    return _warped(mean, (inside, confidence), joints), left


def _warped(mean: Array, motion: Motion, joints: list[int]) -> Motion:
    """Average the frames of an aligned motion that correspond to each frame of the mean."""
    from kinepath.signal.correspondence import warped_pairs

    position, confidence = motion
    pairs = warped_pairs(mean[:, joints], position[:, joints], lambda _: position[:, joints])
    if pairs is None:
        raise AlignmentError("no keypoint is known both in the clip and in the mean")
    belongs = np.zeros((len(mean), len(position)))
    belongs[pairs[:, 0], pairs[:, 1]] = 1.0
    weight = np.where(np.isfinite(position).all(axis=2), confidence, 0.0)
    total = np.einsum("ij,jk->ik", belongs, weight)
    summed = np.einsum("ij,jk,jkc->ikc", belongs, weight, np.nan_to_num(position))
    return _divided(summed, total), total / belongs.sum(axis=1, keepdims=True)


def _average(motions: Sequence[Motion], standing: Array, joints: list[int]) -> Motion:
    """Average motions of one length, weighted by confidence, in the standing body's orientation."""
    weights = [np.where(np.isfinite(p).all(axis=2), c, 0.0) for p, c in motions]
    total = np.sum(weights, axis=0)
    summed = np.sum(
        [w[..., None] * np.nan_to_num(p) for w, (p, _) in zip(weights, motions, strict=True)],
        axis=0,
    )
    mean = _divided(summed, total)
    attitude = fit(standing[joints], mean[:, joints], total[:, joints])
    return attitude.inverse().apply(mean), total / len(motions)


def _divided(summed: Array, total: Array) -> Array:
    known = total > 0
    return np.where(known[..., None], summed / np.where(known, total, 1.0)[..., None], np.nan)
