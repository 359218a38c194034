"""What comparisons say: against made-up clips whose likeness is known."""

from __future__ import annotations

import numpy as np
import pytest

from kinepath import pairs
from kinepath.pairs import shares, summary


def made_up(
    sites: dict[str, float], noise: float = 0.0
) -> tuple[dict[str, pairs.Features], pairs.Pairs]:
    """Clips that stand still at a place: the distance per step is the squared gap."""
    rng = np.random.default_rng(0)
    clips = {
        name: pairs.Features(
            np.full((10, 1), site) + noise * rng.normal(size=(10, 1)),
            np.arange(10.0),
            ("bat",),
            np.ones(1),
        )
        for name, site in sites.items()
    }
    return clips, pairs.compare(clips)


SITES = {"a": 0.0, "b": 0.1, "c": 0.3, "p": 5.0, "q": 5.2, "r": 5.3, "lost": 9.0}
LABELS = {name: "low" if site < 1 else "high" for name, site in SITES.items()} | {"lost": None}
NOBODY: dict[str, str | None] = dict.fromkeys(SITES)


def test_neighbours_medoids_and_the_map() -> None:
    clips, found = made_up(SITES)
    told = summary.summarise(found, LABELS, NOBODY, 99)
    assert [near["clip"] for near in told["neighbours"]["a"]] == ["b", "c", "p", "q", "r"]
    assert told["neighbours"]["a"][0]["distance"] == pytest.approx(0.01)
    assert list(told["labels"]) == ["low", "high"]
    assert (told["labels"]["low"]["medoid"], told["labels"]["high"]["medoid"]) == ("b", "q")
    assert told["labels"]["low"]["median_within"] < 0.1 < told["labels"]["low"]["median_to_others"]
    # Places on a line are found again, up to direction and origin, and one axis holds them all.
    x = np.array([told["map"]["position"][name][0] for name in SITES])
    true = np.array(list(SITES.values()))
    slope = np.polyfit(true, x, 1)[0]
    np.testing.assert_allclose(x, slope * (true - true.mean()), atol=1e-6)
    assert abs(slope) == pytest.approx(1.0) and told["map"]["explained"] == pytest.approx(1.0)
    template = summary.templates(found, clips, LABELS, None)["low"]
    np.testing.assert_allclose(template.values, np.mean([0.0, 0.1, 0.3]))
    dataset = summary.template_dataset({"low": template}, ("bat",))
    np.testing.assert_array_equal(dataset["template"].sel(label="low"), template.values)
    assert summary.template_dataset({}, ()).sizes["label"] == 0


def test_the_score_of_separate_labels_is_significant_and_of_shuffled_ones_not() -> None:
    rng = np.random.default_rng(3)
    sites = {f"c{k}": float(k % 2) * 3 + rng.normal() * 0.3 for k in range(30)}
    _, found = made_up(sites)
    labels: list[str | None] = ["even" if k % 2 == 0 else "odd" for k in range(30)]
    told = summary.retrieval(found.per_step, labels, [None] * 30, 500)
    assert told["score"] == 1.0 and told["p_value"] == pytest.approx(1 / 501)
    assert told["left_out"] == "clip" and told["chance"] == pytest.approx(0.5, abs=0.1)
    assert told["by_label"] == {"even": 1.0, "odd": 1.0}
    values = [
        summary.retrieval(
            found.per_step, [labels[k] for k in rng.permutation(30)], [None] * 30, 99
        )["p_value"]
        for _ in range(60)
    ]
    # Without any relation the p-value is spread evenly.
    assert np.mean(np.array(values) <= 0.1) < 0.25 and np.median(values) > 0.25


