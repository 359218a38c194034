"""The camera shots of a clip, and the one proposed for analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from kinepath.camera_shots.joining import join
from kinepath.conform import Window
from kinepath.io.video import Frame, VideoReader
from kinepath.pose.subject.opening import Opener
from kinepath.pose.subject.sampling import sample, sample_step
from kinepath.pose.subject.selection import find_athletes, sureness


def split(facts: Mapping[str, Any]) -> list[Window]:
    """Split a clip at its cuts into camera shots, each from its first to its last frame."""
    time = np.asarray(facts["frame_time_s"], dtype=np.float64)
    first = [0, *np.searchsorted(time, np.asarray(facts["cuts_s"]) - 1e-6), time.size]
    return [
        Window(float(time[begin]), float(time[end - 1]))
        for begin, end in pairwise(first)
        if end > begin
    ]


def propose(
    facts: Mapping[str, Any],
    start_s: float | None,
    end_s: float | None,
    opener: Opener,
    settings: Mapping[str, Any],
    subject: Mapping[str, Any],
    *,
    implement: bool,
    exercise: bool = False,
) -> dict[str, Any]:
    """List the camera shots of a clip and propose one for analysis.

    Parameters
    ----------
    facts : mapping
        What :func:`kinepath.probe.probe` found.
    start_s, end_s : float, optional
        The sheet's window; takes precedence where stated.
    opener : callable
        Opens the pose backend; only called without a window and where several camera shots are
        long enough, or to join those of an exercise.
    settings, subject : mapping
        The sections ``segments`` and ``subject`` of the configuration.
    implement : bool
        Whether the athlete swings something.
    exercise : bool
        Whether the clip shows an exercise: then the camera shots of one athlete in one place are
        joined, see :func:`kinepath.camera_shots.joining.join`.

    Returns
    -------
    dict
        ``segments``: for each camera shot ``start_s`` and ``end_s`` and, where people were
        detected, ``people``, ``score`` (of the person who fits the rule best), ``athlete`` (their
        facts) or ``why_not``. ``proposed``: ``start_s``, ``end_s``, ``segment`` (its number from 0;
        None for a window of the sheet), ``reason`` and ``sure``, from 0 to 1, None where not
        assessed; ``fits``: whether a person who fits the rule was found, absent where not assessed.
    """
    windows = split(facts)
    in_sheet = start_s is not None or end_s is not None
    if exercise and not in_sheet:
        windows = join(facts, windows, opener)
    segments: list[dict[str, Any]] = [
        {"start_s": window.start, "end_s": window.end} for window in windows
    ]
    whole = {"start_s": facts["start_s"], "end_s": facts["end_s"], "segment": 0, "sure": None}
    if in_sheet:
        proposed = {
            "start_s": facts["start_s"] if start_s is None else start_s,
            "end_s": facts["end_s"] if end_s is None else end_s,
            "segment": None,
            "reason": "the window in the sheet",
            "sure": None,
        }
    elif len(windows) == 1:
        cuts = facts["cuts_s"]
        joint = "camera shots of one athlete in one place, joined: the whole clip"
        proposed = {**whole, "reason": joint if cuts else "no cuts: the whole clip"}
    elif len(lasting := [w for w in windows if _lasts(w, settings)]) == 1:
        proposed = {
            "start_s": lasting[0].start,
            "end_s": lasting[0].end,
            "segment": windows.index(lasting[0]),
            "reason": f"the only camera shot of {settings['shortest_s']:g} s or more",
            "sure": None,
        }
    else:
        for segment, window in zip(segments, windows, strict=True):
            segment.update(
                _people_in(facts, window, opener, settings, subject, implement=implement)
            )
        least = subject["least_score"]
        proposed = _best(segments, least, implement=implement) or {
            **whole,
            "segment": None,
            "sure": 0.0,
            "reason": "nobody seen in any segment: the whole clip",
        }
    return {"segments": segments, "proposed": proposed}


def crossing(facts: Mapping[str, Any], proposed: Mapping[str, Any]) -> list[str]:
    """Return a warning for a window that spans cuts."""
    inside = [
        f"{cut:.2f}"
        for cut in facts["cuts_s"]
        if proposed["start_s"] < cut - 1e-6 <= proposed["end_s"]
    ]
    if not inside:
        return []
    one = len(inside) == 1
    return [
        f"the camera jumps at {', '.join(inside)} s, a {'cut' if one else 'few cuts'} or a knock:"
        " motion is not followed across; put start_s and end_s in the sheet around one part to"
        " leave the others out"
    ]


def beyond(facts: Mapping[str, Any], end_s: float | None) -> list[str]:
    """Return a warning where the sheet's window (seconds) ends after the video."""
    if end_s is None or end_s <= facts["start_s"] + facts["duration_s"]:
        return []
    return [
        f"end_s is {end_s:g} s, but the last frame is shown at {facts['end_s']:.2f} s, where the"
        " analysis ends; correct end_s in the sheet if another part was meant"
    ]


