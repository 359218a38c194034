"""Verdicts on metrics, and scores computed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erf, isfinite, sqrt
from statistics import NormalDist, pstdev
from typing import Any

from kinepath.form.exercise import Metric
from kinepath.form.measures import off_plane
from kinepath.form.metrics import Value
from kinepath.form.view import NEAR_DEG, View
from kinepath.settings.results import FormSettings

#: Equally probable values of a normal error, standard deviations.
_QUANTILES = tuple(NormalDist().inv_cdf((k + 0.5) / 40) for k in range(40))

OK, MISSED, ABSTAINED = "ok", "missed", "abstained"

#: The pose model is grossly wrong in this fraction of the values, with this multiple of the
#: standard deviation that its confidence implies. From two filmed views of one trial with
#: simultaneous motion capture, 13 measures in 200 frames: 8.4 % of the errors are beyond 2.33
#: standard deviations, 4.6 % beyond 4.54 and 1.3 % beyond 12, where this mixture has 8.6, 5.6 and
#: 2.5 %, and a normal distribution 2.0 % and almost none. By view 14.6 and 2.3 % are beyond 2.33:
#: which of these applies to a clip is unknown.
_OUTRIGHT, _TIMES = 0.08, 12.0

#: A metric whose standard deviation is at least this multiple of its range (its tolerance, where
#: the range is open) cannot be decided by any value near it.
_UNDECIDABLE = 1.0
#: Minimum fraction of all weights that must be judged for a score, whatever can be decided.
_LEAST_JUDGED = 0.2


@dataclass(frozen=True)
class Verdict:
    """The verdict on one metric of one repetition.

    Parameters
    ----------
    verdict : str or None
        ``ok``, ``missed``, ``abstained``, or None where the metric has no range.
    reason : str or None
        Why it abstains.
    probability : float or None
        Probability that the true value lies in the range.
    beyond : float
        Distance of the value from the range: negative below it, positive above, 0 inside.
    points : float or None
        Fraction of the metric's points that the value earns, 0 to 1.
    points_sd : float or None
        Standard deviation of the points due to the value's error.
    decidable : bool
        False where it abstains because its uncertainty is larger than its range.
    """

    verdict: str | None
    reason: str | None = None
    probability: float | None = None
    beyond: float = 0.0
    points: float | None = None
    points_sd: float | None = None
    decidable: bool = True


def judge(
    metric: Metric, value: Value, view: View, settings: FormSettings, misshapen: str | None = None
) -> Verdict:
    """Judge one metric of one repetition, unless its keypoints lack human proportions.

    ``misshapen`` states what is wrong with their proportions.

    Notes
    -----
    The error is modelled as a mixture of two normal distributions N of the same mean: F(x) =
    (1 - q) N(x) + q N(x / k), where the fraction q is grossly wrong, k times as far. With the
    range [a, b], value v and standard deviation s the probability of being inside is
    F((b - v) / s) - F((a - v) / s).
    """
    if value.value is None or value.sd is None:
        return Verdict(None if metric.range is None else ABSTAINED, value.reason)
    if metric.range is None:
        return Verdict(None, "measured, not judged: the exercise gives no range")
    probability = _inside(value.value, value.sd, metric.range)
    reason = _hindrance(metric, value, view, settings, misshapen)
    if reason is not None:
        return Verdict(ABSTAINED, reason, None)
    beyond = _beyond(value.value, metric.range)
    if max(probability, 1 - probability) < settings.min_probability:
        words = "too near the limit for its uncertainty" if value.sd else "at the limit"
        decidable = value.sd <= _UNDECIDABLE * _room(metric)
        if not decidable:
            words = f"its uncertainty is {value.sd / _room(metric):.1f} times its range"
        return Verdict(ABSTAINED, words, probability, beyond, decidable=decidable)
    points = _points(value.value, metric)
    possible = [_points(value.value + z * value.sd, metric) for z in _QUANTILES]
    return Verdict(
        OK if probability >= 0.5 else MISSED,
        None,
        probability,
        beyond,
        points,
        pstdev(possible),
    )


def _room(metric: Metric) -> float:
    """Return the width of a metric's range, or its tolerance where the range is open."""
    low, high = metric.range or (None, None)
    return metric.tolerance if low is None or high is None else high - low


def _hindrance(
    metric: Metric, value: Value, view: View, settings: FormSettings, misshapen: str | None
) -> str | None:
    if misshapen is not None:
        return f"the skeleton is not shaped like a human there: {misshapen}"
    if metric.measure.kind != "duration" and not _is_fit(metric, view):
        wanted = " or ".join(metric.views)
        if view.name == "unknown":
            return f"can be judged from the {wanted}; the view is not known"
        return f"can be judged from the {wanted}, not from this view ({view.name})"
    if value.seen < settings.min_seen:
        return f"its keypoints were seen in {100 * value.seen:.0f} % of the phase only"
    if value.confidence < settings.min_confidence:
        return f"its keypoints are uncertain (confidence {value.confidence:.2f})"
    return None


