"""Staying with one of several people from picture to picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kinepath.pose.base import Detection

#: Somebody is who they were if their joints lie nearer than this, in sizes of the person.
_SAME = 0.5
#: After so many pictures without them, another one may be followed.
_PATIENCE = 12


class Tracker:
    """Puts the person that is followed first.

    The first one is the surest of those who are large and near the middle of the picture; in later
    pictures it is who lies nearest to where they were. Somebody who is lost is waited for; then
    the choice is made anew.
    """

    def __init__(self) -> None:
        self._last: Detection | None = None
        self._lost = 0

    def __call__(self, people: Sequence[Detection], size: tuple[int, int]) -> list[Detection]:
        """Order the people of the next picture; none while the one followed is out of sight.

        Parameters
        ----------
        people : sequence of Detection
            Anyone in the picture.
        size : (int, int)
            Its width and height, pixels.
        """
        if not people:
            self._lost += 1
            return []
        if self._last is None or self._lost > _PATIENCE:
            chosen = max(people, key=lambda person: _prominence(person, size))
        else:
            last = self._last
            chosen = min(people, key=lambda person: distance(person, last))
            if distance(chosen, last) > _SAME * (1 + 0.2 * self._lost):
                self._lost += 1
                return []
        self._last, self._lost = chosen, 0
        return [chosen, *(person for person in people if person is not chosen)]


def distance(one: Detection, other: Detection) -> float:
    """Return the mean distance of two people's keypoints, in sizes of the second."""
    apart = np.linalg.norm(one.position - other.position, axis=1)
    both = np.isfinite(apart)
    return float(apart[both].mean() / _size(other)) if both.any() else float("inf")


def _size(person: Detection) -> float:
    """Return the diagonal of the box around the keypoints."""
    seen = person.position[np.isfinite(person.position).all(axis=1)]
    return max(float(np.linalg.norm(np.ptp(seen, axis=0))), 1e-9) if len(seen) else 1e-9


def _prominence(person: Detection, size: tuple[int, int]) -> float:
    seen = np.isfinite(person.position).all(axis=1)
    if not seen.any():
        return 0.0
    off = np.abs(2 * person.position[seen].mean(axis=0) / np.array(size) - 1)
    nearness = 1 - 0.5 * float(np.clip(off, 0.0, 1.0).max())
    return float(person.confidence[seen].mean()) * nearness * _size(person)