def test_one_athletes_clips_do_not_vouch_for_each_other() -> None:
    """Each athlete's clips are alike whatever the label: only other athletes may be asked."""
    rng = np.random.default_rng(1)
    sites, labels, athletes = {}, [], []
    for athlete in range(4):
        for k in range(4):
            sites[f"{athlete}-{k}"] = 10.0 * athlete + rng.normal() * 0.1
            labels.append(str(k // 2))
            athletes.append(str(athlete))
    _, found = made_up(sites)
    told = summary.retrieval(found.per_step, labels, athletes, 200)
    assert told["left_out"] == "athlete" and told["shuffled"] == "within athletes"
    assert told["p_value"] > 0.05
    # Where an athlete is missing, clips are left out, and that is said.
    told = summary.retrieval(found.per_step, labels, [None, *athletes[1:]], 99)
    assert told["left_out"] == "clip"


@pytest.mark.parametrize(
    ("sites", "labels", "reason"),
    [
        ({}, {}, "fewer than two labels"),
        ({"a": 1.0}, {"a": "x"}, "fewer than two labels"),
        ({"a": 1.0, "b": 2.0, "c": 3.0}, dict.fromkeys("abc", "x"), "fewer than two labels"),
        ({"a": 1.0, "b": 2.0}, {"a": "x", "b": "y"}, "fewer than three clips"),
        ({"a": 1.0, "b": 2.0, "c": 3.0}, dict(zip("abc", "xyz", strict=True)), "occurs again"),
    ],
)
def test_too_little_to_score_is_said(
    sites: dict[str, float], labels: dict[str, str | None], reason: str
) -> None:
    _, found = made_up(sites)
    told = summary.summarise(found, labels, dict.fromkeys(sites), 99)
    assert told["retrieval"]["score"] is None and reason in told["retrieval"]["reason"]
    assert len(told["neighbours"]) == len(told["map"]["position"]) == len(sites)


def two_clips() -> tuple[pairs.Features, pairs.Features]:
    parts = ("left_knee", "left_hip", "right_wrist", "bat")
    still = np.zeros((30, 4))
    late = still.copy()
    late[20:, 2] = 2.0
    late[:5, 0] = 1.0
    time = 7.0 + np.arange(30) / 10
    equal = np.full(4, 0.25)
    return pairs.Features(still, time, parts, equal), pairs.Features(late, time, parts, equal)


def test_the_cost_is_told_by_part_and_phase() -> None:
    first, second = two_clips()
    found = pairs.compare({"a": first, "b": second})
    path = found.path("a", "b")
    cost = shares.cost_by_group(first, second, path)
    assert cost.sum() == pytest.approx(found.distance[0, 1])
    groups = dict(zip(pairs.GROUPS, cost.sum(axis=0), strict=True))
    assert groups["right arm"] > groups["left leg"] > 0 == groups["trunk"] == groups["bat"]
    np.testing.assert_allclose(shares.along_first(cost, path).sum(), cost.sum())
    curve = np.zeros(30)
    curve[15] = 1.0
    named = shares.phases(first.time, curve)
    assert list(named) == ["preparation", "swing", "follow-through"]
    assert list(named["swing"]) == pytest.approx([8.1, 8.5])
    told = shares.told(cost, path, first.time, named)
    assert sum(told["groups"].values()) == pytest.approx(1.0)
    assert sum(phase["share"] for phase in told["phases"]) == pytest.approx(1.0)
    by_phase = {phase["phase"]: phase["groups"] for phase in told["phases"]}
    assert by_phase["preparation"]["left leg"] == pytest.approx(told["groups"]["left leg"])
    assert by_phase["follow-through"]["right arm"] == pytest.approx(told["groups"]["right arm"])


def test_without_a_speed_there_are_thirds_and_equal_clips_have_no_shares() -> None:
    first, _ = two_clips()
    named = shares.phases(first.time, np.full(30, np.nan))
    assert [name.split()[1] for name in named] == ["third"] * 3
    path = np.repeat(np.arange(30)[:, None], 2, axis=1)
    told = shares.told(shares.cost_by_group(first, first, path), path, first.time, named)
    assert told["distance"] == 0.0 and set(told["groups"].values()) == {0.0}
