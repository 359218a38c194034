"""Corrections of the repetitions by a person who has watched the clip; they take precedence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kinepath.errors import KinepathError
from kinepath.repetitions.sets import Bounds


class CorrectionError(KinepathError):
    """A correction that does not concern the analysed part."""


@dataclass(frozen=True)
class Correction:
    """One correction.

    Parameters
    ----------
    counts : bool
        Whether this stretch is a repetition; False: it is not.
    start, end : float
        The stretch, frames.
    """

    counts: bool
    start: float
    end: float


def correct(
    found: Sequence[Bounds],
    corrections: Sequence[Correction],
    turn: Callable[[float, float], float],
) -> tuple[Bounds, ...]:
    """Correct the detected repetitions.

    Parameters
    ----------
    found : sequence of Bounds
        In order.
    corrections : sequence of Correction
        Those that count do not overlap each other.
    turn : callable
        Returns the frame at which a repetition with this start and end turns.

    Returns
    -------
    tuple of Bounds
        In order. A detected repetition is left out if its middle lies in a stretch that does not
        count, and also if it and one stated to count contain each other's middle: that one replaces
        it, as complete.
    """
    kept = [each for each in found if not any(_replaces(said, each) for said in corrections)]
    said = [
        Bounds(each.start, turn(each.start, each.end), each.end, True, 0.0, by_sheet=True)
        for each in corrections
        if each.counts
    ]
    return tuple(sorted([*kept, *said], key=lambda each: each.start))


def _replaces(said: Correction, found: Bounds) -> bool:
    middle = (found.start + found.end) / 2
    if said.start <= middle <= said.end:
        return True
    return said.counts and found.start <= (said.start + said.end) / 2 <= found.end
