from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kinepath.body.skeleton import BLAZEPOSE, Skeleton
from kinepath.drawing import draw
from kinepath.drawing.painter import ClipPainter, PainterError
from kinepath.drawing.text import DARK, PALE, canvas, draw_caption, fitted_mask, text_mask
from kinepath.io import sequence

STICK = Skeleton(
    name="stick",
    keypoints=("left_hip", "left_knee", "right_hip", "right_knee"),
    segments=(("left_hip", "left_knee"), ("right_hip", "right_knee"), ("left_hip", "right_hip")),
)
PLACES = np.array([[60.0, 20.0], [60.0, 80.0], [20.0, 20.0], [20.0, 80.0]])
SURE = np.ones(4)


def blank() -> NDArray[np.uint8]:
    return np.zeros((100, 100, 3), dtype=np.uint8)


def ink(image: NDArray[np.uint8]) -> float:
    return float(image.sum())


def test_segments_take_the_colour_of_their_side() -> None:
    image = draw.draw_skeleton(blank(), PLACES, SURE, STICK)
    assert tuple(image[50, 60]) == draw.SIDES["left"]
    assert tuple(image[50, 20]) == draw.SIDES["right"]
    assert tuple(image[20, 40]) == draw.SIDES["middle"]


def test_missing_keypoints_are_not_drawn() -> None:
    lost = PLACES.copy()
    lost[1] = np.nan
    image = draw.draw_skeleton(blank(), lost, SURE, STICK)
    assert not image[40:, 50:].any()
    assert tuple(image[50, 20]) == draw.SIDES["right"]
    unsure = draw.draw_skeleton(blank(), PLACES, np.array([1.0, 0, 1, 1]), STICK)
    assert np.array_equal(unsure[40:], image[40:])


def test_low_confidence_is_faint() -> None:
    values = [
        ink(draw.draw_skeleton(blank(), PLACES, np.full(4, confidence), STICK))
        for confidence in (0.1, 0.3, 0.6, 1.0)
    ]
    assert values == sorted(values)
    assert 0 < values[0] < 0.3 * values[-1]


def test_a_person_of_twice_the_size_is_drawn_twice_as_thick() -> None:
    def width(size: float) -> int:
        image = draw.draw_skeleton(blank(), PLACES, SURE, STICK, size=size)
        return int((image[50, 40:80].max(axis=1) > 100).sum())

    assert width(800) == pytest.approx(2 * width(400), abs=1)


def test_a_face_becomes_a_ring_around_the_head() -> None:
    position = np.full((33, 2), np.nan)
    ears = BLAZEPOSE.indices(("left_ear", "right_ear"))
    position[ears] = [[115.0, 100], [85, 100]]
    image = np.zeros((200, 200, 3), dtype=np.uint8)
    draw.draw_skeleton(image, position, np.ones(33), BLAZEPOSE, size=250)
    rows, columns = np.nonzero(image.max(axis=2) > 128)
    radius = np.hypot(rows - 100, columns - 100)
    assert radius.min() > 12
    assert np.ptp(radius) < 6


@given(
    st.lists(st.floats(-1e9, 1e9), min_size=8, max_size=8),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
)
def test_no_position_breaks_the_drawing(places: list[float], confidence: list[float]) -> None:
    position = np.array(places).reshape(4, 2)
    image = draw.draw_skeleton(blank(), position, np.array(confidence), STICK, halo=True)
    assert image.shape == (100, 100, 3)


@pytest.mark.parametrize(("source", "solid"), [(1, True), (2, True), (3, False)])
def test_the_bat_is_dashed_where_it_was_inferred(source: int, solid: bool) -> None:
    image = draw.draw_bat(blank(), np.array([50.0, 5]), np.array([50.0, 95]), 1.0, source, size=100)
    line = (image[5:95, 50] == draw.BAT[source][0]).all(axis=1)
    assert line.all() == solid
    assert line.any()


def test_no_bat_is_drawn_without_a_source_or_a_tip() -> None:
    ends = np.array([50.0, 5]), np.array([50.0, 95])
    assert not draw.draw_bat(blank(), *ends, 1.0, 0, size=100).any()
    assert not draw.draw_bat(blank(), ends[0], np.full(2, np.nan), 1.0, 1, size=100).any()


