"""The limbs that a pose model swaps between left and right as a whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kinepath.body.skeleton import mirrored

#: Every keypoint that has a side belongs to one of them.
LIMBS = ("trunk and head", "arms", "legs")
_ARM_PARTS = ("elbow", "wrist", "pinky", "index", "thumb")
_LEG_PARTS = ("knee", "ankle", "heel", "foot_index")


def limb_pairs(names: Sequence[str]) -> list[list[tuple[int, int]]]:
    """Return, for each limb, the pairs (left, right) of its keypoints as indices into ``names``."""
    pairs: list[list[tuple[int, int]]] = [[] for _ in LIMBS]
    for index, name in enumerate(names):
        if "left" in name and mirrored(name) in names:
            part = name.replace("left_", "")
            limb = 1 if part in _ARM_PARTS else 2 if part in _LEG_PARTS else 0
            pairs[limb].append((index, names.index(mirrored(name))))
    return pairs


def permutation(exchanged: NDArray[np.bool_], names: Sequence[str]) -> NDArray[np.intp]:
    """Return the keypoint whose values each keypoint takes in each frame: (time, keypoints)."""
    order = np.repeat(np.arange(len(names))[None], exchanged.shape[0], axis=0)
    for limb, pairs in enumerate(limb_pairs(names)):
        for left, right in pairs:
            order[exchanged[:, limb], left] = right
            order[exchanged[:, limb], right] = left
    return order
