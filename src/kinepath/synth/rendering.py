"""Rendering of a simulation: the athlete's surfaces over the scene, as a camera records them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kinepath.body.anthropometry import Body
from kinepath.io.video import Image
from kinepath.synth.camera import Camera
from kinepath.synth.figure import batter_mesh, lifter_mesh
from kinepath.synth.kit import kit
from kinepath.synth.mesh import Mesh
from kinepath.synth.paint import SUN
from kinepath.synth.raster import blend, depth_pass, shade_pass
from kinepath.synth.scenario import Scenario
from kinepath.synth.scene import Scene, scene
from kinepath.synth.simulation import Simulation
from kinepath.synth.vectors import unit
from kinepath.typing import Array

#: Minimum and maximum number of subframes averaged over the time of the open shutter, for motion
#: blur and smooth edges. The number increases with the bat's speed: one per this many pixels.
_SUBFRAMES = (4, 12)
_PIXELS_PER_SUBFRAME = 6.0
#: Sample positions within a pixel of four successive subframes (a rotated grid).
_JITTER = np.array([[-0.125, -0.375], [0.375, -0.125], [-0.375, 0.125], [0.125, 0.375]])
_BATCH = 10
_SUN_PIXELS = 224
_SUN_METRES = 3.2

Float = NDArray[np.float32]


@dataclass(frozen=True)
class _Light:
    """Linear blue, green, red of sun, sky and the light reflected by the ground."""

    sun: Float
    sky: Float
    ground: Float


_DAY = _Light(
    *(
        np.array(c, dtype=np.float32)
        for c in ([0.60, 0.70, 0.78], [0.40, 0.36, 0.33], [0.13, 0.19, 0.17])
    )
)
_LAMPS = _Light(
    *(
        np.array(c, dtype=np.float32)
        for c in ([0.56, 0.60, 0.64], [0.40, 0.40, 0.40], [0.14, 0.15, 0.16])
    )
)


def render(simulation: Simulation) -> Iterator[Image]:
    """Render the frames of a simulation.

    Parameters
    ----------
    simulation : Simulation
        From :func:`kinepath.synth.simulate`.

    Yields
    ------
    ndarray of uint8, shape (height, width, 3)
        Blue, green, red; the same scenario yields the same bytes.
    """
    scenario = simulation.scenario
    camera = scenario.camera()
    world = scene(camera, scenario.seed, outdoors=scenario.is_batter)
    sensor = _Sensor(scenario)
    times = np.asarray(simulation.truth["time"].values, dtype=np.float64)
    for first in range(0, len(times), _BATCH):
        batch = times[first : first + _BATCH]
        for image in _athlete_in(world, scenario, camera, batch):
            yield sensor.recorded(image)


def _athlete_in(world: Scene, scenario: Scenario, camera: Camera, times: Array) -> Iterator[Image]:
    """Render a few frames; the surfaces of all are built at once."""
    open_for = scenario.shutter / scenario.fps
    counts = _subframes(scenario, camera, times, open_for)
    moments = [
        time + ((np.arange(n) + 0.5) / n - 0.5) * open_for
        for time, n in zip(times, counts, strict=True)
    ]
    pose = scenario.pose(np.concatenate(moments))
    body, colours = Body(scenario.stature_m), kit(scenario.seed)
    if scenario.is_batter:
        mesh = batter_mesh(pose, body, colours, scenario.implement)
    else:
        mesh = lifter_mesh(pose, body, colours)
    painter = _Painter(mesh, camera, _DAY if scenario.is_batter else _LAMPS)
    zooms, rotations = camera.zoom_factor(times), camera.rotation(times)
    ends = np.cumsum(counts)
    for zoom, rotation, count, end in zip(zooms, rotations, counts, ends, strict=True):
        image = world.seen(rotation, float(zoom))
        frames = np.arange(end - count, end)
        painter.shadow(image, int(frames[count // 2]), rotation, float(zoom))
        painter.figure(image, frames, rotation, float(zoom))
        yield image


def _subframes(
    scenario: Scenario, camera: Camera, times: Array, open_for: float
) -> NDArray[np.intp]:
    """Return the number of subframes (time,) averaged in each frame, a multiple of four."""
    ends = np.stack([times - open_for / 2, times + open_for / 2])
    tips = [camera.project(scenario.pose(moment).rod.tip, times) for moment in ends]
    way = np.linalg.norm(tips[1] - tips[0], axis=-1)
    least, most = _SUBFRAMES
    needed = 4 * np.ceil(way / _PIXELS_PER_SUBFRAME / 4).astype(int)
    return np.asarray(np.clip(needed, least, most))


class _Painter:
    """Paint the surfaces of one athlete on images."""

    def __init__(self, mesh: Mesh, camera: Camera, light: _Light) -> None:
        self._camera = camera
        self._light = light
        self._vertices = mesh.vertices()
        self._normals = mesh.normals()
        self._triangles = mesh.triangles()
        self._colours = mesh.vertex_colours()
        self._gloss = mesh.vertex_gloss()
        across = unit(np.cross(SUN, [0.0, 0.0, 1.0]))
        self._sun_axes = np.stack([across, np.cross(SUN, across), SUN]).astype(np.float32)

    def figure(self, image: Image, frames: NDArray[np.intp], rotation: Array, zoom: float) -> None:
        """Paint the athlete over ``image``, averaged over the given moments."""
        seen = (
            self._vertices[frames] - self._camera.position.astype(np.float32)
        ) @ rotation.T.astype(np.float32)
        focal = np.float32(self._camera.widest_focal * zoom)
        pixels = focal * seen[..., :2] / seen[..., 2:] + self._camera.centre.astype(np.float32)
        box = _bounds(pixels, image.shape)
        if box is None:
            return
        left, top, right, bottom = box
        corners = np.concatenate(
            [pixels - np.array([left, top], dtype=np.float32), 1 / seen[..., 2:]], axis=-1
        )
        jitter = np.tile(_JITTER, (len(frames) // len(_JITTER), 1)).astype(np.float32)
        corners[..., :2] -= jitter[:, None]
        total = np.zeros((bottom - top, right - left, 4), dtype=np.float32)
        lit, shadow = self._sun_view(int(frames[len(frames) // 2]))
        eye = -rotation[2].astype(np.float32)
        for k, frame in enumerate(frames):
            depth = np.zeros(total.shape[:2], dtype=np.float32)
            nearest = np.full(total.shape[:2], -1, dtype=np.int32)
            depth_pass(corners[k], self._triangles, depth, nearest)
            shade_pass(
                corners[k],
                self._triangles,
                nearest,
                self._normals[frame],
                self._colours,
                self._gloss,
                lit,
                shadow,
                SUN.astype(np.float32),
                eye,
                self._light.sky,
                self._light.ground,
                self._light.sun,
                total,
            )
        blend(image[top:bottom, left:right], total, len(frames))

    def _sun_view(self, frame: int) -> tuple[Float, Float]:
        """Return the vertices as seen from the sun, and its depth buffer."""
        points = self._vertices[frame]
        seen = (points - points.mean(axis=0)) @ self._sun_axes.T
        scale = _SUN_PIXELS / _SUN_METRES
        corners = seen.copy()
        corners[:, :2] = corners[:, :2] * scale + _SUN_PIXELS / 2
        corners[:, 2] += _SUN_METRES
        shadow = np.zeros((_SUN_PIXELS, _SUN_PIXELS), dtype=np.float32)
        nearest = np.full(shadow.shape, -1, dtype=np.int32)
        depth_pass(corners, self._triangles, shadow, nearest)
        return corners, shadow

    def shadow(self, image: Image, frame: int, rotation: Array, zoom: float) -> None:
        """Darken the ground in the athlete's shadow."""
        points = self._vertices[frame].astype(np.float64)
        flat = points - points[:, 2:] / SUN[2] * SUN
        seen = (flat - self._camera.position) @ rotation.T
        pixels = self._camera.widest_focal * zoom * seen[:, :2] / seen[:, 2:] + self._camera.centre
        box = _bounds(pixels[None], image.shape, margin=24)
        if box is None:
            return
        left, top, right, bottom = box
        corners = np.concatenate([pixels - [left, top], np.ones((len(pixels), 1))], axis=1)
        depth = np.zeros((bottom - top, right - left), dtype=np.float32)
        nearest = np.full(depth.shape, -1, dtype=np.int32)
        order = self._triangles
        depth_pass(corners.astype(np.float32), order, depth, nearest)
        depth_pass(corners.astype(np.float32), order[:, ::-1].copy(), depth, nearest)
        soft = max(1.0, 3.0 * image.shape[0] / 720)
        cover = cv2.GaussianBlur(depth, (0, 0), soft)
        wide = cv2.GaussianBlur(depth, (0, 0), 4 * soft)
        patch = image[top:bottom, left:right]
        dark = 1.0 - (0.40 * cover + 0.16 * wide)[..., None] * np.array(
            [0.92, 1.0, 1.04], dtype=np.float32
        )
        patch[:] = (patch * dark).astype(np.uint8)


