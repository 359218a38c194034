"""Tracking one of several people from frame to frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kinepath.pose.base import Detection

#: Maximum distance of the joints of the same person in two frames, in sizes of the person.
_SAME = 0.5
#: Number of frames without them after which another person may be tracked.
_PATIENCE = 12


class Tracker:
    """Order people with the tracked person first.

    Initially it is the most confident of those who are large and near the centre of the image; in
    later frames it is the one nearest to the previous position. A lost person is waited for; then
    the choice is made again.
    """

    def __init__(self) -> None:
        self._last: Detection | None = None
        self._lost = 0

    def __call__(self, people: Sequence[Detection], size: tuple[int, int]) -> list[Detection]:
        """Order the people of the next frame; empty while the tracked one is out of sight.

        Parameters
        ----------
        people : sequence of Detection
            Everyone in the frame.
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
    """Return the diagonal of the bounding box of the keypoints."""
    seen = person.position[np.isfinite(person.position).all(axis=1)]
    return max(float(np.linalg.norm(np.ptp(seen, axis=0))), 1e-9) if len(seen) else 1e-9


def _prominence(person: Detection, size: tuple[int, int]) -> float:
    seen = np.isfinite(person.position).all(axis=1)
    if not seen.any():
        return 0.0
    off = np.abs(2 * person.position[seen].mean(axis=0) / np.array(size) - 1)
    nearness = 1 - 0.5 * float(np.clip(off, 0.0, 1.0).max())
    return float(person.confidence[seen].mean()) * nearness * _size(person)