def left_out(facts: Mapping[str, Any], proposed: Mapping[str, Any], count: int) -> list[str]:
    """Return a warning where a rule, not the sheet, selects only part of a clip.

    Parameters
    ----------
    facts : mapping
        What :func:`kinepath.probe.probe` found.
    proposed : mapping
        From :func:`propose`.
    count : int
        Number of camera shots.
    """
    if proposed["segment"] is None or count == 1:
        return []
    used = proposed["end_s"] - proposed["start_s"]
    return [
        f"only {used:.1f} of {facts['end_s'] - facts['start_s']:.1f} s are used, part"
        f" {proposed['segment'] + 1} of {count}, from {proposed['start_s']:.2f} to"
        f" {proposed['end_s']:.2f} s ({proposed['reason']}); put start_s and end_s in the sheet to"
        " use another part"
    ]


def pictures_between(facts: Mapping[str, Any], window: Window) -> Iterable[Frame]:
    """Yield the frames of a part of a raw video; no earlier frame is converted."""
    with VideoReader.of(facts) as reader:
        for picture, time in reader.pictures():
            if time > window.end + 1e-6:
                return
            if time >= window.start - 1e-6:
                yield Frame(reader.upright(picture), time)


def _lasts(window: Window, settings: Mapping[str, Any]) -> bool:
    return window.end - window.start >= float(settings["shortest_s"])


def _people_in(
    facts: Mapping[str, Any],
    window: Window,
    opener: Opener,
    settings: Mapping[str, Any],
    subject: Mapping[str, Any],
    *,
    implement: bool,
) -> dict[str, Any]:
    if not _lasts(window, settings):
        return {"people": None, "score": 0.0, "why_not": f"shorter than {settings['shortest_s']} s"}
    step = sample_step(window.end - window.start, subject["rate_hz"], settings["most"])
    taken = sample(pictures_between(facts, window), window.start, window.end, step)
    search = {**subject, "searched": settings["searched"]}
    candidates = find_athletes(taken, opener, search, implement=implement)
    if not candidates:
        return {"people": 0, "score": 0.0, "why_not": "nobody seen"}
    told = candidates[0].told(taken)
    return {
        "people": len(candidates),
        "score": told["score"],
        "athlete": {**told, "sure": round(sureness(candidates), 3)},
    }


def _best(
    segments: Sequence[Mapping[str, Any]], least: float, *, implement: bool
) -> dict[str, Any] | None:
    ranked = sorted(range(len(segments)), key=lambda k: -segments[k]["score"])
    best, second = segments[ranked[0]], segments[ranked[1]]
    if "athlete" not in best:
        return None
    athlete, fits = best["athlete"], best["score"] >= least
    if not implement:
        reason = f"a person who moves, {athlete['stature_px']:.0f} pixels tall"
    elif fits:
        reason = (
            f"one person holds both hands together ({athlete['hands_apart']:.2f} statures apart)"
            f" and swings them at {athlete['hand_speed']:.1f} statures/s"
        )
    else:
        reason = "nobody clearly swings; the person who comes nearest is here"
    return {
        "start_s": best["start_s"],
        "end_s": best["end_s"],
        "segment": ranked[0],
        "reason": reason,
        "fits": fits,
        "sure": round(best["score"] / (best["score"] + second["score"]), 3)
        if fits
        else round(best["score"], 3),
    }
