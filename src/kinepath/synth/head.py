"""The surfaces of the head: skull, face, hair and cap."""

from __future__ import annotations

import numpy as np

from kinepath.body.anthropometry import Body, face_points
from kinepath.synth.body import Frame3D
from kinepath.synth.kit import EYE_WHITE, Kit
from kinepath.synth.mesh import Colour, Mesh, ellipsoid
from kinepath.typing import Array


def add_head(mesh: Mesh, body: Body, head: Frame3D, kit: Kit, *, cap: bool) -> None:
    """Add a head, with a cap or with hair."""
    size = body.head
    axes = (head.left, head.front, head.up)
    mesh.add(
        ellipsoid(
            head.point(0.0, 0.02 * size, -0.02 * size),
            axes,
            (0.36 * size, 0.42 * size, 0.53 * size),
            count=(22, 26),
            shape=_jaw,
        ),
        kit.skin,
        0.06,
    )
    _add_face(mesh, size, head, kit)
    _add_hair(mesh, size, head, kit)
    if cap:
        _add_cap(mesh, size, head, kit.trim)


def _jaw(height: Array, around: Array) -> Array:
    """Narrow the skull towards the chin and flatten the face."""
    low = np.clip(-height, 0.0, 1.0)
    front = np.maximum(np.sin(around), 0.0)
    return 1.0 - 0.16 * low * (1 - 0.5 * front) - 0.06 * front**2 * (1 - low)


def _add_face(mesh: Mesh, size: float, head: Frame3D, kit: Kit) -> None:
    axes = (head.left, head.front, head.up)
    points = face_points()

    def blob(
        where: tuple[float, float, float],
        radii: tuple[float, float, float],
        colour: Colour,
        gloss: float = 0.04,
    ) -> None:
        centre = head.point(*(size * value for value in where))
        scaled = (size * radii[0], size * radii[1], size * radii[2])
        mesh.add(ellipsoid(centre, axes, scaled, count=(7, 10)), colour, gloss)

    for side in ("left", "right"):
        sign = 1.0 if side == "left" else -1.0
        x, y, z = points[f"{side}_eye"]
        blob((x, y - 0.045, z), (0.068, 0.045, 0.034), EYE_WHITE, 0.3)
        blob((x - 0.004 * sign, y - 0.012, z), (0.029, 0.018, 0.031), kit.iris, 0.6)
        blob((x, y - 0.035, z + 0.047), (0.078, 0.04, 0.014), kit.hair)
        blob((x + 0.01 * sign, y - 0.03, z + 0.098), (0.092, 0.04, 0.018), kit.hair)
        x, y, z = points[f"{side}_ear"]
        blob((x, y, z), (0.03, 0.075, 0.115), kit.nose)
        x, _, z = points["mouth_left"]
    _, y, z = points["nose"]
    blob((0.0, y - 0.13, z + 0.06), (0.036, 0.10, 0.12), kit.skin)
    blob((0.0, y - 0.085, z - 0.005), (0.058, 0.085, 0.045), kit.nose)
    _, y, z = points["mouth_left"]
    blob((0.0, y - 0.005, z + 0.014), (0.10, 0.036, 0.016), kit.lips)
    blob((0.0, y - 0.005, z - 0.018), (0.085, 0.036, 0.019), kit.lips)
    blob((0.0, 0.265, -0.43), (0.11, 0.09, 0.075), kit.skin)


def _add_hair(mesh: Mesh, size: float, head: Frame3D, kit: Kit) -> None:
    axes = (head.left, head.front, head.up)

    def hairline(height: Array, around: Array) -> Array:
        front = np.maximum(np.sin(around), 0.0)
        return 1.0 - 0.32 * front * (height < 0.52)

    mesh.add(
        ellipsoid(
            head.point(0.0, -0.03 * size, 0.03 * size),
            axes,
            (0.385 * size, 0.435 * size, 0.52 * size),
            count=(16, 26),
            span=(0.0, 0.62 * np.pi),
            shape=hairline,
        ),
        kit.hair,
        0.08,
    )


def _add_cap(mesh: Mesh, size: float, head: Frame3D, colour: Colour) -> None:
    axes = (head.left, head.front, head.up)
    crown = head.point(0.0, -0.01 * size, 0.15 * size)
    radii = (0.415 * size, 0.46 * size, 0.43 * size)
    mesh.add(ellipsoid(crown, axes, radii, count=(12, 26), span=(0.0, 0.5 * np.pi)), colour, 0.05)
    tilt = np.radians(14)
    front = np.cos(tilt) * head.front - np.sin(tilt) * head.up
    up = np.cos(tilt) * head.up + np.sin(tilt) * head.front
    brim = head.point(0.0, 0.34 * size, 0.185 * size)
    darker = (colour[0] * 0.7, colour[1] * 0.7, colour[2] * 0.7)
    mesh.add(
        ellipsoid(
            brim, (head.left, front, up), (0.30 * size, 0.36 * size, 0.028 * size), count=(7, 20)
        ),
        darker,
        0.05,
    )
    button = head.point(0.0, -0.01 * size, 0.57 * size)
    mesh.add(ellipsoid(button, axes, (0.03 * size,) * 3, count=(5, 8)), darker)
