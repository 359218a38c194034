"""The surfaces of the athlete: trunk, limbs, clothes, and the implement."""

from __future__ import annotations

import numpy as np

from kinepath.body.anthropometry import Body
from kinepath.synth.body import Frame3D, Pose
from kinepath.synth.head import add_head
from kinepath.synth.implement import add_implement
from kinepath.synth.kit import PAD, RUBBER, SHOE, SOLE, STEEL, WHITE, Kit, linear
from kinepath.synth.mesh import Colour, Limb, Mesh, angles, ellipsoid, rings, widened
from kinepath.synth.vectors import across, unit
from kinepath.typing import Array

_SIDES = (("left", 1.0), ("right", -1.0))
#: Cross-sections of the trunk: position from hips (0) to shoulders (1), half-width and half-depth
#: in hundredths of stature.
_TORSO = (
    (-0.26, 2.0, 2.0),
    (-0.17, 7.4, 5.4),
    (-0.02, 9.3, 6.6),
    (0.12, 9.0, 6.3),  # belt
    (0.14, 9.0, 6.4),
    (0.30, 8.5, 6.0),  # waist
    (0.48, 8.6, 6.2),
    (0.64, 9.3, 6.7),
    (0.80, 10.0, 6.9),  # chest
    (0.92, 10.5, 6.4),
    (1.00, 10.2, 5.2),  # shoulders
    (1.05, 8.0, 4.4),
    (1.10, 5.2, 3.8),
    (1.15, 3.9, 3.4),  # neck
)


def batter_mesh(pose: Pose, body: Body, kit: Kit, implement: str) -> Mesh:
    """Build a batter in whites, with pads, gloves, cap and implement."""
    mesh = Mesh()
    _add_torso(mesh, pose, body, WHITE, kit.trim, WHITE)
    for side, sign in _SIDES:
        leg = _leg(pose, side)
        stations = np.array(
            [-0.12, -0.05, 0.1, 0.3, 0.5, 0.7, 0.85, 1.0, 1.15, 1.4, 1.7, 1.95, 2.04]
        )
        radius = np.array([2.6, 4.0, 4.85, 4.85, 4.5, 4.1, 3.75, 3.55, 3.45, 3.4, 2.9, 2.7, 2.2])
        mesh.add(leg.loft(stations, *_folds(radius * 0.0102 * body.stature, 16)), WHITE)
        _add_pad(mesh, leg, body, kit.trim, sign)
        _add_foot(mesh, pose, body, side, SHOE, kit.trim)
        _add_arm(mesh, pose, body, side, WHITE, kit, sleeve=0.56)
        _add_glove(mesh, pose, body, side, kit.trim)
    add_head(mesh, body, pose.head, kit, cap=True)
    _add_neck(mesh, pose, body, kit.skin)
    add_implement(mesh, pose.rod, implement, kit.trim)
    return mesh


def lifter_mesh(pose: Pose, body: Body, kit: Kit) -> Mesh:
    """Build a lifter in t-shirt and shorts with a barbell."""
    mesh = Mesh()
    shorts = linear(38, 40, 48)
    _add_torso(mesh, pose, body, kit.trim, WHITE, shorts)
    for side, _ in _SIDES:
        leg = _leg(pose, side)
        stations = np.array([-0.1, 0.3, 0.6, 0.8, 0.92, 1.0, 1.08, 1.2, 1.4, 1.6, 1.8, 1.95, 2.04])
        radius = np.array([3.6, 4.6, 4.0, 3.4, 3.1, 2.95, 2.85, 2.95, 3.25, 2.8, 2.1, 1.9, 1.4])
        mesh.add(
            leg.loft(stations, radius * 0.0102 * body.stature, radius * 0.0108 * body.stature),
            kit.skin,
            0.06,
        )
        stations = np.array([-0.12, -0.05, 0.1, 0.3, 0.5, 0.64, 0.65])
        radius = np.array([2.6, 4.1, 5.0, 5.2, 5.05, 5.1, 4.2])
        mesh.add(leg.loft(stations, *_folds(radius * 0.0102 * body.stature, 16)), shorts)
        socks = np.array([1.72, 1.74, 1.85, 1.97, 2.06])
        radius = np.array([2.3, 2.75, 2.35, 2.2, 1.9])
        mesh.add(leg.loft(socks, radius * 0.0102 * body.stature), PAD)
        _add_foot(mesh, pose, body, side, SHOE, kit.trim)
        _add_arm(mesh, pose, body, side, kit.trim, kit, sleeve=0.55)
        _add_fist(mesh, pose, body, side, kit.skin)
    add_head(mesh, body, pose.head, kit, cap=False)
    _add_neck(mesh, pose, body, kit.skin)
    _add_barbell(mesh, pose, kit.trim)
    return mesh


