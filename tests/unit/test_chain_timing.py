"""The default chain: known chains, controls, the null, intervals, and input that is no use."""

from __future__ import annotations

import json
import time as clock
from itertools import pairwise

import numpy as np
import pytest

from kinepath.chain import find_chain, path, timing
from kinepath.chain.correlation import best_lags, bootstrap_weights, prepared, weighted_lags
from kinepath.chain.result import ChainResult
from kinepath.chain.signals import CATALOGUE, Signals, at_hands, begins, level, signals
from kinepath.typing import Array
from tests.swings import CONFIG, LAGS, NODES, SETTINGS, swing


def bursts(times: list[float], fps: float = 60.0, width: float = 0.06) -> Signals:
    time = np.arange(round(0.75 * fps) + 1) / fps
    speed = np.exp(-(((time - np.array(times)[:, None]) / width) ** 2))
    speed += 0.01 * np.random.default_rng(0).random(speed.shape)
    return Signals(NODES, speed, time, fps, {})


def judge(times: list[float], fps: float = 60.0) -> ChainResult:
    return timing.judge(bursts(times, fps), "bat", SETTINGS)


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_a_known_chain_is_found_to_the_bat(fps: float) -> None:
    result = find_chain(swing(fps=fps)[0], CONFIG)
    assert result.reaches_bat and result.path[0] == "pelvis", result.reason
    assert result.null is not None and result.null.p < 0.05
    onset = dict(zip(NODES, np.cumsum([0.0, *LAGS]), strict=True))
    for edge in result.path_edges:
        truth = onset[edge.target] - onset[edge.source]
        assert edge.lag_s == pytest.approx(truth, abs=max(1 / fps, 0.02))
        assert edge.interval_s is not None and edge.interval_s[0] > 0
        assert edge.p <= 0.05 and edge.stability is not None and edge.stability > 0.5


def test_the_pelvis_is_alive_and_early() -> None:
    nodes = {node.name: node for node in find_chain(swing()[0], CONFIG).nodes}
    times = [nodes[name].activation_time_s for name in NODES]
    assert all(a is not None and b is not None and a < b for a, b in pairwise(times))
    low, high = nodes["pelvis"].interval_s or (np.nan, np.nan)
    assert low < 1.3 < high


@pytest.mark.parametrize("lags", [(0.0,) * 4, (-0.04, -0.04, -0.035, -0.035)])
def test_all_at_once_and_reversed_are_no_chain(lags: tuple[float, ...]) -> None:
    result = find_chain(swing(lags)[0], CONFIG)
    assert result.verdict == "no chain" and result.edges == ()
    assert "Not resolvable" in result.reason or "No order" in result.reason


def test_no_lag_is_not_resolvable() -> None:
    result = judge([0.3, 0.302, 0.304, 0.306, 0.308])
    assert result.verdict == "no chain"
    assert "Not resolvable at this frame rate" in result.reason and "17 ms" in result.reason


def test_a_short_order_can_be_chance() -> None:
    """Two parts in order, the others not: many random timings do as well."""
    result = judge([0.4, 0.15, 0.1, 0.05, 0.45])
    assert result.verdict == "no chain" and "can well be chance" in result.reason
    assert result.null is not None and result.null.p > 0.05


def test_random_timings_are_seldom_chains() -> None:
    rng = np.random.default_rng(5)
    settings = {**SETTINGS, "surrogates": 300, "bootstraps": 60}
    hits = 0
    for _ in range(80):
        made = bursts([0.35] * 5)
        speed = np.array([np.roll(s, rng.integers(46)) for s in made.speed])
        made = Signals(NODES, speed, made.time, 60.0, {})
        hits += bool(timing.judge(made, "bat", settings).edges)
    assert hits <= 8  # 5 % of 80, and what chance adds to it


