"""A cricket ground: mown grass, the pitch with creases, the wicket, boundary, trees and sky."""

from __future__ import annotations

import cv2
import numpy as np

from kinepath.io.video import Image
from kinepath.synth.camera import Camera
from kinepath.synth.paint import (
    SUN,
    Float,
    band,
    colour,
    ground_points,
    mixed,
    noise,
    sampled,
    softened,
)
from kinepath.typing import Array

_BOUNDARY = 62.0
#: Positions of the stumps, metres behind the popping crease and to the leg side; their height.
_WICKET, _STUMPS, _STUMP_HEIGHT = -1.22, (-0.01, 0.10, 0.21), 0.71
_PANEL = 5.5
_BOARDS = ((214, 216, 220), (120, 62, 26), (206, 208, 212), (44, 40, 150), (70, 96, 30))


def cricket_ground(
    rays: Float, camera: Camera, generator: np.random.Generator, from_direction: Array
) -> Image:
    """Paint the view along rays (height, width, 3); the result has their height and width."""
    x, y, distance, blur = ground_points(rays, camera)
    tile = noise(generator)
    picture = _field(x, y, blur, generator, tile)
    beyond = distance > _BOUNDARY
    rows = int(beyond.any(axis=1).sum())
    backdrop = _backdrop(rays[:rows], camera, generator, tile)
    picture[:rows] = np.where(beyond[:rows, :, None], backdrop, picture[:rows])
    picture = softened(picture, np.where(beyond, 100.0, np.hypot(x, y)).astype(np.float32))
    return _with_wicket(np.clip(picture, 0, 255).astype(np.uint8), from_direction, camera)


def _field(x: Float, y: Float, blur: Float, generator: np.random.Generator, tile: Float) -> Float:
    stripe = float(generator.uniform(3.0, 4.2))
    turn = float(np.radians(generator.uniform(-12, 12)))
    lane = x * np.float32(np.sin(turn)) + y * np.float32(np.cos(turn))
    wave = np.sin(lane * np.float32(2 * np.pi / stripe)) / np.clip(blur * 3, 0.12, 1.0)
    shade = 1.0 + 0.085 * np.clip(wave, -1, 1)
    shade += 0.045 * sampled(tile, x, y, 9.0) + 0.05 * sampled(tile, x, y, 1.6)
    shade *= 1.0 - 0.18 * np.clip((np.hypot(x, y) - 10) / 60, 0, 1)
    field = colour(52, 124, 96) * generator.uniform(0.94, 1.06, 3).astype(np.float32)
    field = field * shade[..., None]
    strip = band(y, -1.42, 1.62, 0.12 + blur) * band(x, -1.9, 30.0, 0.25 + blur)
    clay = 1.0 + 0.05 * sampled(tile, x, y, 2.2) + 0.045 * sampled(tile, x, y, 0.5)
    field = mixed(field, colour(128, 176, 190) * clay[..., None], 0.88 * strip)
    chalk = _creases(x, y, blur) * np.clip(0.9 + 0.06 * sampled(tile, x, y, 1.0), 0, 1)
    field = mixed(field, (236, 242, 244), chalk)
    rope = band(np.hypot(x + 10, y), 44.0, 44.6, 0.2 + blur)
    return mixed(field, (235, 238, 240), 0.9 * rope)


def _creases(x: Float, y: Float, blur: Float) -> Float:
    """Return the chalk fraction: popping, bowling and return creases (Laws of Cricket, law 7)."""
    soft = blur + 0.008
    popping = band(x, 0.02, 0.07, soft) * band(y, -1.73, 1.93, 0.02)
    bowling = band(x, -1.25, -1.20, soft) * band(y, -1.22, 1.42, 0.02)
    behind = band(x, -2.4, 0.07, 0.02)
    returns = np.maximum(band(y, -1.245, -1.195, soft), band(y, 1.395, 1.445, soft)) * behind
    return np.maximum(np.maximum(popping, bowling), returns)


