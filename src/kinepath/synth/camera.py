"""A pinhole camera on a tripod: it pans, zooms and shakes, but does not translate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinepath.synth.motion import minimum_jerk
from kinepath.synth.vectors import unit
from kinepath.typing import Array

#: The point that the camera is aimed at, metres in the world.
AIM = np.array([0.16, -0.08, 1.03])
_MOVE = (0.15, 0.95)


@dataclass(frozen=True)
class Camera:
    """The camera of a clip.

    Parameters
    ----------
    width, height : int
        Size of the image, pixels.
    azimuth, elevation : float
        Degrees: direction from the athlete to the camera, from the bowler to the off side, and up.
    distance : float
        Metres from the athlete.
    pan : float
        Degrees by which the camera turns to its right during the clip.
    zoom : float
        Focal length at the end over that at the start.
    shake : float
        Amplitude of the hand's tremor, pixels at a height of 720.
    duration : float
        Seconds of the clip.
    seed : int
        Seed of the tremor.
    """

    width: int
    height: int
    azimuth: float
    elevation: float
    distance: float
    pan: float
    zoom: float
    shake: float
    duration: float
    seed: int

    @property
    def position(self) -> Array:
        """Return the position of the camera, metres in the world (3,)."""
        azimuth, elevation = np.radians(self.azimuth), np.radians(self.elevation)
        level = np.cos(elevation)
        direction = [level * np.cos(azimuth), -level * np.sin(azimuth), np.sin(elevation)]
        return AIM + self.distance * np.array(direction)

    @property
    def widest_focal(self) -> float:
        """Return the focal length in pixels before the zoom."""
        return 0.368 * self.height * self.distance

    @property
    def centre(self) -> Array:
        """Return the principal point in pixels; the first pixel's centre is at zero."""
        return np.array([(self.width - 1) / 2, (self.height - 1) / 2])

    def progress(self, time: Array) -> Array:
        """Return the progress of pan and zoom, 0 to 1 (time,)."""
        first, last = (share * self.duration for share in _MOVE)
        return minimum_jerk(time, first, last)

    def zoom_factor(self, time: Array) -> Array:
        """Return the focal length over that at the start (time,)."""
        return 1.0 + (self.zoom - 1.0) * self.progress(time)

    def pan_angle(self, time: Array) -> Array:
        """Return the angle from the aim to the right, degrees (time,), without the tremor."""
        return self.pan * (self.progress(time) - 0.5)

    def tremor(self, time: Array) -> Array:
        """Return the tremor of yaw, pitch (radians) and roll (a third of it): (time, 3)."""
        generator = np.random.default_rng([self.seed, 77])
        frequency = generator.uniform(0.6, 2.6, size=(3, 4))
        phase = generator.uniform(0, 2 * np.pi, size=(3, 4))
        waves = np.sin(2 * np.pi * frequency * time[:, None, None] + phase).mean(axis=-1)
        amplitude = self.shake * self.height / 720 / self.widest_focal
        return np.asarray(amplitude * waves * np.array([1.0, 1.0, 0.33]))

    def rotation(self, time: Array) -> Array:
        """Return the matrices (time, 3, 3) whose rows are the image's right, down and away."""
        tremor = self.tremor(time)
        away = unit(AIM - self.position)
        yaw = np.arctan2(away[1], away[0]) - np.radians(self.pan_angle(time)) - tremor[:, 0]
        pitch = np.arcsin(away[2]) + tremor[:, 1]
        level = np.cos(pitch)
        away = np.stack([level * np.cos(yaw), level * np.sin(yaw), np.sin(pitch)], axis=-1)
        right = np.stack([np.sin(yaw), -np.cos(yaw), np.zeros_like(yaw)], axis=-1)
        down = np.cross(away, right)
        cosine, sine = np.cos(tremor[:, 2, None]), np.sin(tremor[:, 2, None])
        return np.stack([cosine * right + sine * down, cosine * down - sine * right, away], axis=1)

    def view(self, points: Array, time: Array) -> Array:
        """Transform world points (time, ..., 3) to the camera's axes: right, down, away; metres."""
        return np.asarray(
            np.einsum("tij,t...j->t...i", self.rotation(time), points - self.position)
        )

    def picture(self, seen: Array, time: Array) -> Array:
        """Project points in the camera's axes (time, ..., 3) to pixels (time, ..., 2)."""
        focal = (self.widest_focal * self.zoom_factor(time)).reshape(-1, *[1] * (seen.ndim - 1))
        return np.asarray(focal * seen[..., :2] / seen[..., 2:] + self.centre)

    def project(self, points: Array, time: Array) -> Array:
        """Project world points (time, ..., 3) to pixels (time, ..., 2)."""
        return self.picture(self.view(points, time), time)

    def intrinsics(self, zoom: float) -> Array:
        """Return the matrix (3, 3) from the camera's axes to pixels at a zoom factor."""
        focal = self.widest_focal * zoom
        x, y = self.centre
        return np.array([[focal, 0.0, x], [0.0, focal, y], [0.0, 0.0, 1.0]])
