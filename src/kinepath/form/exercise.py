"""Exercises as data: the metrics of a repetition, and the ranges of good form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.errors import KinepathError
from kinepath.settings import check

#: Unit of each kind of measure.
UNITS = {
    "angle": "deg",
    "inclination": "deg",
    "height": "statures",
    "horizontal": "statures",
    "separation": "statures",
    "ratio": "",
    "duration": "s",
}


class ExerciseError(KinepathError):
    """An exercise file that cannot be used; one line per fault, naming file and key."""


@dataclass(frozen=True)
class Measure:
    """A quantity measured in every frame.

    Parameters
    ----------
    kind : str
        A key of :data:`UNITS`.
    points : tuple of str
        Keypoints, for a ratio those of its two pairs in sequence; names without a side stand
        for the keypoints of either side. Empty for a duration.
    """

    kind: str
    points: tuple[str, ...] = ()

    @classmethod
    def of(cls, entry: Mapping[str, Any] | str) -> Measure:
        """Build a measure from its entry in an exercise file."""
        if isinstance(entry, str):
            return cls(entry)
        ((kind, points),) = entry.items()
        flat = [name for pair in points for name in pair] if kind == "ratio" else points
        return cls(kind, tuple(flat))

    @property
    def unit(self) -> str:
        """Return the unit of the values."""
        return UNITS[self.kind]

    @property
    def sides(self) -> tuple[str, ...]:
        """Return the sides on which it is measured: none where all keypoints name their side."""
        return () if all(name in BLAZEPOSE.keypoints for name in self.points) else ("left", "right")

    def named(self, side: str) -> tuple[str, ...]:
        """Return the names of the keypoints of one side."""
        known = BLAZEPOSE.keypoints
        return tuple(name if name in known else f"{side}_{name}" for name in self.points)


@dataclass(frozen=True)
class Metric:
    """A metric of every repetition; see the schema for the fields."""

    name: str
    title: str
    measure: Measure
    side: str
    phase: str
    statistic: str
    views: tuple[str, ...]
    source: str
    range: tuple[float | None, float | None] | None
    tolerance: float
    weight: float
    below: str
    above: str

    @property
    def unit(self) -> str:
        """Return the unit of the metric's value."""
        if self.statistic != "speed":
            return self.measure.unit
        return f"{self.measure.unit}/s" if self.measure.unit else "1/s"


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Parameters
    ----------
    name : str
        Name of its file.
    title : str
        Its display name.
    main : Measure
        The signal that determines the phases.
    side : str
        The side on which it is measured.
    up : str
        ``rises`` or ``falls``: what the signal does while the weight goes up.
    metrics : tuple of Metric
        In the order of the file.
    """

    name: str
    title: str
    main: Measure
    side: str
    up: str
    metrics: tuple[Metric, ...]


def read_exercise(path: str | Path, schema: Mapping[str, Any]) -> Exercise:
    """Read and check an exercise file.

    Parameters
    ----------
    path : path
        A YAML file. A variant ``extends`` another exercise in its folder and inherits, metric by
        metric, what it does not state itself.
    schema : mapping
        JSON schema of an exercise.

    Raises
    ------
    ExerciseError
        Naming the file and the key of every fault.
    """
    path = Path(path)
    entry = _extended(path, _entry(path))
    check(entry, schema, str(path))
    exercise = _exercise(path.stem, entry)
    faults = _faults(exercise)
    if faults:
        raise ExerciseError("\n".join(f"{path}: {fault}" for fault in faults))
    return exercise


def _entry(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        there = ", ".join(sorted(file.stem for file in path.parent.glob("*.yaml"))) or "none"
        raise ExerciseError(f"{path}: no such exercise; there are: {there}")
    try:
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        words = " ".join(str(error).split())
        raise ExerciseError(f"{path}: not readable as YAML ({words})") from None
    if not isinstance(entry, Mapping):
        raise ExerciseError(f"{path}: holds no keys; title, main and metrics are needed")
    return entry


def _extended(path: Path, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Complete a variant with the exercise that it extends."""
    name = entry.get("extends")
    if not isinstance(name, str):
        return entry
    try:
        # The folder of the file itself: the path may be a link to it.
        base = _entry(path.resolve().with_name(f"{name}.yaml"))
    except (ExerciseError, ValueError) as error:
        raise ExerciseError(f"{path}: extends: {error}") from None
    if "extends" in base:
        raise ExerciseError(
            f"{path}: extends: {name} is a variant itself; extend {base['extends']}"
        )
    whole = {**base, **entry}
    if isinstance(base.get("metrics"), Mapping) and isinstance(whole.get("metrics"), Mapping):
        whole["metrics"] = {**base["metrics"], **whole["metrics"]}
    return whole


def _exercise(name: str, entry: Mapping[str, Any]) -> Exercise:
    main = entry["main"]
    return Exercise(
        name=name,
        title=entry["title"],
        main=Measure.of(main["measure"]),
        side=main["side"],
        up=main["up"],
        metrics=tuple(_metric(key, fields) for key, fields in entry["metrics"].items()),
    )


def _metric(name: str, fields: Mapping[str, Any]) -> Metric:
    bounds = fields.get("range")
    return Metric(
        name=name,
        title=fields["title"],
        measure=Measure.of(fields["measure"]),
        side=fields.get("side", "best"),
        phase=fields["phase"],
        statistic=fields.get("statistic", ""),
        views=tuple(fields["views"]),
        source=fields["source"],
        range=None if bounds is None else (bounds[0], bounds[1]),
        tolerance=float(fields.get("tolerance", 0.0)),
        weight=float(fields.get("weight", 0.0)),
        below=fields.get("below", "below the range"),
        above=fields.get("above", "above the range"),
    )


def _faults(exercise: Exercise) -> list[str]:
    """Find faults that a schema cannot detect."""
    faults = [f"main.measure: {words}" for words in _unknown(exercise.main)]
    if exercise.main.kind == "duration":
        faults.append("main.measure: a duration has no course over time")
    for metric in exercise.metrics:
        key = f"metrics.{metric.name}"
        faults += [f"{key}.measure: {words}" for words in _unknown(metric.measure)]
        if (metric.measure.kind == "duration") == bool(metric.statistic):
            needs = "needs no" if metric.statistic else "needs a"
            faults.append(f"{key}.statistic: a {metric.measure.kind} {needs} statistic")
        if metric.side == "difference" and not metric.measure.sides:
            faults.append(f"{key}.side: a difference needs keypoints without left_ and right_")
        if metric.range is None:
            continue
        low, high = metric.range
        if low is None and high is None:
            faults.append(f"{key}.range: at least one bound is needed; leave the range out instead")
        elif low is not None and high is not None and low > high:
            faults.append(f"{key}.range: {low:g} is more than {high:g}")
    return faults


def _unknown(measure: Measure) -> list[str]:
    sides = measure.sides or ("left",)
    return [
        f"there is no keypoint {plain!r}"
        for plain, names in zip(
            measure.points, zip(*(measure.named(side) for side in sides), strict=True), strict=True
        )
        if not set(names) <= set(BLAZEPOSE.keypoints)
    ]
