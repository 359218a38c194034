"""Which of several people is the athlete: a stated rule, with the facts for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kinepath.pose.subject.body import oddness
from kinepath.pose.subject.sampling import Sample
from kinepath.pose.subject.tracks import Track
from kinepath.typing import Array

RULE = (
    "the product of: share of the pictures followed; size against the largest (square root);"
    " nearness to the middle of the picture; proportions of a human; with an implement: both hands"
    " together, speed of the hands, steadiness of the hips; without one: movement of the joints"
)
#: Approximate maximum distance of two hands on a bat, statures.
_TOGETHER = 0.15
#: Maximum oddness of a human (:func:`kinepath.pose.subject.body.oddness`).
_ODD = 0.3
#: Typical speeds of the hands in a swing, and of the hips of a person not walking, statures/s.
_SWING, _WALK = 2.0, 0.6


@dataclass(frozen=True)
class Candidate:
    """One person, and the score for being the athlete.

    Parameters
    ----------
    track : Track
        The person in the sampled frames.
    facts : dict of str to float
        ``share`` (fraction of the frames in which they were tracked), ``stature_px``, ``x`` and
        ``y`` (their centre as fractions of the image), ``oddness`` (of their proportions, see
        :func:`kinepath.pose.subject.body.oddness`), ``hands_apart`` (median, statures),
        ``hand_speed`` (fastest relative to the hips while the hands were together, statures/s),
        ``hip_speed`` and ``joint_speed`` (median, statures/s).
    score : float
        By :data:`RULE`, 0 to 1.
    """

    track: Track
    facts: dict[str, float]
    score: float

    def told(self, sample: Sample, begins_s: float = 0.0) -> dict[str, Any]:
        """Return the content of a report, JSON-serialisable.

        In addition to the facts: ``box``, where the person was first tracked, pixels of the video,
        as in the sheet's column ``subject``, and the times ``from_s`` and ``to_s``; ``begins_s`` is
        the clip's time at the sample's 0.
        """
        first, last = min(self.track.bodies), max(self.track.bodies)
        box = sample.scale * self.track.bodies[first].box()
        return {
            "score": round(self.score, 3),
            "box": [round(float(side), 1) for side in box],
            "from_s": round(begins_s + float(sample.time[first]), 3),
            "to_s": round(begins_s + float(sample.time[last]), 3),
            **{name: round(value, 3) for name, value in self.facts.items()},
        }


def rank(
    tracks: Sequence[Track], time: Array, size: tuple[int, int], *, implement: bool
) -> list[Candidate]:
    """Order people by how well they fit :data:`RULE`, best first.

    Parameters
    ----------
    tracks : sequence of Track
        The people.
    time : ndarray, shape (frames,)
        Times of the sampled frames, seconds.
    size : (int, int)
        Width and height of the image, pixels.
    implement : bool
        Whether the athlete swings something with both hands.
    """
    largest = max((float(track.median("stature")) for track in tracks), default=1.0)
    candidates = []
    for track in tracks:
        facts = _facts(track, time, size)
        candidates.append(Candidate(track, facts, _score(facts, largest, implement=implement)))
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _score(facts: dict[str, float], largest: float, *, implement: bool) -> float:
    off = abs(2 * facts["x"] - 1)
    score = facts["share"] * np.sqrt(facts["stature_px"] / largest) * (1 - 0.5 * off**2)
    score *= np.exp(-0.5 * (facts["oddness"] / _ODD) ** 2)
    if implement:
        score *= 1 / (1 + (facts["hands_apart"] / _TOGETHER) ** 4)
        score *= 1 - np.exp(-facts["hand_speed"] / _SWING)
        score *= 1 / (1 + (facts["hip_speed"] / _WALK) ** 2)
    else:
        score *= 0.5 + 0.5 * (1 - np.exp(-2 * facts["joint_speed"]))
    return float(score)


def _facts(track: Track, time: Array, size: tuple[int, int]) -> dict[str, float]:
    numbers = sorted(track.bodies)
    bodies = [track.bodies[k] for k in numbers]
    stature = float(track.median("stature"))
    hips = np.array([body.hips for body in bodies])
    hands = np.array([body.hands.mean(axis=0) for body in bodies]) - hips
    apart = np.array([np.linalg.norm(b.hands[0] - b.hands[1]) for b in bodies]) / stature
    joints = np.array([body.joints for body in bodies]) - hips[:, None]
    step = np.diff(time[numbers])
    together = np.minimum(apart[1:], apart[:-1]) < 2 * _TOGETHER
    hand_speed = np.linalg.norm(np.diff(hands, axis=0), axis=1) / step / stature
    hip_speed = np.linalg.norm(np.diff(hips, axis=0), axis=1) / step / stature
    joint_speed = np.linalg.norm(np.diff(joints, axis=0), axis=2).mean(axis=1) / step / stature
    x, y = track.median("centre")
    return {
        "share": len(bodies) / len(time),
        "stature_px": stature,
        "x": float(x) / size[0],
        "y": float(y) / size[1],
        "oddness": oddness(bodies),
        "hands_apart": float(np.median(apart)),
        "hand_speed": float(max(hand_speed[together], default=0.0)),
        "hip_speed": float(np.median(hip_speed)) if step.size else 0.0,
        "joint_speed": float(np.median(joint_speed)) if step.size else 0.0,
    }
