from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinepath.pose import Detection
from kinepath.skeleton import BLAZEPOSE, BODY_JOINTS
from kinepath.subject.appearance import appearance, likeness
from kinepath.subject.body import Body, body_of
from kinepath.subject.choice import rank
from kinepath.subject.crop import Crop
from kinepath.subject.following import following
from kinepath.subject.path import Path
from kinepath.subject.people import find_people
from kinepath.subject.sampling import Sample
from kinepath.subject.selection import SubjectError, select
from kinepath.subject.tracks import Track, find_tracks
from kinepath.synth import Scenario, simulate
from kinepath.video import Image
from tests.moving import STANDING

SETTINGS = {"whole_picture": 0.45, "tiles": [1.0, 0.6], "searched": 2, "smoothing_s": 0.3}
finite = st.floats(-2000, 2000)


def standing(x: float, y: float, tall: float) -> Detection:
    """A person of a stature whose hips' midpoint is at a place."""
    position = np.full((33, 2), (x, y), dtype=np.float64)
    for name in BODY_JOINTS:
        side, part = name.split("_")
        dx, dy = STANDING[part]
        position[BLAZEPOSE.index(name)] += (
            tall * dx * (1 if side == "left" else -1),
            tall * dy,
        )
    return Detection(position, np.full(33, 0.9), None)


#: Colour of a person in the made-up pictures, and the person's place and stature.
Scene = dict[int, tuple[float, float, float]]


def picture(scene: Scene, size: tuple[int, int] = (640, 360)) -> Image:
    """Draw people as flat boxes of their colours (their red is the key)."""
    image = np.full((size[1], size[0], 3), 20, dtype=np.uint8)
    for red, (x, y, tall) in scene.items():
        low = np.maximum(0, np.round([x - 0.12 * tall, y - 0.5 * tall]).astype(int))
        high = np.round([x + 0.12 * tall, y + 0.5 * tall]).astype(int)
        image[low[1] : high[1], low[0] : high[0]] = (255 - red, 40, red)
    return image


class BoxSeer:
    """Sees the largest coloured box of a view, if it is upright, large enough and whole in it."""

    skeleton = BLAZEPOSE
    software = "boxes 1"

    def __call__(self, image: Image, time_s: float) -> Sequence[Detection]:
        found: list[tuple[int, Detection]] = []
        channel, blue = image[..., 2].astype(np.int16), image[..., 0].astype(np.int16)
        for red in (60, 240):
            # The edge of a box passes through other reds, but not through other blues.
            mask = (np.abs(channel - red) < 8) & (np.abs(blue - (255 - red)) < 8)
            rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            if rows.size < 0.2 * len(image):
                continue
            x, y = (columns[0] + columns[-1]) / 2, (rows[0] + rows[-1]) / 2
            found.append((rows.size, standing(x, y, float(rows.size))))
        return [person for _, person in sorted(found, key=lambda f: -f[0])[:1]]


@contextmanager
def box_opener(still: bool) -> Iterator[BoxSeer]:
    yield BoxSeer()


def sample_of(scenes: list[Scene], step: float = 0.08) -> Sample:
    return Sample(
        [picture(scene) for scene in scenes], np.arange(len(scenes), dtype=np.float64) * step, 1.0
    )


@given(finite, finite, st.floats(10, 3000), st.integers(32, 1024), finite, finite)
def test_mapping_to_a_view_and_back_is_exact(
    left: float, top: float, side: float, size: int, x: float, y: float
) -> None:
    crop = Crop(left, top, side, size)
    np.testing.assert_allclose(crop.to_picture(crop.to_view((x, y))), (x, y), atol=1e-7)
    np.testing.assert_allclose(crop.to_view(crop.to_picture((x, y))), (x, y), atol=1e-6)


