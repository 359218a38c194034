"""A gym: rubber mats and a lifting platform, a painted wall with windows and dumbbells."""

from __future__ import annotations

import numpy as np

from kinepath.io.video import Image
from kinepath.synth.camera import Camera
from kinepath.synth.paint import Float, band, colour, ground_points, mixed, noise, sampled, softened
from kinepath.typing import Array

#: Distance from the athlete to the wall behind, metres.
_WALL = 4.2


def gym(
    rays: Float, camera: Camera, generator: np.random.Generator, from_direction: Array
) -> Image:
    """Paint the view along rays (height, width, 3); the result has their height and width."""
    tile = noise(generator)
    x, y, _, blur = ground_points(rays, camera)
    azimuth = np.radians(camera.azimuth)
    away = np.array([-np.cos(azimuth), np.sin(azimuth)], dtype=np.float32)
    stand = camera.position.astype(np.float32)
    forward = rays[..., 0] * away[0] + rays[..., 1] * away[1]
    reach = (_WALL - stand[0] * away[0] - stand[1] * away[1]) / forward
    height = stand[2] + reach * rays[..., 2]
    side = -away[1] * (stand[0] + reach * rays[..., 0]) + away[0] * (
        stand[1] + reach * rays[..., 1]
    )
    wall = _wall(side, height, tile, generator)
    floor = mixed(_floor(x, y, blur, tile), wall, np.full_like(x, 0.10))
    picture = np.where((height < 0)[..., None], floor, wall)
    depth = np.where(height < 0, np.maximum(x * away[0] + y * away[1], 0), _WALL + 0.8)
    return np.clip(softened(picture, 3.2 * depth.astype(np.float32)), 0, 255).astype(np.uint8)


def _floor(x: Float, y: Float, blur: Float, tile: Float) -> Float:
    shade = 1.0 + 0.05 * sampled(tile, x, y, 1.2) + 0.05 * sampled(tile, x, y, 4.0)
    floor: Float = colour(74, 70, 68) * shade[..., None]
    for line in (np.mod(x + 0.25, 1.0), np.mod(y + 0.35, 1.0)):
        floor = mixed(floor, (48, 46, 44), 0.8 * band(line, 0.0, 0.014, 0.004 + blur))
    platform = band(x, -1.5, 1.5, 0.01 + blur) * band(y, -1.2, 1.3, 0.01 + blur)
    wood = 1.0 + 0.06 * sampled(tile, x * 0.12, y, 0.8) + 0.05 * np.sin(np.floor(y / 0.14) * 12.7)
    planks: Float = colour(96, 146, 186) * wood[..., None]
    planks = mixed(planks, (60, 92, 120), 0.6 * band(np.mod(y, 0.14), 0.0, 0.006, 0.003 + blur))
    floor = mixed(floor, (52, 50, 50), platform)
    return mixed(floor, planks, platform * band(x, -0.75, 0.75, 0.01 + blur))


def _wall(side: Float, height: Float, tile: Float, generator: np.random.Generator) -> Float:
    glow = 0.80 + 0.26 * np.exp(-(((side + 1.5) / 4.0) ** 2) - ((height - 3.0) / 2.2) ** 2)
    light = ((1.0 + 0.018 * sampled(tile, side, height, 3.0)) * glow)[..., None]
    tint = generator.uniform(0.85, 1.1, 3).astype(np.float32)
    wall: Float = colour(196, 194, 190) * light
    wall = mixed(wall, colour(120, 96, 70) * tint * light, band(height, -1.0, 1.05, 0.02))
    wall = mixed(wall, (60, 128, 226), 0.9 * band(height, 1.05, 1.12, 0.015))
    for left in (-6.2, -2.9, 2.6, 5.9):
        frame = band(side, left, left + 1.9, 0.02) * band(height, 1.75, 3.4, 0.02)
        wall = mixed(wall, (70, 70, 72), frame)
        panes = band(side, left + 0.06, left + 1.84, 0.02) * band(height, 1.81, 3.34, 0.02)
        bar = band(side, left + 0.92, left + 0.98, 0.02)
        wall = mixed(wall, (238, 230, 214), panes * (1 - bar))
    for shelf in (0.32, 0.68):
        board = band(side, 2.0, 4.6, 0.02) * band(height, shelf, shelf + 0.06, 0.02)
        wall = mixed(wall, (44, 42, 42), board)
        bells = band(np.mod(side, 0.3), 0.04, 0.26, 0.03) * band(side, 2.05, 4.55, 0.02)
        rows = band(height, shelf + 0.06, shelf + 0.22, 0.03)
        wall = mixed(wall, (36, 34, 34), bells * rows)
    return mixed(wall, (52, 50, 48), band(height, -9.0, 0.12, 0.01))
