"""The generalised Procrustes mean against motions whose mean is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinepath.align.mean_motion import MeanError, mean_motion
from kinepath.body.anthropometry import standing_pose
from kinepath.body.skeleton import BLAZEPOSE, BODY_JOINTS
from kinepath.signal.similarity import Similarity, fit, residual
from kinepath.typing import Array

NAMES = BLAZEPOSE.keypoints
JOINTS = [BLAZEPOSE.index(name) for name in BODY_JOINTS]


def motion(phase: Array) -> Array:
    """A body whose keypoints wave, at phases (T,) from 0 to 1."""
    generator = np.random.default_rng(2)
    size = generator.uniform(0.02, 0.15, (33, 2))
    late = generator.uniform(0, 6, (33, 2))
    return standing_pose() + size * np.sin(2 * np.pi * phase[:, None, None] + late)


def somewhere(generator: np.random.Generator) -> Similarity:
    scale, turn = generator.uniform(100, 500), generator.uniform(-0.6, 0.6)
    return Similarity(scale, turn, (generator.uniform(0, 900), generator.uniform(0, 900)))


def sure(pose: Array) -> tuple[Array, Array]:
    return pose, np.ones(pose.shape[:2])


def mean_of(*poses: Array, how: str = "phase") -> tuple[Array, dict[str, object]]:
    motions = {str(k): sure(pose) for k, pose in enumerate(poses)}
    found = mean_motion(motions, NAMES, standing_pose(), how)
    return found["position"].transpose("phase", "keypoints", "space").values, dict(found.attrs)


def apart(a: Array, b: Array) -> float:
    """Root mean square distance of two motions after the best similarity, statures."""
    return residual(fit(a, b), a, b)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_copies_of_one_motion_have_that_motion_as_their_mean(seed: int) -> None:
    generator = np.random.default_rng(seed)
    truth = motion(np.linspace(0, 1, 30))
    mean, attrs = mean_of(*(somewhere(generator).apply(truth) for _ in range(5)))
    assert apart(truth, mean) < 1e-9
    assert attrs["residual"] == pytest.approx(0.0, abs=1e-9)
    assert attrs["converged"] == 1


def test_noise_averages_out() -> None:
    generator = np.random.default_rng(5)
    truth = motion(np.linspace(0, 1, 30))

    def noisy(clips: int) -> list[Array]:
        return [
            somewhere(generator).apply(truth + generator.normal(0, 0.05, truth.shape))
            for _ in range(clips)
        ]

    few, many = (apart(truth, mean_of(*noisy(clips))[0]) for clips in (4, 64))
    assert many < 0.35 * few
    assert mean_of(*noisy(16))[1]["converged"] == 1


def test_the_mean_has_the_size_and_attitude_of_a_standing_body() -> None:
    generator = np.random.default_rng(6)
    truth = motion(np.linspace(0, 1, 20))
    mean, _ = mean_of(*(somewhere(generator).apply(truth) for _ in range(3)))
    still = fit(standing_pose()[JOINTS], mean[:, JOINTS])
    assert still.scale == pytest.approx(1.0)
    assert still.rotation == pytest.approx(0.0, abs=1e-9)


def test_the_order_of_the_clips_does_not_matter() -> None:
    generator = np.random.default_rng(7)
    frames = (20, 31, 26)
    clips = [
        somewhere(generator).apply(
            motion(np.linspace(0, 1, n)) + generator.normal(0, 0.03, (n, 33, 2))
        )
        for n in frames
    ]
    there, back = mean_of(*clips)[0], mean_of(*clips[::-1])[0]
    assert len(there) == 26
    np.testing.assert_allclose(there, back, atol=1e-8)


def test_warping_makes_a_sharper_mean_of_clips_of_different_pace() -> None:
    generator = np.random.default_rng(8)
    clips = [
        somewhere(generator).apply(motion(np.linspace(0, 1, 60) ** pace))
        for pace in (0.6, 0.8, 1.0, 1.3, 1.6)
    ]
    phase, dtw = mean_of(*clips)[1], mean_of(*clips, how="dtw")[1]
    assert float(str(dtw["residual"])) < 0.5 * float(str(phase["residual"]))


def test_clips_with_nobody_are_named_and_left_out() -> None:
    truth = motion(np.linspace(0, 1, 10))
    nobody = sure(np.full((5, 33, 2), np.nan))
    found = mean_motion({"a": sure(truth), "b": nobody}, NAMES, standing_pose())
    assert (found.attrs["clips"], found.attrs["excluded"]) == ("a", "b")
    hidden = truth.copy()
    hidden[:, 0] = np.nan
    found = mean_motion({"a": sure(hidden)}, NAMES, standing_pose())
    assert np.isnan(found["position"].sel(keypoints="nose")).all()
    assert (found["confidence"].sel(keypoints="nose") == 0).all()
    with pytest.raises(MeanError, match="no clip has enough keypoints"):
        mean_motion({"b": nobody}, NAMES, standing_pose())


@pytest.mark.parametrize("frames", [1, 2])
@pytest.mark.parametrize("how", ["phase", "dtw"])
def test_a_clip_of_one_or_two_frames(frames: int, how: str) -> None:
    pose = motion(np.linspace(0, 1, frames))
    assert apart(mean_of(pose, 3 * pose, how=how)[0], pose) < 1e-9
