"""How metrics change over the repetitions of a set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Fewest repetitions from which a change is told.
LEAST_REPETITIONS = 4
#: Share of sets without any change that may be told to have one, over all metrics together.
ALPHA = 0.05


@dataclass(frozen=True)
class Drift:
    """The straight line through a metric over the repetitions' numbers.

    Parameters
    ----------
    slope : float or None
        Change with each repetition; None where there are too few.
    slope_sd : float or None
        Its standard error, from the scatter around the line: what is wrong with every repetition
        alike (the camera's place, the pose model) does not change a slope.
    change : float or None
        From the first to the last repetition, by the line.
    intercept : float or None
        Value of the line at number 0.
    drifts : bool or None
        Whether the slope differs from 0 (two-sided t-test, Bonferroni over the metrics).
    reason : str or None
        Why nothing can be told.
    """

    slope: float | None = None
    slope_sd: float | None = None
    change: float | None = None
    intercept: float | None = None
    drifts: bool | None = None
    reason: str | None = None


def find_drift(numbers: Sequence[int], values: Sequence[float], tests: int) -> Drift:
    """Fit a line through the values of a metric.

    Parameters
    ----------
    numbers : sequence of int
        The repetitions' numbers.
    values : sequence of float
        Their values, none missing.
    tests : int
        How many metrics are tested together.
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
    # Rounding leaves a little scatter where there is none.
    scatter = max(float((left**2).sum()), (1e-9 * float(np.abs(y).max())) ** 2)
    error = float(np.sqrt(scatter / (count - 2) / spread))
    limit = float(stdtrit(count - 2, 1 - ALPHA / tests / 2))
    return Drift(slope, error, slope * float(x[-1] - x[0]), intercept, abs(slope) > limit * error)
