from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinepath.drawing.figures import style
from kinepath.drawing.figures.form import draw_drift, draw_table
from kinepath.drawing.form_video import Counter
from kinepath.drawing.painter import ClipPainter
from kinepath.form import assess
from kinepath.form.sentences import pair, quantity
from tests.lifting import CONFIG, cleaned, exercise, lopsided, repetitions, squats


def test_the_pictures_show_every_repetition_and_are_the_same_again(tmp_path: Path) -> None:
    truth = lopsided()
    form = assess(
        cleaned(truth), repetitions(truth), exercise("squat"), view="side",
        settings=CONFIG["form"],
    )  # fmt: skip
    table = draw_table(form, "<b>Set</b> $1")
    words = [text.get_text() for axes in table.axes for text in axes.texts]
    assert {"1", "2", "Score (0 to 100)"} <= set(words)
    assert sum(word.startswith("✗ ") for word in words) >= 2
    drift = draw_drift(form, "Set")
    assert len(drift.axes) == sum(m["mean"] is not None for m in form["set"]["metrics"].values())
    for name, figure in (("table", table), ("drift", drift)):
        style.save(figure, tmp_path / f"{name}.png")
    style.save(draw_table(form, "<b>Set</b> $1"), tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "table.png").read_bytes()


def test_nothing_is_drawn_where_there_is_nothing(tmp_path: Path) -> None:
    truth = squats()
    none = {**repetitions(truth), "repetitions": []}
    form = assess(cleaned(truth), none, exercise("squat"), view=None, settings=CONFIG["form"])
    words = [text.get_text() for axes in draw_table(form, "a").axes for text in axes.texts]
    assert "no repetitions" in words
    style.save(draw_drift(form, "a"), tmp_path / "drift.png")


@pytest.fixture(scope="module")
def counter() -> Counter:
    truth = squats()
    poses = cleaned(truth)
    form = assess(poses, repetitions(truth), exercise("squat"), view=None, settings=CONFIG["form"])
    scene = ClipPainter.of(poses, None, label="a", trail_s=0.0)
    return Counter.of(scene, poses, form, exercise("squat"))


def test_the_video_counts(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[list[str]] = []

    def write(self: Counter, image: object, lines: list[tuple[str, int, object]]) -> None:
        written.append([text for text, *_ in lines])

    monkeypatch.setattr(Counter, "_write", write)
    picture = np.zeros((720, 1280, 3), dtype=np.uint8)
    for second in (0.4, 1.3, 2.4, 3.5, 5.2):
        counter.paint(picture.copy(), round(30 * second))
    assert [lines[0] for lines in written] == ["0 / 2", "1 / 2", "1 / 2", "2 / 2", "2 / 2"]
    assert written[0][1].startswith("rest · 162")
    assert written[1][1].startswith("down · ")
    assert written[2][1].startswith("up · ")
    assert written[3][2].startswith("repetition 1: 100")


def test_the_counter_is_drawn_into_the_corner(counter: Counter) -> None:
    picture = np.full((720, 1280, 3), 90, dtype=np.uint8)
    painted = counter.paint(picture.copy(), 40)
    assert np.abs(painted[30:120, 30:200].astype(int) - 90).max() > 80
    small = np.full((64, 36, 3), 90, dtype=np.uint8)
    assert counter.paint(small, 40).shape == (64, 36, 3)


def test_numbers_are_written_as_precisely_as_they_are_meant() -> None:
    assert quantity(4.26, "deg") == "4.3°"
    assert quantity(212.3, "deg/s") == "212°/s"
    assert quantity(1.333, "") == "1.33"
    assert pair(-0.5, 0.125, "s", signed=True) == "−0.50 ± 0.12 s"
