"""Tools for painting large soft textures: noise, bands, blending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kinepath.synth.camera import Camera
from kinepath.synth.vectors import unit
from kinepath.typing import Array

Float = NDArray[np.floating[Any]]

#: Direction to the sun, in the world.
SUN: Array = unit(np.array([0.62, 0.10, 0.78]))


def colour(blue: float, green: float, red: float) -> Float:
    """Convert a colour to float32, so that blending with it preserves that type."""
    return np.array([blue, green, red], dtype=np.float32)


def mixed(picture: Float, over: Sequence[float] | Float, share: Float) -> Float:
    """Blend a colour or an image over an image by a fraction (height, width) between 0 and 1."""
    return picture + (np.asarray(over, dtype=np.float32) - picture) * share[..., None]


def band(value: Float, low: float | Float, high: float | Float, soft: float | Float) -> Float:
    """Return 1 between two limits and 0 outside, with soft edges."""
    inside: Float = np.minimum(value - low, high - value) / soft + 0.5
    return np.clip(inside, 0.0, 1.0)


def noise(generator: np.random.Generator, size: int = 512) -> Float:
    """Return a tile (size, size) of periodic soft noise with mean 0 and standard deviation 1."""
    total = np.zeros((size, size), dtype=np.float32)
    for cells, weight in ((4, 1.0), (8, 0.8), (16, 0.7), (64, 0.55), (256, 0.5)):
        coarse = generator.standard_normal((cells, cells)).astype(np.float32)
        scale = size // cells
        wrapped = np.pad(coarse, 2, mode="wrap")
        large = cv2.resize(wrapped, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        total += weight * large[2 * scale : -2 * scale, 2 * scale : -2 * scale]
    return np.asarray(total / total.std(), dtype=np.float32)


def sampled(tile: Float, x: Float, y: Float, metres: float) -> Float:
    """Sample noise at coordinates in metres; one tile covers ``metres``."""
    size = tile.shape[0]
    u, v = np.mod(x * (size / metres), size), np.mod(y * (size / metres), size)
    looked_up = cv2.remap(tile, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(looked_up, dtype=np.float32)


def ground_points(rays: Float, camera: Camera) -> tuple[Float, Float, Float, Float]:
    """Intersect rays (height, width, 3) with the ground.

    Returns
    -------
    x, y, distance, blur : ndarray of float32, shape (height, width)
        Intersection with the ground, its horizontal distance from the camera (infinite above the
        horizon), and the metres that a pixel and a half cover there.
    """
    down = np.maximum(-rays[..., 2], np.float32(1e-4))
    height = np.float32(camera.position[2])
    reach = height / down
    x = np.float32(camera.position[0]) + reach * rays[..., 0]
    y = np.float32(camera.position[1]) + reach * rays[..., 1]
    distance = reach * np.hypot(rays[..., 0], rays[..., 1])
    distance[rays[..., 2] > -1e-4] = np.inf
    return x, y, distance, reach * np.float32(1.5 / camera.widest_focal)


def softened(picture: Float, distance: Float) -> Float:
    """Blur the distance, as a long lens does; ``distance`` in metres behind the athlete."""
    soft = cv2.GaussianBlur(picture, (0, 0), 2.2)
    softer = cv2.GaussianBlur(picture, (0, 0), 5.0)
    near = mixed(picture, soft, np.clip((distance - 4) / 10, 0, 1))
    return mixed(near, softer, np.clip((distance - 16) / 34, 0, 1))
