"""Anthropometric dimensions as fractions of stature, and the neutral standing pose built from them.

The fractions are those of Drillis and Contini (1966), as in Winter, *Biomechanics and Motor Control
of Human Movement*, 4th ed. (2009), figure 4.1. The figure states breadths over the skin
(shoulders 0.259, hips 0.191); joint centres lie inside it by the radius of the limb.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinepath.body.skeleton import BLAZEPOSE

_UPPER_ARM, _FOREARM, _HAND = 0.186, 0.146, 0.108
_THIGH, _SHANK, _ANKLE_HEIGHT, _FOOT = 0.245, 0.246, 0.039, 0.152
_TRUNK = 0.288
_SHOULDER_HEIGHT, _EYE_HEIGHT = 0.818, 0.936
_SHOULDER_BREADTH = 0.259 - 2 * 0.026
_HIP_BREADTH = 0.191 - 2 * 0.044

#: The long segments between joint centres: upper and lower joint, length as a fraction of stature.
SEGMENTS: dict[str, tuple[str, str, float]] = {
    "shank": ("knee", "ankle", _SHANK),
    "thigh": ("hip", "knee", _THIGH),
    "trunk": ("shoulder", "hip", _TRUNK),
    "upper arm": ("shoulder", "elbow", _UPPER_ARM),
    "forearm": ("elbow", "wrist", _FOREARM),
}
#: Segments used to scale an image: rarely occluded, and rarely all pointing at the camera.
SCALE_SEGMENTS = ("shank", "thigh", "trunk")

#: Points of the head in head heights (chin to crown, 0.130 of stature): left, forward, up from the
#: centre of the head. The left side; the right one is its mirror image.
FACE: dict[str, tuple[float, float, float]] = {
    "nose": (0.0, 0.50, -0.10),
    "left_eye_inner": (0.075, 0.385, 0.03),
    "left_eye": (0.14, 0.375, 0.035),
    "left_eye_outer": (0.20, 0.345, 0.03),
    "left_ear": (0.335, -0.02, -0.04),
    "mouth_left": (0.105, 0.37, -0.275),
}


@dataclass(frozen=True)
class Body:
    """Segment lengths in metres of a body of a given stature.

    Parameters
    ----------
    stature : float
        Standing height in metres.
    """

    stature: float

    @property
    def upper_arm(self) -> float:
        """Shoulder to elbow."""
        return _UPPER_ARM * self.stature

    @property
    def forearm(self) -> float:
        """Elbow to wrist."""
        return _FOREARM * self.stature

    @property
    def hand(self) -> float:
        """Wrist to finger tips."""
        return _HAND * self.stature

    @property
    def thigh(self) -> float:
        """Hip to knee."""
        return _THIGH * self.stature

    @property
    def shank(self) -> float:
        """Knee to ankle."""
        return _SHANK * self.stature

    @property
    def ankle_height(self) -> float:
        """Ankle above the sole."""
        return _ANKLE_HEIGHT * self.stature

    @property
    def foot(self) -> float:
        """Heel to toe."""
        return _FOOT * self.stature

    @property
    def trunk(self) -> float:
        """Midpoint of the hips to midpoint of the shoulders."""
        hips = _THIGH + _SHANK + _ANKLE_HEIGHT
        return (_SHOULDER_HEIGHT - hips) * self.stature

    @property
    def half_shoulders(self) -> float:
        """Half the distance between the shoulder joints."""
        return _SHOULDER_BREADTH / 2 * self.stature

    @property
    def half_hips(self) -> float:
        """Half the distance between the hip joints."""
        return _HIP_BREADTH / 2 * self.stature

    @property
    def head(self) -> float:
        """Chin to crown."""
        return 0.130 * self.stature

    @property
    def neck(self) -> float:
        """Midpoint of the shoulders to the centre of the head."""
        return (_EYE_HEIGHT - _SHOULDER_HEIGHT) * self.stature - 0.035 * self.head


def face_points() -> dict[str, tuple[float, float, float]]:
    """Return the eleven points of the head, both sides; see :data:`FACE`."""
    points = dict(FACE)
    for name, (left, forward, up) in FACE.items():
        if "left" in name:
            points[name.replace("left", "right")] = (-left, forward, up)
    return points


def standing_pose() -> NDArray[np.float64]:
    """Return the keypoints of a body standing upright, facing the camera, arms hanging.

    Returns
    -------
    ndarray, shape (33, 2)
        In the order of :data:`kinepath.body.skeleton.BLAZEPOSE`, units of stature, x right and y
        down as in an image (the body's left is at positive x), origin at the midpoint of the hips.
    """
    body = Body(1.0)
    wrist = -body.trunk + body.upper_arm + body.forearm
    ankle = body.thigh + body.shank
    shoulder, hip = body.half_shoulders, body.half_hips
    left = {
        "shoulder": (shoulder, -body.trunk),
        "elbow": (shoulder + 0.015, -body.trunk + body.upper_arm),
        "wrist": (shoulder + 0.02, wrist),
        "pinky": (shoulder + 0.035, wrist + 0.75 * body.hand),
        "index": (shoulder + 0.015, wrist + 0.80 * body.hand),
        "thumb": (shoulder + 0.005, wrist + 0.50 * body.hand),
        "hip": (hip, 0.0),
        "knee": (hip, body.thigh),
        "ankle": (hip, ankle),
        "heel": (hip, ankle + body.ankle_height),
        "foot_index": (hip + 0.015, ankle + body.ankle_height),
    }
    points = {}
    for name, (x, y) in left.items():
        points[f"left_{name}"], points[f"right_{name}"] = (x, y), (-x, y)
    centre = -body.trunk - body.neck
    for name, (x, _, up) in face_points().items():
        points[name] = (x * body.head, centre - up * body.head)
    return np.array([points[name] for name in BLAZEPOSE.keypoints])
