"""The mean of a label's clips, each warped onto the label's template."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from kinepath import pairs
from kinepath.body.skeleton import BLAZEPOSE
from kinepath.kinematics import kinematics
from kinepath.pairs import summary
from kinepath.site.curves import clip_panels, flat_figure
from kinepath.site.label_means import _mean_rod, label_means
from tests.poses import make_poses, standing_position
from tests.unit.test_site_warps import SETTINGS

FRAMES = 40


def waving(angle: NDArray[np.float64], **attrs: float) -> xr.Dataset:
    """Somebody who lifts the right hand by an angle (radians), as kinematics."""
    position = standing_position(len(angle))
    elbow = position[:, :, BLAZEPOSE.index("right_elbow"), 0]
    hand = 35.0 * np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    position[:, :, BLAZEPOSE.index("right_wrist"), 0] = elbow + hand
    return kinematics(make_poses(position)).assign_attrs(attrs)


def means(motions: dict[str, xr.Dataset], labels: dict[str, str]) -> dict:  # type: ignore[type-arg]
    parts = {clip: pairs.features(motion, SETTINGS) for clip, motion in motions.items()}
    found = pairs.compare(parts, band=None)
    templates = summary.templates(found, parts, labels, None)
    dataset = summary.template_dataset(templates, next(iter(parts.values())).parts)
    result = label_means(dataset, found, motions, labels, SETTINGS)
    json.dumps(result, allow_nan=False)
    return result


def array(values: list[float | None]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


def test_the_mean_of_equal_motions_is_that_motion() -> None:
    lift = waving(2 * np.sin(np.linspace(0, np.pi, FRAMES)), contact_s=0.4)
    found = means({"a": lift, "b": lift, "c": lift}, {"a": "wave", "b": "wave", "c": "alone"})
    assert list(found) == ["wave"]  # the mean of one clip is that clip
    mean = found["wave"]
    assert (mean["clips"], mean["fps"]) == (["a", "b"], lift.attrs["fps"])
    assert mean["event_s"] == pytest.approx(0.4 - float(lift["time"][0]), abs=0.5 / mean["fps"])
    assert mean["figure"]["flat"] == pytest.approx(flat_figure(lift)["flat"], nan_ok=True)
    for panel, own in zip(mean["panels"], clip_panels(lift), strict=True):
        for line, same in zip(panel["lines"], own["lines"], strict=True):
            np.testing.assert_allclose(array(line["values"]), array(same["values"]), atol=0.002)
            assert np.nanmax(array(line["sd"]), initial=0.0) == pytest.approx(0.0, abs=1e-6)
    assert set(mean["warps"]) == {"a", "b"}
    assert mean["warps"]["a"]["steps"] == "0" * (FRAMES - 1)
    assert mean["warps"]["a"]["per_step"] == pytest.approx(0.0, abs=1e-9)


def test_mean_and_spread_are_those_of_the_clips() -> None:
    bent = [np.full(FRAMES, angle) for angle in (0.5, 0.9)]
    motions = {name: waving(angle) for name, angle in zip("ab", bent, strict=True)}
    mean = means(motions, {"a": "x", "b": "x"})["x"]

    def elbow(panels: list[dict]) -> dict:  # type: ignore[type-arg]
        (panel,) = (each for each in panels if each["title"] == "Elbow angle")
        return next(line for line in panel["lines"] if line["name"] == "right elbow")

    clips = np.array([array(elbow(clip_panels(motion))["values"]) for motion in motions.values()])
    assert abs(clips[0, 20] - clips[1, 20]) == pytest.approx(np.degrees(0.4), abs=0.5)
    line = elbow(mean["panels"])
    np.testing.assert_allclose(array(line["values"]), clips.mean(axis=0), atol=0.01)
    np.testing.assert_allclose(array(line["sd"]), clips.std(axis=0, ddof=1), atol=0.01)


def test_implements_in_other_directions_keep_their_length_or_are_none() -> None:
    def rod(x: float, y: float) -> NDArray[np.float64]:
        return np.array([[[10.0, 20.0], [10.0 + x, 20.0 + y]]])

    mean = _mean_rod([rod(100, 0), rod(0, 100)])
    np.testing.assert_allclose(mean[0, 0], [10, 20])
    np.testing.assert_allclose(mean[0, 1] - mean[0, 0], np.array([1, 1]) * 100 / np.sqrt(2))
    opposite = _mean_rod([rod(100, 0), rod(-100, 1)])
    assert np.isnan(opposite[0, 1]).all()


def test_metres_need_every_height_and_half_of_the_clips_a_contact() -> None:
    lift = 2 * np.sin(np.linspace(0, np.pi, FRAMES))
    motions = {"a": waving(lift, height_m=1.8, contact_s=0.4), "b": waving(lift), "c": waving(lift)}
    mean = means(motions, dict.fromkeys("abc", "x"))["x"]
    assert mean["panels"][0]["unit"] == "body heights/s"
    assert mean["height_m"] is mean["event_s"] is None
