"""Surfaces as grids of rings: lofts along limbs and ellipsoids, for many frames at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kinepath.synth.vectors import unit
from kinepath.typing import Array

#: Linear blue, green, red between 0 and 1, or one for every vertex of a grid (rings, sides, 3).
Colour = tuple[float, float, float]


@dataclass
class Mesh:
    """Surfaces of one athlete: vertices over time, and constant attributes stored once.

    Parameters
    ----------
    grids : list of ndarray, shape (time, rings, sides, 3)
        Points of each surface in metres, closed around the sides.
    colours : list of ndarray, shape (rings, sides, 3)
        Linear blue, green, red.
    gloss : list of float
        Strength of the highlight of each surface.
    """

    grids: list[Array] = field(default_factory=list)
    colours: list[Array] = field(default_factory=list)
    gloss: list[float] = field(default_factory=list)

    def add(self, grid: Array, colour: Colour | Array, gloss: float = 0.02) -> None:
        """Add a surface."""
        shape = grid.shape[1:]
        self.grids.append(grid)
        self.colours.append(np.broadcast_to(np.asarray(colour, dtype=float), shape))
        self.gloss.append(gloss)

    def vertices(self) -> NDArray[np.float32]:
        """Return all points, (time, vertices, 3)."""
        frames = len(self.grids[0])
        flat = [grid.reshape(frames, -1, 3) for grid in self.grids]
        return np.concatenate(flat, axis=1).astype(np.float32)

    def normals(self) -> NDArray[np.float32]:
        """Return outward normals, (time, vertices, 3), not normalised."""
        frames = len(self.grids[0])
        parts = []
        for grid in self.grids:
            along = np.empty_like(grid)
            along[:, 1:-1] = grid[:, 2:] - grid[:, :-2]
            along[:, 0], along[:, -1] = grid[:, 1] - grid[:, 0], grid[:, -1] - grid[:, -2]
            around = np.roll(grid, -1, axis=2) - np.roll(grid, 1, axis=2)
            normal = np.cross(along, around)
            normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-12
            parts.append(normal.reshape(frames, -1, 3))
        return np.concatenate(parts, axis=1).astype(np.float32)

    def triangles(self) -> NDArray[np.int32]:
        """Return the vertices of all triangles, (triangles, 3)."""
        parts, first = [], 0
        for grid in self.grids:
            rings, sides = grid.shape[1:3]
            index = first + np.arange(rings * sides).reshape(rings, sides)
            right = np.roll(index, -1, axis=1)
            a, b, c, d = index[:-1], right[:-1], index[1:], right[1:]
            parts.append(np.stack([a, b, c], axis=-1).reshape(-1, 3))
            parts.append(np.stack([b, d, c], axis=-1).reshape(-1, 3))
            first += rings * sides
        return np.concatenate(parts).astype(np.int32)

    def vertex_colours(self) -> NDArray[np.float32]:
        """Return the colour of every vertex, (vertices, 3)."""
        return np.concatenate([c.reshape(-1, 3) for c in self.colours]).astype(np.float32)

    def vertex_gloss(self) -> NDArray[np.float32]:
        """Return the gloss of every vertex, (vertices,)."""
        sizes = [grid.shape[1] * grid.shape[2] for grid in self.grids]
        return np.repeat(np.array(self.gloss, dtype=np.float32), sizes)


def angles(sides: int) -> Array:
    """Return the angles of a ring's sides: 0 at the left axis, a quarter turn at the front."""
    return 2 * np.pi * np.arange(sides) / sides


def rings(centres: Array, left: Array, front: Array, wide: Array, deep: Array) -> Array:
    """Sweep rings along a line.

    Parameters
    ----------
    centres, left, front : ndarray, shape (time, rings, 3)
        Centre and the two axes of every ring; ``left`` is the line's direction times ``front``.
    wide, deep : ndarray, shape (rings,) or (rings, sides)
        Radii along the two axes, metres.

    Returns
    -------
    ndarray, shape (time, rings, sides, 3)
    """
    sides = wide.shape[-1]
    around = angles(sides)
    x, y = wide * np.cos(around), deep * np.sin(around)
    return (
        centres[:, :, None]
        + x[None, :, :, None] * left[:, :, None]
        + y[None, :, :, None] * front[:, :, None]
    )


