"""The surfaces of implements: bats, clubs and rackets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinepath.synth.body import Rod
from kinepath.synth.kit import RUBBER, STEEL, WHITE, WOOD, WOOD_DARK
from kinepath.synth.mesh import Colour, Mesh, angles, rings
from kinepath.typing import Array

_SIDES = 16
_TRIM = "trim"


@dataclass(frozen=True)
class Implement:
    """The shape of an implement.

    Parameters
    ----------
    below_grip_m : float
        From the middle of the hands to the tip, metres.
    stations : tuple of (float, float, float, Colour or "trim")
        Position on the line from the middle of the hands (0) to the tip, half-width and half-depth,
        metres, and colour from there on.
    square_from_m : float
        Position from which the section is a rounded rectangle; infinite: an ellipse everywhere.
    hoop : tuple of four float, optional
        A racket's hoop: position of its centre, half-length, half-width and thickness, metres.
    """

    below_grip_m: float
    stations: tuple[tuple[float, float, float, Colour | str], ...]
    square_from_m: float = np.inf
    hoop: tuple[float, float, float, float] | None = None


_SPINE: Colour = (0.9 * WOOD[0], 0.9 * WOOD[1], 0.9 * WOOD[2])
#: A full-size cricket bat is at most 0.965 m long (Laws of Cricket, appendix B), a baseball bat
#: 1.07 m; the middle of the two hands lies about 0.15 m from the end.
IMPLEMENTS: dict[str, Implement] = {
    "cricket_bat": Implement(
        0.74,
        (
            (-0.155, 0.010, 0.010, _TRIM),
            (-0.15, 0.018, 0.020, _TRIM),
            (0.0, 0.0165, 0.0185, _TRIM),
            (0.13, 0.016, 0.018, _TRIM),
            (0.16, 0.016, 0.017, _TRIM),
            (0.17, 0.020, 0.018, WOOD_DARK),
            (0.20, 0.040, 0.018, WOOD),
            (0.26, 0.0535, 0.018, WOOD),
            (0.45, 0.054, 0.023, _SPINE),
            (0.70, 0.054, 0.022, WOOD),
            (0.74, 0.044, 0.012, WOOD),
        ),
        square_from_m=0.19,
    ),
    "baseball_bat": Implement(
        0.75,
        (
            (-0.13, 0.024, 0.024, WOOD_DARK),
            (-0.115, 0.013, 0.013, RUBBER),
            (0.15, 0.0135, 0.0135, RUBBER),
            (0.30, 0.018, 0.018, WOOD),
            (0.45, 0.029, 0.029, WOOD),
            (0.60, 0.033, 0.033, WOOD),
            (0.73, 0.033, 0.033, WOOD),
            (0.75, 0.020, 0.020, WOOD_DARK),
        ),
    ),
    "golf_club": Implement(
        0.95,
        (
            (-0.13, 0.013, 0.013, RUBBER),
            (0.14, 0.010, 0.010, RUBBER),
            (0.15, 0.0065, 0.0065, STEEL),
            (0.88, 0.0050, 0.0050, STEEL),
            (0.90, 0.030, 0.012, STEEL),
            (0.94, 0.045, 0.014, STEEL),
            (0.95, 0.030, 0.008, STEEL),
        ),
    ),
    "tennis_racket": Implement(
        0.58,
        (
            (-0.09, 0.017, 0.015, RUBBER),
            (0.08, 0.016, 0.014, RUBBER),
            (0.10, 0.014, 0.012, _TRIM),
            (0.24, 0.018, 0.012, _TRIM),
        ),
        hoop=(0.41, 0.17, 0.125, 0.011),
    ),
}


def add_implement(mesh: Mesh, rod: Rod, name: str, trim: Colour) -> None:
    """Add the implement.

    Parameters
    ----------
    mesh : Mesh
        Mesh to which it is added.
    rod : Rod
        Positions of grip and tip.
    name : str
        One of :data:`IMPLEMENTS`.
    trim : Colour
        Colour of its coloured parts.
    """
    shape = IMPLEMENTS[name]
    length = np.linalg.norm(rod.tip - rod.grip, axis=-1, keepdims=True)
    along = (rod.tip - rod.grip) / length
    _add_shaft(mesh, rod, along, shape, trim)
    if shape.hoop is not None:
        _add_hoop(mesh, rod, along, shape.hoop, trim)


def _add_shaft(mesh: Mesh, rod: Rod, along: Array, shape: Implement, trim: Colour) -> None:
    place, wide, deep = (np.array([row[k] for row in shape.stations]) for k in range(3))
    line = rod.grip[:, None] + place[None, :, None] * along[:, None]
    left = np.broadcast_to(rod.across[:, None], line.shape)
    front = np.cross(np.broadcast_to(along[:, None], line.shape), left)
    around = angles(_SIDES)
    square = np.maximum(np.abs(np.cos(around)), np.abs(np.sin(around))) ** -0.7
    section = np.where((place > shape.square_from_m)[:, None], square, 1.0)
    grid = rings(line, left, front, wide[:, None] * section, deep[:, None] * section)
    grid = np.concatenate(
        [line[:, :1, None] + 0 * grid[:, :1], grid, line[:, -1:, None] + 0 * grid[:, -1:]], axis=1
    )
    colours = [trim if row[3] == _TRIM else row[3] for row in shape.stations]
    colour = np.tile(np.array([colours[0], *colours, colours[-1]])[:, None], (1, _SIDES, 1))
    mesh.add(grid[:, ::-1], colour[::-1], 0.12)


def _add_hoop(
    mesh: Mesh,
    rod: Rod,
    along: Array,
    hoop: tuple[float, float, float, float],
    trim: Colour,
) -> None:
    """Add the frame of a racket and its strings, one every 25 mm."""
    middle, half_long, half_wide, thick = hoop
    turn = np.linspace(0, 2 * np.pi, 33)
    places = np.stack([middle - half_long * np.cos(turn), half_wide * np.sin(turn)], axis=1)
    _add_tube(mesh, rod, along, places, thick, trim)
    for at in np.arange(-half_wide + 0.025, half_wide - 0.01, 0.025):
        reach = half_long * np.sqrt(1 - (at / half_wide) ** 2)
        ends = np.array([[middle - reach, at], [middle + reach, at]])
        _add_tube(mesh, rod, along, ends, 0.001, WHITE)
    for at in np.arange(-half_long + 0.025, half_long - 0.01, 0.025):
        reach = half_wide * np.sqrt(1 - (at / half_long) ** 2)
        ends = np.array([[middle + at, -reach], [middle + at, reach]])
        _add_tube(mesh, rod, along, ends, 0.001, WHITE)


def _add_tube(
    mesh: Mesh, rod: Rod, along: Array, places: Array, radius: float, colour: Colour
) -> None:
    """Add a tube through points (n, 2) in the implement's plane: along it, and across."""
    side = np.broadcast_to(rod.across[:, None], (len(along), len(places), 3))
    line = rod.grip[:, None] + places[:, :1] * along[:, None] + places[:, 1:] * side
    ahead = np.gradient(places, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    outward = ahead[:, 1:] * along[:, None] - ahead[:, :1] * side
    front = np.cross(np.broadcast_to(along[:, None], side.shape), side)
    radii = np.full((len(places), 8), radius)
    mesh.add(rings(line, outward, front, radii, radii), colour, 0.12)
