"""The mean under time warping."""

from __future__ import annotations

import numpy as np
import pytest

from kinepath.signal import dtw
from kinepath.signal.dtw.barycentre import barycentre


def test_one_motion_at_many_paces_has_itself_as_mean() -> None:
    time = np.linspace(0, 1, 60)
    motion = np.stack([np.sin(7 * time), time**2], axis=1)
    paced = [np.repeat(motion, times, axis=0) for times in (1, 2, 3)]
    found = barycentre(paced, motion)
    np.testing.assert_allclose(found.values, motion, atol=1e-12)
    assert found.cost[-1] == pytest.approx(0.0, abs=1e-20)


def test_constant_sequences_average() -> None:
    found = barycentre([np.zeros((5, 2)), np.full((9, 2), 3.0)], np.ones((4, 2)))
    # Each of the nine samples is warped onto one of four; every sample of the mean sees both.
    assert ((found.values > 0) & (found.values < 3)).all()
    assert found.values.shape == (4, 2)


@pytest.mark.parametrize("band", [None, 0.15])
def test_the_cost_never_rises_and_beats_every_member(band: float | None) -> None:
    rng = np.random.default_rng(4)
    time = np.linspace(0, 1, 50)
    members = [
        np.sin(6 * time[:, None] ** power + [0.0, 1.0]) + 0.05 * rng.normal(size=(50, 2))
        for power in (0.8, 0.9, 1.0, 1.1, 1.25)
    ]
    found = barycentre(members, members[0], band)
    assert (np.diff(found.cost) <= 1e-9).all() and len(found.cost) > 2
    best = min(sum(dtw.distance(member, other, band) for other in members) for member in members)
    assert found.cost[-1] < best


def test_rounds_are_bounded() -> None:
    rng = np.random.default_rng(2)
    members = [rng.normal(size=(30, 2)) for _ in range(4)]
    assert len(barycentre(members, members[0], rounds=1).cost) == 2
