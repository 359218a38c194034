from __future__ import annotations

from pathlib import Path

import xarray as xr
from matplotlib.figure import Figure

from kinepath.drawing.figures import style
from kinepath.drawing.figures.reps import draw_reps, key_frames
from kinepath.repetitions import analyse, report
from tests.poses import make_poses
from tests.unit.test_repetitions import SETTINGS, bends, curls


def figure(poses: xr.Dataset) -> Figure:
    analysis = analyse(poses, SETTINGS)
    return draw_reps(analysis, report(analysis, poses, "curl", SETTINGS), poses, "Curls")


def words(drawn: Figure) -> str:
    texts = [text.get_text() for text in drawn.texts]
    return " | ".join(texts + [text.get_text() for axes in drawn.axes for text in axes.texts])


def test_count_and_repetitions_are_written() -> None:
    told = words(figure(curls(bends(2.0, 2.0, 2.0))))
    assert "curl: 3 repetitions. One takes 2.40 s." in told
    assert "3 turn" in told
    assert "first maximum 2.4" in told


def test_nothing_is_said_too() -> None:
    assert "0 repetitions. Note: 5 frames are too few" in words(figure(make_poses(frames=5)))
    assert "no repetition to show" in words(figure(make_poses(frames=60)))


def test_many_repetitions_show_some_key_frames() -> None:
    many = [{"number": k, "start_frame": 10.0 * k, "turn_frame": 10.0 * k + 5} for k in range(30)]
    frames = key_frames({"repetitions": many})
    assert len(frames) == 10
    assert frames[0] == (0, "0 start")
    assert frames[-1] == (295, "29 turn")


def test_same_poses_same_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        style.save(figure(curls(bends(2.0, 2.0))), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
