"""Exercise form: metrics per repetition, verdicts against ranges, scores with reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from kinepath.body.stature import misshapen
from kinepath.errors import KinepathError
from kinepath.form import sensitivity, sentences
from kinepath.form.drift import find_drift
from kinepath.form.exercise import Exercise, Metric, read_exercise
from kinepath.form.metrics import Measurements, Value
from kinepath.form.phases import Phases, find_phases, turns_low
from kinepath.form.score import Score, Verdict, judge, mean_score, score
from kinepath.form.shape import Shape
from kinepath.form.view import View, find_view
from kinepath.io.remarks import KEY, joined, remarks_of
from kinepath.settings.results import FormSettings

__all__ = ["SCHEMA", "FormError", "assess", "read_exercise"]

#: Name and version of the JSON file.
SCHEMA = "kinepath/form/1"


class FormError(KinepathError):
    """Repetitions and poses that do not match."""


@dataclass(frozen=True)
class _Judged:
    """One repetition with one smoothing."""

    phases: Phases | str
    values: dict[str, Value]
    verdicts: dict[str, Verdict]
    score: Score
    fault: str | None


def assess(
    poses: xr.Dataset,
    repetitions: Mapping[str, Any],
    exercise: Exercise,
    *,
    view: str | None,
    settings: FormSettings | Mapping[str, Any] | None = None,
    otherwise: Mapping[str, xr.Dataset] | None = None,
) -> dict[str, Any]:
    """Measure and assess every repetition of a clip.

    Parameters
    ----------
    poses : xarray.Dataset
        Cleaned poses of one individual.
    repetitions : mapping
        The result of the segmentation: JSON of the schema ``kinepath/reps/1``.
    exercise : Exercise
        The metrics and their ranges.
    view : str or None
        The camera's view as stated in the sheet.
    settings : FormSettings or mapping, optional
        When a metric is judged.
    otherwise : mapping of str to xarray.Dataset, optional
        The same poses with other smoothing, see
        :func:`kinepath.form.sensitivity.smoothed_otherwise`.

    Returns
    -------
    dict
        JSON-serialisable; ``docs/form.md`` documents its keys.

    Raises
    ------
    FormError
        If a repetition lies outside the poses' frames.
    """
    found = list(repetitions["repetitions"])
    frames = poses.sizes["time"]
    for entry in found:
        if not 0 <= entry["start_frame"] < entry["end_frame"] <= frames:
            raise FormError(
                f"repetition {entry['number']} lies at frames {entry['start_frame']:g} to"
                f" {entry['end_frame']:g}, the poses have {frames}"
            )
    settings = FormSettings.of(settings)
    where = find_view(poses, view)
    complete = [entry for entry in found if entry["complete"]]
    judged = _judge_all(poses, complete, exercise, where, settings)
    others = {
        name: _judge_all(variant, complete, exercise, where, settings)
        for name, variant in (otherwise or {}).items()
    }
    time = poses["time"].values
    told = [
        _repetition(entry, one, {k: v[i] for k, v in others.items()}, exercise, time)
        for i, (entry, one) in enumerate(zip(complete, judged, strict=True))
    ]
    told += [_unfinished(entry) for entry in found if not entry["complete"]]
    notes = [where.note, repetitions.get("note"), poses.attrs.get("note")]
    if not complete:
        notes.append("there is no complete repetition to judge")
    return {
        "schema": SCHEMA,
        "clip": repetitions["clip"],
        "exercise": exercise.name,
        "title": exercise.title,
        "fps": float(poses.attrs["fps"]),
        "view": asdict(where),
        "count": len(complete),
        "count_is_minimum": bool(repetitions.get("count_is_minimum")),
        "by_sheet": repetitions.get("by_sheet"),
        "metrics": {metric.name: _definition(metric) for metric in exercise.metrics},
        "repetitions": sorted(told, key=lambda entry: int(entry["number"])),
        "set": _set(complete, judged, exercise),
        "note": "; ".join(dict.fromkeys(note for note in notes if note)) or None,
        KEY: joined(remarks_of(repetitions), [_faulty(complete, judged)]),
        "parameters": settings.parameters(),
    }


def _judge_all(
    poses: xr.Dataset,
    repetitions: Sequence[Mapping[str, Any]],
    exercise: Exercise,
    view: View,
    settings: FormSettings,
) -> list[_Judged]:
    if not repetitions:
        return []
    measured = Measurements(poses, exercise, view)
    bounds = [(entry["start_frame"], entry["end_frame"]) for entry in repetitions]
    of_clip = misshapen(json.loads(poses.attrs.get("body_check", "{}")))
    shape = Shape(poses)
    low = turns_low(measured.main, bounds)
    judged = []
    for start, end in bounds:
        phases = find_phases(measured.main, start, end, measured.fps, low=low, up=exercise.up)
        faults = {"whole": shape.fault(start, end)}
        if isinstance(phases, str):
            values = {metric.name: Value(None, reason=phases) for metric in exercise.metrics}
        else:
            values = measured.values(phases)
            faults = {name: shape.fault(*part) for name, part in phases.bounds.items()}
        verdicts = {
            metric.name: judge(
                metric,
                value,
                view,
                settings,
                faults.get(metric.phase) or _fault(metric, value, exercise, of_clip),
            )
            for metric in exercise.metrics
            for value in [values[metric.name]]
        }
        result = score(exercise.metrics, verdicts, settings)
        fault = next((words for words in faults.values() if words), None)
        if isinstance(phases, str):
            result = Score(None, None, 0.0, phases)
        elif result.value is None and fault:
            result = replace(result, reason=f"the skeleton is not shaped like a human: {fault}")
        judged.append(_Judged(phases, values, verdicts, result, fault))
    return judged


def _faulty(entries: Sequence[Mapping[str, Any]], judged: Sequence[_Judged]) -> str | None:
    """Return a warning on repetitions in which the skeleton lacks human proportions."""
    numbers = [
        str(entry["number"]) for entry, one in zip(entries, judged, strict=True) if one.fault
    ]
    if not numbers:
        return None
    faults = "; ".join(dict.fromkeys(one.fault for one in judged if one.fault))
    return (
        f"not shaped like a human in repetition {', '.join(numbers)}: {faults}; what rests on it is"
        " not judged: look at the overlay, put the box around the athlete as subject in the sheet,"
        " or film all of the athlete"
    )


def _fault(
    metric: Metric, value: Value, exercise: Exercise, shape: Mapping[str, str]
) -> str | None:
    """Return what is wrong with the body's proportions where a metric is measured."""
    measure = exercise.main if metric.measure.kind == "duration" else metric.measure
    sides = [value.side] if value.side in measure.sides else measure.sides or ("left",)
    names = [name for side in sides for name in measure.named(side)]
    return next((shape[name] for name in names if name in shape), None)


