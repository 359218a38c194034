"""The camera's motion against known similarities of made-up pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kinepath.camera import STATES, CameraError, estimate, person_boxes, steadied, steady
from kinepath.camera.tracking import chained
from kinepath.io.video import Image
from kinepath.signal.similarity import Similarity
from tests.poses import make_poses

SETTINGS = {"width": 640, "features": 300, "match_px": 1.5, "static_px": 0.3}
SIZE = (640, 360)
CORNERS = np.array([[20.0, 20.0], [620.0, 20.0], [20.0, 340.0], [620.0, 340.0], [320.0, 180.0]])


def texture(seed: int = 0) -> Image:
    """A large picture with corners of several sizes."""
    generator = np.random.default_rng(seed)
    total = np.zeros((900, 1400))
    for size in (7, 15, 40):
        small = generator.uniform(size=(900 // size, 1400 // size))
        total += cv2.resize(small, (1400, 900), interpolation=cv2.INTER_CUBIC)
    scaled = 255 * (total - total.min()) / np.ptp(total)
    return np.asarray(scaled, dtype=np.uint8)


def seen(world: Image, to_frame: Similarity, size: tuple[int, int] = SIZE) -> Image:
    """What a camera sees whose first picture starts at (380, 270) of the world."""
    away = np.eye(3)
    away[:2, 2] = [-380, -270]
    matrix = (to_frame.matrix() @ away)[:2]
    return np.asarray(cv2.warpAffine(world, matrix, size, flags=cv2.INTER_LINEAR), dtype=np.uint8)


def about_centre(scale: float, rotation: float, x: float, y: float) -> Similarity:
    centre = np.array([320.0, 180.0])
    turned = Similarity(scale, rotation, (0.0, 0.0)).apply(centre)
    shift = centre - turned + [x, y]
    return Similarity(scale, rotation, (float(shift[0]), float(shift[1])))


def poses(frames: int) -> xr.Dataset:
    return make_poses(frames=frames)


def found(images: Sequence[Image], cuts: Sequence[float] = (), **changed: Any) -> xr.Dataset:
    return estimate(images, poses(len(images)), SIZE, cuts, SETTINGS | changed)


def largest_error(camera: xr.Dataset, truth: Sequence[Similarity]) -> float:
    """How far fixed points stray in the steady frame, pixels."""
    tracks = np.stack([similarity.apply(CORNERS) for similarity in truth])
    return float(np.abs(steady(tracks, camera) - CORNERS).max())


@settings(max_examples=8, deadline=None)
@given(
    scale=st.floats(0.8, 1.25),
    rotation=st.floats(-0.1, 0.1),
    x=st.floats(-120, 120),
    y=st.floats(-60, 60),
)
def test_a_known_motion_is_undone(scale: float, rotation: float, x: float, y: float) -> None:
    world = texture()
    truth = [about_centre(scale**p, p * rotation, p * x, p * y) for p in np.linspace(0, 1, 16)]
    camera = found([seen(world, similarity) for similarity in truth])
    assert largest_error(camera, truth) < 1.0
    assert camera.attrs["shots"] == 1
    assert (camera["confidence"] > 0.3).all()


def test_errors_do_not_add_up_over_a_long_way_there_and_back() -> None:
    world = texture(3)
    way = 150 * np.sin(np.linspace(0, 4 * np.pi, 120))
    truth = [about_centre(1 + x / 1500, 0.0, x, x / 3) for x in way]
    camera = found([seen(world, similarity) for similarity in truth])
    assert camera.attrs["verdict"] == "moving"
    assert largest_error(camera, truth) < 1.0


def test_nothing_is_invented_on_a_static_clip() -> None:
    generator = np.random.default_rng(1)
    still = seen(texture(), about_centre(1, 0, 0, 0)).astype(np.float64)
    images = [
        np.clip(still + generator.normal(0, 3, still.shape), 0, 255).astype(np.uint8)
        for _ in range(12)
    ]
    camera = found(images)
    assert camera.attrs["verdict"] == "static camera"
    assert "note" not in camera.attrs
    assert (camera["scale"] == 1).all() and (camera["rotation"] == 0).all()
    assert (camera["translation"] == 0).all()
    tracks = generator.uniform(0, 300, (12, 5, 2))
    np.testing.assert_array_equal(steady(tracks, camera), tracks)
    assert float(camera["residual"].max()) < 1.0


def test_a_moving_person_before_a_static_background_is_no_moving_camera() -> None:
    background = seen(texture(), about_centre(1, 0, 0, 0))
    person = texture(9)[:260, :150]
    images = []
    for k in range(15):
        image = background.copy()
        image[60:320, 200 + 8 * k : 350 + 8 * k] = person
        images.append(image)
    shifted = poses(15)
    shifted["position"] = shifted["position"] + xr.DataArray(
        np.outer(8.0 * np.arange(15) - 50, [1.0, 0.0]), dims=("time", "space")
    )
    camera = estimate(images, shifted, SIZE, [], SETTINGS)
    assert camera.attrs["verdict"] == "static camera"


@pytest.mark.parametrize("told", [True, False])
def test_a_cut_starts_a_new_shot(told: bool) -> None:
    worlds = texture(1), texture(2)
    truth = [about_centre(1, 0, 4.0 * (k if k < 10 else k - 10), 0) for k in range(25)]
    images = [seen(worlds[int(k >= 10)], similarity) for k, similarity in enumerate(truth)]
    camera = found(images, [10 / 50] if told else [])
    assert camera["shot"].values.tolist() == [0] * 10 + [1] * 15
    assert camera.attrs["shots"] == 2
    assert largest_error(camera, truth) < 1.0


def test_a_flash_is_lost_and_the_shot_goes_on() -> None:
    world = texture(4)
    truth = [about_centre(1, 0, 5.0 * k, 0) for k in range(20)]
    images = [seen(world, similarity) for similarity in truth]
    for k in (8, 9):
        images[k] = cv2.blur(images[k], (61, 61))
    camera = found(images)
    assert camera["state"].values.tolist() == [2] * 8 + [3] * 2 + [2] * 10
    assert camera.attrs["note"].startswith("the background of a moving camera is lost in 10 %")
    tracks = np.stack([similarity.apply(CORNERS) for similarity in truth])
    steadied_tracks = steady(tracks, camera)
    assert np.isnan(steadied_tracks[8:10]).all()
    assert np.nanmax(np.abs(steadied_tracks - CORNERS)) < 1.0


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((8, 360, 640), np.uint8),
        np.full((8, 360, 640), 200, np.uint8),
        np.random.default_rng(0).normal(120, 2, (8, 360, 640)).astype(np.uint8),
        np.random.default_rng(0).integers(0, 255, (8, 360, 640), dtype=np.uint8),
        texture()[None, :360, :640],
    ],
    ids=["black", "textureless", "faint noise", "noise", "one frame"],
)
def test_what_shows_no_motion_is_unknown_and_left_as_it_is(images: NDArray[np.uint8]) -> None:
    camera = found(list(images))
    assert camera.attrs["verdict"] == "unknown"
    assert "100 % of the frames" in camera.attrs["note"]
    assert np.isnan(camera["scale"]).all() and (camera["confidence"] == 0).all()
    tracks = np.random.default_rng(0).uniform(size=(len(images), 3, 2))
    np.testing.assert_array_equal(steady(tracks, camera), tracks)


def test_pictures_are_mapped_back_from_the_working_size() -> None:
    world = texture(6)
    truth = [about_centre(1, 0, 6.0 * k, 2.0 * k) for k in range(12)]
    small = [
        cv2.resize(seen(world, similarity), (320, 181), interpolation=cv2.INTER_AREA)
        for similarity in truth
    ]
    camera = estimate(small, poses(12), SIZE, [], SETTINGS | {"width": 320})
    assert largest_error(camera, truth) < 1.0


def test_a_data_set_is_steadied_whole() -> None:
    world = texture(5)
    truth = [about_centre(1, 0, 5.0 * k, 0) for k in range(10)]
    moved = poses(10)
    standing = moved["position"].values.copy()
    points = np.moveaxis(standing, 1, -1)
    moved["position"].values[:] = np.stack(
        [
            np.moveaxis(similarity.apply(p), -1, 0)
            for similarity, p in zip(truth, points, strict=True)
        ]
    )
    images = [seen(world, similarity) for similarity in truth]
    images[4] = np.zeros_like(images[4])
    camera = estimate(images, moved, SIZE, [], SETTINGS)
    assert camera["state"].values[4] in (STATES["lost"], STATES["moving"])
    result = steadied(moved, camera)
    assert result.attrs["camera"] == "moving"
    lost = camera["state"].values == STATES["lost"]
    assert np.abs(result["position"].values - standing)[~lost].max() < 1.0
    assert (result["confidence"].values[lost] == 0).all()
    assert moved["confidence"].values.min() == 1
    assert result["position"].dims == moved["position"].dims


def test_boxes_reach_from_the_nearest_known_frame() -> None:
    dataset = poses(5)
    dataset["position"].values[:2] = np.nan
    boxes = person_boxes(dataset)
    np.testing.assert_array_equal(boxes[0], boxes[2])
    assert boxes[0, 1] == pytest.approx(100 - 0.25 * 190)
    dataset["position"].values[:] = np.nan
    assert np.isnan(person_boxes(dataset)).all()


def test_another_number_of_frames_is_an_error() -> None:
    images = [texture()[:360, :640]] * 3
    with pytest.raises(CameraError, match="3 frames in the video, 5 in the keypoints"):
        estimate(images, poses(5), SIZE, [], SETTINGS)
    with pytest.raises(CameraError, match="2 positions over 3 frames"):
        steady(np.zeros((2, 2)), estimate(images, poses(3), SIZE, [], SETTINGS))


@given(st.tuples(*[st.floats(0.5, 2), st.floats(-3, 3)] * 2))
def test_chaining_is_applying_one_after_the_other(numbers: tuple[float, ...]) -> None:
    first = Similarity(numbers[0], numbers[1], (5.0, -3.0))
    second = Similarity(numbers[2], numbers[3], (-40.0, 7.0))
    expected = second.apply(first.apply(CORNERS))
    np.testing.assert_allclose(chained(second, first).apply(CORNERS), expected, atol=1e-9)
