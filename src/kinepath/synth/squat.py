"""A lifter's body over time: squats with a barbell on the back."""

from __future__ import annotations

from dataclasses import dataclass

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
    pelvis_frame,
)
from kinepath.synth.motion import minimum_jerk
from kinepath.synth.vectors import heading, middle_joint
from kinepath.typing import Array

#: Half the length of the bar, metres (men's Olympic bar: 2.20 m).
HALF_BAR = 1.10
_TOE_OUT = np.radians(24.0)
_STANDING = 0.985
_BAR_BEHIND, _BAR_ABOVE = 0.085, 0.035


@dataclass(frozen=True)
class Repetitions:
    """The timing of the lifter.

    Parameters
    ----------
    count : int
        Number of repetitions.
    depth : float
        Descent of the hips, as a fraction of leg length (hip to ankle).
    tempo : (float, float, float, float)
        Seconds of lowering, of holding at the bottom, of rising, and of standing between two
        repetitions.
    still : float
        Seconds of standing still before the first and after the last repetition.
    """

    count: int
    depth: float
    tempo: tuple[float, float, float, float]
    still: float

    def bounds(self) -> list[tuple[float, float]]:
        """Return start and end of each repetition, seconds: leaving and regaining upright."""
        down, hold, up, rest = self.tempo
        period = down + hold + up + rest
        starts = [self.still + k * period for k in range(self.count)]
        return [(start, start + down + hold + up) for start in starts]

    @property
    def duration(self) -> float:
        """Return the length of the clip, seconds."""
        return self.bounds()[-1][1] + self.still

    def lowering(self, time: Array) -> Array:
        """Return the depth of the lifter (time,): 0 upright, 1 at the bottom."""
        down, _, up, _ = self.tempo
        depth = np.zeros_like(time)
        for start, end in self.bounds():
            depth += minimum_jerk(time, start, start + down) - minimum_jerk(time, end - up, end)
        return depth


def lifter(repetitions: Repetitions, body: Body, time: Array) -> Pose:
    """Compute the pose of a lifter; the bar stays above the middle of the feet.

    Parameters
    ----------
    repetitions : Repetitions
        Timing and depth of the repetitions.
    body : Body
        Segment lengths.
    time : ndarray, shape (time,)
        Seconds.

    Raises
    ------
    KinepathError
        If the body cannot reach the depth.
    """
    low = repetitions.lowering(time)
    still = np.zeros_like(time)
    joints: dict[str, Array] = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        ball = np.array([sign * 0.115, -0.085, 0.0]) * body.stature
        add_foot(joints, body, side, np.tile(ball, (len(time), 1)), still + sign * _TOE_OUT, still)

    leg = body.thigh + body.shank
    behind = (0.015 + 0.125 * low) * body.stature
    height = body.ankle_height + leg * (_STANDING - repetitions.depth * low)
    origin = np.column_stack([still, behind, height])
    pelvis = pelvis_frame(origin, still)
    lean = np.arcsin((behind + _BAR_BEHIND) / body.trunk * 0.92)
    spine = np.cos(lean)[:, None] * UP + np.sin(lean)[:, None] * heading(still)
    chest = chest_frame(body, pelvis, spine, still)
    head = head_frame(body, chest, still, np.radians(4 + 8 * low))
    add_trunk(joints, body, pelvis, chest)
    add_knees(joints, body, pelvis)
    add_face(joints, body, head)

    bar = chest.point(0.0, -_BAR_BEHIND, _BAR_ABOVE)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        hand = bar + sign * 0.245 * body.stature * chest.left
        joints[f"{side}_wrist"] = hand - 0.065 * UP - 0.01 * chest.front
        shoulder = joints[f"{side}_shoulder"]
        pole = -UP + 0.45 * sign * chest.left - 0.30 * chest.front
        joints[f"{side}_elbow"] = middle_joint(
            shoulder, joints[f"{side}_wrist"], pole, body.upper_arm, body.forearm, f"{side} arm"
        )
        add_hand(joints, side, hand, hand - joints[f"{side}_wrist"], -sign * chest.left)
    return Pose(joints, pelvis, chest, head, Rod(bar, bar + HALF_BAR * chest.left, chest.up))
