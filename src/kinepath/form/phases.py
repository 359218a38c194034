"""The phases of a repetition: down, hold, up, or up, hold, down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kinepath.form.measures import Series
from kinepath.signal.gaps import bridged
from kinepath.signal.smoothing import savitzky_golay, slope_sd, window_length
from kinepath.typing import Array

#: A phase moves while its speed is above this fraction of its maximum speed.
MOVING = 0.1
#: A minimum-jerk movement is slower than that for this additional fraction of its duration at
#: either end.
EXTENDED = 0.095
#: Standard deviation of either end of a movement due to its gradual start and end, as a fraction
#: of its duration.
GENTLE = 0.11
#: Maximum time for which a movement may be slower than that, seconds.
PAUSE_S = 0.2
#: Minimum fraction of the frames in which the main signal must be seen.
LEAST_SEEN = 0.5
#: Minimum ratio of the signal's movement to its jitter.
LEAST_MOVEMENT = 4.0
#: Savitzky-Golay window on the main signal before differentiation, seconds, and its order.
WINDOW_S, _ORDER = 0.3, 2
_LEAST_FRAMES = 5
#: Root mean square distance from one of two equally probable values, fraction of their distance.
_EITHER = np.sqrt(0.5)


@dataclass(frozen=True)
class Phases:
    """The times of a repetition's phases.

    Parameters
    ----------
    bounds : dict of str to (float, float)
        First and last frame of ``down``, ``hold``, ``up`` and ``whole``; frames count from the
        clip's first and may be fractions.
    bottom, top : int
        Frames at which the main signal reaches its lowest and highest position.
    sd_frames : dict of str to float
        Standard deviation of a phase's length, frames.
    """

    bounds: dict[str, tuple[float, float]]
    bottom: int
    top: int
    sd_frames: dict[str, float]


def turns_low(main: Series, bounds: Sequence[tuple[float, float]]) -> bool:
    """Return whether the main signal turns at its minimum, given repetitions' bounds (frames).

    A repetition rests at its bounds: from there the signal goes either down or up, and the
    segmentation may have split at either rest (a deadlift at the floor or upright).
    """
    votes = 0.0
    for start, end in bounds:
        first, last = max(int(np.ceil(start)), 0), min(int(np.floor(end)), main.value.size - 1)
        value = main.value[first : last + 1]
        known = value[np.isfinite(value)]
        if known.size:
            votes += (known[0] + known[-1]) / 2 - (known.min() + known.max()) / 2
    return votes >= 0


def find_phases(
    main: Series, start: float, end: float, fps: float, *, low: bool, up: str
) -> Phases | str:
    """Find the phases of one repetition.

    Parameters
    ----------
    main : Series
        The main signal over the whole clip.
    start, end : float
        Bounds of the repetition, frames.
    fps : float
        Frame rate, hertz.
    low : bool
        Whether the signal turns at its minimum, see :func:`turns_low`.
    up : str
        ``rises`` or ``falls``: what the signal does while the weight goes up.

    Returns
    -------
    Phases or str
        The reason where there are none.

    Notes
    -----
    The signal turns at its extremum. The movements towards and away from it last while the speed
    is above :data:`MOVING` of that movement's maximum, extended by the time for which a
    minimum-jerk movement would be slower at either end; between them lies the hold. A knee that
    bends little near the bottom prolongs the hold.
    """
    first, last = max(int(np.ceil(start)), 0), min(int(np.floor(end)), main.value.size - 1)
    if last - first + 1 < _LEAST_FRAMES:
        return f"the repetition has {max(last - first + 1, 0)} frames, too few for its phases"
    value = main.value[first : last + 1]
    known = np.isfinite(value)
    if known.mean() < LEAST_SEEN:
        return f"the main signal was seen in {100 * known.mean():.0f} % of the repetition only"
    signal = bridged(value)
    signal = -signal if low else signal
    window = min(window_length(WINDOW_S, fps, _ORDER), value.size - 1 + value.size % 2)
    if window:
        signal = savitzky_golay(signal, window, _ORDER)
    top = int(np.argmax(signal))
    if top in (0, value.size - 1):
        return "the movement does not turn within the repetition's bounds"
    jitter = float(np.nanmedian(main.fast[first : last + 1]))
    if min(np.ptp(signal[: top + 1]), np.ptp(signal[top:])) < LEAST_MOVEMENT * jitter:
        return "the movement is no larger than the jitter of the keypoints"
    speed = np.gradient(signal)
    # Standard deviation of a least-squares slope over the window.
    noise = jitter * slope_sd(window)
    pause = round(PAUSE_S * fps)
    out, back = speed[: top + 1], -speed[top:]
    (a, a_sd), (b, b_sd) = _moving(out, noise, pause)
    (c, c_sd), (d, d_sd) = _moving(back, noise, pause)
    c, d = top + c, top + d
    gentle, again = EXTENDED * (b - a), EXTENDED * (d - c)
    a, b = max(a - gentle, 0.0), min(b + gentle, float(top))
    c, d = max(c - again, float(top)), min(d + again, float(value.size - 1))
    bounds = [(a, b), (b, c), (c, d)]
    down_first = low == (up == "rises")
    names = ("down", "hold", "up") if down_first else ("up", "hold", "down")
    turn, rest = first + top, first + int(np.argmin(signal))
    # How gradually a movement starts and ends is unknown.
    gentle, again = GENTLE * (b - a), GENTLE * (d - c)
    sds = [
        np.linalg.norm([a_sd, b_sd, gentle, gentle]),
        np.linalg.norm([b_sd, c_sd, gentle, again]),
        np.linalg.norm([c_sd, d_sd, again, again]),
    ]
    lengths = dict(zip(names, sds, strict=True))
    return Phases(
        {
            **{n: (first + x, first + y) for n, (x, y) in zip(names, bounds, strict=True)},
            "whole": (start, end),
        },
        turn if down_first else rest,
        rest if down_first else turn,
        {**{name: float(sd) for name, sd in lengths.items()}, "whole": float(np.sqrt(2))},
    )


def _moving(
    speed: Array, noise: float, pause: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the start and end of a movement, each with its standard deviation, frames."""
    peak = int(np.argmax(speed))
    level = MOVING * float(speed[peak])
    moving = np.flatnonzero(speed >= level)
    # A movement may slow down: it continues as long as it does not pause for longer than that.
    pauses = np.flatnonzero(np.diff(moving) > max(pause, 1))
    at = int(np.searchsorted(moving, peak))
    before, after = pauses[pauses < at], pauses[pauses >= at]
    start = int(moving[before[-1] + 1]) if before.size else int(moving[0])
    stop = int(moving[after[0]]) if after.size else int(moving[-1])
    begin = _crossing(speed, start, start - 1, level)
    finish = _crossing(speed, stop, stop + 1, level)
    # An apparent pause may be an error of the keypoints: then the movement lasts from the first
    # moving frame, or to the last. Both are equally probable.
    early, late = _EITHER * (start - moving[0]), _EITHER * (moving[-1] - stop)
    return (
        (begin, float(np.hypot(_time_sd(speed, start, noise), early))),
        (finish, float(np.hypot(_time_sd(speed, stop, noise), late))),
    )


def _crossing(speed: Array, inside: int, outside: int, level: float) -> float:
    if not 0 <= outside < speed.size:
        return float(inside)
    fall = speed[inside] - speed[outside]
    return float(inside + (outside - inside) * (speed[inside] - level) / fall)


def _time_sd(speed: Array, at: int, noise: float) -> float:
    """Return the noise of the speed over its rate of change, with half a frame for sampling."""
    near = speed[max(at - 1, 0) : at + 2]
    change = float(np.ptp(near)) / max(near.size - 1, 1)
    return float(np.hypot(0.5, min(noise / change if change > 0 else np.inf, speed.size / 4)))
