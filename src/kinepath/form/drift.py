"""The drift of metrics over the repetitions of a set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Minimum number of repetitions for a drift.
LEAST_REPETITIONS = 4
#: Family-wise error rate: fraction of sets without any drift in which one may be reported.
ALPHA = 0.05


@dataclass(frozen=True)
class Drift:
    """The linear regression of a metric on the repetition number.

    Parameters
    ----------
    slope : float or None
        Change per repetition; None where there are too few.
    slope_sd : float or None
        Its standard error, from the residual scatter: errors common to all repetitions (the
        camera's position, the pose model) do not affect a slope.
    change : float or None
        From the first to the last repetition, along the line.
    intercept : float or None
        Value of the line at number 0.
    drifts : bool or None
        Whether the slope differs from 0 (two-sided t-test, Bonferroni over the metrics).
    reason : str or None
        Why there is no result.
    """

    slope: float | None = None
    slope_sd: float | None = None
    change: float | None = None
    intercept: float | None = None
    drifts: bool | None = None
    reason: str | None = None


def find_drift(numbers: Sequence[int], values: Sequence[float], tests: int) -> Drift:
    """Fit a line to the values of a metric.

    Parameters
    ----------
    numbers : sequence of int
        The repetitions' numbers.
    values : sequence of float
        Their values, without gaps.
    tests : int
        Number of metrics tested together.
    """
    count = len(values)
    if count < LEAST_REPETITIONS:
        words = f"{count} repetitions have a value; a change is told from {LEAST_REPETITIONS} on"
        return Drift(reason=words)
    from scipy.special import stdtrit

    x, y = np.asarray(numbers, dtype=np.float64), np.asarray(values, dtype=np.float64)
    spread = ((x - x.mean()) ** 2).sum()
    slope = float(((x - x.mean()) * y).sum() / spread)
    intercept = float(y.mean() - slope * x.mean())
    left = y - intercept - slope * x
    # Rounding leaves a little scatter where there should be none.
    scatter = max(float((left**2).sum()), (1e-9 * float(np.abs(y).max())) ** 2)
    error = float(np.sqrt(scatter / (count - 2) / spread))
    limit = float(stdtrit(count - 2, 1 - ALPHA / tests / 2))
    return Drift(slope, error, slope * float(x[-1] - x[0]), intercept, abs(slope) > limit * error)