def _bounds(
    pixels: NDArray[np.floating], shape: tuple[int, ...], margin: int = 2
) -> tuple[int, int, int, int] | None:
    """Return left, top, right, bottom of points (n, vertices, 2) inside an image, or None."""
    low = np.floor(pixels.min(axis=(0, 1))).astype(int) - margin
    high = np.ceil(pixels.max(axis=(0, 1))).astype(int) + margin
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(shape[1], int(high[0])), min(shape[0], int(high[1]))
    return (left, top, right, bottom) if right > left and bottom > top else None


class _Sensor:
    """Mirror the image for a left-hander; add the lens's vignette and the sensor's grain."""

    def __init__(self, scenario: Scenario) -> None:
        self._mirrored = scenario.handed == "left"
        self._generator = np.random.default_rng([scenario.seed, 23])
        height, width = scenario.height, scenario.width
        x, y = np.linspace(-1, 1, width), np.linspace(-1, 1, height)[:, None]
        fall = 1.0 - 0.13 * (0.8 * x**2 + 0.5 * y**2) ** 1.4
        self._vignette = np.repeat((255 * fall).astype(np.uint8)[..., None], 3, axis=2)
        noise = self._generator.normal(0.0, scenario.grain, (height + 64, width + 64, 1))
        tint = self._generator.normal(0.0, 0.4 * scenario.grain, (height + 64, width + 64, 3))
        self._noise = np.round(noise + tint).astype(np.int16)

    def recorded(self, image: Image) -> Image:
        """Return the image as the camera records it."""
        if self._mirrored:
            image = np.ascontiguousarray(image[:, ::-1])
        height, width = image.shape[:2]
        shaded = cv2.multiply(image, self._vignette, scale=1 / 255)
        y, x = self._generator.integers(0, 64, 2)
        noise = self._noise[y : y + height, x : x + width]
        return np.asarray(cv2.add(shaded, noise, dtype=cv2.CV_8U), dtype=np.uint8)
