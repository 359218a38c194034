"""Results as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from kinepath.form.drift import Drift
from kinepath.form.exercise import Metric
from kinepath.form.metrics import Value
from kinepath.form.score import ABSTAINED, MISSED, Score, Verdict


def missed(number: int, metric: Metric, value: Value, verdict: Verdict) -> str:
    """Describe a missed range: what, when, by how much, with what certainty."""
    assert value.value is not None and verdict.probability is not None
    assert metric.range is not None
    words = metric.below if verdict.beyond < 0 else metric.above
    beside = "below" if verdict.beyond < 0 else "above"
    when = "" if value.time_s is None else f" at {value.time_s:.2f} s"
    return (
        f"Repetition {number}: {words}. {metric.title} {quantity(value.value, metric.unit)}{when},"
        f" {pair(abs(verdict.beyond), value.sd or 0.0, metric.unit)} {beside}"
        f" the range ({bounds(metric)});"
        f" {_percent(1 - verdict.probability)} sure."
    )


def repetition(
    number: int,
    metrics: Sequence[Metric],
    values: dict[str, Value],
    verdicts: dict[str, Verdict],
    score: Score,
) -> list[str]:
    """Describe one repetition: a sentence per missed range, one for what could not be judged."""
    lines = [
        missed(number, metric, values[metric.name], verdicts[metric.name])
        for metric in metrics
        if verdicts[metric.name].verdict == MISSED
    ]
    silent: dict[str, list[str]] = {}
    for metric in metrics:
        verdict = verdicts[metric.name]
        if verdict.verdict == ABSTAINED:
            silent.setdefault(verdict.reason or "", []).append(_lower(metric.title))
    lines += [
        f"Repetition {number}: not judged: {'; '.join(titles)} ({reason})."
        for reason, titles in silent.items()
    ]
    if score.value is None:
        lines.append(f"Repetition {number}: no score: {score.reason}.")
    elif not lines:
        lines.append(f"Repetition {number}: every range was kept.")
    return lines


def drifting(metric: Metric, drift: Drift) -> str:
    """Describe a metric that drifts over the set."""
    assert drift.change is not None and drift.slope is not None and drift.slope_sd is not None
    way = "rises" if drift.change > 0 else "falls"
    unit = metric.unit
    return (
        f"{metric.title} {way} over the set by {quantity(abs(drift.change), unit)}"
        f" ({pair(drift.slope, drift.slope_sd, unit, signed=True)} with each repetition)."
    )


def pair(value: float, sd: float, unit: str, *, signed: bool = False) -> str:
    """Format a number, its standard deviation and their unit.

    >>> pair(0.112, 0.017, "statures"), pair(16.2, 6.71, "deg")
    ('0.11 ± 0.02 statures', '16° ± 6.7°')
    """
    first, last = quantity(value, unit, signed=signed), quantity(sd, unit)
    return f"{first.removesuffix(f' {unit}')} ± {last}" if unit else f"{first} ± {last}"


def quantity(value: float, unit: str, *, signed: bool = False) -> str:
    """Format a number with its unit, with a meaningful number of digits.

    >>> quantity(95.23, "deg"), quantity(0.0512, "statures"), quantity(-1.25, "s", signed=True)
    ('95°', '0.05 statures', '−1.25 s')
    """
    places = 0 if unit.startswith("deg") and (abs(value) >= 10 or value == 0) else 2
    places = 1 if unit.startswith("deg") and places else places
    text = f"{value:+.{places}f}" if signed else f"{value:.{places}f}"
    text = text.replace("-", "−")
    if unit.startswith("deg"):
        return f"{text}°{unit.removeprefix('deg')}"
    return f"{text} {unit}".rstrip()


def bounds(metric: Metric) -> str:
    """Format the range of a metric."""
    if metric.range is None:
        return "no range"
    low, high = metric.range
    if low is None:
        assert high is not None
        return f"at most {quantity(high, metric.unit)}"
    if high is None:
        return f"at least {quantity(low, metric.unit)}"
    return f"{quantity(low, metric.unit)} to {quantity(high, metric.unit)}"


def _percent(share: float) -> str:
    return "more than 99 %" if share > 0.995 else f"{100 * share:.0f} %"


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
