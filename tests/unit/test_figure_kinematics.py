from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from kinepath.drawing.figures import style
from kinepath.drawing.figures.kinematics import draw_kinematics, pose_times
from kinepath.kinematics import kinematics
from tests.moving import moving
from tests.poses import make_poses, standing_position


def texts(features: xr.Dataset) -> str:
    figure = draw_kinematics(features, "Cover drive")
    words = [text.get_text() for axes in figure.axes for text in axes.texts]
    return " | ".join([text.get_text() for text in figure.texts] + words)


def test_the_event_is_in_the_middle_of_the_poses() -> None:
    time = np.arange(0, 3, 0.02)
    shown = pose_times(time, 1.5)
    assert len(shown) == 9
    assert shown[4] == pytest.approx(1.5)
    late = pose_times(time, 2.8)
    assert np.abs(late - 2.8).min() == pytest.approx(0.0)
    assert late.max() <= time[-1] + 0.01
    np.testing.assert_allclose(pose_times(time, None)[[0, -1]], time[[0, -1]])


def test_the_peak_is_told_with_its_uncertainty() -> None:
    features = moving({"bat": 0.9, "left_wrist": 0.8})
    words = texts(features)
    assert "Fastest bat tip" in words
    assert "±" in words
    assert "in the image plane" in words
    assert f"{features.attrs['peak_time_s']:.2f} s" in words


def test_same_features_same_bytes(tmp_path: Path) -> None:
    features = moving({"bat": 0.9})
    for name in ("a.png", "b.png"):
        style.save(draw_kinematics(features, "छक्का"), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_gaps_are_shaded() -> None:
    position = standing_position(60) / 200
    position[20:30, :, 15] = np.nan
    figure = draw_kinematics(kinematics(make_poses(position)), "a")
    elbow = next(axes for axes in figure.axes if "Elbow" in axes.get_ylabel())
    spans = [patch.get_extents().transformed(elbow.transData.inverted()) for patch in elbow.patches]
    (span,) = (box for box in spans if box.width > 0.1)
    assert span.x0 == pytest.approx(20 / 50 - 0.01, abs=0.002)
    assert span.width == pytest.approx(10 / 50, abs=0.002)


@pytest.mark.parametrize("frames", [1, 2, 30])
def test_nobody_and_short_clips_are_drawn_and_said(frames: int, tmp_path: Path) -> None:
    nobody = make_poses(np.full((frames, 2, 33, 1), np.nan), note="no person seen in any frame")
    words = texts(kinematics(nobody))
    assert "no person seen" in words
    assert "nobody was seen" in words
    standing = kinematics(make_poses(standing_position(frames) / 200))
    style.save(draw_kinematics(standing, "a"), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 10_000
