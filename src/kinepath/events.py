"""The strokes in a clip and their events: backlift, downswing, contact, follow-through.

A stroke is a burst of the hands and of the implement together: where only the tracked tip moves,
it has jumped, and where only the hands move, the athlete walks. Contact is fused from the sheet,
the sound of impact and the motion, and comes with an interval; how wide that is, and how late
sound comes, was measured on filmed strokes (docs/events.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from kinepath.bat import SOURCES
from kinepath.signal.gaps import bridged
from kinepath.signal.smoothing import running_maximum, samples, savitzky_golay, window_length
from kinepath.typing import Array

__all__ = ["CONTACT_SOURCES", "analysed_contact", "analysed_stroke", "find_events"]


#: How a contact is known, in words.
CONTACT_SOURCES = {
    "sheet": "from the sheet",
    "sound": "from the sound of impact and the motion",
    "motion": "from the motion of hands and implement alone",
}
#: Positions are smoothed over so long before speeds are taken, seconds.
_SMOOTHING_S = 0.2
#: Added to the speeds of hands and tip before they are multiplied, statures/s: what is not seen or
#: stands still must not make the product vanish.
_HAND_FLOOR, _TIP_FLOOR = 0.1, 0.3
#: Hands that are slower in all of a burst make no stroke, statures/s.
_LEAST_HANDS = 0.45
#: A burst that is weaker than this fraction of the strongest is no stroke of its own; bursts that
#: are nearer to a stronger one belong to its stroke, seconds.
_LEAST_BURST, _APART_S = 0.15, 0.7
#: So do those that are weaker than this fraction of it and nearer than so long, seconds: they are
#: its backlift, or the way back to the stance.
_PART_OF, _PART_S = 0.5, 1.2
#: Which stroke is strongest is seen from the hands over so long to both sides, seconds.
_SUSTAINED_S = 0.1
#: A stroke in which an impact is heard goes before a silent one of up to so many times its
#: strength.
_HEARD = 2.0
#: A stroke is whole if the clip shows so much before and after its burst, seconds.
_BEFORE_S, _AFTER_S = 0.3, 0.15
#: The backlift is looked for so long before the burst, seconds.
_BACKLIFT_S = 0.8
#: Downswing and follow-through begin and end where the burst is down to this fraction.
_QUIET = 0.2
#: Of contact about the burst's top: standard deviation, seconds.
_MOTION_SD_S = 0.2
#: By how much, and how uncertainly, the sound of impact comes late, seconds: recordings of nets
#: and of broadcasts differ.
_SOUND_LATE_S, _SOUND_SD_S = 0.05, 0.05
#: How much more probable contact is at a click, by each decibel above the faintest, and the level
#: beyond which louder says no more.
_PER_DB, _FAINTEST_DB, _LOUDEST_DB = 0.2, 9.0, 35.0
#: A given contact belongs to a stroke whose burst is at most so far away, seconds.
_BELONGS_S = 0.4
#: The burst of a contact that is given lies within so long of it, seconds.
_NEAR_GIVEN_S = 0.2
#: Half of the interval of a contact that was read off the video by eye, seconds.
_BY_EYE_S = 0.04
#: The share of the interval, and the step of the grid on which contact is looked for, seconds.
_COVERAGE, _GRID_S = 0.9, 0.005


def find_events(
    poses: xr.Dataset,
    bat: xr.Dataset,
    clicks: Sequence[Mapping[str, float]] = (),
    contact_s: float | None = None,
) -> dict[str, Any]:
    """Find the strokes of a clip and the events of each.

    Parameters
    ----------
    poses : xarray.Dataset
        Cleaned poses of one individual.
    bat : xarray.Dataset
        The implement of the same frames: ``tip``, ``grip`` and ``source``.
    clicks : sequence of mapping
        ``time_s`` and ``level_db``, see :func:`kinepath.sound.listen`.
    contact_s : float, optional
        Contact as read off the video by the user, on the clock of ``poses``.

    Returns
    -------
    dict
        ``strokes``, in order of time; each with ``burst_s`` (where hands and tip are fastest
        together), ``intensity`` (the product of their speeds there, statures²/s²), ``whole``,
        ``top_of_backlift_s``, ``downswing_s``, ``follow_through_s`` (its end; None where a contact
        that is given contradicts what is seen), and ``contact``:
        ``time_s``, ``early_s`` and ``late_s`` (a 90 % interval), ``source`` (``sheet``, ``sound``
        or ``motion``). ``analysed``: index of the stroke that the other stages use, that of
        ``contact_s`` or the whole one that is strongest, hands taken over 0.2 s and an impact that
        is heard counted double; None without strokes. ``note``: why there is none, or what else
        is to be known.
    """
    too_few = _nothing("the hands are seen in too few frames for a stroke to be found")
    time = poses["time"].values
    if time.size < 5:
        return too_few
    hands, sustained, tip = _speeds(poses, bat)
    if np.isfinite(hands).mean() < 0.2:
        return too_few
    hands = np.nan_to_num(hands)
    intensity = (hands + _HAND_FLOOR) * (np.nan_to_num(tip) + _TIP_FLOOR)
    # Hands that jump are fast for a moment, those that swing for longer.
    strength = (np.nan_to_num(sustained) + _HAND_FLOOR) * (np.nan_to_num(tip) + _TIP_FLOOR)
    bursts = _bursts(time, intensity, hands)
    if contact_s is not None and not any(abs(time[k] - contact_s) < _BELONGS_S for k in bursts):
        bursts = sorted([*bursts, int(np.argmin(np.abs(time - contact_s)))])
    if not bursts:
        return _nothing(f"the hands are never faster than {_LEAST_HANDS:g} statures/s: no stroke")
    strokes = [_stroke(time, intensity, k) for k in bursts]
    for stroke in strokes:
        stroke["contact"] = _contact(stroke["burst_s"], time, clicks)
    whole = [k for k, stroke in enumerate(strokes) if stroke["whole"]]
    near = round(_SUSTAINED_S * float(poses.attrs["fps"]))
    strongest = running_maximum(strength, near)[bursts]
    heard = [_HEARD if stroke["contact"]["source"] == "sound" else 1.0 for stroke in strokes]
    chosen = max(whole or range(len(strokes)), key=lambda k: float(heard[k] * strongest[k]))
    note = None
    if contact_s is not None:
        chosen = min(range(len(strokes)), key=lambda k: abs(strokes[k]["burst_s"] - contact_s))
        strokes[chosen], note = _around(contact_s, strokes[chosen], time, intensity)
        strokes[chosen]["contact"] = {
            "time_s": round(contact_s, 4),
            "early_s": round(contact_s - _BY_EYE_S, 4),
            "late_s": round(contact_s + _BY_EYE_S, 4),
            "source": "sheet",
        }
    elif not whole:
        note = (
            "the stroke is cut off by the ends of the analysed part: widen start_s and end_s, or"
            " use a longer video"
        )
    elif len(strokes) > 1:
        others = ", ".join(
            f"{stroke['contact']['time_s']:.2f} s"
            for k, stroke in enumerate(strokes)
            if k != chosen
        )
        note = (
            f"{len(strokes)} strokes: that near {strokes[chosen]['contact']['time_s']:.2f} s is"
            f" analysed; to analyse another one (near {others}), put its contact_s into the sheet"
        )
    return {"strokes": strokes, "analysed": chosen, "note": note}


def analysed_stroke(events: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the stroke that is analysed; None without one."""
    chosen = events.get("analysed")
    return None if chosen is None else dict(events["strokes"][chosen])


