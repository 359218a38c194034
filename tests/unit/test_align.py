"""Procrustes alignment against known transforms and an independent optimiser."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from kinepath.align import align, in_correspondence
from kinepath.body.anthropometry import standing_pose
from kinepath.body.skeleton import BLAZEPOSE, BODY_JOINTS
from kinepath.io import sequence
from kinepath.signal.similarity import AlignmentError, Similarity, fit, resample_phase, residual
from kinepath.synth import Scenario, simulate
from kinepath.typing import Array

similarities = st.builds(
    Similarity,
    st.floats(0.01, 1000.0),
    st.floats(-np.pi, np.pi),
    st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)),
)


def cloud(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=(*shape, 2))


def template() -> Array:
    """Some pose in statures; its left half mirrors its right one."""
    points = cloud(33, seed=5)
    order = BLAZEPOSE.mirror_order()
    return (points + points[order] * [-1.0, 1.0]) / 2


def clip(similarity: Similarity, frames: int = 20, noise: float = 0.0) -> xr.Dataset:
    pose = similarity.apply(template() + noise * cloud(frames, 33, seed=9))
    return sequence.poses(
        np.moveaxis(pose, 2, 1)[..., None],
        np.full((frames, 33, 1), 0.8),
        np.arange(frames) / 30,
        BLAZEPOSE.keypoints,
        fps=30.0,
        clip="a",
    )


def bat_of(dataset: xr.Dataset) -> xr.Dataset:
    wrist = dataset["position"].sel(keypoints="left_wrist", individuals="athlete").values
    frames, tip = len(wrist), wrist + np.array([0.0, 50.0])
    return xr.Dataset(
        {
            "tip": (("time", "space"), tip, {"units": "pixel", "long_name": "t"}),
            "grip": (("time", "space"), wrist, {"units": "pixel", "long_name": "g"}),
            "confidence": ("time", np.ones(frames), {"units": "1", "long_name": "c"}),
            "source": ("time", np.full(frames, 3, np.int8), {"units": "1", "long_name": "s"}),
        },
        attrs={"parameters": '{"bat": {"length": 1}}'},
    )


@given(truth=similarities)
def test_a_known_transform_is_recovered(truth: Similarity) -> None:
    reference = cloud(12)
    target = truth.apply(np.stack([reference, reference]))
    found = fit(reference, target)
    assert found.scale == pytest.approx(truth.scale, rel=1e-9)
    turn = np.exp(1j * (found.rotation - truth.rotation))
    assert abs(turn - 1) < 1e-9
    np.testing.assert_allclose(found.apply(reference), target[0], rtol=1e-9, atol=1e-9)
    assert residual(found, reference, target) == pytest.approx(0.0, abs=1e-9)


@given(truth=similarities)
def test_the_inverse_undoes(truth: Similarity) -> None:
    points = cloud(7)
    np.testing.assert_allclose(truth.inverse().apply(truth.apply(points)), points, atol=1e-7)
    product = truth.matrix() @ truth.inverse().matrix()
    np.testing.assert_allclose(product, np.eye(3), atol=1e-9)


@given(seed=st.integers(0, 1000))
def test_never_a_reflection(seed: int) -> None:
    reference = cloud(9, seed=seed)
    found = fit(reference, reference * [-1.0, 1.0])
    turn = found.matrix()[:2, :2] / found.scale
    assert np.linalg.det(turn) == pytest.approx(1.0)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_agrees_with_an_independent_optimiser(seed: int) -> None:
    reference, target = cloud(6, seed=seed), cloud(4, 6, seed=seed + 1)
    weights = np.random.default_rng(seed).uniform(size=(4, 6))

    def cost(parameters: Array) -> float:
        a, b, x, y = parameters
        moved = reference @ np.array([[a, b], [-b, a]]) + [x, y]
        return float(np.sum(weights * np.sum((target - moved) ** 2, axis=-1)))

    best = minimize(cost, np.array([1.0, 0.0, 0.0, 0.0]), tol=1e-12).x
    found = fit(reference, target, weights).matrix()
    np.testing.assert_allclose(
        [found[0, 0], found[1, 0], found[0, 2], found[1, 2]], best, atol=1e-5
    )


def test_a_weight_counts_as_that_many_points() -> None:
    reference, target = cloud(5, seed=1), cloud(5, seed=2)
    weights = np.array([1, 3, 2, 1, 2])
    repeated = fit(np.repeat(reference, weights, axis=0), np.repeat(target, weights, axis=0))
    weighted = fit(reference, target, weights)
    np.testing.assert_allclose(weighted.matrix(), repeated.matrix(), atol=1e-12)


def test_missing_points_do_not_count() -> None:
    reference, target = cloud(6, seed=1), cloud(3, 6, seed=2)
    weights = np.ones((3, 6))
    target[1, 2] = np.nan
    weights[2, 3] = np.nan
    without = np.ones((3, 6))
    without[1, 2] = without[2, 3] = 0
    filled = np.nan_to_num(target)
    np.testing.assert_allclose(
        fit(reference, target, weights).matrix(), fit(reference, filled, without).matrix()
    )


@pytest.mark.parametrize("target", [cloud(2), np.full((5, 2), np.nan), np.ones((5, 2))])
def test_points_that_determine_nothing_are_refused(target: Array) -> None:
    with pytest.raises(AlignmentError):
        fit(cloud(len(target)), target)
    with pytest.raises(AlignmentError):
        fit(np.full(target.shape, 7.3), target)


def test_linear_phase() -> None:
    line = np.linspace(0.0, 1.0, 11)[:, None]
    np.testing.assert_allclose(resample_phase(line, 26)[:, 0], np.linspace(0, 1, 26))
    np.testing.assert_array_equal(resample_phase(line, 11), line)
    line[4] = np.nan
    assert np.isnan(resample_phase(line, 11)[:, 0]).tolist() == [k == 4 for k in range(11)]
    assert np.isnan(resample_phase(line, 21)[:, 0]).nonzero()[0].tolist() == [7, 8, 9]


def test_a_clip_is_brought_into_the_reference() -> None:
    truth = Similarity(200.0, 0.3, (640.0, 360.0))
    dataset = clip(truth)
    found = align(dataset, template(), bat=bat_of(dataset))
    assert found.attrs["scale"] == pytest.approx(200.0)
    assert found.attrs["rotation_rad"] == pytest.approx(0.3)
    assert found.attrs["residual"] == pytest.approx(0.0, abs=1e-9)
    position = found["position"].isel(individuals=0).transpose("time", "keypoints", "space")
    np.testing.assert_allclose(position[0], template(), atol=1e-9)
    np.testing.assert_array_equal(found["confidence"], dataset["confidence"])
    wrist = found["position"].sel(keypoints="left_wrist", individuals="athlete")
    np.testing.assert_allclose(found["bat_grip"], wrist, atol=1e-9)
    length = np.linalg.norm(found["bat_tip"] - found["bat_grip"], axis=1)
    np.testing.assert_allclose(length, 50.0 / 200.0)
    assert found["position"].attrs["units"] == found["bat_tip"].attrs["units"] == "stature"


def test_a_mirrored_left_hander_equals_the_right_hander() -> None:
    right = clip(Similarity(200.0, 0.3, (640.0, 360.0)), noise=0.1)
    left = right.copy()
    exchanged = right["position"].values[:, :, BLAZEPOSE.mirror_order()]
    left["position"] = right["position"].copy(
        data=exchanged * np.array([-1.0, 1.0])[:, None, None] + [[[1280.0]], [[0.0]]]
    )
    seen = align(left, template(), mirror=True)
    assert seen.attrs["mirrored"] == 1
    expected = align(right, template())
    np.testing.assert_allclose(seen["position"], expected["position"], atol=1e-9)


def test_a_reference_of_another_length() -> None:
    moving = template() + np.linspace(0, 1, 41)[:, None, None]
    truth = Similarity(90.0, -0.2, (10.0, 20.0))
    dataset = clip(truth, frames=21)
    pose = truth.apply(moving[::2])
    dataset["position"].values[:] = np.moveaxis(pose, 2, 1)[..., None]
    assert align(dataset, moving).attrs["residual"] == pytest.approx(0.0, abs=1e-9)


def lissajous(phase: Array) -> Array:
    """A pose (T, 33, 2) whose every keypoint goes its own way, at times (T,) from 0 to 1."""
    generator = np.random.default_rng(11)
    size, late = generator.uniform(0.1, 0.5, (2, 33, 2))
    turns = generator.integers(1, 3, (33, 2))
    waves = np.sin(2 * np.pi * turns * phase[:, None, None] + 6 * late)
    return np.asarray(template() + size * waves)


def dataset_of(pose: Array) -> xr.Dataset:
    dataset = clip(Similarity(1.0, 0.0, (0.0, 0.0)), frames=len(pose))
    dataset["position"].values[:] = np.moveaxis(pose, 2, 1)[..., None]
    return dataset


@settings(max_examples=10, deadline=None)
@given(
    st.builds(
        Similarity,
        st.floats(50.0, 400.0),
        st.floats(-0.5, 0.5),
        st.tuples(st.floats(0, 1000), st.floats(0, 1000)),
    ),
    st.floats(1.5, 2.5),
)
def test_warping_finds_the_transform_of_another_pace(truth: Similarity, pace: float) -> None:
    """Better by far than linear phase, which compares other moments."""
    reference = lissajous(np.linspace(0, 1, 90))
    dataset = dataset_of(truth.apply(lissajous(np.linspace(0, 1, 120) ** pace)))

    def wrong(correspondence: str) -> tuple[float, float]:
        found = align(dataset, reference, correspondence=correspondence).attrs
        turn = abs(found["rotation_rad"] - truth.rotation)
        return abs(np.log(found["scale"] / truth.scale)) + turn, found["residual"]

    (phase, phase_left), (dtw, dtw_left) = wrong("phase"), wrong("dtw")
    assert dtw < 0.004
    assert dtw < 0.2 * phase
    assert dtw_left < 0.2 * phase_left


def test_warping_leaves_missing_samples_out() -> None:
    reference = lissajous(np.linspace(0, 1, 60))
    truth = Similarity(150.0, 0.2, (300.0, 200.0))
    dataset = dataset_of(truth.apply(lissajous(np.linspace(0, 1, 60))))
    dataset["position"].loc[{"keypoints": "left_knee"}] = np.nan
    dataset["position"].values[20:30, :, BLAZEPOSE.index("right_wrist")] = np.nan
    found = align(dataset, reference, correspondence="dtw")
    assert found.attrs["scale"] == pytest.approx(150.0)
    assert np.isnan(found["position"].sel(keypoints="left_knee")).all()


def test_warping_onto_nothing_is_said() -> None:
    dataset = dataset_of(lissajous(np.linspace(0, 1, 5)))
    nothing = np.full((5, 33, 2), np.nan)
    found = align(dataset, nothing, correspondence="dtw")
    assert found.attrs["note"].startswith("not aligned: no keypoint is known both")
    with pytest.raises(AlignmentError, match="no correspondence 'time'"):
        in_correspondence(nothing, nothing, np.ones((5, 33)), "time")


def test_nobody_seen_gives_nothing_but_a_note() -> None:
    dataset = clip(Similarity(1.0, 0.0, (0.0, 0.0)))
    dataset["position"].values[:] = np.nan
    found = align(dataset.assign_attrs(note="no person seen"), template(), bat=bat_of(dataset))
    assert np.isnan(found["position"]).all() and np.isnan(found["bat_tip"]).all()
    assert np.isnan([found.attrs["scale"], found.attrs["residual"]]).all()
    assert found.attrs["note"] == "no person seen; not aligned: 0 usable points; 3 are needed"


def test_shapes_that_do_not_fit_are_refused() -> None:
    dataset = clip(Similarity(1.0, 0.0, (0.0, 0.0)))
    with pytest.raises(AlignmentError, match="33 keypoints"):
        align(dataset, template()[:12])
    with pytest.raises(AlignmentError, match="bat has 3 frames"):
        align(dataset, template(), bat=bat_of(dataset).isel(time=slice(3)))
    assert set(BODY_JOINTS) <= set(dataset["keypoints"].values)


@pytest.mark.parametrize("correspondence", ["phase", "dtw"])
@pytest.mark.parametrize("frames", [1, 2])
def test_a_clip_of_one_or_two_frames_is_aligned(frames: int, correspondence: str) -> None:
    truth = Similarity(120.0, 0.1, (50.0, 60.0))
    dataset = clip(truth, frames=frames)
    moving = np.repeat(template()[None], 7, axis=0)
    found = align(dataset, moving, correspondence=correspondence)
    assert found.attrs["scale"] == pytest.approx(120.0)
    assert found.attrs["residual"] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("what", ["no confidence", "one place"])
def test_what_determines_nothing_is_said(what: str) -> None:
    dataset = clip(Similarity(120.0, 0.1, (50.0, 60.0)))
    if what == "no confidence":
        dataset["confidence"].values[:] = 0.0
    else:
        dataset["position"].values[:] = 250.0
    found = align(dataset, template())
    assert found.attrs["note"].startswith("not aligned:")
    assert np.isnan(found["position"]).all() and np.isnan(found.attrs["scale"])


def test_the_athletes_own_stature_is_told_in_the_unit_of_the_reference() -> None:
    """Of one who squats the similarity is smaller than the body."""
    truth = simulate(Scenario("squat", fps=10, repetitions=2, azimuth_deg=0)).truth
    low = truth.isel(time=slice(8, 14))
    reference = standing_pose()
    upright, squatting = align(truth.isel(time=[0]), reference), align(low, reference)
    ratio = squatting.attrs["scale"] * squatting.attrs["stature"]
    assert ratio == pytest.approx(upright.attrs["scale"] * upright.attrs["stature"], rel=0.05)
    assert squatting.attrs["scale"] < 0.97 * upright.attrs["scale"]
