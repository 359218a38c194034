"""Re-timed positions against the movement that was sampled."""

from __future__ import annotations

import numpy as np
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from kinepath.conform import Window, nearest_frames
from kinepath.conform.duplicates import picture_times, true_rate
from kinepath.conform.retime import to_grid
from kinepath.typing import Array
from tests.poses import make_poses, standing_position


def moving(
    taken: Array, grid: Array, repeated: list[int], where: Array | None = None
) -> xr.Dataset:
    """A person who goes to the right at 100 pixels per second, seen at some times."""
    position = standing_position(taken.size)
    position[:, 0] += (100 * taken if where is None else where)[:, None, None]
    dataset = make_poses(position, repeated=np.array(repeated, dtype=np.intp))
    dataset = dataset.assign_coords(time=grid)
    words = {"units": "seconds", "long_name": "time"}
    dataset["source_time"] = ("time", taken, words)
    return dataset


def nose(dataset: xr.Dataset) -> Array:
    return np.asarray(dataset["position"].values[:, 0, 0, 0] - 320)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.02, 0.05), min_size=3, max_size=40))
def test_a_steady_movement_at_a_variable_rate_is_exact(interval: list[float]) -> None:
    source = np.concatenate([[0.0], np.cumsum(interval)])
    grid, chosen = nearest_frames(source, Window(0.0, float(source[-1])), 30.0)
    repeated = (np.flatnonzero(np.diff(chosen) == 0) + 1).tolist()
    before = moving(source[chosen], grid, repeated)
    after = to_grid(before)
    inside = np.ones(grid.size, dtype=bool)
    inside[[*repeated, 0, -1]] = False
    np.testing.assert_allclose(nose(after)[inside], 100 * grid[inside], atol=1e-6)
    assert not np.isnan(after["position"]).any()


def test_a_constant_rate_stays_as_it_is() -> None:
    grid = np.arange(10) / 25
    dataset = moving(grid + 1e-5, grid, [])
    assert to_grid(dataset) is dataset
    plain = make_poses()
    assert to_grid(plain) is plain
    one = make_poses(frames=1)
    one["source_time"] = ("time", np.array([0.5]), {"units": "seconds", "long_name": "time"})
    assert to_grid(one) is one


def test_what_is_missing_stays_so_and_nothing_else_becomes_it() -> None:
    grid = np.arange(6) / 25
    late = np.array([0, 0.01, 0, -0.01, 0, 0])
    dataset = moving(grid + late, grid, [])
    dataset["position"].values[0, :, 5] = np.nan
    dataset["confidence"].values[4, 7] = 0.4
    untouched = dataset.copy(deep=True)
    after = to_grid(dataset)
    np.testing.assert_array_equal(after["position"].isnull(), dataset["position"].isnull())
    np.testing.assert_allclose(nose(after), 100 * grid, atol=1e-9)
    # Without the sample before it the late one stays late.
    assert after["position"].values[1, 0, 5, 0] == dataset["position"].values[1, 0, 5, 0]
    assert after["confidence"].values[3, 7] == 0.4
    assert after["confidence"].values[3, 6] == 1
    xr.testing.assert_identical(dataset, untouched)


def test_footage_of_25_hertz_shown_at_30_moves_evenly_again() -> None:
    """The speed of an even movement, which naive frames put between 0 and 1.2 of the true one."""
    shown = np.arange(90) / 30
    picture = np.floor(shown * 25 + 1e-9)
    repeats = np.flatnonzero(np.diff(picture) == 0) + 1
    rate = true_rate(repeats, 30.0)
    taken = picture_times(shown, repeats, rate)
    dataset = moving(taken, shown, repeats.tolist(), where=100 * picture / 25)

    def speeds(seen: xr.Dataset) -> Array:
        known = np.delete(np.arange(90), repeats)
        track = np.interp(shown, shown[known], nose(seen)[known])
        return np.asarray(np.diff(track)[6:-6] * 30 / 100)

    naive = np.diff(nose(dataset)) * 30 / 100
    assert naive.min() == 0
    assert np.abs(speeds(dataset) - 1).max() > 0.15
    assert np.abs(speeds(to_grid(dataset)) - 1).max() < 1e-6
