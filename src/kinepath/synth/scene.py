"""The static world around the athlete: a panorama in which the camera turns.

A camera that does not translate sees everything static through a homography, so the ground and its
background are painted once, by ray casting for each pixel of a wide image.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from kinepath.io.video import Image
from kinepath.synth.camera import Camera
from kinepath.synth.ground import cricket_ground
from kinepath.synth.gym import gym
from kinepath.typing import Array

#: Margin for the tremor on every side, as a fraction of the image's height.
_MARGIN = 0.05


@dataclass(frozen=True)
class Scene:
    """A panorama and the camera's view of it.

    Parameters
    ----------
    camera : Camera
        The camera.
    panorama : ndarray of uint8, shape (height, width, 3)
        Blue, green, red.
    from_direction : ndarray, shape (3, 3)
        From directions in the world to the panorama's pixels (homogeneous).
    """

    camera: Camera
    panorama: Image
    from_direction: Array

    def seen(self, rotation: Array, zoom: float) -> Image:
        """Return the image (height, width, 3) seen with a camera's rotation and zoom factor."""
        camera = self.camera
        to_picture = camera.intrinsics(zoom) @ rotation @ np.linalg.inv(self.from_direction)
        size = (camera.width, camera.height)
        return np.asarray(
            cv2.warpPerspective(self.panorama, to_picture, size, borderMode=cv2.BORDER_REPLICATE),
            dtype=np.uint8,
        )


def scene(camera: Camera, seed: int, *, outdoors: bool) -> Scene:
    """Paint the world of a clip.

    Parameters
    ----------
    camera : Camera
        Determines the extent and the resolution of the panorama.
    seed : int
        Seed of everything random.
    outdoors : bool
        A cricket ground, or a gym.
    """
    widest = min(1.0, camera.zoom)
    detail = max(1.0, camera.zoom)
    focal = camera.widest_focal * detail
    pad = _MARGIN * camera.height + camera.shake * camera.height / 720
    swing = np.tan(np.radians(abs(camera.pan) / 2)) * focal
    width = int(camera.width * detail / widest + 2 * (pad + swing))
    height = int(camera.height * detail / widest + 2 * pad)
    rotation = replace(camera, pan=0.0, shake=0.0).rotation(np.zeros(1))[0]
    intrinsics = np.array(
        [[focal, 0.0, (width - 1) / 2], [0.0, focal, (height - 1) / 2], [0.0, 0.0, 1.0]]
    )
    from_direction = intrinsics @ rotation
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    pixels = np.stack([x, y, np.ones_like(x)], axis=-1)
    rays = (pixels @ np.linalg.inv(from_direction).T).astype(np.float32)
    paint = cricket_ground if outdoors else gym
    generator = np.random.default_rng([seed, 5])
    return Scene(camera, paint(rays, camera, generator, from_direction), from_direction)
