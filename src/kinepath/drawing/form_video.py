"""The video of a set: the current repetition, phase and angle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from kinepath.drawing.painter import ClipPainter
from kinepath.drawing.text import DARK, PALE, bgr, fitted_mask, put_text, shade, text_mask
from kinepath.form.exercise import Exercise
from kinepath.form.measures import Series, measure_series
from kinepath.form.sentences import quantity
from kinepath.form.view import View
from kinepath.io.sequence import values_of
from kinepath.io.video import Image
from kinepath.typing import Array

_GOOD, _MISSED = bgr("2fc79b"), bgr("e69f00")


@dataclass(frozen=True)
class Counter:
    """The content of the counter, frame by frame.

    Parameters
    ----------
    scene : ClipPainter
        Athlete and caption.
    form : mapping
        From :func:`kinepath.form.assess`.
    main : Series
        The exercise's main signal.
    unit : str
        Its unit.
    joint : ndarray, shape (time, 2), or None
        Position of the main angle, pixels.
    """

    scene: ClipPainter
    form: Mapping[str, Any]
    main: Series
    unit: str
    joint: Array | None

    @classmethod
    def of(
        cls, scene: ClipPainter, poses: xr.Dataset, form: Mapping[str, Any], exercise: Exercise
    ) -> Counter:
        """Build the counter of a clip from its cleaned ``poses``."""
        view = View(**form["view"])
        views = ("side", "front", "oblique")
        main = measure_series(poses, exercise.main, exercise.side, view, views)
        joint = None
        if exercise.main.kind == "angle":
            side = main.side if main.side in ("left", "right") else _surer(poses, exercise)
            name = exercise.main.named(side)[1]
            joint = values_of(poses, "position", [name])[:, 0]
        return cls(scene, form, main, exercise.main.unit, joint)

    def paint(self, image: Image, frame: int) -> Image:
        """Draw one frame of the scene and the counter on an image, and return the image."""
        self.scene.paint(image, frame, halo=True)
        time = float(self.scene.time[frame])
        if self.joint is not None and np.isfinite(self.joint[frame]).all():
            self._angle_beside_joint(image, frame)
        self._panel(image, time, frame)
        return image

    def _angle_beside_joint(self, image: Image, frame: int) -> None:
        assert self.joint is not None
        value = float(self.main.value[frame])
        if not np.isfinite(value):
            return
        height = max(14, round(0.06 * min(image.shape[:2])))
        mask = text_mask(quantity(value, self.unit), height)
        x, y = (round(float(at)) for at in self.joint[frame])
        left = min(x + height, image.shape[1] - mask.shape[1])
        for shift in (-1, 1):
            put_text(image, mask, left + shift, y - height // 2 + shift, DARK)
        put_text(image, mask, left, y - height // 2, _GOOD)

    def _panel(self, image: Image, time: float, frame: int) -> None:
        reps = self.form["repetitions"]
        current = next((r for r in reps if r["start_s"] <= time < r["end_s"]), None)
        done = [r for r in reps if r["complete"] and r["end_s"] <= time]
        big = max(20, round(0.1 * min(image.shape[:2])))
        small = max(12, round(0.4 * big))
        total = self.form["count"]
        head = f"{len(done)} / {total}" if current is None else f"{current['number']} / {total}"
        if current is None:
            words = "no repetitions" if not reps else "rest"
        elif not current["complete"]:
            head, words = f"{len(done)} / {total}", "unfinished repetition"
        else:
            words = _phase(current, time)
        value = float(self.main.value[frame])
        angle = "angle not seen" if not np.isfinite(value) else quantity(value, self.unit)
        lines = [(head, big, PALE), (f"{words} · {angle}", small, PALE)]
        if done:
            lines.append(_last(done[-1], small))
        self._write(image, lines)

    def _write(self, image: Image, lines: list[tuple[str, int, tuple[int, int, int]]]) -> None:
        gap = lines[0][1] // 3
        most = max(image.shape[1] - 4 * gap, 1)
        masks = [(fitted_mask(text, size, most), colour) for text, size, colour in lines]
        width = max(mask.shape[1] for mask, _ in masks) + 2 * gap
        height = sum(mask.shape[0] for mask, _ in masks) + 2 * gap
        region = image[gap : gap + height, gap : gap + width]
        shade(region)
        y = 2 * gap
        for mask, colour in masks:
            put_text(image, mask, 2 * gap, y, colour)
            y += mask.shape[0]


def _surer(poses: xr.Dataset, exercise: Exercise) -> str:
    """Return the side whose joint is drawn where the angle is the mean of both."""
    joints = [exercise.main.named(side)[1] for side in ("left", "right")]
    sure = poses["confidence"].isel(individuals=0).sel(keypoints=joints).mean("time").values
    return "left" if sure[0] > sure[1] else "right"


def _phase(repetition: Mapping[str, Any], time: float) -> str:
    for name, (start, end) in (repetition["phases_s"] or {}).items():
        if start <= time < end:
            return str(name)
    return "at rest"


def _last(repetition: Mapping[str, Any], size: int) -> tuple[str, int, tuple[int, int, int]]:
    score, number = repetition["score"]["value"], repetition["number"]
    missed = [n for n, m in repetition["metrics"].items() if m["verdict"] == "missed"]
    if score is None:
        return f"repetition {number}: no score", size, PALE
    words = f"repetition {number}: {score:.0f}" + (f", {len(missed)} missed" if missed else "")
    return words, size, _MISSED if missed else _GOOD
