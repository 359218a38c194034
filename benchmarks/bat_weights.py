"""Fit what the evidence for a bat weighs, on simulated clips that the benchmark does not use.

    python benchmarks/bat_weights.py

writes src/kinepath/bat/weights.py. Conditional logit: the hypotheses whose tips lie near the true
one are to be likelier than all others of their frame; then a logistic regression, the confidence.
"""

from __future__ import annotations

import sys
from textwrap import wrap
from typing import Any

import numpy as np
from bat_clips import CONFIG, ROOT, Clip, clips
from numpy.typing import NDArray
from scipy.optimize import minimize

from kinepath.bat import gate
from kinepath.bat.evidence import Palette
from kinepath.bat.tracking import Found, Look, Scene, blocks, learned
from kinepath.video import read_frames

Array = NDArray[np.float64]
FIRST_SEED, COUNTS = 500, {"easy": 8, "hard": 16, "degraded": 16}
FRAMES, NEAR, FAR = 40, 80, 500
#: Tips so near to the true one are right, shoulder widths.
RIGHT = 0.12


def settings_of(clip: Clip) -> dict[str, Any]:
    implement = CONFIG["implements"]["cricket_bat"]
    return {**CONFIG["bat"], **implement, "handed": str(clip.truth.attrs["handed"])}


class Example:
    """A clip, looked at once."""

    def __init__(self, clip: Clip) -> None:
        self.clip, self.palette = clip, None
        self.scene = Scene(clip.poses, clip.camera, settings_of(clip))
        self.looks: list[Look | None] = []
        if self.scene.visible.any():
            backgrounds = self.scene.backgrounds(f.image for f in read_frames(clip.video))
            frames = (f.image for f in read_frames(clip.video))
            self.looks = list(self.scene.looks(frames, backgrounds))
        self.tip = clip.truth["bat_tip"].values
        self.palette: Palette | None

    def error(self, tips: Array, frame: int | slice) -> Array:
        """Give how far tips are from the true ones, shoulder widths."""
        away = np.linalg.norm(tips - self.tip[frame], axis=-1)
        return np.asarray(away / self.clip.shoulder_width)

    def rows(self, rng: np.random.Generator) -> list[tuple[Array, Array, Array]]:
        """Give features, whether right, and the logarithm of how many each row stands for."""
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
            near = np.broadcast_to(error < max(RIGHT, error.min() + 0.03), every.shape[:-1]).ravel()
            flat = every.reshape(-1, every.shape[-1])
            right, wrong = np.flatnonzero(near), np.flatnonzero(~near)
            some = rng.permutation(right)[:NEAR]
            others = rng.choice(wrong, FAR, replace=False)
            stands = np.r_[
                np.full(len(some), np.log(len(right) / len(some))),
                np.full(FAR, np.log(len(wrong) / FAR)),
            ]
            chosen = np.concatenate([some, others])
            found.append((flat[chosen].astype(np.float64), near[chosen], stands))
        return found


def fitted(rows: list[tuple[Array, Array, Array]], ridge: float = 1e-3) -> Array:
    """Maximise the probability of the right hypotheses."""
    features = np.concatenate([row[0] for row in rows])
    right = np.concatenate([row[1] for row in rows])
    offset = np.concatenate([row[2] for row in rows])
    sizes = [len(row[1]) for row in rows]
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    frame = np.repeat(np.arange(len(rows)), sizes)
    spread = features.std(axis=0)
    spread[spread < 1e-4] = 1.0
    scaled = features / spread

    def loss(weights: Array) -> tuple[float, Array]:
        score = scaled @ weights + offset
        share = np.exp(score - np.maximum.reduceat(score, first)[frame])
        total = np.add.reduceat(share, first)
        good = np.add.reduceat(np.where(right, share, 0.0), first) + 1e-30
        slope = share / total[frame] - np.where(right, share, 0.0) / good[frame]
        value = -np.log(good / total).mean() + ridge * weights @ weights
        return float(value), slope @ scaled / len(rows) + 2 * ridge * weights

    start = np.zeros(features.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    print(f"{len(rows)} frames, loss {found.fun:.3f}", file=sys.stderr, flush=True)
    return np.asarray(found.x / spread)


def logistic(signs: Array, right: NDArray[np.bool_]) -> Array:
    def loss(weights: Array) -> tuple[float, Array]:
        score = signs @ weights
        chance = 1 / (1 + np.exp(-score))
        value = np.logaddexp(0, np.where(right, -score, score)).mean() + 1e-3 * weights @ weights
        return float(value), signs.T @ (chance - right) / len(right) + 2e-3 * weights

    return np.asarray(minimize(loss, np.zeros(signs.shape[1]), jac=True).x)


def main() -> None:
    rng = np.random.default_rng(0)
    examples = [Example(clip) for clip in clips(COUNTS, FIRST_SEED)]
    blind = fitted([row for example in examples for row in example.rows(rng)])
    for example in examples:
        example.scene.blind = blind.astype(np.float32)
        example.palette = learned(iter(example.looks), example.scene)
    informed = fitted([row for example in examples for row in example.rows(rng)])
    signs, right = [], []
    for example in examples:
        scene = example.scene
        scene.informed = informed.astype(np.float32)
        found = Found(len(example.tip))
        for block in blocks(iter(example.looks), scene, example.palette):
            found.take(block, scene)
        error = example.error(found.tips(scene), slice(None))
        share = np.mean(error < 0.25), np.mean(error < 0.5)
        print(example.clip.name, *(f"{s:.3f}" for s in share), file=sys.stderr, flush=True)
        signs.append(found.signs(scene)[scene.visible])
        right.append(error[scene.visible] < 0.25)
    certainty = logistic(np.concatenate(signs), np.concatenate(right))
    assert len(certainty) == len(gate.SIGNS)
    path = ROOT / "src" / "kinepath" / "bat" / "weights.py"
    path.write_text(_module(blind, informed, certainty), encoding="utf-8")


def _module(blind: Array, informed: Array, certainty: Array) -> str:
    def numbers(weights: Array) -> str:
        text = ", ".join(f"{weight:.4g}" for weight in weights)
        return "\n".join(f"    {line}" for line in wrap(text + ",", 92))

    return f'''"""What the evidence for a bat weighs; written by benchmarks/bat_weights.py."""

# fmt: off
#: Of the features of kinepath.bat.evidence.FEATURES, before the implement's colours are known.
BLIND = (
{numbers(blind)}
)
#: The same with the colours that were learned on the clip.
INFORMED = (
{numbers(informed)}
)
#: Of the signs of kinepath.bat.gate.SIGNS, for the logit of the chance that a tip is right.
CERTAINTY = (
{numbers(certainty)}
)
'''


if __name__ == "__main__":
    main()
