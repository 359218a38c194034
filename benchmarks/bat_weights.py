"""Fit what the evidence for a bat weighs, on simulated clips that the benchmark does not use.

    python benchmarks/bat_weights.py

writes src/kinepath/bat/weights.json (a quarter of an hour). Conditional likelihood: the hypotheses
whose tips lie near the true one are to be likelier than all others of their frame; then a logistic
regression, the confidence.
"""

from __future__ import annotations

import json
import sys
from textwrap import wrap
from typing import Any

import numpy as np
from bat_clips import CONFIG, ROOT, Clip, clips
from numpy.typing import NDArray
from scipy.optimize import minimize

from kinepath.bat import gate
from kinepath.bat.evidence import Palette
from kinepath.bat.network import Network
from kinepath.bat.tracking import Found, Look, SearchSpace, blocks, learned
from kinepath.io.video import read_frames
from kinepath.typing import Array

Float = NDArray[np.float32]
#: Of a frame: features, whether right, and the logarithm of how many each stands for.
Row = tuple[Float, NDArray[np.bool_], Float]
#: Counts of the clips that the networks are fitted on, by first seed.
COUNTS = {
    500: {"easy": 8, "hard": 16, "degraded": 16},
    700: {"hard": 12, "degraded": 16, "others": 6},
}
#: First seed and counts of the clips that the confidence is fitted on.
CALIBRATION = 900, {"easy": 6, "hard": 10, "degraded": 14}
#: Of each clip so many frames; of each frame so many right and wrong hypotheses, half of them those
#: that the present weights like best.
FRAMES, NEAR, FAR = 40, 80, 500
#: The networks' hidden units, and how they are fitted.
HIDDEN, EPOCHS, BATCH, RATE, DECAY = 32, 30, 16, 2e-3, 3e-3
#: Tips so near to the true one are right, shoulder widths.
RIGHT = 0.12


def settings_of(clip: Clip) -> dict[str, Any]:
    implement = CONFIG["implements"][clip.implement]
    return {**CONFIG["bat"], **implement, "handed": str(clip.truth.attrs["handed"])}


class Example:
    """A clip, looked at once."""

    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        self.palette: Palette | None = None
        self.scene = SearchSpace(clip.poses, clip.camera, settings_of(clip))
        self.looks: list[Look | None] = []
        if self.scene.visible.any():
            backgrounds = self.scene.backgrounds(f.image for f in read_frames(clip.video))
            frames = (f.image for f in read_frames(clip.video))
            self.looks = list(self.scene.looks(frames, backgrounds))
        self.tip = clip.truth["bat_tip"].values

    def error(self, tips: Array, frame: int | slice) -> Array:
        """Return how far tips are from the true ones, shoulder widths."""
        away = np.linalg.norm(tips - self.tip[frame], axis=-1)
        return np.asarray(away / self.clip.shoulder_width)

    def rows(self, rng: np.random.Generator) -> list[Row]:
        """Return features, whether right, and the logarithm of how many each row stands for."""
        speed = np.linalg.norm(np.gradient(self.tip, axis=0), axis=1)
        known = np.array([look is not None for look in self.looks], dtype=bool)
        if not known.any():
            return []
        share = np.where(known, 0.3 + speed / speed.max(), 0.0)
        count = min(FRAMES, int(known.sum()))
        found = []
        for k in rng.choice(len(known), count, replace=False, p=share / share.sum()):
            look = self.looks[k]
            assert look is not None
            error = self.error(self.scene.tips(k), k)
            if error.min() > 0.3:
                continue
            every = self.scene.features(look, k, self.palette)
            liked = self.network(every).ravel()
            near = np.broadcast_to(error < max(RIGHT, error.min() + 0.03), every.shape[:-1]).ravel()
            parts = [
                _some(np.flatnonzero(near), liked, NEAR, rng),
                _some(np.flatnonzero(~near), liked, FAR, rng),
            ]
            chosen, stands = (np.concatenate(column) for column in zip(*parts, strict=True))
            flat = every.reshape(-1, every.shape[-1])
            found.append((flat[chosen], near[chosen], stands.astype(np.float32)))
        return found

    @property
    def network(self) -> Network:
        """The present weights."""
        return self.scene.blind if self.palette is None else self.scene.informed


