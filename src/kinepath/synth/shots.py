"""The six shots as data: the angles of each part of the body at stance, backlift and finish.

Angles are in degrees. Headings (``pelvis``, ``trunk``, ``head``, feet) are 0 side-on, facing the
off side, and 90 facing the bowler. Swing angles lie in the plane of the swing: 0 along its low
point, positive past it towards the target; ``*_out`` angles leave the plane, away from the batter.
Positions on the ground are fractions of stature: towards the bowler, towards the off side.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Values at the stance, at the top of the backlift and at the finish.
Keys = tuple[float, float, float]


@dataclass(frozen=True)
class Foot:
    """The position of the ball of a foot before and after its step, and the foot's heading.

    Parameters
    ----------
    start, end : (float, float)
        Towards the bowler and towards the off side, fractions of stature.
    heading : (float, float)
        Degrees, before and after.
    heel : float
        Degrees by which the heel is lifted at the finish, about the ball of the foot.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    heading: tuple[float, float]
    heel: float = 0.0


@dataclass(frozen=True)
class Shot:
    """A batting shot; see the module docstring for the units.

    Parameters
    ----------
    target : float
        Direction of the swing: 0 to the bowler, positive to the off side.
    tilt : float
        Inclination of the swing plane: 0 vertical bat, 90 horizontal bat.
    pelvis, trunk : Keys
        Heading of hips and shoulders.
    arm, forearm, bat : Keys
        Swing angle of the leading upper arm, the leading forearm and the bat.
    arm_out, forearm_out, bat_out : Keys
        Angle out of the swing plane.
    lean, side_lean : Keys
        Lean of the trunk to the front of the body and towards the bowler.
    height : Keys
        Height of the hips as a fraction of their height when standing straight.
    weight : (float, float)
        Fraction of body weight on the front foot, before and after the weight shift.
    head, nod : Keys
        Heading of the face and its downward tilt.
    front, back : Foot
        The feet.
    """

    target: float
    tilt: float
    pelvis: Keys
    trunk: Keys
    arm: Keys
    forearm: Keys
    bat: Keys
    arm_out: Keys
    forearm_out: Keys
    bat_out: Keys
    lean: Keys
    side_lean: Keys
    height: Keys
    weight: tuple[float, float]
    head: Keys
    nod: Keys
    front: Foot
    back: Foot


SHOTS: dict[str, Shot] = {
    "cover_drive": Shot(
        target=32,
        tilt=14,
        pelvis=(12, 4, 52),
        trunk=(10, -14, 62),
        arm=(26, -42, 79),
        forearm=(-22, -31, 203),
        bat=(-9, -149, 209),
        arm_out=(35, 50, 21),
        forearm_out=(21, 27, -33),
        bat_out=(-9, 22, -4),
        lean=(24, 22, 10),
        side_lean=(2, 0, 10),
        height=(0.9, 0.89, 0.8),
        weight=(0.5, 0.78),
        head=(62, 62, 60),
        nod=(6, 6, 14),
        front=Foot((0.11, 0.02), (0.34, 0.12), (14, 48)),
        back=Foot((-0.11, 0.02), (-0.11, 0.02), (2, 2), heel=28),
    ),
    "down_the_ground": Shot(
        target=0,
        tilt=8,
        pelvis=(10, 2, 62),
        trunk=(8, -18, 76),
        arm=(5, -73, 38),
        forearm=(-48, -34, 150),
        bat=(-12, -157, 162),
        arm_out=(36, 40, 40),
        forearm_out=(19, 19, -4),
        bat_out=(-10, 13, -35),
        lean=(20, 16, 2),
        side_lean=(2, -3, 8),
        height=(0.92, 0.91, 0.87),
        weight=(0.5, 0.84),
        head=(62, 62, 74),
        nod=(4, 4, -6),
        front=Foot((0.1, 0.02), (0.33, 0.02), (14, 52)),
        back=Foot((-0.11, 0.02), (-0.11, 0.02), (2, 30), heel=42),
    ),
    "hook": Shot(
        target=-84,
        tilt=68,
        pelvis=(12, 16, 92),
        trunk=(10, -8, 112),
        arm=(-59, -77, 1),
        forearm=(-125, -159, 44),
        bat=(-18, -178, 157),
        arm_out=(-50, -45, -15),
        forearm_out=(-42, 4, 50),
        bat_out=(-51, 31, 5),
        lean=(22, 14, 4),
        side_lean=(2, -4, -2),
        height=(0.91, 0.92, 0.93),
        weight=(0.5, 0.3),
        head=(62, 64, 78),
        nod=(4, 0, 0),
        front=Foot((0.11, 0.02), (0.11, 0.02), (14, 80), heel=30),
        back=Foot((-0.11, 0.02), (-0.19, 0.1), (2, 64)),
    ),
    "inside_edge": Shot(
        target=20,
        tilt=20,
        pelvis=(10, 5, 30),
        trunk=(8, -8, 34),
        arm=(17, -54, 1),
        forearm=(-31, -14, 86),
        bat=(-11, -147, 131),
        arm_out=(31, 38, 18),
        forearm_out=(11, 19, 38),
        bat_out=(-16, 35, 35),
        lean=(24, 24, 26),
        side_lean=(2, 0, 4),
        height=(0.91, 0.9, 0.86),
        weight=(0.5, 0.56),
        head=(60, 60, 52),
        nod=(6, 8, 24),
        front=Foot((0.11, 0.02), (0.2, 0.05), (14, 28)),
        back=Foot((-0.11, 0.02), (-0.11, 0.02), (2, 2), heel=8),
    ),
    "off_drive": Shot(
        target=14,
        tilt=10,
        pelvis=(10, 2, 40),
        trunk=(8, -16, 46),
        arm=(-33, -47, 8),
        forearm=(4, -47, 142),
        bat=(-12, -159, 155),
        arm_out=(24, 50, 22),
        forearm_out=(42, 10, 51),
        bat_out=(-13, 9, 5),
        lean=(24, 22, 10),
        side_lean=(2, 0, 14),
        height=(0.9, 0.89, 0.83),
        weight=(0.5, 0.74),
        head=(62, 62, 66),
        nod=(6, 6, 16),
        front=Foot((0.11, 0.02), (0.36, 0.07), (14, 40)),
        back=Foot((-0.11, 0.02), (-0.11, 0.02), (2, 2), heel=22),
    ),
    "square_drive": Shot(
        target=62,
        tilt=42,
        pelvis=(10, 0, 28),
        trunk=(8, -22, 34),
        arm=(43, -15, 40),
        forearm=(-2, -13, 105),
        bat=(-6, -134, 175),
        arm_out=(6, 51, 3),
        forearm_out=(-10, -2, 42),
        bat_out=(-32, 48, 15),
        lean=(24, 24, 20),
        side_lean=(2, 0, 8),
        height=(0.89, 0.88, 0.7),
        weight=(0.5, 0.7),
        head=(60, 60, 40),
        nod=(6, 8, 16),
        front=Foot((0.11, 0.02), (0.31, 0.2), (12, 24)),
        back=Foot((-0.11, 0.02), (-0.11, 0.02), (2, 6), heel=46),
    ),
}
