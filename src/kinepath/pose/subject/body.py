"""The position and size of a person, from keypoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kinepath.body.anthropometry import SEGMENTS
from kinepath.body.skeleton import BODY_JOINTS, Skeleton
from kinepath.pose.base import Detection
from kinepath.typing import Array

#: Stature over the root mean square distance of the twelve body joints from their centre, when
#: standing; 3.5 to 3.7 for the simulated athlete.
_STATURE_OF_SPREAD = 3.6
#: A segment's apparent length is at most its length: this quantile over time is close to it.
_QUANTILE = 0.9
#: Lower bound on a segment's length for the deviation, as a fraction of the expected one.
_SHORTEST = 0.05
#: Shanks, thighs and both sides of the trunk are the first segments, and determine the size.
_LONG = 6
#: Margin around the middle of the trunk: left, top, right, bottom, statures.
_ROOM = np.array([-0.38, -0.55, 0.38, 0.72])


@dataclass(frozen=True)
class FramedPerson:
    """A person in one image.

    Parameters
    ----------
    centre : ndarray, shape (2,)
        Middle of the trunk (shoulders and hips), pixels.
    stature : float
        Standing height of the person, pixels: from the spread of the body joints, so that bending
        has little effect.
    score : float
        Mean confidence of the body joints, 0 to 1.
    trunk, hands, hips : ndarray, shape (4, 2), (2, 2), (2,)
        Corners of the trunk, the wrists and the hips' midpoint, pixels.
    joints : ndarray, shape (12, 2)
        The body joints, pixels.
    detection : Detection
        All keypoints.
    """

    centre: Array
    stature: float
    score: float
    trunk: Array
    hands: Array
    hips: Array
    joints: Array
    detection: Detection = field(repr=False)

    def box(self) -> Array:
        """Return the box around body joints and head: left, top, right, bottom, pixels."""
        low, high = self.joints.min(axis=0), self.joints.max(axis=0)
        margin = 0.06 * self.stature
        return np.array(
            [
                low[0] - margin,
                low[1] - 2.5 * margin,
                high[0] + margin,
                high[1] + margin,
            ]
        )


def room(centre: Array, stature: float, box: Array) -> Array:
    """Return a box that a person of a given standing height will not leave at once.

    It is larger than the ``box`` of :meth:`Body.box`, and large enough to include undetected parts
    of the person. ``centre`` is the middle of the trunk.
    """
    margin = 0.06 * stature * np.array([-1, -1, 1, 1])
    nominal, joints = np.tile(centre, 2) + stature * _ROOM, box + margin
    low, high = np.minimum(nominal, joints), np.maximum(nominal, joints)
    return np.concatenate([low[:2], high[2:]])


def oddness(bodies: Sequence[FramedPerson]) -> float:
    """Return the deviation of one person's proportions from a human's, over several images.

    Returns
    -------
    float
        Root mean square, over the segments of limbs and trunk, of the logarithm of the apparent
        length over that of a human with the same long segments. 0.05 to 0.16 for most people who
        are entirely visible; 0.2 to 0.9 for furniture, plates, or legs alone.
    """
    joints = np.array([body.joints for body in bodies])
    shares = []
    for first, last, share in SEGMENTS.values():
        for side in ("left", "right"):
            a, b = (BODY_JOINTS.index(f"{side}_{end}") for end in (first, last))
            length = np.linalg.norm(joints[:, a] - joints[:, b], axis=1)
            shares.append(np.quantile(length, _QUANTILE) / share)
    stature = np.median(shares[:_LONG])
    if stature <= 0:
        return float("inf")
    relative = np.maximum(np.array(shares) / stature, _SHORTEST)
    return float(np.sqrt((np.log(relative) ** 2).mean()))


def body_of(detection: Detection, skeleton: Skeleton) -> FramedPerson:
    """Measure the person of a detection."""
    joints = skeleton.indices(BODY_JOINTS)
    position = detection.position
    trunk = position[skeleton.indices(("left_shoulder", "right_shoulder", "right_hip", "left_hip"))]
    spread = position[joints] - position[joints].mean(axis=0)
    return FramedPerson(
        centre=trunk.mean(axis=0),
        stature=float(_STATURE_OF_SPREAD * np.sqrt((spread**2).sum(axis=1).mean())),
        score=float(np.clip(detection.confidence[joints], 0.0, 1.0).mean()),
        trunk=trunk,
        hands=position[skeleton.indices(("left_wrist", "right_wrist"))],
        hips=trunk[2:].mean(axis=0),
        joints=position[joints],
        detection=detection,
    )