def _repetition(
    entry: Mapping[str, Any],
    judged: _Judged,
    others: Mapping[str, _Judged],
    exercise: Exercise,
    time: Any,
) -> dict[str, Any]:
    number = int(entry["number"])
    phases = None
    if isinstance(judged.phases, Phases):
        phases = {
            name: [_round(float(np.interp(at, np.arange(time.size), time))) for at in bounds]
            for name, bounds in judged.phases.bounds.items()
            if name != "whole"
        }
    compared = {name: (one.verdicts, one.score) for name, one in others.items()}
    return {
        "number": number,
        "complete": True,
        "by_sheet": bool(entry.get("by_sheet")),
        "start_s": entry["start_s"],
        "end_s": entry["end_s"],
        "phases_s": phases,
        "metrics": {
            m.name: _metric(m, judged.values[m.name], judged.verdicts[m.name])
            for m in exercise.metrics
        },
        "score": _score(judged.score),
        "sentences": sentences.repetition(
            number, exercise.metrics, judged.values, judged.verdicts, judged.score
        ),
        "sensitivity": _rounded(sensitivity.compare(judged.verdicts, compared)),
    }


def _unfinished(entry: Mapping[str, Any]) -> dict[str, Any]:
    number = int(entry["number"])
    reason = "the repetition is not complete"
    return {
        "number": number,
        "complete": False,
        "by_sheet": bool(entry.get("by_sheet")),
        "start_s": entry["start_s"],
        "end_s": entry["end_s"],
        "phases_s": None,
        "metrics": {},
        "score": _score(Score(None, None, 0.0, reason)),
        "sentences": [f"Repetition {number}: no score: {reason}."],
        "sensitivity": {"survives": None, "changed": {}, "scores": {}, "reason": reason},
    }


def _definition(metric: Metric) -> dict[str, Any]:
    return {
        "title": metric.title,
        "unit": metric.unit,
        "phase": metric.phase,
        "statistic": metric.statistic or metric.measure.kind,
        "range": None if metric.range is None else list(metric.range),
        "weight": metric.weight,
        "views": list(metric.views),
        "source": metric.source,
    }


def _metric(metric: Metric, value: Value, verdict: Verdict) -> dict[str, Any]:
    rounded: dict[str, Any] = _rounded(
        {
            "value": value.value,
            "unit": metric.unit,
            "sd": value.sd,
            "in_space": value.space,
            "confidence": value.confidence,
            "seen": value.seen,
            "time_s": value.time_s,
            "side": value.side,
            "range": None if metric.range is None else list(metric.range),
            "verdict": verdict.verdict,
            "probability_in_range": verdict.probability,
            "beyond": verdict.beyond,
            "points": verdict.points,
            "reason": verdict.reason,
        }
    )
    return rounded


def _set(
    entries: Sequence[Mapping[str, Any]], judged: Sequence[_Judged], exercise: Exercise
) -> dict[str, Any]:
    metrics, lines = {}, []
    for metric in exercise.metrics:
        known = [
            (int(entry["number"]), value)
            for entry, one in zip(entries, judged, strict=True)
            if (value := one.values[metric.name].value) is not None
        ]
        values = [value for _, value in known]
        drift = find_drift([number for number, _ in known], values, len(exercise.metrics))
        metrics[metric.name] = _rounded(
            {
                "mean": float(np.mean(values)) if values else None,
                "spread": float(np.std(values, ddof=1)) if len(values) > 1 else None,
                "missed": sum(one.verdicts[metric.name].verdict == "missed" for one in judged),
                "judged": sum(one.verdicts[metric.name].points is not None for one in judged),
                "drift": asdict(drift),
            }
        )
        if drift.drifts:
            lines.append(sentences.drifting(metric, drift))
    total = mean_score([one.score for one in judged])
    if total.value is None:
        lines.insert(0, f"The set has no score: {total.reason}.")
    return {"score": _score(total), "metrics": metrics, "sentences": lines}


def _score(one: Score) -> dict[str, Any]:
    rounded: dict[str, Any] = _rounded(asdict(one))
    return rounded


def _rounded(entry: Any) -> Any:
    """Round every number of a structure to meaningful digits, for human readers of the file."""
    if isinstance(entry, dict):
        return {key: _rounded(value) for key, value in entry.items()}
    if isinstance(entry, list):
        return [_rounded(value) for value in entry]
    return _round(entry) if isinstance(entry, float) else entry


def _round(value: float) -> float:
    return round(value, 5)
