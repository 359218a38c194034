from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from kinepath.errors import KinepathError
from kinepath.form import read_exercise
from kinepath.form.exercise import ExerciseError, Measure
from tests.lifting import EXERCISES, SCHEMA, exercise

NAMES = (
    *("squat", "barbell_squat", "deadlift", "push_up", "biceps_curl"),
    *("bench_press", "lateral_raise", "kettlebell_swing"),
)


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_is_whole(name: str) -> None:
    read = exercise(name)
    assert {"down_s", "hold_s", "up_s"} <= {metric.name for metric in read.metrics}
    assert sum(metric.weight for metric in read.metrics) > 3
    for metric in read.metrics:
        assert (metric.range is None) == (metric.weight == 0)
        if metric.range is None:
            continue
        low, high = metric.range
        assert low is None or metric.below != "below the range", f"{metric.name} says nothing"
        assert high is None or metric.above != "above the range", f"{metric.name} says nothing"


def test_no_exercise_lies_about_unnoticed() -> None:
    assert {path.stem for path in EXERCISES.glob("*.yaml")} == set(NAMES)


def edited(tmp_path: Path, change: Any) -> Path:
    entry = yaml.safe_load((EXERCISES / "squat.yaml").read_text(encoding="utf-8"))
    change(entry)
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(entry), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: e.pop("main"), "'main' is a required property"),
        (lambda e: e["metrics"]["knee"].update(rang=[0, 1]), "did you mean 'range'?"),
        (lambda e: e["metrics"]["knee"].update(range=[1]), "metrics.knee.range"),
        (lambda e: e["metrics"]["knee"].update(range=[9, 1]), "metrics.knee.range: 9 is more"),
        (lambda e: e["metrics"]["knee"].update(range=[None, None]), "at least one bound"),
        (lambda e: e["metrics"]["knee"].pop("source"), "metrics.knee: 'source' is a required"),
        (lambda e: e["metrics"]["knee"].pop("weight"), "metrics.knee: 'weight' is a dependency"),
        (lambda e: e["metrics"]["knee"].update(views=["above"]), "metrics.knee.views"),
        (lambda e: e["metrics"]["knee"].pop("statistic"), "metrics.knee.statistic: a angle"),
        (
            lambda e: e["metrics"]["knee"].update(measure={"angle": ["hip", "gnee", "ankle"]}),
            "metrics.knee.measure: there is no keypoint 'gnee'",
        ),
        (lambda e: e["metrics"]["knees_apart"].update(side="difference"), "knees_apart.side"),
        (lambda e: e["main"].update(measure="duration"), "main.measure: a duration"),
    ],
)
def test_a_fault_is_named_with_its_file_and_key(tmp_path: Path, change: Any, words: str) -> None:
    path = edited(tmp_path, change)
    with pytest.raises(KinepathError) as caught:
        read_exercise(path, SCHEMA)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_only_a_squat_with_a_bar_is_judged_by_the_bars_path() -> None:
    plain, barbell = exercise("squat"), exercise("barbell_squat")
    assert barbell.metrics[:-1] == plain.metrics
    assert barbell.metrics[-1].name == "bar_path"
    assert not any("bar " in f"{one.below} {one.above} {one.title}" for one in plain.metrics)
    assert (barbell.main, barbell.title) == (plain.main, "Barbell squat")


def test_a_variant_changes_what_it_names(tmp_path: Path) -> None:
    shutil.copy(EXERCISES / "squat.yaml", tmp_path)
    squat = yaml.safe_load((EXERCISES / "squat.yaml").read_text(encoding="utf-8"))
    knee = {**squat["metrics"]["knee"], "range": [80, 110]}
    mine = {"title": "Box squat", "extends": "squat", "metrics": {"knee": knee}}
    path = tmp_path / "box_squat.yaml"
    path.write_text(yaml.safe_dump(mine), encoding="utf-8")
    link = tmp_path / "elsewhere" / "box_squat"
    link.parent.mkdir()
    link.symlink_to(path)
    read, plain = read_exercise(link, SCHEMA), exercise("squat")
    assert [one.name for one in read.metrics] == [one.name for one in plain.metrics]
    changed = [
        one.name for one, other in zip(read.metrics, plain.metrics, strict=True) if one != other
    ]
    assert changed == ["knee"]


@pytest.mark.parametrize(
    ("extends", "words"),
    [
        ("sqat", r"extends: .*sqat\.yaml: no such exercise; there are: .*squat"),
        ("barbell_squat", "barbell_squat is a variant itself; extend squat"),
        ("../squat", "extends: .*Invalid name"),
        (3, "extends"),
    ],
)
def test_a_variant_of_what_cannot_be_extended(tmp_path: Path, extends: Any, words: str) -> None:
    for name in ("squat", "barbell_squat"):
        shutil.copy(EXERCISES / f"{name}.yaml", tmp_path)
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({"title": "Mine", "extends": extends}), encoding="utf-8")
    with pytest.raises(KinepathError, match=words) as caught:
        read_exercise(path, SCHEMA)
    assert str(path) in str(caught.value)


def test_what_is_no_exercise_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExerciseError, match=r"no such exercise; there are: .*squat"):
        read_exercise(EXERCISES / "sqat.yaml", SCHEMA)
    broken = tmp_path / "broken.yaml"
    broken.write_text("title: [", encoding="utf-8")
    with pytest.raises(ExerciseError, match="not readable as YAML"):
        read_exercise(broken, SCHEMA)
    broken.write_text("", encoding="utf-8")
    with pytest.raises(ExerciseError, match="holds no keys"):
        read_exercise(broken, SCHEMA)


def test_keypoints_take_the_side_that_is_asked_for() -> None:
    knee = Measure.of({"angle": ["hip", "knee", "ankle"]})
    assert knee.named("left") == ("left_hip", "left_knee", "left_ankle")
    assert knee.sides == ("left", "right")
    stance = Measure.of({"ratio": [["left_knee", "right_knee"], ["left_ankle", "right_ankle"]]})
    assert stance.sides == ()
    assert stance.named("left") == ("left_knee", "right_knee", "left_ankle", "right_ankle")
