"""Whether the same person was tracked all the time, from the colours of the trunk."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr

from kinepath.body.skeleton import BODY_JOINTS
from kinepath.io.sequence import values_of
from kinepath.io.video import Frame
from kinepath.pose.base import Detection, skeleton_of
from kinepath.pose.subject.appearance import appearance
from kinepath.pose.subject.body import body_of
from kinepath.typing import Array

#: Samples of the person per second; maximum and minimum number of samples compared on each side.
_RATE_HZ, _MOST, _LEAST = 12.5, 12, 4
#: Minimum similarity of the colours before and after for one person. In 40 filmed and simulated
#: clips of one person the minimum was 0.62; for two different people it is 0.32 (median).
_ALIKE = 0.55


def changes_of_person(frames: Iterable[Frame], poses: xr.Dataset) -> list[dict[str, float]]:
    """Find when the tracked person starts to look like another person.

    Parameters
    ----------
    frames : iterable of Frame
        The frames of the poses, in order.
    poses : xarray.Dataset
        Of one individual; NaN where nobody was found.

    Returns
    -------
    list of dict
        ``time_s``, the clip's time of the first sample of the other person, and ``likeness``, 0 to
        1 (:func:`kinepath.pose.subject.appearance.likeness`), of each change, in order of time. Two
        people of the same colours are not distinguished, and one whose back has other colours
        counts as two when turning.
    """
    skeleton = skeleton_of(poses)
    body = skeleton.indices(BODY_JOINTS)
    position, confidence = values_of(poses, "position"), values_of(poses, "confidence")
    clock = poses["time"].values
    times: list[float] = []
    looks: list[Array] = []
    for number, frame in enumerate(frames):
        if not np.isfinite(position[number][body]).all():
            continue
        if times and clock[number] < times[-1] + 1 / _RATE_HZ - 1e-6:
            continue
        person = body_of(Detection(position[number], confidence[number], None), skeleton)
        colours = appearance(frame.image, person)
        if colours.any():
            times.append(float(clock[number]))
            looks.append(colours)
    return _changes(np.array(times), np.array(looks))


def words_of_change(changes: list[dict[str, float]]) -> list[str]:
    """Return the warning about changes of person; empty without any."""
    if not changes:
        return []
    when = ", ".join(f"{change['time_s']:.2f} s" for change in changes)
    return [
        f"the colours of the person who is followed change at {when}: perhaps somebody else from"
        " there on; look at the overlay, and if so, put start_s and end_s in the sheet around the"
        " athlete's part"
    ]


def _changes(times: Array, looks: Array) -> list[dict[str, float]]:
    """Return the times of minimum similarity between the samples before and after."""
    count = len(times)
    alike = np.ones(count)
    for k in range(_LEAST, count - _LEAST + 1):
        before, after = (
            np.sqrt((looks[each] ** 2).mean(axis=0))
            for each in (slice(max(k - _MOST, 0), k), slice(k, k + _MOST))
        )
        alike[k] = before @ after
    found: list[int] = []
    for k in np.argsort(alike, kind="stable"):
        if alike[k] >= _ALIKE:
            break
        if all(abs(int(k) - other) > _MOST for other in found):
            found.append(int(k))
    return [
        {"time_s": round(float(times[k]), 3), "likeness": round(float(alike[k]), 3)}
        for k in sorted(found)
    ]
