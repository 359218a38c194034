"""Repetitions of an exercise: their number, and when each starts, turns and ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.io.remarks import KEY, joined, remarks_of
from kinepath.repetitions.affinity import Period, period
from kinepath.repetitions.corrections import Correction, CorrectionError, correct
from kinepath.repetitions.doubt import doubt
from kinepath.repetitions.refine import refine
from kinepath.repetitions.search import Limits, Movement, search
from kinepath.repetitions.sets import Bounds, Sets, pair
from kinepath.repetitions.trajectory import Trajectory, UntellableError, trajectory
from kinepath.settings.results import RepetitionsSettings

__all__ = ["SCHEMA", "Analysis", "analyse", "corrected", "report"]

SCHEMA = "kinepath/reps/1"
#: Maximum number of postures for the published autocorrelation.
_MOST_POSTURES = 1000
#: Minimum number of repetitions seen only in depth: fewer may be due to its errors.
_LEAST_IN_DEPTH = 3
#: A posture jumps if its change has at least this ratio to that this many frames before and after
#: (smoothing spreads the jump over the nearest), and this ratio to that of its fastest frames,
#: those above this quantile. In 24 filmed sets that were cut or shifted by hand 9 of 12 cuts are
#: found like this, and 7 by the fastest frames alone; 3 of 12 shifts are taken for cuts either way.
_JUMPS, _NEAR = 2.0, (4, 9)
_LEAST_JUMP, _FAST = 0.4, 0.95
#: A stretch without repetitions is reported from this duration, in repetitions, between two of them
#: or at an end, where people come and go, and from this fraction of their movement.
_BETWEEN, _AT_END, _ALIKE = 0.6, 1.3, 0.6


@dataclass(frozen=True)
class Analysis:
    """The repetitions found in a clip.

    Parameters
    ----------
    trajectory : Trajectory or None
        None where the poses do not determine one.
    period : Period or None
        The published autocorrelation, over ``step`` frames; None where it has no maximum.
    step : int
        Frames between the postures used for it.
    movement : Movement or None
        None where no movement goes and comes back.
    sets : Sets or None
    note : str or None
        Why there are none, or what is uncertain.
    corrections : tuple of Correction
        Corrections from the sheet, already applied to ``sets``.
    """

    trajectory: Trajectory | None
    period: Period | None
    step: int
    movement: Movement | None
    sets: Sets | None
    note: str | None
    corrections: tuple[Correction, ...] = ()


def analyse(
    poses: xr.Dataset, settings: RepetitionsSettings | Mapping[str, Any] | None = None
) -> Analysis:
    """Find the repetitions in a clip.

    Parameters
    ----------
    poses : xarray.Dataset
        Cleaned poses; image positions are used where repetitions are found in them, because errors
        in depth make them differ more than the missing depth does, else ``position_3d``.
    settings : RepetitionsSettings or mapping, optional
        ``smoothing_s``, ``shortest_s`` (of a repetition), ``least_amplitude``, ``depth``,
        ``difference``; see :class:`kinepath.repetitions.search.Limits`.

    Returns
    -------
    Analysis
    """
    settings = RepetitionsSettings.of(settings)
    flat = _analyse(poses, "position", settings)
    if _count(flat) == 0 and "position_3d" in poses:
        deep = _analyse(poses, "position_3d", settings)
        if _count(deep) >= _LEAST_IN_DEPTH:
            return deep
    return flat


def _count(analysis: Analysis) -> int:
    """Return the number of complete repetitions."""
    return sum(bounds.complete for bounds in analysis.sets.repetitions) if analysis.sets else 0


def _analyse(poses: xr.Dataset, source: str, settings: RepetitionsSettings) -> Analysis:
    try:
        path = trajectory(poses, source, settings.smoothing_s)
    except UntellableError as error:
        return Analysis(None, None, 1, None, None, str(error))
    step = max(-(-len(path.points) // _MOST_POSTURES), 1)
    shortest = settings.shortest_s
    published = period(path.points[::step], max(round(shortest * path.fps / step), 2))
    hints = []
    if published is not None:
        trimmed = published.trimmed * step
        hints = [slice(trimmed, len(path.points) - trimmed)]
    limits = Limits(settings.least_amplitude, settings.depth, settings.difference, shortest / 4)
    movement = search(path, limits, hints)
    if movement is None:
        return Analysis(
            path, published, step, None, None, "no movement goes and comes back the same way"
        )
    sets = refine(pair(movement), path.flat, movement)
    return Analysis(path, published, step, movement, sets, _note(path, sets))


def corrected(analysis: Analysis, poses: xr.Dataset, said: Sequence[Mapping[str, Any]]) -> Analysis:
    """Apply the sheet's corrections to an analysis.

    Parameters
    ----------
    analysis : Analysis
        The analysis.
    poses : xarray.Dataset
        The poses analysed.
    said : sequence of mapping
        ``counts``, ``start_s`` and ``end_s`` (seconds, the poses' clock) of each correction.

    Returns
    -------
    Analysis
        See :func:`kinepath.repetitions.corrections.correct`. A repetition of the sheet turns where
        the posture is farthest from those at its start and end; without a trajectory, halfway.

    Raises
    ------
    CorrectionError
        If a correction contains no frame of the analysed part.
    """
    if not said:
        return analysis
    time = np.asarray(poses["time"].values, dtype=float)
    corrections = []
    for each in said:
        start, end = np.interp([each["start_s"], each["end_s"]], time, np.arange(time.size))
        if end - start < 1.0:
            raise CorrectionError(
                f"repetitions: {each['start_s']:g} to {each['end_s']:g} s is no stretch of frames"
                f" of the part that is analysed, {time[0]:.2f} to {time[-1]:.2f} s",
                remedy="correct the column repetitions of the sheet, or start_s and end_s",
            )
        corrections.append(Correction(each["counts"], float(start), float(end)))

    def turn(start: float, end: float) -> float:
        first, last = round(start), round(end)
        if analysis.trajectory is None:
            return (start + end) / 2
        flat = analysis.trajectory.flat[first : last + 1]
        away = np.linalg.norm(flat - (flat[0] + flat[-1]) / 2, axis=1)
        return float(first + int(np.argmax(away)))

    found = analysis.sets or Sets((), rest_is_high=False, reason="by the sheet", cut_start=False)
    sets = replace(found, repetitions=correct(found.repetitions, corrections, turn))
    note = analysis.note
    if analysis.trajectory is not None and sets.repetitions:
        note = _note(analysis.trajectory, sets)
    return replace(analysis, sets=sets, note=note, corrections=tuple(corrections))


def _note(path: Trajectory, sets: Sets) -> str | None:
    complete = [bounds for bounds in sets.repetitions if bounds.complete]
    words = []
    if not complete:
        words.append("no repetition comes back to where it began")
    if len(complete) == 1 and not complete[0].by_sheet:
        words.append("one repetition: nothing in the clip confirms that it is the exercise")
    if sets.cut_start:
        words.append("the clip begins within a repetition, which is not counted")
    if path.source == "position_3d" and not all(each.by_sheet for each in complete):
        words.append("found in depth only")
    return "; ".join(words) or None


def confidence(analysis: Analysis, bounds: Bounds, difference: float) -> float:
    """Return the confidence of a repetition, 0 to 1.

    The product of its similarity to the typical ones (1: the same; 0: as different as the setting
    allows), the confidence of the joints in it, and the support by others: ``1 - 1 / 2n``
    for n complete ones. A repetition of the sheet is certain.
    """
    if bounds.by_sheet:
        return 1.0
    assert analysis.trajectory is not None and analysis.sets is not None
    certainty = analysis.trajectory.certainty
    first, last = int(bounds.start), min(int(np.ceil(bounds.end)) + 1, len(certainty))
    seen = float(certainty[first:last].mean())
    count = max(sum(each.complete for each in analysis.sets.repetitions), 1)
    likeness = max(1.0 - bounds.difference / difference, 0.0)
    return round(likeness * min(seen, 1.0) * (1.0 - 0.5 / count), 4)


def report(
    analysis: Analysis,
    poses: xr.Dataset,
    exercise: str,
    settings: RepetitionsSettings | Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the content of ``results/reps/{clip}.json``: frames from 0, times in seconds."""
    settings = RepetitionsSettings.of(settings)
    fps = float(poses.attrs["fps"])
    time = np.asarray(poses["time"].values)
    repetitions = list(analysis.sets.repetitions) if analysis.sets else []
    frames = np.arange(len(time))

    def seconds(frame: float) -> float:
        return round(float(np.interp(frame, frames, time)), 4)

    complete = [bounds for bounds in repetitions if bounds.complete]
    missing = cuts_in_time(analysis.trajectory, np.atleast_1d(poses.attrs.get("breaks", [])))
    notes = [analysis.note]
    if missing:
        places = ", ".join(f"{seconds(frame):.2f}" for frame in missing)
        notes.append(f"time is missing at {places} s: the count is a minimum")
    # A person who has counted knows the exercise.
    confirmed = any(each.counts for each in analysis.corrections)
    doubted = None
    if analysis.trajectory and not confirmed:
        doubted = doubt(analysis.trajectory, complete)
    notes.append(doubted)
    source = analysis.trajectory.source if analysis.trajectory else None
    return {
        "schema": SCHEMA,
        "clip": poses.attrs["clip"],
        "exercise": exercise,
        "fps": fps,
        "count": len(complete),
        "count_is_minimum": bool(missing),
        "unfinished": len(complete) < len(repetitions),
        "note": "; ".join(note for note in notes if note) or None,
        "by_sheet": _corrections(analysis.corrections) or None,
        KEY: joined(
            remarks_of(poses.attrs),
            [_remark(analysis, len(complete), missing)],
            [_doubted(doubted, len(complete)) if doubted else None],
            [_uncounted(*map(seconds, span)) for span in uncounted(analysis)],
        ),
        "repetitions": [
            {
                "number": number,
                "start_s": seconds(bounds.start),
                "turn_s": seconds(bounds.turn),
                "end_s": seconds(bounds.end),
                "start_frame": round(bounds.start, 3),
                "turn_frame": round(bounds.turn, 3),
                "end_frame": round(bounds.end, 3),
                "complete": bounds.complete,
                "interrupted": any(bounds.start < frame < bounds.end for frame in missing),
                "by_sheet": bounds.by_sheet,
                "confidence": confidence(analysis, bounds, settings.difference),
            }
            for number, bounds in enumerate(repetitions, start=1)
        ],
        "period_s": _period(complete, fps),
        "autocorrelation_period_s": (
            round(analysis.period.period * analysis.step / fps, 4) if analysis.period else None
        ),
        "source": source,
        "joints": list(analysis.trajectory.joints) if analysis.trajectory else [],
        "rest": analysis.sets.reason if analysis.sets and repetitions else None,
        "parameters": settings.parameters(),
    }


def cuts_in_time(path: Trajectory | None, breaks: Iterable[int]) -> list[int]:
    """Find the breaks at which the posture jumps, where time is missing.

    A knock to the tripod moves the image, but not the body: the posture continues.

    Parameters
    ----------
    path : Trajectory or None
        The postures over time.
    breaks : iterable of int
        The first frames after breaks.
    """
    if path is None:
        return []
    flat = path.flat
    # The frame of the break itself is missing, so the postures on both sides are compared.
    change = np.linalg.norm(flat[2:] - flat[:-2], axis=1)
    if not change.size:
        return []
    least = _LEAST_JUMP * float(np.quantile(change, _FAST))

    def jumps(middle: int) -> bool:
        near = [
            change[at]
            for away in range(_NEAR[0], _NEAR[1] + 1)
            for at in (middle - away, middle + away)
            if 0 <= at < change.size
        ]
        return bool(change[middle] > max(_JUMPS * float(np.median(near or [0.0])), least))

    return [int(k) for k in breaks if 0 < k <= change.size and jumps(int(k) - 1)]


def uncounted(analysis: Analysis) -> list[tuple[float, float]]:
    """Find where the body moves as much and as long as in repetitions, and none is counted.

    Returns
    -------
    list of (float, float)
        First and last frame of each stretch.
    """
    if analysis.trajectory is None or not (analysis.sets and analysis.sets.repetitions):
        return []
    flat, found = analysis.trajectory.flat, analysis.sets.repetitions
    typical = float(np.median([each.end - each.start for each in found]))
    spread = float(np.median([_spread(flat, each.start, each.end) for each in found]))
    edges = [0.0, *(frame for each in found for frame in (each.start, each.end)), len(flat) - 1.0]
    stretches = list(zip(edges[::2], edges[1::2], strict=True))
    least = [_AT_END, *[_BETWEEN] * (len(stretches) - 2), _AT_END]
    return [
        (start, end)
        for (start, end), times in zip(stretches, least, strict=True)
        if end - start > times * typical
        and _spread(flat, start, end) > _ALIKE * spread
        and not any(each.start < end and start < each.end for each in analysis.corrections)
    ]


def _spread(flat: NDArray[np.float64], start: float, end: float) -> float:
    """Return the root mean square distance of the postures of a stretch from their mean."""
    part = flat[int(start) : int(end) + 1]
    return float(np.sqrt(((part - part.mean(axis=0)) ** 2).sum(axis=1).mean()))


def _uncounted(start_s: float, end_s: float) -> str:
    return (
        f"from {start_s:.1f} to {end_s:.1f} s the athlete moves as much as in the repetitions that"
        " are counted, but not like in them, perhaps seen from elsewhere: nothing is counted there;"
        " give that part a row of its own in the sheet, with start_s and end_s"
    )


def _remark(analysis: Analysis, count: int, missing: list[int]) -> str | None:
    """Return a remark that a reader of the count needs."""
    if missing:
        return (
            f"time was cut out of the set ({len(missing)} times): {count} is the minimum number"
            " of repetitions; use the uncut recording to count all"
        )
    if analysis.trajectory is None:
        return (
            f"no repetitions can be looked for: {analysis.note}; use a video that shows the athlete"
            " whole, alone and for longer, or give the box around them as subject in the sheet"
        )
    return None


def _corrections(corrections: Sequence[Correction]) -> str:
    counted = sum(each.counts for each in corrections)
    words = [f"{counted} counted by the sheet"] if counted else []
    left_out = len(corrections) - counted
    words += [f"{left_out} left out by the sheet"] if left_out else []
    return ", ".join(words)


def _doubted(reason: str, count: int) -> str:
    return (
        f"{reason}, and the {count} that are counted no repetitions of one; look at the video,"
        " correct the activity in the sheet, or leave that part out by start_s and end_s"
    )


def _period(complete: list[Bounds], fps: float) -> float | None:
    """Return the median time from start to start; for a single repetition, its duration."""
    if not complete:
        return None
    starts = np.array([bounds.start for bounds in complete])
    lengths = np.diff(starts) if len(starts) > 1 else [complete[0].end - complete[0].start]
    return round(float(np.median(lengths)) / fps, 4)
