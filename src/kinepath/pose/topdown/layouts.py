"""Keypoints of other networks under the names used by the rest of the workflow.

Networks are trained on other sets of keypoints than BlazePose's 33. Theirs are given BlazePose's
names where they mark the same point of the body; the remaining ones are left out, and BlazePose's
other keypoints stay missing. All of these sets have the twelve joints that the analysis relies on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.typing import Array


@dataclass(frozen=True)
class Layout:
    """The keypoints that a network returns, in its order.

    Parameters
    ----------
    name : str
        As in the configuration.
    keypoints : tuple of str
        BlazePose's name where there is one for the same point; others are dropped.
    """

    name: str
    keypoints: tuple[str, ...]

    def missing(self) -> list[str]:
        """Return the keypoints of BlazePose that the network does not return."""
        return [name for name in BLAZEPOSE.keypoints if name not in self.keypoints]

    def to_blazepose(self, values: Array, fill: float) -> Array:
        """Reorder to BlazePose's keypoints.

        Parameters
        ----------
        values : ndarray, shape (..., keypoints, n)
            In the network's order.
        fill : float
            Value of keypoints that the network does not return.

        Returns
        -------
        ndarray, shape (..., 33, n)
        """
        shape = (*values.shape[:-2], len(BLAZEPOSE.keypoints), values.shape[-1])
        reordered = np.full(shape, fill)
        for source, name in enumerate(self.keypoints):
            if name in BLAZEPOSE.keypoints:
                reordered[..., BLAZEPOSE.index(name), :] = values[..., source, :]
        return reordered


def _sides(*names: str) -> tuple[str, ...]:
    return tuple(f"{side}_{name}" for name in names for side in ("left", "right"))


_COCO = ("nose", *_sides("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle"))
_LIMBS = _sides("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


def _feet(side: str) -> tuple[str, ...]:
    return (f"{side}_foot_index", f"{side}_small_toe", f"{side}_heel")


def _hand(side: str) -> tuple[str, ...]:
    """Return a hand's 21 points; BlazePose has the knuckles of index and little finger."""
    known = {5: f"{side}_index", 17: f"{side}_pinky"}
    return tuple(known.get(k, f"{side}_hand_{k}") for k in range(21))


#: Lin et al. 2014, arXiv:1405.0312.
COCO_17 = Layout("coco-17", _COCO)
#: Fang et al. 2022, arXiv:2211.03375.
HALPE_26 = Layout(
    "halpe-26",
    (
        *_COCO,
        "head",
        "neck",
        "hip",
        *_sides("foot_index", "small_toe", "heel"),
    ),
)
#: Jin et al. 2020, arXiv:2007.11858: body, feet, face, hands.
WHOLEBODY_133 = Layout(
    "coco-wholebody-133",
    (
        *_COCO,
        *_feet("left"),
        *_feet("right"),
        *(f"face_{k}" for k in range(68)),
        *_hand("left"),
        *_hand("right"),
    ),
)
#: Ionescu et al. 2014, doi:10.1109/TPAMI.2013.248.
H36M_17 = Layout(
    "h36m-17",
    (
        "root",
        *(f"right_{name}" for name in ("hip", "knee", "ankle")),
        *(f"left_{name}" for name in ("hip", "knee", "ankle")),
        "belly",
        "neck",
        "nose",
        "head",
        *(f"left_{name}" for name in ("shoulder", "elbow", "wrist")),
        *(f"right_{name}" for name in ("shoulder", "elbow", "wrist")),
    ),
)

LAYOUTS = {layout.name: layout for layout in (COCO_17, HALPE_26, WHOLEBODY_133, H36M_17)}


def as_h36m(points: Array) -> Array:
    """Compute Human3.6M's 17 points from BlazePose's 33.

    Root, neck, belly and head are midpoints: of the hips, of the shoulders, of both, and of the
    ears (of the eyes or the nose where there are none).

    Parameters
    ----------
    points : ndarray, shape (..., 33, n)
        Positions or confidences; NaN where missing.

    Returns
    -------
    ndarray, shape (..., 17, n)
    """

    def middle(*names: str) -> Array:
        return np.asarray(points[..., BLAZEPOSE.indices(names), :].mean(axis=-2))

    nose = middle("nose")
    head = middle("left_ear", "right_ear")
    for other in (middle("left_eye", "right_eye"), nose):
        head = np.where(np.isnan(head), other, head)
    root, neck = middle("left_hip", "right_hip"), middle("left_shoulder", "right_shoulder")
    special = {
        "root": root,
        "neck": neck,
        "belly": (root + neck) / 2,
        "nose": nose,
        "head": head,
    }
    return np.stack(
        [special[name] if name in special else middle(name) for name in H36M_17.keypoints],
        axis=-2,
    )