def analysed_contact(events: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the contact of the stroke that is analysed; None without one."""
    stroke = analysed_stroke(events)
    return None if stroke is None else dict(stroke["contact"])


def _nothing(note: str) -> dict[str, Any]:
    return {"strokes": [], "analysed": None, "note": note}


def _speeds(poses: xr.Dataset, bat: xr.Dataset) -> tuple[Array, Array, Array]:
    """Return the speeds of the hands about the hips and of the observed tip about the grip.

    The hands', theirs from 0.1 s before to 0.1 s after, and the tip's; all (time,), statures/s; NaN
    where not known. About the hips, so that a camera that follows does not count.
    """
    fps, stature = float(poses.attrs["fps"]), float(poses.attrs["stature_px"])
    one = poses["position"].isel(individuals=0)
    middle = {
        part: one.sel(keypoints=[f"left_{part}", f"right_{part}"])
        .mean("keypoints")
        .transpose("time", "space")
        .values
        for part in ("wrist", "hip")
    }
    observed = (bat["source"].values == SOURCES["observed"])[:, None]
    rod = np.where(observed, bat["tip"].values - bat["grip"].values, np.nan)
    time = poses["time"].values
    tracks = [_smooth(track / stature, fps) for track in (middle["wrist"] - middle["hip"], rod)]
    hands, tip = (np.linalg.norm(np.gradient(track, time, axis=0), axis=1) for track in tracks)
    return hands, _chord_speed(tracks[0], time), tip


def _chord_speed(track: Array, time: Array) -> Array:
    """Return how far a track (time, 2) gets in the 0.2 s around each time, per second."""
    ends = [
        np.stack([np.interp(time + shift, time, column) for column in track.T], axis=1)
        for shift in (-_SUSTAINED_S, _SUSTAINED_S)
    ]
    return np.asarray(np.linalg.norm(ends[1] - ends[0], axis=1) / (2 * _SUSTAINED_S))


def _smooth(track: Array, fps: float) -> Array:
    """Smooth a track (time, 2), and lead it straight over what is missing; the ends stay NaN."""
    known = np.flatnonzero(np.isfinite(track).all(axis=1))
    result = np.full(track.shape, np.nan)
    if known.size < 2:
        return result
    inner = slice(known[0], known[-1] + 1)
    whole = np.isfinite(track).all(axis=1, keepdims=True)
    filled = bridged(np.where(whole, track, np.nan)[inner])
    window = window_length(_SMOOTHING_S, fps, 2)
    if window and samples(window) <= len(filled):
        filled = savitzky_golay(filled, window, 2)
    result[inner] = filled
    return result


def _bursts(time: Array, intensity: Array, hands: Array) -> list[int]:
    """Return the frames of the tops of bursts, in order of time."""
    reach = max(round(0.1 / float(np.median(np.diff(time)))), 1)
    eligible = running_maximum(hands, reach) >= _LEAST_HANDS
    found: list[int] = []
    for k in np.argsort(-intensity, kind="stable"):
        if intensity[k] < _LEAST_BURST * intensity[found[0] if found else k]:
            break
        top = intensity[k] >= intensity[max(k - 1, 0) : k + 2].max()
        if top and eligible[k] and all(_own(time, intensity, int(k), j) for j in found):
            found.append(int(k))
    return sorted(found)


def _own(time: Array, intensity: Array, burst: int, stronger: int) -> bool:
    """Whether a burst is a stroke of its own beside a stronger one."""
    away = abs(time[burst] - time[stronger])
    weak = intensity[burst] < _PART_OF * intensity[stronger]
    return bool(away >= (_PART_S if weak else _APART_S))


def _stroke(time: Array, intensity: Array, burst: int) -> dict[str, Any]:
    quiet = intensity < _QUIET * intensity[burst]
    before = np.flatnonzero(quiet[:burst] & (time[:burst] >= time[burst] - _BACKLIFT_S))
    after = burst + np.flatnonzero(quiet[burst:])
    start = int(before[-1]) if before.size else _calmest(time, intensity, burst)
    top = _calmest(time, intensity, start) if start else 0
    end = int(after[0]) if after.size else time.size - 1
    return {
        "burst_s": round(float(time[burst]), 4),
        "intensity": round(float(intensity[burst]), 3),
        "whole": bool(time[burst] - time[0] >= _BEFORE_S and time[-1] - time[burst] >= _AFTER_S),
        "top_of_backlift_s": round(float(time[top]), 4),
        "downswing_s": round(float(time[start]), 4),
        "follow_through_s": round(float(time[end]), 4),
    }


def _around(
    contact_s: float, stroke: dict[str, Any], time: Array, intensity: Array
) -> tuple[dict[str, Any], str | None]:
    """Return the stroke about a contact that the user gave, and what is odd about it.

    Where the burst that was found does not hold the contact, the fastest moment near the contact
    takes its place, and events on the contact's wrong side become None.
    """
    if stroke["downswing_s"] <= contact_s <= stroke["follow_through_s"]:
        return stroke, None
    near = np.flatnonzero(np.abs(time - contact_s) <= _NEAR_GIVEN_S)
    burst = int(near[np.argmax(intensity[near])] if near.size else np.argmin(abs(time - contact_s)))
    other = _stroke(time, intensity, burst)
    for name in ("top_of_backlift_s", "downswing_s"):
        other[name] = other[name] if other[name] < contact_s else None
    if other["follow_through_s"] <= contact_s:
        other["follow_through_s"] = None
    note = (
        f"the hands are fastest at {stroke['burst_s']:.2f} s, not near the contact that the sheet"
        f" gives, {contact_s:.2f} s: look whether it is right; else they were not followed there"
    )
    return other, note


def _calmest(time: Array, intensity: Array, before: int) -> int:
    """Return the frame of least intensity in the time of a backlift before a frame."""
    first = int(np.searchsorted(time, time[before] - _BACKLIFT_S / 2))
    return first + int(np.argmin(intensity[first : before + 1]))


def _contact(burst_s: float, time: Array, clicks: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Fuse motion and sound; the interval is the shortest that holds 90 % of the probability."""
    low, high = max(time[0], burst_s - 3 * _MOTION_SD_S), min(time[-1], burst_s + 3 * _MOTION_SD_S)
    grid = np.arange(low, high + _GRID_S / 2, _GRID_S)
    motion = np.exp(-0.5 * ((grid - burst_s) / _MOTION_SD_S) ** 2)
    heard = np.zeros_like(grid)
    for click in clicks:
        loud = min(click["level_db"], _LOUDEST_DB) - _FAINTEST_DB
        late = (click["time_s"] - _SOUND_LATE_S - grid) / _SOUND_SD_S
        heard += np.expm1(_PER_DB * max(loud, 0.0)) * np.exp(-0.5 * late**2)
    probability = motion * (1.0 + heard)
    best = int(np.argmax(probability))
    order = np.argsort(-probability, kind="stable")
    share = np.cumsum(probability[order]) / probability.sum()
    inside = grid[order[: int(np.searchsorted(share, _COVERAGE)) + 1]]
    return {
        "time_s": round(float(grid[best]), 4),
        "early_s": round(float(inside.min()), 4),
        "late_s": round(float(inside.max()), 4),
        "source": "sound" if heard[best] > 1.0 else "motion",
    }