def test_near_bursts_in_random_order_are_seldom_chains() -> None:
    """Parts that all move close to contact, in no order: random timings alone would be fooled."""
    rng = np.random.default_rng(6)
    settings = {**SETTINGS, "surrogates": 300, "bootstraps": 60}
    hits = 0
    for _ in range(60):
        times = 0.25 + 0.05 * rng.permutation(5)
        hits += bool(timing.judge(bursts(times.tolist()), "bat", settings).edges)
    assert hits <= 7  # 5 % of 60, and what chance adds to it


def test_the_same_seed_gives_the_same_result() -> None:
    first, again = (judge([0.2, 0.25, 0.3, 0.35, 0.4]) for _ in range(2))
    assert first.to_json() == again.to_json()
    other = timing.judge(bursts([0.2, 0.25, 0.3, 0.35, 0.4]), "bat", {**SETTINGS, "seed": 1})
    assert other.to_json() != first.to_json() and other.path == first.path


def test_the_json_holds_null_and_intervals() -> None:
    content = json.loads(json.dumps(find_chain(swing()[0], CONFIG).to_json(), allow_nan=False))
    assert sum(content["null"]["counts"]) == content["null"]["surrogates"] == 1000
    assert content["null"]["observed"] > 0 and content["target"] == "bat"
    for edge in content["edges"]:
        low, high = edge["lag_interval_s"]
        assert low <= edge["lag_s"] <= high and 0 <= edge["stability"] <= 1


def test_a_guessed_bat_is_refused_unless_allowed() -> None:
    derived = swing(source="pose_proxy")[0]
    result = find_chain(derived, CONFIG)
    assert not result.reaches_bat and result.target == "hands"
    assert result.reaches_hands and result.path[-1] == "left_forearm"
    assert "the bat was not seen" in result.reason
    allowed = {**CONFIG, "timing": {**SETTINGS, "allow_proxy": True}}
    result = find_chain(derived, allowed)
    assert result.target == "bat"
    assert any("guessed" in note for note in result.notes)


def test_without_depth_the_intervals_are_wide() -> None:
    derived = swing(depth=False)[0]
    found = signals(derived, SETTINGS, bat=True)
    assert not found.depth and "no depth" in found.notes[0]
    evidence = timing.gather(found, SETTINGS, np.random.default_rng(0))
    assert evidence.below.min() >= SETTINGS["flat_geometry_s"]


def test_input_of_no_use_says_why() -> None:
    derived = swing()[0]
    nobody = derived.copy(deep=True)
    nobody["confidence"].values[:] = 0.1
    assert "Neither legs nor pelvis" in find_chain(nobody, CONFIG).reason
    short = derived.isel(time=slice(60, 90))
    assert "too near to an end" in find_chain(short, CONFIG).reason
    still = derived.copy()
    del still.attrs["peak_time_s"]
    assert "Neither the bat nor the hands" in find_chain(still, CONFIG).reason
    holes = derived.copy(deep=True)
    peak = int(np.argmin(np.abs(derived["time"].values - derived.attrs["peak_time_s"])))
    holes["position_3d"].loc[{"keypoints": "left_elbow"}][peak - 15 : peak + 10] = np.nan
    result = find_chain(holes, CONFIG)
    why = {node.name: node.why for node in result.nodes if not node.alive}
    assert set(why) == {"left_upper_arm", "left_forearm"} and "of the swing" in why["left_forearm"]
    bare = derived.drop_vars([n for n in derived.data_vars if str(n).startswith("bat")])
    del bare.attrs["peak_time_s"]
    assert find_chain(bare, CONFIG).verdict == "no chain"


def test_lags_are_those_of_the_definition_to_a_fraction_of_a_frame() -> None:
    ready = prepared(bursts([0.3, 0.3 + 0.0437, 0.2, 0.5, 0.4]).speed)
    lags = best_lags(ready, 60.0)
    assert lags.lag[0, 1] == pytest.approx(0.0437, abs=0.002)
    assert lags.lag[1, 0] == pytest.approx(-0.0437, abs=0.002)
    np.testing.assert_allclose(np.diag(lags.c), 1.0, atol=1e-6)
    rho = [ready[0] @ np.roll(ready[2], -k) for k in range(46)]
    assert lags.c[0, 2] == pytest.approx(max(rho), abs=0.02)
    again = weighted_lags(ready, 60.0, lags.lag, np.ones((1, 46)), 4)
    np.testing.assert_allclose(again.lag[0], lags.lag, atol=0.004)