def _folds(radius: Array, sides: int, *, amount: float = 0.035) -> tuple[Array, Array]:
    """Return radii (rings, sides) of cloth: a tube with soft folds."""
    ring = np.arange(len(radius))[:, None]
    around = angles(sides)
    waves = np.sin(2 * around + 1.3 * ring) + 0.6 * np.sin(3 * around - 2.1 * ring)
    wide = widened(radius, sides) * (1 + amount * waves)
    return wide, wide * 1.04


def _leg(pose: Pose, side: str) -> Limb:
    joints = pose.joints
    toe = unit(joints[f"{side}_foot_index"] - joints[f"{side}_heel"])
    level = toe * np.array([1.0, 1.0, 0.0])
    bones = (joints[f"{side}_hip"], joints[f"{side}_knee"], joints[f"{side}_ankle"])
    front = unit(level) + 0.8 * pose.pelvis.front
    return Limb(bones, unit(front))


def _add_torso(
    mesh: Mesh, pose: Pose, body: Body, shirt: Colour, trim: Colour, seat: Colour
) -> None:
    """Add the trunk, with cross-sections that turn from the pelvis to the chest."""
    share, wide, deep = np.array(_TORSO).T
    pelvis, chest = pose.pelvis, pose.chest
    turn = np.clip((share - 0.1) / 0.75, 0.0, 1.0)[None, :, None]
    line = pelvis.origin[:, None] + share[None, :, None] * (chest.origin - pelvis.origin)[:, None]
    up = unit((1 - turn) * pelvis.up[:, None] + turn * chest.up[:, None])
    front = across((1 - turn) * pelvis.front[:, None] + turn * chest.front[:, None], up)
    left = np.cross(up, front)
    sides = 28
    x, y = _folds(wide * 0.0100 * body.stature, sides, amount=0.012)
    around = angles(sides)
    back = 1.0 - 0.10 * np.maximum(-np.sin(around), 0.0)
    grid = rings(line, left, front, x, y / wide[:, None] * deep[:, None] / 1.04 * back)
    colour = np.tile(np.array(shirt), (len(share), sides, 1))
    colour[share < 0.13] = seat
    flank = np.abs(np.cos(around)) > 0.90
    colour[share > 1.12] = trim
    colour[np.ix_((share > 0.13) & (share < 0.85), flank)] = trim
    mesh.add(grid, colour)


def _add_neck(mesh: Mesh, pose: Pose, body: Body, skin: Colour) -> None:
    base = pose.chest.point(0.0, -0.005, 0.0)
    top = pose.head.point(0.0, -0.12 * body.head, -0.30 * body.head)
    limb = Limb((base, 0.5 * (base + top), top), pose.chest.front)
    radius = np.array([3.9, 3.5, 3.3, 3.3]) * 0.0098 * body.stature
    mesh.add(limb.loft(np.array([0.0, 0.7, 1.4, 2.0]), radius, radius), skin)


def _arm(pose: Pose, side: str, sign: float) -> Limb:
    joints = pose.joints
    bones = (joints[f"{side}_shoulder"], joints[f"{side}_elbow"], joints[f"{side}_wrist"])
    elbow = bones[1] - 0.5 * (bones[0] + bones[2])
    outward = sign * pose.chest.left - pose.chest.up - pose.chest.front
    return Limb(bones, unit(-elbow - 0.02 * outward), bend=0.2)


