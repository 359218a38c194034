"""Chains across clips: counts, intervals, and the common axis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text

from kinepath.chain.summary import Swing, common_axis, mean_interval, summarise, swing, wilson
from kinepath.drawing.figures import style
from kinepath.drawing.figures.chain_summary import draw_summary
from tests.moving import moving
from tests.swings import swing as simulated


def bump(pace: float, rate: float = 60.0) -> Swing:
    time = np.arange(-27, 19) / rate
    return Swing(time, np.exp(-((time / (0.08 * pace)) ** 2)), 2.0, "bat")


def chain(lag: float | None, *, hands: bool = False) -> dict[str, Any]:
    found = lag is not None
    return {
        "verdict": "chain" if found else "no chain",
        "target": "hands" if hands else "bat",
        "path": ["pelvis", "bat"] if found else [],
        "reason": "So it is.",
        "reaches_bat": found and not hands,
        "reaches_hands": found and hands,
        "nodes": [{"name": "pelvis", "activation_time_s": 1.9}],
        "edges": [{"from": "pelvis", "to": "bat", "lag_s": lag}] if found else [],
    }


def test_counts_and_mean_lags_per_label_and_overall() -> None:
    chains = {"a": chain(0.04), "b": chain(0.06), "c": chain(None), "d": chain(0.08, hands=True)}
    labels = {"a": "Hook", "b": "Hook", "c": "Pull", "d": "Pull"}
    summary = summarise(chains, labels, dict.fromkeys(chains, bump(1.0)))
    overall, hook, pull = summary["groups"]
    assert [g["name"] for g in summary["groups"]] == ["all clips", "Hook", "Pull"]
    assert (overall["clips"], overall["to_bat"], overall["to_hands"]) == (4, 2, 1)
    edge = overall["edges"][0]
    assert edge["clips"] == 3 and edge["share"] == 0.75
    assert edge["mean_lag_s"]["own"] == pytest.approx(0.06)
    assert edge["mean_lag_s"]["common"] == pytest.approx(0.06, abs=0.002)
    low, high = edge["mean_lag_interval_s"]["own"]
    assert 0.04 <= low < 0.06 < high <= 0.08
    assert hook["edges"][0]["mean_lag_s"]["own"] == pytest.approx(0.05)
    assert pull["edges"][0]["mean_lag_interval_s"]["own"] is None


def test_a_slower_swing_has_a_shorter_lag_on_the_common_axis() -> None:
    swings = {"a": bump(1.0), "b": bump(1.0), "slow": bump(1.3)}
    axis = common_axis(swings)
    assert axis.reference in ("a", "b")
    np.testing.assert_allclose(axis.time["a"], swings["a"].time, atol=1e-9)
    assert np.interp(0.1, swings["slow"].time, axis.time["slow"]) == pytest.approx(
        0.1 / 1.3, abs=0.02
    )
    assert (np.diff(axis.time["slow"]) >= 0).all()


def test_wilson_and_bootstrap() -> None:
    low, high = wilson(5, 10)
    assert low == pytest.approx(0.2366, abs=1e-4) and high == pytest.approx(0.7634, abs=1e-4)
    assert wilson(3, 3)[1] == 1.0
    assert mean_interval([0.05], 0) is None
    assert mean_interval([0.05, 0.05], 0) == [0.05, 0.05]


def test_the_swing_is_cut_out() -> None:
    found = swing(simulated()[0], 0.45, 0.3)
    assert found is not None and found.moving == "bat"
    assert found.speed.max() == 1.0 and found.time[0] == pytest.approx(-0.45, abs=0.02)
    proxy = swing(simulated(source="pose_proxy")[0], 0.45, 0.3)
    assert proxy is not None and proxy.moving == "hands"
    assert swing(moving({}, bat=False), 0.45, 0.3) is None


@pytest.mark.parametrize("count", [0, 1, 4])
def test_the_picture_tells_it(tmp_path: Path, count: int) -> None:
    chains = {f"clip{k}": chain(0.05 + 0.01 * k) for k in range(count)}
    labels = {clip: f"Label {clip}" for clip in chains}
    swings = {clip: bump(1.0 + 0.1 * k) for k, clip in enumerate(chains)}
    summary = summarise(chains, labels, swings)
    for name in ("a.png", "b.png"):
        style.save(draw_summary(summary, swings, common_axis(swings)), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    figure = draw_summary(summary, swings, common_axis(swings))
    text = " ".join(words.get_text() for words in figure.findobj(Text))
    assert f"{count} of {count} clips have a chain to the bat" in text
    assert ("no swing is seen" in text) == (count == 0)
