"""The athlete, small, beside somebody else, and a cut: followed, and found more exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path as File

import cv2
import numpy as np
import pytest

from kinepath.body.skeleton import BLAZEPOSE, BODY_JOINTS
from kinepath.io.video import Image
from kinepath.pose.base import Detection
from kinepath.pose.subject.body import body_of
from kinepath.pose.subject.following import following
from kinepath.pose.subject.opening import Opener, device_of, opener_of
from kinepath.pose.subject.path import Path
from kinepath.pose.subject.sampling import Sample
from kinepath.pose.subject.selection import select
from kinepath.settings import defaults
from kinepath.synth import Scenario, render, simulate
from kinepath.typing import Array
from tests.workflow.conftest import ROOT, Workspace

MODEL = "resources/models/pose_landmarker_full.task"
CONFIG = defaults(ROOT)
#: Fewer searched pictures than by default save time.
SUBJECT = {**CONFIG["subject"], "searched": 2}
FPS, FRAMES, CUT = 12.5, 30, 25
#: Where the pictures of the two lie in the composed one, and how much they are reduced.
ATHLETE, OTHER, REDUCED = (250, 60), (60, 160), 0.42


@dataclass
class Scene:
    """Composed pictures of 640 x 360 pixels, and where the athlete truly is in them."""

    images: list[Image]
    truth: Array
    shoulders: Array
    opener: Opener


def reduced(scenario: Scenario) -> list[Image]:
    size = round(REDUCED * scenario.width), round(REDUCED * scenario.height)
    pictures = [
        cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        for image in render(simulate(scenario))
    ]
    # Around the person only.
    return [image[:, size[0] // 2 - 60 : size[0] // 2 + 60] for image in pictures[:FRAMES]]


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A batter of about 90 pixels and one who squats; after the cut only the latter is there.

    The camera cuts to a brighter picture in which that one stands where the batter was.
    """
    swing = Scenario("hook", width=640, height=360, fps=FPS, pan_deg=0, zoom=1, shake_px=0)
    squat = Scenario("squat", seed=5, width=640, height=360, fps=FPS, repetitions=1)
    batter, other = reduced(swing), reduced(squat)
    grain = np.random.default_rng(2).integers(85, 125, (45, 80, 3)).astype(np.uint8)
    ground = cv2.resize(grain, (640, 360), interpolation=cv2.INTER_CUBIC)
    images = []
    for k in range(FRAMES):
        image = ground.copy() if k < CUT else cv2.add(ground[::-1], 60)
        shown = [(ATHLETE, batter), (OTHER, other)] if k < CUT else [(ATHLETE, other)]
        for (x, y), pictures in shown:
            patch = pictures[k]
            image[y : y + patch.shape[0], x : x + patch.shape[1]] = patch
        images.append(image)
    position = simulate(swing).truth["position"].values[:FRAMES, ..., 0].transpose(0, 2, 1)
    left = round(REDUCED * 640) // 2 - 60
    truth = (position + 0.5) * REDUCED - 0.5 - (left, 0) + ATHLETE
    joints = truth[:, BLAZEPOSE.indices(("left_shoulder", "right_shoulder"))]
    return Scene(
        images,
        truth,
        np.linalg.norm(joints[:, 0] - joints[:, 1], axis=1),
        _opener(tmp_path_factory),
    )


def _opener(tmp_path_factory: pytest.TempPathFactory) -> Opener:
    model = ROOT / MODEL
    if not model.is_file():
        folder = tmp_path_factory.mktemp("model")
        (folder / "config").symlink_to(ROOT / "config")
        Workspace(folder).make(MODEL, rule="model")
        model = File(folder / MODEL)
    pose = CONFIG["pose"]
    return opener_of(pose, device_of(pose), str(model), CONFIG["subject"]["search_confidence"])


def errors(scene: Scene, found: list[Detection | None]) -> Array:
    """Return the median error of the body joints per frame, shoulder widths; NaN where missing."""
    joints = BLAZEPOSE.indices(BODY_JOINTS)
    wide = np.median(scene.shoulders)
    return np.array(
        [
            np.nan
            if person is None
            else np.median(np.linalg.norm((person.position - truth)[joints], axis=1)) / wide
            for person, truth in zip(found, scene.truth, strict=True)
        ]
    )


def test_the_small_athlete_is_followed_and_found_better_than_without_the_view(scene: Scene) -> None:
    sample = Sample(scene.images, np.arange(FRAMES) / FPS, 1.0)
    choose = partial(select, sample, scene.opener, SUBJECT)
    chosen = choose(box=None, implement=True)
    assert chosen.track is not None, chosen.report
    middle = np.median([body_of(_seen(t), BLAZEPOSE).centre for t in scene.truth[:CUT]], axis=0)
    np.testing.assert_allclose(chosen.track.median("centre"), middle, atol=15)

    path = Path.along(chosen.track, sample.time, 1.0, SUBJECT["smoothing_s"])
    with following(scene.opener, path) as estimator:
        found = [_first(estimator(i, t)) for i, t in zip(scene.images, sample.time, strict=True)]
    with scene.opener(False) as whole:
        alone = [_first(whole(i, t)) for i, t in zip(scene.images, sample.time, strict=True)]
    with_view, without = errors(scene, found)[:CUT], errors(scene, alone)[:CUT]
    assert np.isfinite(with_view).mean() > 0.9
    assert np.nanmedian(with_view) < 0.25
    assert (with_view < 1).mean() > 0.9
    assert (without < 1).mean() < 0.5
    # After the cut it is somebody else, or a stretch without anybody.
    assert found[CUT:] == [None] * (FRAMES - CUT)
    assert estimator.counts["followed"] == np.isfinite(with_view).sum()
    assert estimator.counts["another"] > 0


def test_the_sheets_box_chooses_the_other_one(scene: Scene) -> None:
    sample = Sample(scene.images[:CUT], np.arange(CUT) / FPS, 1.0)
    x, y = OTHER
    box = [x + 20, y + 10, x + 100, y + 140]
    chosen = select(sample, scene.opener, SUBJECT, box=box, implement=True)
    assert chosen.track is not None and len(chosen.track.bodies) > 0.8 * CUT
    assert chosen.track.median("centre")[0] == pytest.approx(x + 60, abs=20)


def _first(people: Sequence[Detection]) -> Detection | None:
    return people[0] if people else None


def _seen(position: Array) -> Detection:
    return Detection(position, np.ones(len(position)), None)
