from __future__ import annotations

import cv2
import numpy as np
import pytest
import xarray as xr

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.io.video import Frame
from kinepath.pose.subject.identity import changes_of_person, words_of_change
from tests.poses import make_poses, standing_position

FPS = 25.0
TRUNK = [
    BLAZEPOSE.index(name) for name in ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
]


def clip(
    colours: list[tuple[int, int, int]], missing: slice = slice(0)
) -> tuple[list[Frame], xr.Dataset]:
    """Frames in which somebody stands with a trunk of these colours."""
    position = standing_position(len(colours))
    frames = []
    cloth = np.random.default_rng(1).normal(0, 25, (480, 640, 1))
    for number, colour in enumerate(colours):
        image = np.full((480, 640, 3), 90, dtype=np.uint8)
        trunk = position[number, :, TRUNK, 0]
        cv2.fillConvexPoly(image, cv2.convexHull(trunk.astype(np.int32)), colour)
        woven = np.clip(image + cloth, 0, 255).astype(np.uint8)
        frames.append(Frame(woven, number / FPS))
    position[missing] = np.nan
    return frames, make_poses(position, fps=FPS)


RED, BLUE = (20, 20, 200), (200, 40, 20)


def test_somebody_of_other_colours_is_told_with_the_time() -> None:
    changes = changes_of_person(*clip([RED] * 50 + [BLUE] * 50))
    assert [change["time_s"] for change in changes] == pytest.approx([2.0], abs=0.09)
    assert changes[0]["likeness"] < 0.2
    assert "2.00 s" in words_of_change(changes)[0] or "1.9" in words_of_change(changes)[0]


def test_one_who_comes_after_another_has_gone_is_told() -> None:
    changes = changes_of_person(*clip([RED] * 60 + [BLUE] * 60, missing=slice(40, 70)))
    assert [change["time_s"] for change in changes] == pytest.approx([2.8], abs=0.09)


def test_one_person_in_changing_light_is_one_person() -> None:
    light = np.linspace(1.0, 0.6, 120)
    colours = [tuple(int(share * value) for value in RED) for share in light]
    assert changes_of_person(*clip(colours)) == []  # type: ignore[arg-type]
    assert words_of_change([]) == []


def test_a_flash_of_three_looks_is_no_change() -> None:
    assert changes_of_person(*clip([RED] * 50 + [BLUE] * 6 + [RED] * 50)) == []
