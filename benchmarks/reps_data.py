"""Simulated sets of exercises with their truth: what is done when, seen by a pose model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr

from kinepath.body.anthropometry import Body
from kinepath.body.skeleton import BLAZEPOSE
from kinepath.clean import clean
from kinepath.io import sequence
from kinepath.synth.motion import minimum_jerk
from kinepath.synth.noise import degrade
from kinepath.synth.squat import Repetitions, lifter
from kinepath.typing import Array

Joints = dict[str, Array]

_PIXELS_PER_METRE, _DISTANCE_M = 260.0, 6.0


@dataclass(frozen=True)
class Set:
    """A simulated clip: its poses after cleaning, and the truth."""

    exercise: str
    poses: xr.Dataset
    bounds: list[tuple[float, float]]
    unfinished: bool

    @property
    def count(self) -> int:
        """Number of complete repetitions."""
        return len(self.bounds)


@dataclass
class Script:
    """What happens when: how far the movement is, where the athlete walks, what else they do."""

    fps: float
    fidget_s: list[tuple[float, float]] = field(default_factory=list)
    moves: list[tuple[float, float, float]] = field(default_factory=list)
    bounds: list[tuple[float, float]] = field(default_factory=list)
    walks: list[tuple[float, float]] = field(default_factory=list)
    now: float = 0.0

    def still(self, seconds: float) -> None:
        """Do nothing."""
        self.now += seconds

    def walk(self, seconds: float) -> None:
        """Walk."""
        self.walks.append((self.now, self.now + seconds))
        self.now += seconds

    def fidget(self, seconds: float) -> None:
        """Do something else."""
        self.fidget_s.append((self.now, self.now + seconds))
        self.now += seconds

    def move(self, seconds: float, by: float) -> None:
        """Go on along the exercise."""
        self.moves.append((self.now, self.now + seconds, by))
        self.now += seconds

    def repetition(self, period: float, share: float, hold: float, depth: float) -> None:
        """Go there, hold, and come back."""
        start = self.now
        self.move(period * share, depth)
        self.still(hold)
        self.move(period * (1 - share), -depth)
        self.bounds.append((start, self.now))

    def time(self) -> Array:
        """Return the times of the frames."""
        return np.arange(max(round(self.now * self.fps), 2)) / self.fps

    def progress(self, time: Array) -> Array:
        """Return how far along the exercise the body is."""
        total = np.zeros_like(time)
        for start, end, by in self.moves:
            total += by * minimum_jerk(time, start, end)
        return total


def _two(joints: Joints, name: str, middle: Array, half: float) -> None:
    side = np.array([half, 0.0, 0.0])
    joints[f"left_{name}"], joints[f"right_{name}"] = middle + side, middle - side


def _dir(angle: Array) -> Array:
    """Return unit vectors in the plane of forward and up, from up towards forward."""
    return np.stack([np.zeros_like(angle), np.sin(angle), np.cos(angle)], axis=1)


def standing(body: Body, lean: Array, hip: Array, knee: Array) -> tuple[Joints, Array]:
    """Legs and trunk from angles: shank forward, thigh back, trunk forward of upright (radians)."""
    joints: Joints = {}
    ankle = np.tile([0.0, 0.0, body.ankle_height], (len(lean), 1))
    at_knee = ankle + body.shank * _dir(knee)
    at_hip = at_knee + body.thigh * _dir(-hip)
    shoulder = at_hip + body.trunk * _dir(lean)
    for name, point, half in (
        ("ankle", ankle, 0.10), ("knee", at_knee, 0.10), ("hip", at_hip, body.half_hips),
        ("shoulder", shoulder, body.half_shoulders),
        ("heel", ankle - [0, 0.05, body.ankle_height], 0.1),
        ("foot_index", ankle + np.array([0, 0.17, -body.ankle_height]), 0.1),
    ):  # fmt: skip
        _two(joints, name, point, half)
    joints["nose"] = shoulder + (body.neck + 0.02) * _dir(lean) + 0.1 * _dir(lean + np.pi / 2)
    return joints, shoulder


def _arms(joints: Joints, body: Body, upper: Array, fore: Array, sides: str = "lr") -> None:
    """Add arms from angles off hanging, forward positive (radians); one-sided: the other hangs."""
    for name, letter in (("left", "l"), ("right", "r")):
        a, b = (upper, fore) if letter in sides else (0.05 + 0 * upper, 0.1 + 0 * fore)
        elbow = joints[f"{name}_shoulder"] + body.upper_arm * _dir(np.pi - a)
        joints[f"{name}_elbow"] = elbow
        joints[f"{name}_wrist"] = elbow + body.forearm * _dir(np.pi - b)


def curl(body: Body, u: Array, late: Array, sides: str = "lr") -> Joints:
    joints, _ = standing(body, 0.03 - 0.04 * u, 0.02 + 0 * u, 0.02 + 0 * u)
    _arms(joints, body, 0.1 + 0.15 * u, 0.25 + 2.2 * u, sides)
    return joints


def one_arm_curl(body: Body, u: Array, late: Array) -> Joints:
    return curl(body, u, late, "l")


def front_raise(body: Body, u: Array, late: Array) -> Joints:
    joints, _ = standing(body, 0.02 - 0.08 * u, 0.02 + 0 * u, 0.02 + 0 * u)
    _arms(joints, body, 0.1 + 1.5 * u, 0.2 + 1.5 * u)
    return joints


def lateral_raise(body: Body, u: Array, late: Array) -> Joints:
    joints, _ = standing(body, 0.02 + 0 * u, 0.02 + 0 * u, 0.02 + 0 * u)
    angle = 0.15 + 1.4 * u
    for name, sign in (("left", 1.0), ("right", -1.0)):
        out = np.stack([sign * np.sin(angle), 0 * u, -np.cos(angle)], axis=1)
        joints[f"{name}_elbow"] = joints[f"{name}_shoulder"] + body.upper_arm * out
        joints[f"{name}_wrist"] = joints[f"{name}_elbow"] + body.forearm * out
    return joints


def deadlift(body: Body, u: Array, late: Array) -> Joints:
    """Lift from the floor, which is the rest; the turn is upright."""
    low = 1.0 - u
    joints, _ = standing(body, 1.1 * low, 0.9 * low, 0.35 * low)
    _arms(joints, body, -0.05 + 0.05 * low, -0.05 + 0.05 * low)
    return joints


def swing(body: Body, u: Array, late: Array) -> Joints:
    """Swing: the arms follow the hips, so the way back is another."""
    joints, _ = standing(body, 1.15 * u, 0.55 * u, 0.2 * u)
    arms = 1.35 - 2.0 * late
    _arms(joints, body, arms, arms)
    return joints


def push_up(body: Body, u: Array, late: Array) -> Joints:
    angle = np.radians(90 - 20) + 0.27 * u
    toe = np.zeros((len(u), 3))
    along = _dir(angle)
    legs = body.shank + body.thigh
    joints: Joints = {}
    for name, far, half in (
        ("foot_index", 0.0, 0.1), ("heel", 0.06, 0.1), ("ankle", 0.08, 0.1),
        ("knee", 0.08 + body.shank, 0.1), ("hip", 0.08 + legs, body.half_hips),
        ("shoulder", 0.08 + legs + body.trunk, body.half_shoulders),
    ):  # fmt: skip
        _two(joints, name, toe + far * along, half)
    joints["nose"] = toe + (0.08 + legs + body.trunk + 0.15) * along
    reach = body.upper_arm + body.forearm
    straight = _dir(np.array([np.radians(70)]))[0] * (0.08 + legs + body.trunk)
    hands = np.array([0.0, straight[1] + 0.05, max(straight[2] - 0.97 * reach, 0.0)])
    for name, sign in (("left", 1.0), ("right", -1.0)):
        wrist = np.tile(hands + np.array([sign * 0.28, 0.0, 0.0]), (len(u), 1))
        joints[f"{name}_wrist"] = wrist
        gap = np.linalg.norm(wrist - joints[f"{name}_shoulder"], axis=1)
        bend = np.sqrt(np.maximum(reach**2 - gap**2, 0.0)) / 2
        middle = (wrist + joints[f"{name}_shoulder"]) / 2
        joints[f"{name}_elbow"] = middle + bend[:, None] * [0.8 * sign, -0.6, 0.0]
    return joints


@dataclass(frozen=True)
class _Tempo(Repetitions):
    low: Array = field(default_factory=lambda: np.zeros(0))

    def lowering(self, time: Array) -> Array:
        return self.low


def squat(body: Body, u: Array, late: Array) -> Joints:
    tempo = _Tempo(1, 0.44, (1.0, 0.0, 1.0, 0.0), 0.0, np.clip(u, 0, 1.05))
    points = lifter(tempo, body, np.arange(len(u), dtype=float)).keypoints()
    return {name: points[:, k] for k, name in enumerate(BLAZEPOSE.keypoints)}


EXERCISES: dict[str, Callable[[Body, Array, Array], Joints]] = {
    "squat": squat, "curl": curl, "one_arm_curl": one_arm_curl, "push_up": push_up,
    "deadlift": deadlift, "lateral_raise": lateral_raise, "front_raise": front_raise,
    "swing": swing,
}  # fmt: skip


def walking(body: Body, time: Array) -> Joints:
    swing_angle = 0.5 * np.sin(2 * np.pi * 0.9 * time)
    joints, _ = standing(body, 0.05 + 0 * time, 0 * time, 0 * time)
    hip = (joints["left_hip"] + joints["right_hip"]) / 2
    for name, sign in (("left", 1.0), ("right", -1.0)):
        angle = np.pi - sign * swing_angle
        bend = 0.5 * np.maximum(-sign * np.cos(2 * np.pi * 0.9 * time), 0.0)
        side = np.array([sign * body.half_hips, 0.0, 0.0])
        joints[f"{name}_knee"] = hip + side + body.thigh * _dir(angle)
        joints[f"{name}_ankle"] = joints[f"{name}_knee"] + body.shank * _dir(angle + bend)
        for foot, by in (("heel", -0.05), ("foot_index", 0.17)):
            joints[f"{name}_{foot}"] = joints[f"{name}_ankle"] + [0.0, by, -0.06]
        arm = np.pi + 0.8 * sign * swing_angle
        joints[f"{name}_elbow"] = joints[f"{name}_shoulder"] + body.upper_arm * _dir(arm)
        joints[f"{name}_wrist"] = joints[f"{name}_elbow"] + body.forearm * _dir(arm - 0.3)
    return joints


def _script(rng: np.random.Generator, fps: float, count: int) -> tuple[Script, bool]:
    """Make up what happens in a clip of ``count`` repetitions."""
    script = Script(fps)
    if rng.random() < 0.3:
        script.walk(rng.uniform(1.5, 4.0))
    if rng.random() < 0.25:
        script.fidget(rng.uniform(1.0, 2.5))
    script.still(rng.choice([rng.uniform(0.2, 1.5), rng.uniform(1.5, 4.0)]))
    longest = max(min(6.0, 50.0 / max(count, 1)), 0.9)
    period = float(np.exp(rng.uniform(np.log(0.8), np.log(longest))))
    share = rng.uniform(0.4, 0.6)
    uneven, fatigue = rng.choice([0.03, 0.12, 0.25]), rng.choice([0.0, 0.3])
    paused = rng.random() < 0.4
    for k in range(count):
        factor = np.exp(rng.normal(0, uneven)) * (1 + fatigue * k / max(count, 1))
        factor = max(factor, 0.8 / period)
        hold = rng.uniform(0, 1.0) if paused and rng.random() < 0.3 else 0.0
        script.repetition(period * factor, share, hold, 1 - abs(rng.normal(0, 0.06)))
        if paused and rng.random() < 0.4:
            script.still(rng.uniform(0.2, 2.5))
    unfinished = bool(count and rng.random() < 0.2)
    if unfinished:
        script.move(period * share, 1.0)
        script.now -= period * share * rng.uniform(0.0, 0.25)
        return script, True
    script.still(rng.uniform(0.1, 1.5))
    if rng.random() < 0.25:
        script.fidget(rng.uniform(1.0, 2.5))
    if rng.random() < 0.25:
        script.walk(rng.uniform(1.0, 3.0))
    return script, False


def _nothing(rng: np.random.Generator, fps: float) -> Script:
    """Make up a clip without a repetition: standing, walking, other things, half a repetition."""
    script = Script(fps)
    kind = rng.integers(4)
    script.still(rng.uniform(0.5, 2.0))
    if kind == 1:
        script.walk(rng.uniform(1.0, 2.0))
    if kind == 2:
        for _ in range(rng.integers(1, 4)):
            script.fidget(rng.uniform(1.0, 2.5))
    if kind == 3:
        script.move(rng.uniform(0.6, 2.5), 1.0)
    script.still(rng.uniform(0.5, 4.0))
    return script


def _joints(
    script: Script, exercise: str, body: Body, time: Array, rng: np.random.Generator
) -> Array:
    """Return positions (time, 33, 3) in metres, up is z; NaN for what the exercise has not."""
    u = np.clip(script.progress(time), 0.0, 1.0)
    late = np.clip(script.progress(np.maximum(time - 0.08, 0.0)), 0.0, 1.0)
    parts = EXERCISES[exercise](body, u, late)
    gait = walking(body, time)
    names = [name for name in parts if name in gait]
    place = np.zeros((len(time), 3))
    turn = np.zeros(len(time))
    blend = np.zeros(len(time))
    for start, end in script.walks:
        first = start == 0
        way = np.clip((time - start) / (end - start), 0, 1)
        place[:, 1] += (way - 1 if first else way) * 1.1 * (end - start)
        inside = minimum_jerk(time, start - 0.3, start) * (1 - minimum_jerk(time, end, end + 0.3))
        inside = inside if not first else 1 - minimum_jerk(time, end, end + 0.4)
        blend = np.maximum(blend, inside)
        turn += inside * rng.uniform(-1.2, 1.2)
    points = np.full((len(time), 33, 3), np.nan)
    for name in names:
        k = BLAZEPOSE.index(name)
        points[:, k] = (1 - blend)[:, None] * parts[name] + blend[:, None] * gait[name]
    for start, end in script.fidget_s:
        points += _fidgeting(time, start, end, rng)
    cosine, sine = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x, y = points[..., 0], points[..., 1]
    turned = np.stack([cosine * x - sine * y, sine * x + cosine * y, points[..., 2]], axis=-1)
    return np.asarray(turned + place[:, None])


def _fidgeting(time: Array, start: float, end: float, rng: np.random.Generator) -> Array:
    """Go through two or three other postures and back: not the same way back as there."""
    shift = np.zeros((len(time), 33, 3))
    stops = np.linspace(start, end, rng.integers(4, 6))
    weights = [minimum_jerk(time, a, b) for a, b in pairwise(stops)]
    for here, gone in pairwise(weights):
        hands, bend = rng.normal(0, 0.3, (2, 3)), [0, rng.uniform(0, 0.5), rng.uniform(-0.4, 0)]
        by = np.zeros((33, 3))
        by[[0, *range(11, 23)]] += bend
        for wrist, hand in zip((15, 16), hands, strict=True):
            by[wrist] += hand
            by[wrist - 2] += hand / 2
        shift += (here - gone)[:, None, None] * by
    return shift


def _seen(points: Array, fps: float, body: Body, rng: np.random.Generator) -> xr.Dataset:
    """Project and degrade: what a pose model would give."""
    azimuth, elevation = rng.uniform(-np.pi, np.pi), np.radians(rng.uniform(-5, 20))
    right = np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
    away = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
    up = np.array([0.0, 0.0, 1.0])
    down = -np.cos(elevation) * up + np.sin(elevation) * away
    depth = np.cos(elevation) * away + np.sin(elevation) * up
    camera = points @ np.stack([right, down, depth], axis=1)
    nearness = _DISTANCE_M / np.maximum(_DISTANCE_M + camera[..., 2:], 1.5)
    pixels = camera[..., :2] * nearness * _PIXELS_PER_METRE + [640.0, 600.0]
    hips = camera[:, [BLAZEPOSE.index("left_hip"), BLAZEPOSE.index("right_hip")]].mean(axis=1)
    rooted = camera - hips[:, None]
    missing = np.isnan(pixels).any(axis=(0, 2))
    frames = len(points)
    truth = sequence.poses(
        np.nan_to_num(pixels).transpose(0, 2, 1)[..., None],
        np.ones((frames, 33, 1)),
        np.arange(frames) / fps,
        BLAZEPOSE.keypoints,
        fps=fps,
        clip="simulated",
        attrs={"skeleton": BLAZEPOSE.name},
    )
    seen = degrade(truth, body.stature * _PIXELS_PER_METRE, seed=int(rng.integers(1 << 30)))
    slow = np.cumsum(rng.normal(size=(frames, 33, 3)), axis=0) / np.sqrt(fps)
    slow -= slow.mean(axis=0)
    noisy = rooted + slow * np.array([0.008, 0.008, 0.02])
    noisy += rng.normal(size=noisy.shape) * np.array([0.008, 0.008, 0.025])
    seen = seen.drop_vars("exchanged").assign_coords(space_3d=["x", "y", "z"])
    seen["position_3d"] = (
        ("time", "space_3d", "keypoints", "individuals"),
        noisy.transpose(0, 2, 1)[..., None],
        {"units": "m", "long_name": "position"},
    )
    lost = np.zeros(frames, dtype=bool)
    for _ in range(rng.poisson(0.05 * frames / fps)):
        start = rng.integers(frames)
        lost[start : start + round(rng.uniform(0.2, 0.8) * fps)] = True
    if lost.mean() < 0.4:
        seen["confidence"][lost] = 0.0
    seen["confidence"][:, missing] = 0.0
    return seen


def simulate(seed: int, settings: dict[str, Any]) -> Set:
    """Simulate one clip; every seventh has no repetition."""
    rng = np.random.default_rng(seed)
    fps = float(rng.choice([20.0, 25.0, 30.0]))
    exercise = str(rng.choice(list(EXERCISES)))
    body = Body(rng.uniform(1.55, 1.95))
    if seed % 7 == 0:
        script, unfinished = _nothing(rng, fps), False
    else:
        count = int(np.exp(rng.uniform(0, np.log(31))))
        script, unfinished = _script(rng, fps, count)
    points = _joints(script, exercise, body, script.time(), rng)
    poses = clean(_seen(points, fps, body, rng), settings)
    return Set(exercise, poses, script.bounds, unfinished)