def _add_arm(
    mesh: Mesh, pose: Pose, body: Body, side: str, shirt: Colour, kit: Kit, *, sleeve: float
) -> None:
    """Add a bare arm and its sleeve, which ends at a station before the elbow."""
    arm = _arm(pose, side, 1.0 if side == "left" else -1.0)
    unit_length = 0.0100 * body.stature
    stations = np.array([0.2, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.45, 1.7, 1.9, 2.0, 2.08])
    radius = np.array([2.4, 2.6, 2.35, 2.15, 2.1, 2.2, 2.4, 2.25, 1.8, 1.5, 1.45, 1.0])
    mesh.add(arm.loft(stations, radius * unit_length), kit.skin, 0.06)
    end = sleeve
    cap, cuff = (
        [-0.186, -0.175, -0.15, -0.11, -0.06, 0.0],
        [end - 0.07, end - 0.06, end, end + 0.005],
    )
    stations = np.array([*cap, 0.18, 0.36, 0.7 * end, *cuff])
    radius = np.array([0.1, 1.1, 2.0, 2.75, 3.25, 3.45, 3.45, 3.25, 3.2, 3.25, 3.3, 3.35, 2.5])
    wide, deep = _folds(radius * unit_length, 16, amount=0.03)
    colour = np.tile(np.array(shirt), (len(stations), 16, 1))
    colour[-3:] = kit.trim if shirt != kit.trim else WHITE
    mesh.add(arm.loft(stations, wide, deep, sides=16), colour)


def _add_pad(mesh: Mesh, leg: Limb, body: Body, trim: Colour, sign: float) -> None:
    """Add a batting pad: a ridged shell in front of knee and shin."""
    stations = np.array(
        [0.60, 0.62, 0.76, 0.80, 0.90, 0.94, 1.05, 1.09, 1.2, 1.5, 1.8, 1.94, 2.03, 2.05]
    )
    base = np.array([3.6, 4.9, 4.9, 4.6, 5.1, 4.7, 5.0, 4.6, 4.75, 4.5, 4.1, 4.0, 3.9, 2.8])
    sides = 32
    around = angles(sides)
    front = np.maximum(np.sin(around), 0.0)
    ridges = 1.0 + 0.035 * np.cos(sides / 2 * around) * front
    shin = (stations > 1.1)[:, None]
    radius = base[:, None] * 0.0100 * body.stature * np.where(shin, ridges, 1.0)
    wide = radius * (0.80 + 0.22 * front**0.5)
    deep = radius * (0.80 + 0.26 * front**0.5)
    colour = np.tile(np.array(PAD), (len(stations), sides, 1))
    strap = np.isin(np.arange(len(stations)), (9, 10))[:, None] & (np.sin(around) < -0.25)
    colour[strap] = trim
    colour[np.array([3, 5, 7])] *= 0.72
    mesh.add(leg.loft(stations, wide, deep, sides=sides), colour, 0.05)


def _add_foot(mesh: Mesh, pose: Pose, body: Body, side: str, shoe: Colour, trim: Colour) -> None:
    joints = pose.joints
    heel, ball = joints[f"{side}_heel"], joints[f"{side}_foot_index"]
    front = unit(ball - heel)
    ankle = across(joints[f"{side}_ankle"] - heel, front)
    size = body.stature
    share = np.array([-0.16, -0.12, 0.0, 0.18, 0.36, 0.6, 0.85, 1.05, 1.17, 1.21])
    wide = np.array([0.6, 1.5, 1.9, 1.95, 2.05, 2.45, 2.6, 2.2, 1.3, 0.4])
    high = np.array([0.5, 2.2, 2.6, 2.7, 2.55, 2.0, 1.5, 1.2, 0.8, 0.3])
    line = heel[:, None] + share[None, :, None] * (ball - heel)[:, None]
    line = line + (high * 0.0100 * size)[None, :, None] * ankle[:, None]
    frames = np.broadcast_to(ankle[:, None], line.shape)
    left = np.cross(np.broadcast_to(front[:, None], line.shape), frames)
    sides = 16
    grid = rings(
        line,
        left,
        frames,
        widened(wide * 0.0100 * size, sides),
        widened(high * 0.0100 * size, sides),
    )
    low = np.sin(angles(sides)) < -0.55
    colour = np.tile(np.array(shoe), (len(share), sides, 1))
    colour[:, low] = SOLE
    colour[3:5, np.abs(np.cos(angles(sides))) > 0.8] = trim
    mesh.add(grid, colour, 0.08)