def _some(
    which: NDArray[np.intp], liked: Float, count: int, rng: np.random.Generator
) -> tuple[NDArray[np.intp], Array]:
    """Choose hypotheses: half of them the best liked, which stand for themselves alone."""
    order = which[np.argsort(-liked[which], kind="stable")]
    best, others = np.split(order, [count // 2])
    few = rng.permutation(others)[: count // 2]
    stands = np.log(len(others) / max(len(few), 1)) if len(others) else 0.0
    return np.concatenate([best, few]), np.r_[np.zeros(len(best)), np.full(len(few), stands)]


def fitted(rows: list[Row]) -> Network:
    """Maximise the probability of the right hypotheses (Adam, Kingma and Ba 2015)."""
    rng = np.random.default_rng(0)
    mean, spread = _scale(rows)
    given = [((row[0] - mean) / spread).astype(np.float32) for row in rows]
    count = len(mean)
    weights = [
        rng.normal(0, 0.05, count),
        rng.normal(0, count**-0.5, (count, HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(0, 0.1, HIDDEN),
    ]
    first, second = ([np.zeros_like(w) for w in weights] for _ in range(2))
    step = 0
    for epoch in range(EPOCHS):
        rate, loss = RATE * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS)), 0.0
        for frames in np.array_split(rng.permutation(len(rows)), -(-len(rows) // BATCH)):
            lost, slopes = _slopes(weights, [(given[k], *rows[k][1:]) for k in frames])
            loss, step = loss + lost, step + 1
            for k, slope in enumerate(slopes):
                first[k] = 0.9 * first[k] + 0.1 * slope
                second[k] = 0.999 * second[k] + 0.001 * slope**2
                typical = np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8
                weights[k] -= rate * first[k] / (1 - 0.9**step) / typical
    print(f"{len(rows)} frames, loss {loss / len(rows):.3f}", file=sys.stderr, flush=True)
    straight, inward, least, outward = weights
    inward = inward / spread[:, None]
    parts = straight / spread, inward, least - mean @ inward, outward
    return Network(*(part.astype(np.float32) for part in parts))


def _scale(rows: list[Row]) -> tuple[Array, Array]:
    """Return mean and spread of the features; a feature that is always the same weighs nothing."""
    every = np.concatenate([row[0] for row in rows])
    mean, spread = every.mean(axis=0, dtype=np.float64), every.std(axis=0, dtype=np.float64)
    return mean, np.where(spread < 1e-4, np.inf, spread)


def _slopes(weights: list[Array], frames: list[Row]) -> tuple[float, list[Array]]:
    """Return the loss of some frames, and its slopes with the decay of the weights."""
    straight, inward, least, outward = weights
    given, right, stands = (np.concatenate(column) for column in zip(*frames, strict=True))
    sizes = [len(frame[1]) for frame in frames]
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    of = np.repeat(np.arange(len(frames)), sizes)
    units = given @ inward + least
    active = np.maximum(units, 0.0)
    score = given @ straight + active @ outward + stands
    share = np.exp(score - np.maximum.reduceat(score, first)[of])
    total = np.add.reduceat(share, first)
    hit = np.where(right, share, 0.0)
    good = np.add.reduceat(hit, first) + 1e-30
    slope = (share / total[of] - hit / good[of]) / len(frames)
    back = slope[:, None] * outward * (units > 0)
    return float(-np.log(good / total).sum()), [
        given.T @ slope + DECAY * straight,
        given.T @ back + DECAY * inward,
        back.sum(axis=0),
        active.T @ slope + DECAY * outward,
    ]


def logistic(signs: Array, right: NDArray[np.bool_]) -> Array:
    def loss(weights: Array) -> tuple[float, Array]:
        score = signs @ weights
        chance = 1 / (1 + np.exp(-score))
        value = np.logaddexp(0, np.where(right, -score, score)).mean() + 1e-3 * weights @ weights
        return float(value), signs.T @ (chance - right) / len(right) + 2e-3 * weights

    return np.asarray(minimize(loss, np.zeros(signs.shape[1]), jac=True).x)


def main() -> None:
    rng = np.random.default_rng(0)
    examples = [Example(clip) for seed, counts in COUNTS.items() for clip in clips(counts, seed)]
    blind = fitted([row for example in examples for row in example.rows(rng)])
    for example in examples:
        example.scene.blind = blind
        example.palette = learned(iter(example.looks), example.scene)
    informed = fitted([row for example in examples for row in example.rows(rng)])
    path = ROOT / "src" / "kinepath" / "bat" / "weights.json"
    certainty = calibrated(blind, informed)
    path.write_text(_written(blind, informed, certainty), encoding="utf-8")


def calibrated(blind: Network, informed: Network) -> Array:
    """Fit the confidence, on clips that the networks have not seen."""
    signs, right = [], []
    for clip in clips(CALIBRATION[1], CALIBRATION[0]):
        example = Example(clip)
        scene = example.scene
        scene.blind, scene.informed = blind, informed
        found = Found(len(example.tip))
        if example.looks:
            palette = learned(iter(example.looks), scene)
            for block in blocks(iter(example.looks), scene, palette):
                found.take(block, scene)
        error = example.error(found.tips(scene), slice(None))
        share = np.mean(error < 0.25), np.mean(error < 0.5)
        print(clip.name, *(f"{s:.3f}" for s in share), file=sys.stderr, flush=True)
        signs.append(found.signs(scene)[scene.visible])
        right.append(error[scene.visible] < 0.25)
    certainty = logistic(np.concatenate(signs), np.concatenate(right))
    assert len(certainty) == len(gate.SIGNS)
    return certainty


def _written(blind: Network, informed: Network, certainty: Array) -> str:
    """Return the content of the data file: JSON, with lines of a bearable length."""
    clips = sum(sum(counts.values()) for counts in COUNTS.values())
    made = (
        f"fitted by benchmarks/bat_weights.py to {clips} simulated clips that no benchmark measures"
    )
    rows = {"blind": blind.numbers(), "informed": informed.numbers(), "certainty": certainty}
    lists = []
    for name, weights in rows.items():
        lines = wrap(", ".join(f"{weight:.4g}" for weight in weights), 92)
        lists.append(f'  "{name}": [\n' + "\n".join(f"    {line}" for line in lines) + "\n  ]")
    return f'{{\n  "provenance": {json.dumps(made)},\n' + ",\n".join(lists) + "\n}\n"


if __name__ == "__main__":
    main()
