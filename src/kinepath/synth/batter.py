"""A batter's body over time, from a shot and the timing of its kinetic chain."""

from __future__ import annotations

import numpy as np

from kinepath.body.anthropometry import Body
from kinepath.synth.body import (
    UP,
    Pose,
    Rod,
    add_face,
    add_foot,
    add_hand,
    add_knees,
    add_trunk,
    chest_frame,
    head_frame,
    lowered,
    pelvis_frame,
)
from kinepath.synth.motion import Timing, minimum_jerk
from kinepath.synth.shots import Foot, Keys, Shot
from kinepath.synth.vectors import across, at_most, heading, middle_joint, unit
from kinepath.typing import Array

#: Distance between the hands, and from a wrist to the handle, metres.
_BETWEEN_HANDS = 0.10
_WRIST_TO_HANDLE = 0.07
_STRIDE_S = 0.34


def batter(shot: Shot, timing: Timing, body: Body, time: Array, below_grip_m: float) -> Pose:
    """Compute the pose of a right-handed batter.

    Parameters
    ----------
    shot : Shot
        Angles of the segments.
    timing : Timing
        Times of their motion.
    body : Body
        Segment lengths.
    time : ndarray, shape (time,)
        Seconds.
    below_grip_m : float
        From the middle of the hands to the tip of the implement, metres.

    Returns
    -------
    Pose

    Notes
    -----
    Pelvis, trunk, leading upper arm, leading forearm and bat have exactly the prescribed angles.
    The legs follow the planted feet and the other arm follows the handle by inverse kinematics;
    where unusual lags or lengths put the handle out of its reach, that hand comes off it.
    """

    def angle(keys: Keys, segment: str) -> Array:
        return np.radians(timing.blend(keys, segment, time))

    joints: dict[str, Array] = {}
    for side, foot in (("left", shot.front), ("right", shot.back)):
        _add_stepping_foot(joints, body, side, foot, timing, time)
    pelvis_yaw = angle(shot.pelvis, "pelvis")
    standing = body.thigh + body.shank + body.ankle_height
    start, end = shot.weight
    share = timing.blend((start, start - 0.08, end), "pelvis", time)[:, None]
    origin = share * joints["left_ankle"] + (1 - share) * joints["right_ankle"]
    origin[:, 2] = standing * timing.blend(shot.height, "pelvis", time)
    origin -= 0.035 * body.stature * heading(pelvis_yaw)
    pelvis = lowered(body, joints, pelvis_frame(origin, pelvis_yaw))

    spine = (
        UP
        + np.tan(angle(shot.lean, "trunk"))[:, None] * pelvis.front
        + np.tan(angle(shot.side_lean, "trunk"))[:, None] * np.array([1.0, 0.0, 0.0])
    )
    chest = chest_frame(body, pelvis, spine, angle(shot.trunk, "trunk"))
    head = head_frame(body, chest, angle(shot.head, "bat"), angle(shot.nod, "trunk"))
    add_trunk(joints, body, pelvis, chest)
    add_knees(joints, body, pelvis)
    add_face(joints, body, head)

    arm = swing_direction(shot, angle(shot.arm, "arm"), angle(shot.arm_out, "arm"))
    forearm = swing_direction(
        shot, angle(shot.forearm, "forearm"), angle(shot.forearm_out, "forearm")
    )
    bat = swing_direction(shot, angle(shot.bat, "bat"), angle(shot.bat_out, "bat"))
    joints["left_elbow"] = joints["left_shoulder"] + body.upper_arm * arm
    joints["left_wrist"] = joints["left_elbow"] + body.forearm * forearm
    top = joints["left_wrist"] + _WRIST_TO_HANDLE * forearm
    bottom = top + _BETWEEN_HANDS * bat
    reach = unit(bottom - joints["right_shoulder"])
    distance = ((bottom - joints["right_shoulder"]) * reach).sum(-1) - _WRIST_TO_HANDLE
    span = body.upper_arm + body.forearm
    distance = at_most(distance, 0.99 * span, 0.002)
    distance = -at_most(-distance, -0.25 * span, 0.002)
    joints["right_wrist"] = joints["right_shoulder"] + distance[:, None] * reach
    pole = -0.9 * chest.left - 0.7 * UP - 0.2 * chest.front
    joints["right_elbow"] = middle_joint(
        joints["right_shoulder"],
        joints["right_wrist"],
        pole,
        body.upper_arm,
        body.forearm,
        "right arm",
    )
    add_hand(joints, "left", top, forearm, -bat)
    palm = joints["right_wrist"] + _WRIST_TO_HANDLE * reach
    add_hand(joints, "right", palm, reach, -bat)
    grip = 0.5 * (top + bottom)
    blade = across(np.broadcast_to(_plane(shot)[2], bat.shape), bat)
    return Pose(joints, pelvis, chest, head, Rod(grip, grip + below_grip_m * bat, blade))


def swing_direction(shot: Shot, swing: Array, out: Array) -> Array:
    """Return unit vectors (time, 3) at angles in and out of the shot's swing plane, radians."""
    forward, low, normal = _plane(shot)
    in_plane = np.cos(swing)[:, None] * low + np.sin(swing)[:, None] * forward
    return np.cos(out)[:, None] * in_plane + np.sin(out)[:, None] * normal


def _plane(shot: Shot) -> tuple[Array, Array, Array]:
    """Return the forward, downward and outward directions of the swing plane."""
    target, tilt = np.radians(shot.target), np.radians(shot.tilt)
    forward = np.array([np.cos(target), -np.sin(target), 0.0])
    outward = np.array([-np.sin(target), -np.cos(target), 0.0])
    low = np.sin(tilt) * outward - np.cos(tilt) * UP
    return forward, low, np.cos(tilt) * outward + np.sin(tilt) * UP


def _add_stepping_foot(
    joints: dict[str, Array], body: Body, side: str, foot: Foot, timing: Timing, time: Array
) -> None:
    landing = timing.downswing - 0.02
    step = minimum_jerk(time, landing - _STRIDE_S, landing)
    start, end = np.array(foot.start), np.array(foot.end)
    path = start + step[:, None] * (end - start)
    length = float(np.linalg.norm(end - start))
    ball = body.stature * np.column_stack(
        [path[:, 0], -path[:, 1], 0.9 * length * step * (1 - step)]
    )
    before, after = foot.heading
    turn = minimum_jerk(time, timing.downswing - 0.1, timing.downswing + 0.35)
    yaw = np.radians(before + (after - before) * (step if length > 0 else turn))
    pitch = np.radians(foot.heel) * turn
    add_foot(joints, body, side, ball, yaw, pitch)
