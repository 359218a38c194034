"""Exchanged sides, outliers, filters, and bodies that are no bodies."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xarray as xr

from kinepath.body.skeleton import BLAZEPOSE, BODY_JOINTS
from kinepath.body.stature import body_check
from kinepath.clean import CHANGES, clean
from kinepath.clean.filters import make_filter
from kinepath.settings import SettingsError
from kinepath.synth import SHOTS, Scenario, simulate
from kinepath.synth.noise import Noise, degrade
from tests.poses import make_poses, standing_position
from tests.unit.test_clean import SETTINGS

WRIST = BLAZEPOSE.index("left_wrist")
LEGS = ("knee", "ankle", "heel", "foot_index")


def swing(fps: float, shot: str = "cover_drive", **more: Any) -> xr.Dataset:
    scenario = Scenario(shot, fps=fps, swing_width_s=0.03, **more)
    return simulate(scenario).truth[["position", "confidence", "position_3d"]]


def exchanged(truth: xr.Dataset, parts: tuple[str, ...] | None, where: slice) -> xr.Dataset:
    """Exchange left and right of some parts of the body, or of all of it."""
    order = BLAZEPOSE.mirror_order()
    if parts is not None:
        keep = [name.partition("_")[2] not in parts for name in BLAZEPOSE.keypoints]
        order = np.where(keep, np.arange(len(order)), order)
    wrong = truth.copy(deep=True)
    for name in ("position", "position_3d"):
        wrong[name].values[where] = truth[name].values[where][:, :, order]
    return wrong


@pytest.mark.parametrize("fps", [25, 60, 120])
@pytest.mark.parametrize("parts", [LEGS, ("elbow", "wrist", "pinky", "index", "thumb"), None])
def test_exchanged_limbs_are_put_right_and_logged(
    fps: float, parts: tuple[str, ...] | None
) -> None:
    truth = swing(fps)
    where = slice(round(0.3 * fps), round(0.5 * fps))
    cleaned = clean(exchanged(truth, parts, where), SETTINGS)
    for name in ("position", "position_3d"):
        np.testing.assert_allclose(cleaned[name].values, truth[name].values)
    (entry,) = json.loads(cleaned.attrs["swaps"])
    assert entry["limb"] == ("whole body" if parts is None else "legs" if parts == LEGS else "arms")
    assert entry["from_s"] == pytest.approx(truth["time"].values[where.start])
    assert entry["to_s"] == pytest.approx(truth["time"].values[where.stop - 1])
    ankle = BLAZEPOSE.index("left_ankle" if parts == LEGS else "left_wrist")
    marked = (cleaned["changed"].values[:, ankle, 0] & CHANGES["swapped"]) > 0
    assert set(np.flatnonzero(marked)) == set(range(where.start, where.stop))


def test_legs_that_merge_for_a_frame_keep_their_sides() -> None:
    """As a pose model gives them that sees one leg for a frame and smooths its way back."""
    truth = swing(50, "hook")
    wrong = truth.copy(deep=True)
    legs = [k for k, name in enumerate(BLAZEPOSE.keypoints) if name.partition("_")[2] in LEGS]
    for frame, merged in ((62, 1.0), (63, 0.4), (64, 0.15), (65, 0.05)):
        own = truth["position"].values[frame][:, legs]
        other = truth["position"].values[frame][:, BLAZEPOSE.mirror_order()[legs]]
        wrong["position"].values[frame][:, legs] = own + merged * (other - own) / 2
    cleaned = clean(wrong, SETTINGS)
    assert json.loads(cleaned.attrs["swaps"]) == []


@pytest.mark.parametrize("handed", ["left", "right"])
@pytest.mark.parametrize("fps", [25, 30, 60, 120])
def test_true_swings_are_left_alone(fps: float, handed: str) -> None:
    """Wrists whose speed has a peak of 50 ms, legs and arms that cross: nothing is repaired."""
    for shot in SHOTS:
        cleaned = clean(swing(fps, shot, handed=handed), SETTINGS)
        assert (cleaned["changed"].values == 0).all(), shot
        assert json.loads(cleaned.attrs["swaps"]) == []


def test_arms_that_glide_beyond_their_reach_are_put_back() -> None:
    """As a pose model gives them that takes one arm for the other and smooths the way there."""
    position = standing_position(60)
    frame = np.arange(60)
    glide = np.clip((frame - 20) / 6, 0, 1) - np.clip((frame - 40) / 6, 0, 1)
    for part, away in (("elbow", 58), ("wrist", 80)):
        for side, sign in (("left", 1), ("right", -1)):
            arm = BLAZEPOSE.index(f"{side}_{part}")
            position[:, 1, arm, 0] = 130
            position[:, 0, arm, 0] = 320 + sign * away * (1 - 2 * glide)
    cleaned = clean(make_poses(position), SETTINGS)
    assert {swap["limb"] for swap in json.loads(cleaned.attrs["swaps"])} == {"arms"}
    elbow = cleaned["position"].values[26:41, 0, BLAZEPOSE.index("left_elbow"), 0]
    assert (elbow > 320).all()


def test_legs_that_cross_at_a_steady_speed_keep_their_sides() -> None:
    position = standing_position(60)
    way = np.linspace(-40, 40, 60)
    for k, name in enumerate(BLAZEPOSE.keypoints):
        if name.endswith(LEGS):
            position[:, 0, k, 0] = 320 + (way if "left" in name else -way)
    cleaned = clean(make_poses(position), SETTINGS)
    np.testing.assert_array_equal(cleaned["position"].values, position)


@pytest.mark.parametrize("fps", [25, 30, 60, 120])
def test_most_outliers_are_found_in_a_noisy_swing_and_nothing_else(fps: float) -> None:
    truth = swing(fps, "hook")
    calm = {"swap_rate": 0.0, "dropout_rate": 0.0}
    noisy = degrade(truth, 440, Noise(outlier_rate=0.5, **calm), seed=3)
    quiet = degrade(truth, 440, Noise(outlier_rate=0, **calm), seed=3)
    joints = BLAZEPOSE.indices(BODY_JOINTS)
    far = (
        np.linalg.norm((noisy["position"] - quiet["position"]).values[..., 0], axis=1) > 0.06 * 440
    )
    removed = CHANGES["outlier"] | CHANGES["implausible"]
    found = (clean(noisy, SETTINGS)["changed"].values[..., 0] & removed) > 0
    inner = slice(2, -2)
    assert far[inner, joints].sum() >= 5
    assert (found & far)[inner, joints].sum() >= 0.7 * far[inner, joints].sum()
    none = clean(quiet, SETTINGS)["changed"].values[..., 0] & CHANGES["outlier"]
    assert not none[:, joints].any()


def test_an_outlier_is_bridged() -> None:
    position = standing_position(30)
    position[:, 0, WRIST, 0] += np.arange(30.0)
    expected = position.copy()
    position[12, 1, WRIST] -= 20
    cleaned = clean(make_poses(position), SETTINGS)
    np.testing.assert_allclose(cleaned["position"].values, expected)
    flags = cleaned["changed"].values[12, WRIST, 0]
    assert flags == CHANGES["outlier"] | CHANGES["filled"]


@pytest.mark.parametrize(("fps", "cutoff"), [(50, 6.0), (120, 7.3), (240, 11.1)])
def test_butterworth_has_its_cutoff_after_both_passes_and_no_lag(fps: float, cutoff: float) -> None:
    settings = SETTINGS | {"smoothing": "butterworth", "smoothing_cutoff_hz": cutoff}
    time = np.arange(round(20 * fps)) / fps
    wave = np.sin(2 * np.pi * cutoff * time)
    out = make_filter(settings, fps).apply(wave)
    middle = slice(len(time) // 4, -len(time) // 4)
    gain = out[middle] @ wave[middle] / (wave[middle] @ wave[middle])
    assert gain == pytest.approx(np.sqrt(0.5), rel=2e-3)
    quadrature = np.cos(2 * np.pi * cutoff * time)[middle]
    assert abs(out[middle] @ quadrature) < 2e-3 * (wave[middle] @ wave[middle])


def test_a_cutoff_beyond_the_frame_rate_smooths_nothing() -> None:
    settings = SETTINGS | {"smoothing": "butterworth", "smoothing_cutoff_hz": 12.5}
    assert make_filter(settings, 25).shortest == 0
    with pytest.raises(SettingsError, match=r"CleanSettings: smoothing: .*savitzky_golay"):
        make_filter(SETTINGS | {"smoothing": "median"}, 25)


def test_a_human_shape_is_confirmed_and_another_one_described() -> None:
    truth = swing(30)
    check = body_check(truth)
    assert check["human_shaped"] is True
    assert check["source"] == "position_3d"
    assert check["segments"]["thigh"]["left"] == pytest.approx(0.245, abs=0.005)
    assert check["segments"]["forearm"]["spread"] < 0.01
    truth["position_3d"].loc[{"keypoints": "left_wrist"}] *= 2.0
    check = body_check(truth)
    assert check["human_shaped"] is False
    assert "left forearm" in check["verdict"]
    flat = body_check(swing(30).drop_vars("position_3d"))
    assert flat["source"] == "position"
    first = json.loads(clean(truth, SETTINGS).attrs["warnings"])[0]
    assert "left forearm" in first
    assert "not shaped" not in clean(swing(30), SETTINGS).attrs["warnings"]


FILTERS = ("none", "savitzky_golay", "butterworth")


@pytest.mark.parametrize("smoothing", FILTERS)
@pytest.mark.parametrize("frames", [1, 2, 3, 6])
def test_clips_shorter_than_the_filter_pass_and_say_so(frames: int, smoothing: str) -> None:
    settings = SETTINGS | {"smoothing": smoothing, "smoothing_window_s": 0.2}
    cleaned = clean(make_poses(standing_position(frames)), settings)
    np.testing.assert_array_equal(cleaned["position"].values, standing_position(frames))
    assert ("not smoothed" in cleaned.attrs.get("note", "")) == (smoothing != "none")


@pytest.mark.parametrize("smoothing", FILTERS)
def test_zero_confidence_gives_nothing_and_says_so(smoothing: str) -> None:
    for least in (0.0, 0.3):
        settings = SETTINGS | {"smoothing": smoothing, "min_confidence": least}
        poses = make_poses(standing_position(20), np.zeros((20, 33, 1)))
        cleaned = clean(poses, settings)
        assert np.isnan(cleaned["position"]).all()
        assert "no keypoint reaches" in cleaned.attrs["note"]
        assert json.loads(cleaned.attrs["body_check"])["human_shaped"] is None


@pytest.mark.parametrize("smoothing", FILTERS)
def test_a_joint_that_is_never_seen_and_others_in_one_place(smoothing: str) -> None:
    position = np.full((20, 2, 33, 1), 7.0)
    position[:, :, WRIST] = np.nan
    cleaned = clean(make_poses(position), SETTINGS | {"smoothing": smoothing})
    assert np.isnan(cleaned["position"].values[:, :, WRIST]).all()
    rest = np.delete(cleaned["position"].values, WRIST, axis=2)
    np.testing.assert_allclose(rest, 7.0)
    assert "nothing can be said" in json.loads(cleaned.attrs["body_check"])["verdict"]