@pytest.mark.parametrize(("left", "side", "size"), [(100.0, 64.0, 64), (96.3, 50.0, 320)])
def test_a_view_shows_what_its_mapping_says(left: float, side: float, size: int) -> None:
    """The bright spot of the view, mapped back, is where it was put."""
    y, x = np.mgrid[0:200, 0:300]
    spot = 250 * np.exp(-((x - 121.4) ** 2 + (y - 77.7) ** 2) / 30)
    image = np.repeat(spot[..., None], 3, axis=2).astype(np.uint8)
    crop = Crop(left, 50.0, side, size)
    view = crop.cut(image)[..., 0].astype(np.float64)
    rows, columns = np.mgrid[0:size, 0:size]
    middle = np.array([(view * columns).sum(), (view * rows).sum()]) / view.sum()
    np.testing.assert_allclose(crop.to_picture(middle), (121.4, 77.7), atol=0.1)


def test_the_stature_is_that_of_the_simulated_athlete() -> None:
    truth = simulate(Scenario("squat", fps=10, repetitions=1)).truth
    position = truth["position"].values[0, ..., 0].T
    body = body_of(Detection(position, np.ones(33), None), BLAZEPOSE)
    assert body.stature == pytest.approx(np.ptp(position[:, 1]) / 0.93, rel=0.08)


def test_appearance_tells_colours_apart() -> None:
    scene: Scene = {240: (100, 100, 90), 60: (200, 100, 90)}
    image = picture(scene)
    red, blue = (
        appearance(image, body_of(standing(x, 100, 90), BLAZEPOSE)) for x in (100.0, 200.0)
    )
    assert likeness(red, red) == pytest.approx(1)
    assert likeness(red, blue) < 0.1
    assert np.isnan(likeness(red, np.zeros_like(red)))


def test_small_people_are_found_once_each() -> None:
    scene: Scene = {240: (150, 120, 90), 60: (500, 250, 110)}
    people = find_people(picture(scene), BoxSeer(), (1.0, 0.6))
    found = sorted((round(b.centre[0]), round(b.hips[1]), round(b.stature)) for b in people)
    for (x, y, tall), (fx, fy, ftall) in zip(sorted(scene.values()), found, strict=True):
        assert abs(x - fx) < 3 and abs(y - fy) < 5 and abs(tall - ftall) < 0.1 * tall


def test_each_person_is_followed_past_the_other() -> None:
    """Two cross: the tracks keep their colours."""
    scenes: list[Scene] = [
        {240: (200 + 12 * k, 150, 90), 60: (440 - 12 * k, 200, 100)} for k in range(20)
    ]
    sample = sample_of(scenes)
    tracks = find_tracks(sample.images, sample.time, [1], box_opener, (1.0, 0.6))
    # Halves of one who is behind the other may begin tracks of their own, shorter ones.
    assert {t.bodies[1].centre[0] < 320 for t in tracks[:2]} == {True, False}
    for track in tracks[:2]:
        red = 240 if track.bodies[1].centre[0] < 320 else 60
        for k, body in track.bodies.items():
            assert body.centre[0] == pytest.approx(scenes[k][red][0], abs=30)


def made_track(gap: float, speed: float, x: float = 320.0, tall: float = 90.0) -> Track:
    """A person whose hands are some statures apart and move with a speed; hips stand still."""
    bodies: dict[int, Body] = {}
    for k in range(20):
        person = standing(x, 180, tall)
        for side, name in ((-0.5, "left_wrist"), (0.5, "right_wrist")):
            swing = tall * speed * 0.08 * (k % 2)
            person.position[BLAZEPOSE.index(name)] = (x + side * gap * tall + swing, 180)
        bodies[k] = body_of(person, BLAZEPOSE)
    return Track(bodies, np.ones(3))


def test_who_swings_with_both_hands_is_the_athlete() -> None:
    batter, bowler = made_track(0.05, 3.0), made_track(0.5, 4.0, x=200, tall=120)
    ranked = rank(
        [bowler, batter], np.arange(20, dtype=np.float64) * 0.08, (640, 360), implement=True
    )
    assert ranked[0].track is batter and ranked[0].score > 4 * ranked[1].score
    assert ranked[0].facts["hands_apart"] == pytest.approx(0.05, abs=0.01)
    assert ranked[0].facts["hand_speed"] == pytest.approx(3.0, rel=0.1)


