"""The athlete's skeleton in space: joints, trunk and head from prescribed angles.

World axes, metres: x towards the bowler, y to the leg side of a right-hander, z up, the origin on
the ground between the feet at the stance. Batters are right-handed here; a left-hander is the
mirror image of the whole frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinepath.body.anthropometry import Body, face_points
from kinepath.body.skeleton import BLAZEPOSE
from kinepath.synth.vectors import across, at_most, heading, middle_joint, turned, unit
from kinepath.typing import Array

UP = np.array([0.0, 0.0, 1.0])
_REACH, _SOFTNESS = 0.985, 0.008


@dataclass(frozen=True)
class Frame3D:
    """An oriented part of the body over time.

    Parameters
    ----------
    origin, left, front, up : ndarray, shape (time, 3)
        Metres and unit vectors.
    """

    origin: Array
    left: Array
    front: Array
    up: Array

    def point(self, left: float, front: float, up: float) -> Array:
        """Return a point (time, 3) fixed in this part, from its coordinates in metres."""
        return self.origin + left * self.left + front * self.front + up * self.up


@dataclass(frozen=True)
class Rod:
    """A rigid implement over time: the bat, or the bar of a barbell.

    Parameters
    ----------
    grip, tip : ndarray, shape (time, 3)
        Metres: the point between the hands and the far end.
    across : ndarray, shape (time, 3)
        Unit vector across the blade.
    """

    grip: Array
    tip: Array
    across: Array


@dataclass(frozen=True)
class Pose:
    """Everything drawn of an athlete over time.

    Parameters
    ----------
    joints : dict of str to ndarray, shape (time, 3)
        Joint centres and the points of hands, feet and face, metres, by BlazePose name.
    pelvis, chest, head : Frame3D
        Origins: midpoint of the hips, midpoint of the shoulders, centre of the head.
    rod : Rod
        What the hands hold.
    """

    joints: dict[str, Array]
    pelvis: Frame3D
    chest: Frame3D
    head: Frame3D
    rod: Rod

    def keypoints(self) -> Array:
        """Return the joints as an array (time, 33, 3) in the order of BlazePose."""
        return np.stack([self.joints[name] for name in BLAZEPOSE.keypoints], axis=1)


def pelvis_frame(origin: Array, yaw: Array) -> Frame3D:
    """Return the upright pelvis facing ``yaw`` radians."""
    front = heading(yaw)
    up = np.broadcast_to(UP, front.shape)
    return Frame3D(origin, np.cross(up, front), front, up)


def chest_frame(body: Body, pelvis: Frame3D, spine: Array, yaw: Array) -> Frame3D:
    """Return the chest at the end of a straight spine, its shoulder line turned to ``yaw``."""
    up = unit(spine)
    front = across(heading(yaw), up)
    return Frame3D(pelvis.origin + body.trunk * up, np.cross(up, front), front, up)


def head_frame(body: Body, chest: Frame3D, yaw: Array, nod: Array) -> Frame3D:
    """Return the head facing ``yaw`` and down by ``nod`` radians, on a neck half upright."""
    level = heading(yaw)
    left = np.cross(np.broadcast_to(UP, level.shape), level)
    front = turned(level, left, nod)
    up = np.cross(front, left)
    neck = unit(0.55 * chest.up + 0.45 * UP + 0.12 * front)
    return Frame3D(chest.origin + body.neck * neck, left, front, up)


def add_face(joints: dict[str, Array], body: Body, head: Frame3D) -> None:
    """Add the eleven points of the head."""
    for name, point in face_points().items():
        joints[name] = head.point(*(body.head * value for value in point))


def add_trunk(joints: dict[str, Array], body: Body, pelvis: Frame3D, chest: Frame3D) -> None:
    """Add shoulders and hips."""
    for side, sign in (("left", 1.0), ("right", -1.0)):
        joints[f"{side}_shoulder"] = chest.point(sign * body.half_shoulders, 0.0, 0.0)
        joints[f"{side}_hip"] = pelvis.point(sign * body.half_hips, 0.0, 0.0)


def add_foot(
    joints: dict[str, Array], body: Body, side: str, ball: Array, yaw: Array, pitch: Array
) -> None:
    """Add a foot on its ball, turned to ``yaw``, with the heel lifted by ``pitch`` radians."""
    level = heading(yaw)
    lateral = np.cross(np.broadcast_to(UP, level.shape), level)
    front, up = (
        turned(level, lateral, pitch),
        turned(np.broadcast_to(UP, level.shape), lateral, pitch),
    )
    length = body.foot
    joints[f"{side}_foot_index"] = ball
    joints[f"{side}_heel"] = ball - 0.80 * length * front
    joints[f"{side}_ankle"] = ball - 0.60 * length * front + body.ankle_height * up


def lowered(body: Body, joints: dict[str, Array], pelvis: Frame3D) -> Frame3D:
    """Lower the pelvis smoothly until both legs reach their ankles."""
    height = pelvis.origin[:, 2]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        gap = joints[f"{side}_ankle"] - pelvis.point(sign * body.half_hips, 0.0, 0.0)
        room = (_REACH * (body.thigh + body.shank)) ** 2 - gap[:, 0] ** 2 - gap[:, 1] ** 2
        limit = joints[f"{side}_ankle"][:, 2] + np.sqrt(np.maximum(room, 0.01))
        height = at_most(height, limit, _SOFTNESS)
    origin = np.column_stack([pelvis.origin[:, :2], height])
    return Frame3D(origin, pelvis.left, pelvis.front, pelvis.up)


def add_knees(joints: dict[str, Array], body: Body, pelvis: Frame3D) -> None:
    """Add the knees, bent towards the direction of the foot."""
    for side in ("left", "right"):
        hip, ankle = joints[f"{side}_hip"], joints[f"{side}_ankle"]
        toe = joints[f"{side}_foot_index"] - joints[f"{side}_heel"]
        pole = unit(toe) + 0.35 * pelvis.front
        joints[f"{side}_knee"] = middle_joint(
            hip, ankle, pole, body.thigh, body.shank, f"{side} leg"
        )


def add_hand(joints: dict[str, Array], side: str, palm: Array, fingers: Array, up: Array) -> None:
    """Add the points of a fist: knuckles of index and little finger along ``up``, and the thumb."""
    wrist = joints[f"{side}_wrist"]
    out = unit(fingers)
    joints[f"{side}_index"] = palm + 0.02 * out + 0.03 * up
    joints[f"{side}_pinky"] = palm + 0.02 * out - 0.03 * up
    joints[f"{side}_thumb"] = 0.5 * (wrist + palm) + 0.045 * up
