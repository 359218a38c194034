from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinepath.body.skeleton import BLAZEPOSE, BODY_JOINTS
from kinepath.io import sequence
from kinepath.io.video import Image
from kinepath.pose.base import Detection
from kinepath.pose.subject.appearance import appearance, likeness
from kinepath.pose.subject.body import FramedPerson, body_of, oddness
from kinepath.pose.subject.choice import rank
from kinepath.pose.subject.crop import Crop
from kinepath.pose.subject.following import following, following_nobody
from kinepath.pose.subject.panning import inverse, moved, panning, scale_of
from kinepath.pose.subject.path import Path
from kinepath.pose.subject.people import find_people
from kinepath.pose.subject.sampling import Sample
from kinepath.pose.subject.selection import SubjectError, select
from kinepath.pose.subject.swaps import another_person, without_swaps
from kinepath.pose.subject.tracks import Track, find_tracks
from kinepath.synth import Scenario, simulate
from kinepath.typing import Array
from tests.moving import STANDING

SETTINGS = {
    "whole_picture": 0.45,
    "tiles": [1.0, 0.6],
    "searched": 2,
    "smoothing_s": 0.3,
    "least_score": 0.1,
}
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


@pytest.mark.parametrize("step", [0.08, 0.8])
def test_who_is_missed_for_a_picture_is_followed_on_however_far_apart_they_lie(step: float) -> None:
    scene: Scene = {240: (150, 120, 90)}
    scenes: list[Scene] = [scene if k % 5 else {} for k in range(1, 40)]
    (track,) = find_tracks(sample_of(scenes, step), [20], box_opener, (1.0, 0.6))
    assert len(track.bodies) == sum(map(bool, scenes))


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
    tracks = find_tracks(sample, [1], box_opener, (1.0, 0.6))
    # Halves of one who is behind the other may begin tracks of their own, shorter ones.
    assert {t.bodies[1].centre[0] < 320 for t in tracks[:2]} == {True, False}
    for track in tracks[:2]:
        red = 240 if track.bodies[1].centre[0] < 320 else 60
        for k, body in track.bodies.items():
            assert body.centre[0] == pytest.approx(scenes[k][red][0], abs=30)


def made_track(gap: float, speed: float, x: float = 320.0, tall: float = 90.0) -> Track:
    """A person whose hands are some statures apart and move with a speed; hips stand still."""
    bodies: dict[int, FramedPerson] = {}
    for k in range(20):
        person = standing(x, 180, tall)
        for side, name in ((-0.5, "left_wrist"), (0.5, "right_wrist")):
            swing = tall * speed * 0.08 * (k % 2)
            person.position[BLAZEPOSE.index(name)] = (x + side * gap * tall + swing, 180)
        bodies[k] = body_of(person, BLAZEPOSE)
    return Track(bodies, dict.fromkeys(bodies, tall), np.ones(3))


def test_who_swings_with_both_hands_is_the_athlete() -> None:
    batter, bowler = made_track(0.05, 3.0), made_track(0.5, 4.0, x=200, tall=120)
    ranked = rank(
        [bowler, batter], np.arange(20, dtype=np.float64) * 0.08, (640, 360), implement=True
    )
    assert ranked[0].track is batter and ranked[0].score > 4 * ranked[1].score
    assert ranked[0].facts["hands_apart"] == pytest.approx(0.05, abs=0.01)
    assert ranked[0].facts["hand_speed"] == pytest.approx(3.0, rel=0.1)


def test_without_an_implement_the_large_one_in_the_middle_is() -> None:
    near, far = made_track(0.3, 1.0, tall=150), made_track(0.05, 1.0, x=60, tall=80)
    ranked = rank([far, near], np.arange(20, dtype=np.float64) * 0.08, (640, 360), implement=False)
    assert ranked[0].track is near
    sample = Sample([picture({})] * 20, np.arange(20, dtype=np.float64) * 0.08, 2.0)
    told = ranked[0].told(sample, 3.0)
    assert (told["from_s"], told["to_s"]) == (3.0, pytest.approx(4.52))
    # Pixels of the video, which is twice as large as the pictures.
    assert told["box"][0] < 2 * 320 < told["box"][2] and told["box"][3] - told["box"][1] > 200


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