def _add_fist(mesh: Mesh, pose: Pose, body: Body, side: str, skin: Colour) -> None:
    joints = pose.joints
    palm = 0.5 * (joints[f"{side}_index"] + joints[f"{side}_pinky"])
    along = unit(joints[f"{side}_index"] - joints[f"{side}_pinky"])
    out = across(palm - joints[f"{side}_wrist"], along)
    axes = (np.cross(along, out), out, along)
    size = body.stature / 100
    middle = palm - 0.015 * out
    mesh.add(
        ellipsoid(middle, axes, (1.9 * size, 2.4 * size, 2.5 * size), count=(9, 14)), skin, 0.05
    )


def _add_glove(mesh: Mesh, pose: Pose, body: Body, side: str, trim: Colour) -> None:
    """Add a batting glove: fist, four padded fingers, thumb and cuff."""
    joints = pose.joints
    size = body.stature / 100
    wrist = joints[f"{side}_wrist"]
    along = unit(joints[f"{side}_index"] - joints[f"{side}_pinky"])
    palm = 0.5 * (joints[f"{side}_index"] + joints[f"{side}_pinky"])
    out = across(palm - wrist, along)
    third = np.cross(along, out)
    axes = (third, out, along)
    mesh.add(
        ellipsoid(palm - 0.02 * out, axes, (2.3 * size, 2.7 * size, 2.8 * size), count=(9, 14)), PAD
    )
    for finger in (-1.5, -0.5, 0.5, 1.5):
        centre = palm + finger * 1.35 * size * along + 0.9 * size * out
        mesh.add(ellipsoid(centre, axes, (2.5 * size, 1.9 * size, 0.85 * size), count=(7, 10)), PAD)
    thumb = joints[f"{side}_thumb"]
    mesh.add(ellipsoid(thumb, axes, (1.1 * size, 1.7 * size, 1.1 * size), count=(7, 10)), PAD)
    cuff = wrist - 0.5 * size * unit(palm - wrist)
    limb = Limb((cuff, 0.5 * (cuff + palm), palm), third)
    radius = np.array([1.2, 2.3, 2.4, 2.2, 1.5]) * size
    colour = np.tile(np.array(PAD), (5, 14, 1))
    colour[:3] = trim
    mesh.add(limb.loft(np.array([-0.08, -0.05, 0.35, 0.75, 1.4]), radius, radius), colour)


def _add_barbell(mesh: Mesh, pose: Pose, trim: Colour) -> None:
    """Add a bar with three plates and a collar at each end."""
    rod = pose.rod
    axis = unit(rod.tip - rod.grip)
    chest: Frame3D = pose.chest
    depth = across(chest.front, axis)
    up = np.cross(depth, axis)
    half = float(np.linalg.norm(rod.tip - rod.grip, axis=-1).mean())
    _add_turned(mesh, rod.grip, (depth, up, axis), [(-half, 0.014), (half, 0.014)], STEEL, 0.6)
    for sign in (-1.0, 1.0):
        for start, radius, thick, colour in (
            (0.655, 0.225, 0.055, trim),
            (0.715, 0.225, 0.055, RUBBER),
            (0.775, 0.155, 0.040, RUBBER),
            (0.830, 0.035, 0.050, STEEL),
        ):
            near, far = sorted((sign * start, sign * (start + thick)))
            bevel = 0.012
            profile = [
                (near, 0.35 * radius),
                (near, radius - bevel),
                (near + bevel, radius),
                (far - bevel, radius),
                (far, radius - bevel),
                (far, 0.35 * radius),
            ]
            _add_turned(mesh, rod.grip, (depth, up, axis), profile, colour, 0.25, sides=36)


def _add_turned(
    mesh: Mesh,
    centre: Array,
    axes: tuple[Array, Array, Array],
    profile: list[tuple[float, float]],
    colour: Colour,
    gloss: float,
    *,
    sides: int = 12,
) -> None:
    """Add a closed solid of revolution about the third axis through ``centre``."""
    places = np.array([profile[0][0], *(p for p, _ in profile), profile[-1][0]])
    radii = widened(np.array([1e-4, *(r for _, r in profile), 1e-4]), sides)
    line = centre[:, None] + places[None, :, None] * axes[2][:, None]
    left, front = (np.broadcast_to(axis[:, None], line.shape) for axis in axes[:2])
    mesh.add(rings(line, left, front, radii, radii), colour, gloss)