@dataclass(frozen=True)
class Limb:
    """A bent tube over three joints; station 0 is the first joint, 1 the middle one, 2 the last.

    Parameters
    ----------
    joints : tuple of three ndarray, shape (time, 3)
        Metres.
    front : ndarray, shape (time, 3)
        Towards the front of the tube.
    bend : float
        Stations over which the middle joint is rounded.
    """

    joints: tuple[Array, Array, Array]
    front: Array
    bend: float = 0.16

    def centres(self, stations: Array) -> tuple[Array, Array]:
        """Return centre line and unit tangent at stations (n,): (time, n, 3) each.

        The line is two straight bones joined by a quadratic Bezier curve, so that both are linear
        in the joints.
        """
        low, high = 1 - self.bend, 1 + self.bend
        s = stations
        first = np.stack([1 - s, s, 0 * s], axis=-1)
        second = np.stack([0 * s, 2 - s, s - 1], axis=-1)
        t = (s - low) / (high - low)
        start, end = np.array([1 - low, low, 0]), np.array([0, 2 - high, high - 1])
        middle = np.array([0.0, 1.0, 0.0])
        curve = (
            ((1 - t) ** 2)[:, None] * start
            + (2 * t * (1 - t))[:, None] * middle
            + (t**2)[:, None] * end
        )
        slope = ((1 - t)[:, None] * (middle - start) + t[:, None] * (end - middle)) / self.bend
        weights = np.where((s < low)[:, None], first, np.where((s > high)[:, None], second, curve))
        ahead = np.where(
            (s < low)[:, None],
            [-1.0, 1.0, 0.0],
            np.where((s > high)[:, None], [0.0, -1.0, 1.0], slope),
        )
        joints = np.stack(self.joints, axis=1)
        return np.matmul(weights, joints), unit(np.matmul(ahead, joints))

    def loft(
        self, stations: Array, wide: Array, deep: Array | None = None, sides: int = 14
    ) -> Array:
        """Return the tube (time, n, sides, 3) with radii (n,) or (n, sides)."""
        deep = wide if deep is None else deep
        centres, tangent = self.centres(stations)
        front = (
            self.front[:, None] - (self.front[:, None] * tangent).sum(-1, keepdims=True) * tangent
        )
        front = unit(front)
        left = np.cross(tangent, front)
        return rings(centres, left, front, widened(wide, sides), widened(deep, sides))


def widened(radius: Array, sides: int) -> Array:
    """Expand radii (rings,) to (rings, sides); return others unchanged."""
    return np.repeat(radius[:, None], sides, axis=1) if radius.ndim == 1 else radius


def ellipsoid(
    centre: Array,
    axes: tuple[Array, Array, Array],
    radii: tuple[float, float, float],
    *,
    count: tuple[int, int] = (9, 12),
    span: tuple[float, float] = (0.0, np.pi),
    shape: Callable[[Array, Array], Array] | None = None,
) -> Array:
    """Return an ellipsoid, or the slice of it between two polar angles from the third axis.

    Parameters
    ----------
    centre : ndarray, shape (time, 3)
        Metres.
    axes : tuple of three ndarray, shape (time, 3)
        Left, front and up: unit vectors.
    radii : (float, float, float)
        Along the axes, metres.
    count : (int, int)
        Rings and sides.
    span : (float, float)
        First and last polar angle, radians.
    shape : callable, optional
        Takes the unit directions' height (rings, 1) and side angles (sides,), and returns a factor
        of the horizontal radius.

    Returns
    -------
    ndarray, shape (time, rings, sides, 3)
    """
    left, front, up = axes
    polar = np.linspace(span[1], span[0], count[0])
    around = angles(count[1])
    radius = np.maximum(np.sin(polar), 1e-3)[:, None] * np.ones(count[1])
    height = np.cos(polar)[:, None]
    if shape is not None:
        radius = radius * shape(height, around)
    local = np.stack(
        [
            radii[0] * radius * np.cos(around),
            radii[1] * radius * np.sin(around),
            np.broadcast_to(radii[2] * height, radius.shape),
        ],
        axis=-1,
    )
    basis = np.stack([left, front, up], axis=1)
    return np.asarray(np.einsum("rsi,tij->trsj", local, basis) + centre[:, None, None])