def test_who_fitted_when_the_shot_was_chosen_is_not_said_to_be_absent() -> None:
    """Scores of two sets of pictures differ: half of what is asked for is enough then."""
    sample = sample_of([{240: (200 + 3 * k, 180, 90), 60: (450, 180, 120)} for k in range(6)])
    score = select(
        sample, box_opener, SETTINGS | {"least_score": 0}, box=None, implement=False
    ).report["chosen"]["score"]
    settings = SETTINGS | {"least_score": 1.5 * score}
    first = select(sample, box_opener, settings, box=None, implement=False)
    assert first.track is None and first.missing is not None
    again = select(sample, box_opener, settings, box=None, implement=False, fits=True)
    assert again.track is not None and again.missing is None


def test_an_odd_one_loses_to_a_human_of_the_same_size() -> None:
    human = made_track(0.2, 1.0, x=200.0)
    crumpled = made_track(0.2, 1.0, x=440.0)
    for body in crumpled.bodies.values():
        body.joints[:6] = body.joints[:6].mean(axis=0)
    assert oddness(list(human.bodies.values())) < 0.35
    assert oddness(list(crumpled.bodies.values())) > 0.6
    time = np.arange(20, dtype=np.float64) * 0.08
    ranked = rank([crumpled, human], time, (640, 360), implement=False)
    assert ranked[0].track is human
    assert ranked[1].score < 0.5 * ranked[0].score


def test_nobody_is_followed_where_nobody_fits() -> None:
    """Two who stand still, with their hands apart, and something to be swung."""
    sample = sample_of([{240: (200, 180, 90), 60: (450, 180, 120)}] * 6)
    chosen = select(sample, box_opener, SETTINGS, box=None, implement=True, begins_s=7.2)
    assert chosen.track is None and chosen.missing is not None
    assert "at least 0.1 is asked for" in chosen.missing
    assert "the athlete at 7.20 s as 'subject' in the sheet" in chosen.missing
    assert [set(told) >= {"box", "from_s"} for told in chosen.report["alternatives"]] == [True] * 2
    late = sample_of([{}] * 6 + [{240: (200, 180, 90), 60: (450, 180, 120)}] * 6)
    advice = select(late, box_opener, SETTINGS, box=None, implement=True, begins_s=7.0).missing
    assert advice is not None and "nobody is seen before 7.48 s: put start_s" in advice
    again = select(
        sample, box_opener, SETTINGS | {"least_score": 0}, box=None, implement=True, begins_s=7.2
    )
    assert again.track is not None and again.missing is None
    with following_nobody(box_opener) as estimator:
        assert not estimator(sample.images[0], 0.0)
        assert estimator.skeleton is BLAZEPOSE and estimator.software == "boxes 1"


def test_a_view_shows_only_a_box() -> None:
    image = picture({240: (100, 100, 60), 60: (160, 100, 60)})
    crop = Crop.around((100, 100), 150, 320, 640)
    view = crop.cut(image, only=(80, 60, 120, 140))
    assert (view[..., 2] == 60).sum() == 0 < (view[..., 2] == 240).sum()
    np.testing.assert_array_equal(view[0, 0], (20, 20, 20))
    far = crop.cut(image, only=(900, 900, 950, 950))
    assert np.ptp(far) < 60


def test_a_person_behind_another_is_found_with_that_one_painted_over() -> None:
    """They stand so close that every view of the one holds the other."""
    scene: Scene = {240: (320, 180, 100), 60: (350, 190, 90)}
    people = find_people(picture(scene), BoxSeer(), (1.0,))
    assert len(people) == 2