def test_bootstrap_weights_have_mean_and_variance_one_in_blocks() -> None:
    weights = bootstrap_weights(46, 6, 4000, np.random.default_rng(0))
    assert weights.mean() == pytest.approx(1.0, abs=0.03)
    assert weights.var() == pytest.approx(1.0, abs=0.1)
    same = weights[:, 1:] == weights[:, :-1]
    assert same.mean() == pytest.approx(5 / 6, abs=0.05)


def test_shifts_of_the_lags_are_shifts_of_the_signals() -> None:
    """The quick surrogate is the slow one: shift the signals themselves and correlate again."""
    ready = prepared(bursts([0.2, 0.3, 0.35, 0.4, 0.5]).speed)
    frames, by = ready.shape[1], [0, 7, 20, 3, 40]
    slow = best_lags(np.array([np.roll(x, k) for x, k in zip(ready, by, strict=True)]), 60.0)
    quick = best_lags(ready, 60.0).lag + (np.array(by) - np.array(by)[:, None]) / 60.0
    period = frames / 60.0
    gap = (slow.lag - quick + period / 2) % period - period / 2
    np.testing.assert_allclose(gap, 0.0, atol=1e-3)


def test_the_heaviest_path_is_the_heaviest_of_all() -> None:
    rng = np.random.default_rng(3)
    starts = np.array([True, True, False, False, False, False])
    ends = np.array([False, False, False, False, True, True])
    for _ in range(30):
        weight = np.where(np.triu(rng.random((6, 6)) < 0.5, 1), rng.random((6, 6)), -np.inf)
        routes = every_path(weight, starts, ends)
        best = path.heaviest(weight, starts, ends)
        assert best == pytest.approx(max(routes.values(), default=-np.inf))
        chosen = path.trace(weight, starts, ends)
        assert (routes[chosen] == pytest.approx(best)) if routes else chosen == ()


def every_path(weight: Array, starts: Array, ends: Array) -> dict[tuple[int, ...], float]:
    found: dict[tuple[int, ...], float] = {}
    waiting: list[tuple[tuple[int, ...], float]] = [
        ((k,), 0.0) for k in np.flatnonzero(starts).tolist()
    ]
    while waiting:
        route, total = waiting.pop()
        if ends[route[-1]] and len(route) > 1:
            found[route] = total
        for k in np.flatnonzero(np.isfinite(weight[route[-1]])).tolist():
            waiting.append(((*route, k), total + float(weight[route[-1], k])))
    return found


def test_every_node_has_its_place() -> None:
    order = sorted(CATALOGUE, key=level)
    assert order[-1] == "bat" and "ankle" in order[0]
    assert begins("pelvis") and begins("left_thigh") and not begins("trunk")
    assert at_hands("left_forearm") and at_hands("right_wrist") and not at_hands("bat")


def test_joints_can_be_nodes() -> None:
    names = ["left_knee", "left_hip", "left_shoulder", "left_elbow", "left_wrist", "bat"]
    result = timing.find(swing()[0], {**SETTINGS, "nodes": names})
    assert {node.name for node in result.nodes if node.alive} == set(names)


def test_fourteen_nodes_take_about_a_second() -> None:
    names = tuple(sorted([*list(CATALOGUE)[:13], "bat"], key=level))
    time = np.arange(91) / 120
    late = np.linspace(0.2, 0.55, 14)[:, None]
    found = Signals(names, np.exp(-(((time - late) / 0.06) ** 2)), time, 120.0, {})
    start = clock.process_time()
    timing.judge(found, "bat", {**SETTINGS, "surrogates": 1000, "bootstraps": 200})
    assert clock.process_time() - start < 5.0