def test_the_trail_fades_towards_the_past_and_breaks_at_gaps() -> None:
    tips = np.column_stack([np.linspace(5, 95, 10), np.full(10, 50.0)])
    tips[5] = np.nan
    image = draw.draw_trail(blank(), tips, np.ones(10, dtype=np.int8), size=100)
    assert image[50, 10].max() < image[50, 30].max() < image[50, 90].max()
    assert not image[50, 50:60].any()


def test_size_is_the_diagonal_and_bridges_gaps() -> None:
    position = np.repeat(PLACES[None], 21, axis=0)
    position[8:12] = np.nan
    position[15] *= 9
    expected = np.hypot(40, 60)
    assert draw.person_sizes(position, fps=10) == pytest.approx(np.full(21, expected))
    assert np.isnan(draw.person_sizes(np.full((3, 4, 2), np.nan), fps=10)).all()


def test_text_beyond_ascii_has_its_own_glyphs() -> None:
    missing = text_mask("\U000f0000", 20)
    for letter in "éßжλ≥":
        mask = text_mask(letter, 20)
        assert mask.any()
        assert not np.array_equal(mask, missing)


def test_long_labels_are_cut_to_the_width() -> None:
    assert fitted_mask("a label\nthat goes on " * 20, 16, 120).shape[1] <= 120
    assert np.array_equal(fitted_mask("short", 16, 500), text_mask("short", 16))


@pytest.mark.parametrize("shape", [(2, 2), (16, 40), (90, 160), (720, 1280)])
def test_the_caption_stays_in_its_strip(shape: tuple[int, int]) -> None:
    image = canvas(*shape[::-1])
    draw_caption(image, "Übung", [("1.00 s", PALE)])
    changed = np.flatnonzero((image != np.array(DARK, dtype=np.uint8)).any(axis=(1, 2)))
    assert changed.size == 0 or changed.min() >= shape[0] - max(16, round(0.04 * shape[0]))
    assert changed.size or shape == (2, 2)


def poses(frames: int, *, seen: bool = True) -> xr.Dataset:
    position = np.full((frames, 2, 33, 1), np.nan)
    if seen:
        rng = np.random.default_rng(1)
        position[:] = rng.uniform(20, 80, (1, 2, 33, 1))
    return sequence.poses(
        position,
        np.isfinite(position[:, 0]) * 0.9,
        np.arange(frames) / 25,
        BLAZEPOSE.keypoints,
        fps=25,
        clip="one",
        attrs={"skeleton": BLAZEPOSE.name},
    )


def bat(frames: int) -> xr.Dataset:
    ends = np.tile([20.0, 30.0], (frames, 1))
    return xr.Dataset(
        {
            "grip": (("time", "space"), ends),
            "tip": (("time", "space"), ends + 40),
            "confidence": ("time", np.ones(frames)),
            "source": ("time", np.ones(frames, dtype=np.int8)),
        }
    )


def test_a_scene_draws_athlete_and_bat_and_says_when_there_is_none() -> None:
    with_bat = ClipPainter.of(poses(5), bat(5), label="x", trail_s=0.3).paint(canvas(100, 100), 4)
    without = ClipPainter.of(poses(5), None, label="x", trail_s=0.3).paint(canvas(100, 100), 4)
    nobody = ClipPainter.of(poses(5, seen=False), None, label="x", trail_s=0.3)
    notice = nobody.paint(canvas(200, 200), 4)
    assert (with_bat[:80] != without[:80]).any()
    rows = np.flatnonzero((notice[:180] != np.array(DARK, dtype=np.uint8)).any(axis=(1, 2)))
    assert 85 < rows.min() <= rows.max() < 115


def test_a_scene_refuses_another_number_of_frames() -> None:
    with pytest.raises(PainterError, match="the bat has 4 frames, the poses 5"):
        ClipPainter.of(poses(5), bat(4), label="x", trail_s=0.3)
    with pytest.raises(PainterError, match="the video has 6 frames, the poses 5"):
        ClipPainter.of(poses(5), None, label="x", trail_s=0.3).require(6)
