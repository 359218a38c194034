"""Clips in sequence: a title, cross-fades, and the kinetic chain of each drawn as it plays."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kinepath.drawing.composite import letterboxed
from kinepath.drawing.text import PALE, Colour, bgr, canvas, draw_caption, fitted_mask, put_text
from kinepath.io.video import Image, VideoReader, read_frames, video_writer

#: Size of the inset as fractions of the image's width and height, and of its margins.
_INSET, _MARGIN = (0.34, 0.36), 0.025
#: Colours of the parts, from the ground to the implement (Okabe and Ito 2008, on dark ground).
_COLOURS = tuple(map(bgr, ("56b4e9", "009e73", "f0e442", "e69f00", "cc79a7", "d55e00")))
_CONTACT = bgr("ff6b5e")


@dataclass(frozen=True)
class MontageClip:
    """One clip of a montage.

    Parameters
    ----------
    video : path
        Constant frame rate.
    label : str
        Shown in a strip below, any text; empty where the video shows it itself.
    detail : str
        Shown in the inset, any text.
    start_s : float
        Time of its first frame on the clock of ``chain``, seconds.
    contact_s : float or None
        On the same clock.
    chain : mapping or None
        The kinetic chain's JSON, whose ``speeds`` are drawn while the clip plays; None for no
        inset.
    """

    video: Path
    label: str = ""
    detail: str = ""
    start_s: float = 0.0
    contact_s: float | None = None
    chain: Mapping[str, Any] | None = None


def montage(
    scenes: Sequence[MontageClip],
    path: str | Path,
    *,
    title: str,
    width: int,
    height: int,
    fps: float | None,
    title_s: float,
    fade_s: float,
    crf: int,
) -> None:
    """Write clips in sequence to one video.

    Parameters
    ----------
    scenes : sequence of MontageClip
        At least one.
    path : path
        Where to write.
    title : str
        Text of the opening card.
    width, height : int
        Size in pixels, both even.
    fps : float or None
        Frame rate, hertz; if None the maximum of the clips', at most 60. Every clip plays at its
        own speed.
    title_s, fade_s : float
        Duration of the title, 0 for none, and of the fade between clips, 0 for a cut, seconds.
    crf : int
        Constant rate factor of x264.

    Raises
    ------
    VideoError
        If a clip cannot be read or ffmpeg fails.
    """
    rate = fps or min(60.0, max(_rate(scene.video) for scene in scenes))
    parts: list[Iterable[Image]] = []
    if title_s > 0:
        card = _card(title, f"{len(scenes)} clips" if len(scenes) > 1 else "", width, height)
        parts.append([card] * max(1, round(title_s * rate)))
    parts += [_shown(scene, width, height, rate) for scene in scenes]
    with video_writer(path, width, height, rate, crf=crf) as writer:
        for image in faded(parts, round(fade_s * rate)):
            writer.write(image)


def faded(parts: Iterable[Iterable[Image]], frames: int) -> Iterator[Image]:
    """Concatenate sequences of images, cross-fading over a number of frames.

    A sequence that is shorter than the fade is faded over its whole length.
    """
    before: deque[Image] = deque()
    for part in parts:
        steps, held = len(before), deque[Image]()
        for number, image in enumerate(part, start=1):
            shown = image
            if before:
                share = number / (steps + 1)
                shown = _mixed(before.popleft(), image, share)
            held.append(shown)
            if len(held) > frames:
                yield held.popleft()
        before = held
    yield from before


def _mixed(first: Image, second: Image, share: float) -> Image:
    mixed = cv2.addWeighted(first, 1.0 - share, second, share, 0.0)
    return np.asarray(mixed, dtype=np.uint8)


def _rate(video: Path) -> float:
    with VideoReader(video) as reader:
        return reader.stated_rate or 25.0


def _card(title: str, below: str, width: int, height: int) -> Image:
    card = canvas(width, height)
    room = round(0.9 * width)
    for text, line, top in ((title, 0.09, 0.42), (below, 0.045, 0.55)):
        mask = fitted_mask(text, max(12, round(line * height)), room)
        put_text(card, mask, (width - mask.shape[1]) // 2, round(top * height))
    return card


def _shown(scene: MontageClip, width: int, height: int, rate: float) -> Iterator[Image]:
    inset = Inset(scene, width, height) if scene.chain and scene.chain.get("speeds") else None
    own, due = _rate(scene.video), 0
    for index, frame in enumerate(read_frames(scene.video)):
        # At any rates, the image shown is at most half a frame early or late.
        last = int(np.floor((index + 0.5) * rate / own - 1e-9))
        if last < due:
            continue
        image = letterboxed(frame.image, width, height)
        if scene.label:
            draw_caption(image, scene.label, [])
        if inset:
            inset.draw(image, scene.start_s + index / own)
        for _ in range(last - due + 1):
            yield image
        due = last + 1


class Inset:
    """The speeds of a clip's parts, each as a fraction of its own peak, with a moving cursor."""

    def __init__(self, scene: MontageClip, width: int, height: int) -> None:
        assert scene.chain is not None
        speeds = scene.chain["speeds"]
        self._time = np.asarray(speeds["time_s"], dtype=np.float64)
        columns, rows = round(_INSET[0] * width), round(_INSET[1] * height)
        margin = round(_MARGIN * width)
        self._corner = width - columns - margin, margin
        line = max(10, round(0.08 * rows))
        self._plot = (line // 2, line, columns - line // 2, rows - 2 * line)
        self._panel = canvas(columns, rows)
        words = " · ".join(filter(None, [_verdict(scene.chain), scene.detail]))
        header = fitted_mask(words, line, columns - line)
        put_text(self._panel, header, line // 2, 0)
        parts = list(speeds["speed"].items())
        at, wide = line // 2, columns // max(len(parts), 1)
        for (name, values), colour in zip(parts, cycle(_COLOURS), strict=False):
            self._curve(np.array(values, dtype=np.float64), colour)
            short = re.sub("^(left|right)_", "", name).replace("_", " ")
            mask = fitted_mask(short, round(0.75 * line), wide - 4)
            put_text(self._panel, mask, at, rows - round(1.2 * line), colour)
            at += wide
        if scene.contact_s is not None:
            self._upright(self._panel, scene.contact_s, _CONTACT)

    def draw(self, image: Image, moment_s: float) -> None:
        """Draw the inset at a moment of the clip into the image's upper right corner."""
        panel = self._panel.copy()
        self._upright(panel, moment_s, PALE)
        x, y = self._corner
        region = image[y : y + panel.shape[0], x : x + panel.shape[1]]
        region[...] = cv2.addWeighted(region, 0.2, panel, 0.8, 0.0)

    def _x(self, time: Any) -> Any:
        left, _, right, _ = self._plot
        begin, end = self._time[0], self._time[-1]
        return left + (right - left) * (time - begin) / max(end - begin, 1e-9)

    def _curve(self, values: np.ndarray[Any, np.dtype[np.float64]], colour: Colour) -> None:
        _, top, _, bottom = self._plot
        peak = np.nanmax(values) if np.isfinite(values).any() else np.nan
        if not peak > 0:
            return
        points = np.stack([self._x(self._time), bottom - (bottom - top) * values / peak], axis=1)
        known = np.isfinite(points).all(axis=1)
        for begin in np.flatnonzero(known[:-1] & known[1:]).tolist():
            ends = np.round(16 * points[begin : begin + 2]).astype(int).tolist()
            cv2.line(self._panel, ends[0], ends[1], colour, 2, cv2.LINE_AA, 4)

    def _upright(self, panel: Image, moment_s: float, colour: Colour) -> None:
        left, top, right, bottom = self._plot
        x = round(float(self._x(moment_s)))
        if left <= x <= right:
            cv2.line(panel, (x, top), (x, bottom), colour, 1, cv2.LINE_AA)


def _verdict(chain: Mapping[str, Any]) -> str:
    if not chain["path"]:
        return "no kinetic chain found"
    return " → ".join(name.replace("_", " ") for name in chain["path"])
