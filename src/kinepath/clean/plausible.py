"""Implausible keypoints: outside the image, or beyond the reach of a bone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kinepath.body.anthropometry import SEGMENTS
from kinepath.body.stature import LONGEST
from kinepath.typing import Array, Mask

#: Chains of joints from the trunk outward, each with the bone that leads to it.
_CHAINS = (
    ("shoulder", (("elbow", "upper arm"), ("wrist", "forearm"))),
    ("hip", (("knee", "thigh"), ("ankle", "shank"))),
)
#: A keypoint farther than this outside the image, as a fraction of the longer side, was not seen.
_MARGIN = 0.02


def implausible(
    position: Array, names: Sequence[str], stature: float, size: tuple[float, float] | None
) -> Mask:
    """Mark keypoints that are outside the image or farther from the body than bones reach.

    Foreshortening makes a bone look shorter, never longer, whatever the confidence says. From the
    shoulder and the hip outward, a joint is marked where it is farther from the last unmarked one
    than the bones between them, times the tolerance of :func:`kinepath.body.stature.body_check`.

    Parameters
    ----------
    position : ndarray, shape (time, 2, keypoints)
        Pixels; NaN where missing.
    names : sequence of str
        The keypoints.
    stature : float
        The athlete's height in the image, pixels; NaN: bones are not compared.
    size : tuple of float or None
        Width and height of the image, pixels; None: positions are not compared with them.

    Returns
    -------
    ndarray of bool, shape (time, keypoints)
    """
    found = np.zeros((position.shape[0], position.shape[2]), dtype=bool)
    if size is not None:
        margin = _MARGIN * max(size)
        limits = np.array(size)[None, :, None]
        found |= ((position < -margin) | (position > limits - 1 + margin)).any(axis=1)
    if not np.isfinite(stature):
        return found
    index = {name: k for k, name in enumerate(names)}
    for root, joints in _CHAINS:
        for side in ("left", "right"):
            keypoints = [f"{side}_{joint}" for joint in (root, *(name for name, _ in joints))]
            if not set(keypoints) <= index.keys():
                continue
            start = position[:, :, index[keypoints[0]]]
            reach = np.zeros(position.shape[0])
            for name, (_, bone) in zip(keypoints[1:], joints, strict=True):
                end = position[:, :, index[name]]
                reach = reach + LONGEST * SEGMENTS[bone][2] * stature
                beyond = np.linalg.norm(end - start, axis=1) > reach
                found[:, index[name]] |= beyond
                sound = ~found[:, index[name]] & np.isfinite(end).all(axis=1)
                start = np.where(sound[:, None], end, start)
                reach = np.where(sound, 0.0, reach)
    return found
