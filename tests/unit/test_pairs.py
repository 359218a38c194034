"""Comparisons of clips with known answers, and their file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from kinepath import pairs
from kinepath.io.sequence import SequenceError
from kinepath.pairs import shares
from kinepath.signal import dtw
from kinepath.signal.gaps import bridged
from tests.moving import FPS, moving

SETTINGS: dict[str, Any] = {
    "joints": [],
    "scale": {"position": 0.1, "velocity": 0.35},
    "band": None,
    "max_gap_s": 0.1,
    "minimum_share": 0.8,
    "minimum_parts": 0.7,
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


def hidden(joints: list[str], **options: Any) -> xr.Dataset:
    """The moving arm, some joints of which are never seen."""
    dataset = moving(ARM, **options)
    for name in ("position", "velocity"):
        dataset[name].loc[{"keypoints": joints}] = np.nan
    return dataset


def test_parts_that_are_hidden_are_given_up() -> None:
    found = pairs.features(hidden(["left_wrist", "left_elbow"]), SETTINGS)
    assert found.unseen == ("left_elbow", "left_wrist") and len(found.time) == 120
    whole = pairs.features(moving(ARM), SETTINGS)
    np.testing.assert_array_equal(found.values[:, found.seen], whole.values[:, found.seen])
    columns, share = pairs.shared(found, whole)
    assert columns.tolist() == found.seen.tolist() and share == pytest.approx(10 / 12)
    assert pairs.shared(whole, whole)[1] == 1.0


def test_a_pair_is_compared_by_what_both_show() -> None:
    """As if the features that one clip hides were not there, scaled to all of them."""
    one, other = hidden(["left_wrist"]), hidden(["right_ankle"], frames=90)
    clips = {"whole": moving(LEG), "one": one, "other": other, "again": hidden(["left_wrist"])}
    usable, excluded = pairs.usable(clips.items(), SETTINGS)
    assert not excluded
    found = pairs.compare(usable)
    assert found.unseen == {k: usable[k].unseen for k in ("one", "other", "again")}
    for a, b, share in (("whole", "one", 11), ("one", "other", 10), ("whole", "other", 11)):
        i, j = found.index(a), found.index(b)
        columns, _ = pairs.shared(usable[a], usable[b])
        distance, path = dtw.path(usable[a].values[:, columns], usable[b].values[:, columns])
        assert found.share[i, j] == found.share[j, i] == pytest.approx(share / 12)
        assert found.distance[i, j] == pytest.approx(distance * 12 / share)
        np.testing.assert_array_equal(found.path(a, b), path)
        told = shares.cost_by_group(usable[a], usable[b], path)
        assert told.sum() == pytest.approx(found.distance[i, j])
    assert found.distance[found.index("one"), found.index("again")] == 0.0
    assert found.distance[0, 2] > 0
    alone = pairs.compare({name: usable[name] for name in ("one", "other")})
    assert alone.distance[0, 1] == found.distance[found.index("one"), found.index("other")]


def test_too_little_known_excludes() -> None:
    arms = [f"{side}_{joint}" for side in ("left", "right") for joint in ("elbow", "wrist")]
    with pytest.raises(pairs.UnusableClipError, match=r"70 % of the joints .* for 0 % of the"):
        pairs.features(hidden(arms), SETTINGS)
    with pytest.raises(pairs.UnusableClipError, match="least known: right_wrist in 0 %"):
        pairs.features(hidden(arms), SETTINGS)
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
    found = bridged(holes, 2)[:, 0]
    np.testing.assert_allclose(found[[3, 4]], [6.0, 8.0])
    assert np.isnan(found).nonzero()[0].tolist() == [0, 7, 8, 9]


def test_the_speed_is_the_same_quantity_for_all() -> None:
    batting, unseen = moving(ARM | {"bat": 0.9}), moving(ARM | {"bat": 0.9})
    unseen.attrs["peak_of"] = "hands"
    name, (curve, _) = pairs.speeds([batting, batting])
    assert name == "bat tip"
    np.testing.assert_array_equal(curve, batting["bat_speed"])
    name, (curve, _) = pairs.speeds([batting, unseen])
    assert name == "hands"
    np.testing.assert_array_equal(curve, batting["hand_speed"])
    name, (lifting, _) = pairs.speeds([hidden(["left_ankle"], bat=False), batting])
    assert name == "body" and np.argmax(lifting) == pytest.approx(0.75 * FPS, abs=4)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_file_round_trip(tmp_path: Path, count: int) -> None:
    clips = {
        name: moving(LEG) if name == "b" else hidden(["right_elbow"]) for name in "abc"[:count]
    }
    found = pairs.compare(pairs.usable(clips.items(), SETTINGS)[0])
    pairs.save(found, tmp_path / "one.h5", {"activity": "x"})
    pairs.save(found, tmp_path / "two.h5", {"activity": "x"})
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()
    back = pairs.load(tmp_path / "one.h5")
    assert back.clips == found.clips and back.excluded == found.excluded
    assert back.digests == found.digests
    assert back.unseen == found.unseen
    for name in ("distance", "per_step", "offset", "step", "share"):
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
