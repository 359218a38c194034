from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from kinepath.camera_shots import joining, propose, split
from kinepath.io.video import Image, video_writer
from kinepath.pose.base import Detection, Estimator
from kinepath.pose.subject.body import FramedPerson
from kinepath.probe import probe

WIDTH, HEIGHT, FPS = 320, 240, 25.0
RED, BLUE = (40, 40, 220), (220, 60, 40)


def room(seed: int) -> Image:
    """A room full of things, larger than the image."""
    rng = np.random.default_rng(seed)
    image = np.full((HEIGHT + 140, WIDTH + 140, 3), 120, dtype=np.uint8)
    for _ in range(90):
        x, y = rng.integers(0, WIDTH + 120), rng.integers(0, HEIGHT + 120)
        colour = tuple(int(c) for c in rng.integers(0, 255, 3))
        size = rng.integers(6, 30, 2)
        cv2.rectangle(image, (x, y), (x + size[0], y + size[1]), colour, -1)
    return image


def person(x: int, colour: tuple[int, int, int], down: int = 0) -> dict[str, Any]:
    return {"x": x, "colour": colour, "down": down}


def picture(ground: Image, who: dict[str, Any], dx: int = 0, dy: int = 0) -> Image:
    """A person before a part of the room that begins at (50 + dx, 50 + dy)."""
    image = ground[50 + dy : 50 + dy + HEIGHT, 50 + dx : 50 + dx + WIDTH].copy()
    left, top = who["x"] - dx, 60 + who["down"] - dy
    cv2.rectangle(image, (left, top), (left + 36, 200 - dy), who["colour"], -1)
    return image


def find(image: Image, estimator: Estimator) -> FramedPerson | None:
    """Find the one rectangle of a person's colour."""
    for colour in (RED, BLUE):
        near = np.abs(image.astype(int) - np.array(colour)).sum(axis=2) < 60
        _, labels, stats, _ = cv2.connectedComponentsWithStats(near.astype(np.uint8))
        largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])) if len(stats) > 1 else 0
        if largest and stats[largest, cv2.CC_STAT_AREA] > 2000:
            y, x = np.nonzero(labels == largest)
            return body(np.array([[x.min(), y.min()], [x.max(), y.max()]], dtype=np.float64))
    return None


def body(corners: NDArray[np.float64]) -> FramedPerson:
    (left, top), (right, bottom) = corners
    trunk = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    trunk = trunk.mean(axis=0) + 0.5 * (trunk - trunk.mean(axis=0))
    joints = np.concatenate([np.linspace(corners[0], corners[1], 8), trunk])
    nothing = Detection(np.zeros((1, 2)), np.ones(1), None)
    middle = corners.mean(axis=0)
    return FramedPerson(middle, bottom - top, 1.0, trunk, joints[:2], middle, joints, nothing)


@contextmanager
def opener(still: bool) -> Iterator[Any]:
    yield None


@pytest.fixture(autouse=True)
def eyes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "largest_person", find)


def shots(folder: Path, *parts: tuple[int, Image]) -> tuple[dict[str, Any], int]:
    """Film parts, each an image for so many frames; return the facts and how many shots remain."""
    path = folder / "clip.mp4"
    with video_writer(path, WIDTH, HEIGHT, FPS, crf=12) as writer:
        for count, image in parts:
            for _ in range(count):
                writer.write(image)
    facts = probe(path, "clip", min_size=32, cut_threshold=0.08)
    edges = np.cumsum([count for count, _ in parts])[:-1] / FPS
    facts["cuts_s"] = [float(edge) for edge in edges]
    return facts, len(joining.join(facts, split(facts), opener))


@pytest.mark.parametrize(("dx", "dy"), [(60, 30), (-30, 20), (0, 0)])
def test_a_knock_does_not_split_a_set(tmp_path: Path, dx: int, dy: int) -> None:
    ground, lifter = room(1), person(140, RED)
    parts = (20, picture(ground, lifter)), (20, picture(ground, lifter, dx, dy))
    assert shots(tmp_path, *parts)[1] == 1


def test_a_turned_and_enlarged_image_is_the_same_place(tmp_path: Path) -> None:
    image = picture(room(1), person(140, RED))
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 4.0, 1.08)
    knocked = cv2.warpAffine(image, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    assert shots(tmp_path, (20, image), (20, np.asarray(knocked, dtype=np.uint8)))[1] == 1


def test_time_cut_out_does_not_split_a_set(tmp_path: Path) -> None:
    ground = room(1)
    parts = [(20, picture(ground, person(140, RED, down))) for down in (0, 50)]
    assert shots(tmp_path, *parts)[1] == 1


def test_a_flash_does_not_split_a_set(tmp_path: Path) -> None:
    image = picture(room(1), person(140, RED))
    white = np.full_like(image, 255)
    assert shots(tmp_path, (20, image), (3, white), (20, image))[1] == 1


@pytest.mark.parametrize(
    ("ground", "who"),
    [
        pytest.param(2, person(140, RED), id="another place"),
        pytest.param(1, person(140, BLUE), id="another person"),
        pytest.param(1, person(10, RED), id="somewhere else in it"),
    ],
)
def test_other_shots_stay_apart(tmp_path: Path, ground: int, who: dict[str, Any]) -> None:
    first = picture(room(1), person(140, RED))
    assert shots(tmp_path, (20, first), (20, picture(room(ground), who)))[1] == 2


def test_a_set_that_is_joined_is_used_whole(tmp_path: Path) -> None:
    ground, lifter = room(1), person(140, RED)
    facts, _ = shots(tmp_path, (20, picture(ground, lifter)), (20, picture(ground, lifter, 60, 30)))
    told = propose(
        facts, None, None, opener, {"shortest_s": 0.8}, {}, implement=False, exercise=True
    )
    assert told["proposed"]["reason"].startswith("camera shots of one athlete in one place")
    assert (told["proposed"]["start_s"], told["proposed"]["end_s"]) == (0.0, facts["end_s"])