@pytest.mark.parametrize(("zoom", "shift"), [(1.0, (7.0, -4.0)), (1.04, (3.0, 2.0))])
def test_the_cameras_motion_is_found(zoom: float, shift: tuple[float, float]) -> None:
    rng = np.random.default_rng(3)
    grain = rng.integers(0, 255, (45, 80, 3)).astype(np.uint8)
    before = cv2.resize(grain, (640, 360), interpolation=cv2.INTER_CUBIC)
    truth = np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]]])
    after = cv2.warpAffine(before, truth, (640, 360), borderMode=cv2.BORDER_REFLECT)
    found = panning(before, after)
    points = np.array([[100.0, 100.0], [500.0, 250.0]])
    np.testing.assert_allclose(moved(points, found), moved(points, truth), atol=0.6)
    np.testing.assert_allclose(moved(moved(points, found), inverse(found)), points, atol=1e-9)
    assert scale_of(found) == pytest.approx(zoom, abs=0.004)
    np.testing.assert_array_equal(panning(before, before[::-1].copy()), np.eye(2, 3))


def walk(frames: int = 60) -> tuple[Array, Array, Array]:
    """Time, middle and stature of one who walks, at 25 Hz."""
    time = np.arange(frames) / 25
    return (
        time,
        np.stack([300 + 120 * time, np.full(frames, 200.0)], axis=1),
        np.full(frames, 200.0),
    )


def test_one_who_moves_alone_is_never_another() -> None:
    time, centre, stature = walk()
    centre[20:30], stature[20:30] = np.nan, np.nan
    assert not another_person(time, centre, stature).any()


@pytest.mark.parametrize(
    ("span", "away", "tall"),
    [((10, 20), 250.0, 200.0), ((0, 5), -300.0, 190.0), ((30, 31), 0.0, 80.0), ((50, 60), 160, 90)],
)
def test_jumps_to_another_place_or_size_are_another_person(
    span: tuple[int, int], away: float, tall: float
) -> None:
    time, centre, stature = walk()
    centre[slice(*span), 0] += away
    stature[slice(*span)] = tall
    found = another_person(time, centre, stature)
    np.testing.assert_array_equal(np.flatnonzero(found), np.arange(*span))


def test_swapped_frames_are_marked_and_counted() -> None:
    time, centre, stature = walk(30)
    people = [standing(x, y, tall) for (x, y), tall in zip(centre, stature, strict=True)]
    people[12:15] = [standing(700, 300, 150)] * 3
    position = np.stack([person.position for person in people]).transpose(0, 2, 1)[..., None]
    confidence = np.full((30, 33, 1), 0.9)
    poses = sequence.poses(
        position,
        confidence,
        time,
        BLAZEPOSE.keypoints,
        fps=25,
        clip="a",
        attrs={"skeleton": BLAZEPOSE.name, "person_share": 1.0},
    )
    marked, counts = without_swaps(poses)
    assert counts == {"followed": 27, "another": 3, "nobody": 0}
    gone = np.isnan(marked["position"].values).all(axis=(1, 2, 3))
    np.testing.assert_array_equal(np.flatnonzero(gone), [12, 13, 14])
    assert not marked["confidence"].values[12:15].any() and marked.attrs["person_share"] == 0.9
    same, counts = without_swaps(marked)
    assert same is marked and counts == {"followed": 27, "another": 0, "nobody": 3}


def test_another_person_in_the_view_is_left_out() -> None:
    """In frames 6 to 9 somebody of other colours stands where the athlete was."""
    seen: list[Scene] = [{240: (300 + 2 * k, 180, 90)} for k in range(16)]
    sample = sample_of(seen)
    track = find_tracks(sample, [0], box_opener, (1.0, 0.6))[0]
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
    path = Path.along(Track(bodies, dict.fromkeys(bodies, 90.0), np.ones(3)), time, 2.0, 0.3)
    left = np.array([path.view(float(t)).left for t in time])
    raw = np.array([2.0 * bodies[k].centre[0] for k in range(60)])
    assert np.diff(left).std() < 0.15 * np.diff(raw).std()
    assert path.expected(1.0)[1] == pytest.approx(180, rel=0.06)
