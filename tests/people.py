"""Pictures with several people: the simulated athlete, made small, on a textured ground."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from kinepath.synth import Scenario, simulate
from kinepath.synth.rendering import render
from kinepath.video import Image

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Actor:
    """A rendered person, cut out.

    Parameters
    ----------
    images : list of ndarray
        Square views around the person.
    keypoints : ndarray, shape (frames, 33, 2)
        The truth, in pixels of the views.
    stature : float
        Pixels.
    """

    images: list[Image]
    keypoints: Floats
    stature: float


@cache
def actor(shot: str, seed: int, frames: int, *, fps: float = 12.5, handed: str = "right") -> Actor:
    """Render a person over a ground of one's own and cut a square around them."""
    scenario = Scenario(
        shot, seed=seed, fps=fps, duration_s=frames / fps, width=480, height=360, handed=handed,
        pan_deg=0.0, zoom=1.0, shake_px=0.0, downswing_s=0.6 * frames / fps, repetitions=1,
    )  # fmt: skip
    truth = simulate(scenario).truth
    keypoints = truth["position"].values[..., 0].transpose(0, 2, 1)[:frames]
    left, top = 90, 20
    images = [image[top : top + 330, left : left + 300] for image in render(simulate(scenario))]
    tall = float(np.ptp(keypoints[0, :, 1])) / 0.93
    return Actor(images[:frames], keypoints - [left, top], tall)


def ground(width: int, height: int, seed: int = 0) -> Image:
    """Give a textured ground, grey-green."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal(0, 14, (height // 16 + 1, width // 16 + 1)).astype(np.float32)
    texture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    fine = rng.normal(0, 5, (height, width))
    base = np.array([80.0, 130.0, 110.0])
    return np.clip(base + (texture + fine)[..., None], 0, 255).astype(np.uint8)


def put(picture: Image, person: Actor, frame: int, at: tuple[float, float], tall: float) -> Floats:
    """Put a person ``tall`` pixels high into a picture, their view's corner at ``at``.

    Returns
    -------
    ndarray, shape (33, 2)
        Where the keypoints truly are.
    """
    view = person.images[frame]
    scale = tall / person.stature
    width, height = round(view.shape[1] * scale), round(view.shape[0] * scale)
    small = cv2.resize(view, (width, height), interpolation=cv2.INTER_AREA)
    x, y = round(at[0]), round(at[1])
    # A soft edge, so that the view is no bright box on the ground.
    edge = np.minimum.outer(
        np.minimum(np.arange(height), np.arange(height)[::-1]),
        np.minimum(np.arange(width), np.arange(width)[::-1]),
    )
    weight = np.clip(edge / (0.12 * width), 0, 1)[..., None]
    left, top, right, bottom = (
        max(0, x),
        max(0, y),
        min(picture.shape[1], x + width),
        min(picture.shape[0], y + height),
    )
    inner = np.s_[top - y : bottom - y, left - x : right - x]
    region = picture[top:bottom, left:right]
    region[...] = np.round(region * (1 - weight[inner]) + small[inner] * weight[inner])
    factor = np.array([width / view.shape[1], height / view.shape[0]])
    return (person.keypoints[frame] + 0.5) * factor - 0.5 + [x, y]