def test_without_an_implement_the_large_one_in_the_middle_is() -> None:
    near, far = made_track(0.5, 1.0, tall=150), made_track(0.05, 1.0, x=60, tall=80)
    ranked = rank([far, near], np.arange(20, dtype=np.float64) * 0.08, (640, 360), implement=False)
    assert ranked[0].track is near
    assert set(ranked[0].told()) >= {"score", "box", "share", "stature_px"}


def test_the_sheets_box_decides() -> None:
    sample = sample_of([{240: (150, 180, 90), 60: (450, 180, 120)}] * 8)
    chosen = select(sample, box_opener, SETTINGS, box=[120.0, 130.0, 180.0, 230.0], implement=False)
    assert chosen.track is not None
    assert chosen.track.median("centre")[0] == pytest.approx(150, abs=3)
    assert chosen.report["how"] == "the box in the sheet"


@pytest.mark.parametrize(
    ("box", "cause"),
    [([700, 10, 760, 90], "outside of the picture"), ([300, 10, 340, 60], "nobody is seen in")],
)
def test_a_wrong_box_is_told(box: list[float], cause: str) -> None:
    sample = sample_of([{240: (150, 180, 90)}] * 4)
    with pytest.raises(SubjectError, match=cause):
        select(sample, box_opener, SETTINGS, box=box, implement=False)


@pytest.mark.parametrize(
    ("scene", "how"),
    [
        ({240: (320, 180, 250)}, "large and alone"),
        ({}, "nobody was found"),
        ({240: (320, 180, 90)}, "only one person"),
        ({240: (200, 180, 250), 60: (450, 180, 200)}, "the rule"),
    ],
)
def test_the_whole_picture_is_used_for_one_who_is_large_and_alone(scene: Scene, how: str) -> None:
    chosen = select(sample_of([scene] * 6), box_opener, SETTINGS, box=None, implement=False)
    assert chosen.report["how"].startswith(how)
    assert (chosen.track is None) == how.startswith(("large", "nobody"))


def test_another_person_in_the_view_is_left_out() -> None:
    """In frames 6 to 9 somebody of other colours stands where the athlete was."""
    seen: list[Scene] = [{240: (300 + 2 * k, 180, 90)} for k in range(16)]
    sample = sample_of(seen)
    track = find_tracks(sample.images, sample.time, [0], box_opener, (1.0, 0.6))[0]
    path = Path.along(track, sample.time, 1.0, 0.3)
    shown: list[Scene] = [{60: s[240]} if 6 <= k < 10 else s for k, s in enumerate(seen)]
    shown[12] = {}
    with following(box_opener, path) as estimator:
        found = [
            estimator(picture(scene), float(t)) for scene, t in zip(shown, sample.time, strict=True)
        ]
    assert [k for k, people in enumerate(found) if not people] == [6, 7, 8, 9, 12]
    assert estimator.counts == {"followed": 11, "another": 4, "nobody": 1}
    for k in (0, 5, 15):
        hips = body_of(found[k][0], BLAZEPOSE).hips
        np.testing.assert_allclose(hips, (300 + 2 * k - 0.5, 179.5), atol=1.0)


def test_the_view_is_steady() -> None:
    """The trunk jitters by 3 pixels; the view's corner moves by far less from frame to frame."""
    rng = np.random.default_rng(0)
    bodies = {k: body_of(standing(300 + rng.normal(0, 3), 180, 90), BLAZEPOSE) for k in range(60)}
    time = np.arange(60, dtype=np.float64) * 0.08
    path = Path.along(Track(bodies, np.ones(3)), time, 2.0, 0.3)
    left = np.array([path.view(float(t)).left for t in time])
    raw = np.array([2.0 * bodies[k].centre[0] for k in range(60)])
    assert np.diff(left).std() < 0.15 * np.diff(raw).std()
    assert path.expected(1.0)[1] == pytest.approx(180, rel=0.06)