def _is_fit(metric: Metric, view: View) -> bool:
    """Return whether the view allows a metric to be judged.

    The sheet takes precedence; the estimated angle then only widens the uncertainty.
    """
    if {"side", "front", "oblique"} <= set(metric.views):
        return True
    if view.source == "sheet":
        return view.name in metric.views
    off = off_plane(view, metric.views)
    return off is not None and off <= NEAR_DEG


def _inside(value: float, sd: float, bounds: tuple[float | None, float | None]) -> float:
    low, high = bounds
    above = 1.0 if low is None else _not_beyond(value - low, sd)
    below = 1.0 if high is None else _not_beyond(high - value, sd)
    return max(above + below - 1.0, 0.0)


def _not_beyond(distance: float, sd: float) -> float:
    """Return the probability that a value's error is not larger than a distance."""
    if sd == 0:
        return 1.0 if distance >= 0 else 0.0
    core, outright = (0.5 * (1 + erf(distance / (sd * k) / sqrt(2))) for k in (1.0, _TIMES))
    return (1 - _OUTRIGHT) * core + _OUTRIGHT * outright


def _beyond(value: float, bounds: tuple[float | None, float | None]) -> float:
    low, high = bounds
    if low is not None and value < low:
        return value - low
    if high is not None and value > high:
        return value - high
    return 0.0


def _points(value: float, metric: Metric) -> float:
    assert metric.range is not None
    return max(1.0 - abs(_beyond(value, metric.range)) / metric.tolerance, 0.0)


@dataclass(frozen=True)
class Score:
    """A score of 0 to 100.

    Parameters
    ----------
    value : float or None
        None where too little could be judged; ``reason`` states this.
    sd : float or None
        Standard deviation.
    judged : float
        Fraction of the weights that was judged.
    reason : str or None
        Why there is none.
    """

    value: float | None
    sd: float | None
    judged: float
    reason: str | None = None


def score(
    metrics: Sequence[Metric], verdicts: Mapping[str, Verdict], settings: FormSettings
) -> Score:
    """Score one repetition: the weighted mean of the points of the judged metrics.

    Every verdict's points fall from 1 inside the range to 0 at the tolerance beyond it. A metric
    that is undecidable with this view and these keypoints does not affect the score.
    """
    total = sum(metric.weight for metric in metrics)
    if total == 0:
        return Score(None, None, 0.0, "the exercise gives no range to judge by")
    judged = [
        (metric.weight, verdict.points, verdict.points_sd or 0.0)
        for metric in metrics
        if (verdict := verdicts[metric.name]).points is not None
    ]
    weight = sum(w for w, _, _ in judged)
    decidable = sum(metric.weight for metric in metrics if verdicts[metric.name].decidable)
    share = weight / total
    if share < _LEAST_JUDGED or weight < settings.min_weight * decidable:
        words = f"only {100 * share:.0f} % of the score's weight could be judged"
        return Score(None, None, share, words)
    value = 100 * sum(w * (points or 0.0) for w, points, _ in judged) / weight
    sd = 100 * sqrt(sum((w * s) ** 2 for w, _, s in judged)) / weight
    return Score(value, sd, share)


def score_words(score: Mapping[str, Any]) -> str:
    """Format an existing score, with the percentage of the points that was judged.

    >>> score_words({"value": 93.4, "sd": 5.2, "judged": 1.0})
    '93 ± 5 of 100'
    >>> score_words({"value": 99.0, "sd": 1.0, "judged": 0.615})
    '99 ± 1 of 100, with 62 % of the points judged'
    """
    words = f"{score['value']:.0f} ± {score['sd']:.0f} of 100"
    share = round(100 * score["judged"])
    return words if share == 100 else f"{words}, with {share} % of the points judged"


def mean_score(scores: Sequence[Score]) -> Score:
    """Score a set: the mean of its repetitions' scores, where at least half have one.

    Their errors are taken as fully correlated (same camera, same pose model), so that averaging
    repetitions does not reduce the error.
    """
    known = [one for one in scores if one.value is not None]
    if not known:
        reasons = list(dict.fromkeys(one.reason for one in scores if one.reason))
        return Score(None, None, 0.0, reasons[0] if reasons else "no complete repetition")
    count = len(known)
    if 2 * count < len(scores):
        return Score(None, None, 0.0, f"only {count} of {len(scores)} repetitions have a score")
    value = sum(one.value or 0.0 for one in known) / count
    sd = sum(one.sd or 0.0 for one in known) / count
    assert isfinite(value)
    return Score(value, sd, sum(one.judged for one in known) / count)