def _backdrop(rays: Float, camera: Camera, generator: np.random.Generator, tile: Float) -> Float:
    """Paint sky, trees, spectators and boards, from the back to the front."""
    level = np.hypot(rays[..., 0], rays[..., 1])
    height = np.float32(camera.position[2]) + _BOUNDARY * rays[..., 2] / level
    side = _BOUNDARY * np.arctan2(rays[..., 1], rays[..., 0])
    cloud = sampled(tile, side / 20, height / 7, 2.4)
    haze = np.broadcast_to(colour(232, 220, 206), rays.shape)
    sky = mixed(haze, colour(222, 168, 108), np.clip(height / 14, 0, 1))
    sky = mixed(sky, (246, 244, 242), np.clip(0.25 + 0.3 * cloud, 0, 0.75))

    hills = np.interp(side, np.linspace(-220, 220, 160), generator.standard_normal(160))
    crown = 6.2 + 1.5 * hills.astype(np.float32) + 0.7 * sampled(tile, side, 0 * side, 26.0)
    leaves = 1.0 + 0.16 * sampled(tile, side, height * 1.6, 22.0)
    leaves += 0.10 * sampled(tile, side, height, 6.0)
    leaves *= 0.72 + 0.5 * np.clip(height / 8, 0, 1)
    picture = mixed(sky, colour(46, 78, 56) * leaves[..., None], band(height, -9.0, crown, 0.5))

    people = generator.uniform(70, 150, (64, 2048, 1)) + generator.normal(0, 8, (64, 2048, 3))
    seat = np.mod(side / 0.55, 2048).astype(int)
    row = np.clip(height * 8, 0, 63).astype(int)
    crowd = people.astype(np.float32)[row, seat] * (0.75 + 0.08 * np.sin(height * 9))[..., None]
    roof = 3.1 + 0.15 * sampled(tile, side, 0 * side, 60.0)
    picture = mixed(picture, crowd, band(height, 1.0, roof, 0.06))

    boards = np.array(_BOARDS, dtype=np.float32)[generator.integers(0, len(_BOARDS), 64)]
    panel = boards[np.mod(side / _PANEL, 64).astype(int)]
    joint = np.abs(np.mod(side, _PANEL) - _PANEL / 2) > 0.49 * _PANEL
    panel = panel * np.where(joint, np.float32(0.7), np.float32(1.0))[..., None]
    return mixed(picture, panel, band(height, -9.0, 1.0, 0.05))


def _with_wicket(image: Image, from_direction: Array, camera: Camera) -> Image:
    """Draw the stumps behind the batter, with bails and shadows."""

    def pixel(x: float, y: float, z: float) -> tuple[int, int]:
        right, down, away = from_direction @ (np.array([x, y, z]) - camera.position)
        return round(float(right / away) * 16), round(float(down / away) * 16)

    focal = camera.widest_focal * max(1.0, camera.zoom)
    wide = max(1, round(0.038 * focal / (camera.distance + 0.9)))
    for y in _STUMPS:
        foot, top = pixel(_WICKET, y, 0.0), pixel(_WICKET, y, _STUMP_HEIGHT)
        length = _STUMP_HEIGHT / SUN[2]
        shadow = pixel(_WICKET - length * SUN[0], y - length * SUN[1], 0.0)
        dark = image.copy()
        cv2.line(dark, foot, shadow, (58, 84, 84), wide, cv2.LINE_AA, 4)
        image = np.asarray(cv2.addWeighted(image, 0.55, dark, 0.45, 0), dtype=np.uint8)
        cv2.line(image, foot, top, (108, 162, 204), wide, cv2.LINE_AA, 4)
        lit = (foot[0] + 5 * wide, foot[1]), (top[0] + 5 * wide, top[1])
        cv2.line(image, *lit, (168, 214, 240), max(1, wide // 3), cv2.LINE_AA, 4)
    for y in _STUMPS[:2]:
        start, end = (pixel(_WICKET, y + shift, _STUMP_HEIGHT + 0.012) for shift in (0.01, 0.10))
        cv2.line(image, start, end, (120, 176, 216), max(1, wide // 2), cv2.LINE_AA, 4)
    return image
