"""Comparisons of clips with known answers, and their file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinepath import pairs
from kinepath.sequence import SequenceError
from tests.moving import FPS, moving

SETTINGS: dict[str, Any] = {
    "joints": [],
    "scale": {"position": 0.1, "velocity": 0.35},
    "band": None,
    "max_gap_s": 0.1,
    "minimum_share": 0.8,
}
ARM = {"left_elbow": 0.7, "left_wrist": 0.8}
LEG = {"right_knee": 0.7, "right_ankle": 0.8}


def compared() -> pairs.Pairs:
    late = {joint: onset + 0.3 for joint, onset in ARM.items()}
    nobody = moving(ARM)
    for name in ("position", "velocity"):
        nobody[name].values[:] = np.nan
    clips = {
        "arm": moving(ARM),
        "leg": moving(LEG),
        "late arm": moving(late, frames=100),
        "nobody": nobody,
    }
    usable, excluded = pairs.usable(clips.items(), SETTINGS)
    return pairs.compare(usable, excluded=excluded)


def test_the_same_motion_at_another_time_is_near() -> None:
    found = compared()
    assert found.clips == ("arm", "leg", "late arm")
    matrix = found.matrix()
    assert matrix.sel(clip_a="arm", clip_b="late arm") < 0.02 * matrix.sel(
        clip_a="arm", clip_b="leg"
    )
    assert matrix.equals(matrix.transpose().rename(clip_b="clip_a", clip_a="clip_b"))
    assert float(matrix.sel(clip_a="arm", clip_b="arm")) == 0.0


def test_the_path_leads_from_event_to_event() -> None:
    found = compared()
    path = found.path("arm", "late arm")
    event = int(np.searchsorted(path[:, 0], round(0.8 * FPS)))
    assert path[event, 1] == pytest.approx(1.1 * FPS, abs=2)
    np.testing.assert_array_equal(found.path("late arm", "arm"), path[:, ::-1])
    per_step = found.distance[0, 2] / len(path)
    assert found.per_step[0, 2] == pytest.approx(per_step)


def test_who_is_left_out_is_said() -> None:
    found = compared()
    assert found.excluded == {"nobody": "no joint is ever seen"}
    with pytest.raises(pairs.ComparisonError, match="'nobody' was not compared: no joint"):
        found.path("arm", "nobody")
    with pytest.raises(pairs.ComparisonError, match="no such clip"):
        found.path("arm", "else")
    with pytest.raises(pairs.ComparisonError, match="itself"):
        found.path("arm", "arm")


def test_a_joint_never_seen_and_a_long_gap_exclude() -> None:
    armless = moving(ARM)
    for name in ("position", "velocity"):
        armless[name].loc[{"keypoints": "left_wrist"}] = np.nan
    with pytest.raises(pairs.UnusableClipError, match="never seen: left_wrist"):
        pairs.features(armless, SETTINGS)
    gap = moving(ARM)
    gap["position"].values[40:80] = np.nan
    with pytest.raises(pairs.UnusableClipError, match="33 % of the clip, 80 % are needed"):
        pairs.features(gap, SETTINGS)


def test_features_are_relative_scaled_and_trimmed() -> None:
    dataset = moving(ARM)
    dataset["position"].values[:10] = np.nan
    found = pairs.features(dataset, {**SETTINGS, "joints": ["left_wrist"]})
    np.testing.assert_array_equal(found.time, dataset["time"][10:])
    assert found.values.shape == (110, 4)
    position = dataset["position"].isel(individuals=0)
    hips = position.sel(keypoints=["left_hip", "right_hip"]).mean("keypoints")
    wrist = (position.sel(keypoints="left_wrist") - hips).transpose("time", "space")
    np.testing.assert_allclose(found.values[:, :2] * 0.1 * np.sqrt(2), wrist[10:])
    shifted = dataset.copy(deep=True)
    shifted["position"] = shifted["position"] + 5.0
    again = pairs.features(shifted, {**SETTINGS, "joints": ["left_wrist"]})
    np.testing.assert_allclose(again.values, found.values, atol=1e-9)


def test_only_short_inner_gaps_are_filled() -> None:
    values = np.arange(12.0)[:, None] * 2
    holes = values.copy()
    holes[[0, 3, 4, 7, 8, 9]] = np.nan
    found = pairs.filled(holes, 2)[:, 0]
    np.testing.assert_allclose(found[[3, 4]], [6.0, 8.0])
    assert np.isnan(found).nonzero()[0].tolist() == [0, 7, 8, 9]


def test_the_speed_of_a_clip() -> None:
    batting = moving(ARM | {"bat": 0.9})
    np.testing.assert_array_equal(pairs.speed(batting), batting["bat_speed"])
    lifting = pairs.speed(moving(ARM, bat=False))
    assert np.argmax(lifting) == pytest.approx(0.75 * FPS, abs=4)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_file_round_trip(tmp_path: Path, count: int) -> None:
    clips = {name: moving(ARM if name != "b" else LEG) for name in "abc"[:count]}
    found = pairs.compare(pairs.usable(clips.items(), SETTINGS)[0])
    pairs.save(found, tmp_path / "one.h5", {"activity": "x"})
    pairs.save(found, tmp_path / "two.h5", {"activity": "x"})
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()
    back = pairs.load(tmp_path / "one.h5")
    assert back.clips == found.clips and back.excluded == found.excluded
    assert back.digests == found.digests
    for name in ("distance", "per_step", "offset", "step"):
        np.testing.assert_array_equal(getattr(back, name), getattr(found, name))
    assert len(back.times) == count
    for stored, time in zip(back.times, found.times, strict=True):
        np.testing.assert_array_equal(stored, time)


def test_angles_and_the_bat_may_be_compared() -> None:
    scale = {"position": 0.1, "angle": 20.0, "bat": 0.2}
    found = pairs.features(moving(ARM), {**SETTINGS, "scale": scale})
    assert found.values.shape == (120, 24 + 8 + 2) and len(found.parts) == 34
    assert {pairs.group_of(part) for part in found.parts} == set(pairs.GROUPS)
    batless = pairs.features(moving(ARM, bat=False), {**SETTINGS, "scale": scale})
    np.testing.assert_array_equal(batless.values, found.values[:, :-2])


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.h5").write_text("no")
    with pytest.raises(SequenceError, match="not an HDF5 file"):
        pairs.load(tmp_path / "x.h5")
