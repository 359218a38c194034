"""A contact sheet of a clip's camera shots, with a border around the proposed one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kinepath.camera_shots import pictures_between
from kinepath.conform import Window
from kinepath.drawing.text import PALE, bgr, canvas, fitted_mask, put_text
from kinepath.io.files import replacing
from kinepath.io.video import Image, resized

_TILE, _GAP, _LINE = 240, 6, 20
_PER_SEGMENT = 4
_FRAME = bgr("e69f00")


def contact_sheet(facts: Mapping[str, Any]) -> Image:
    """Draw one row per camera shot: four frames, with times and what was found.

    Parameters
    ----------
    facts : mapping
        The content of ``results/camera_shots/{clip}.json``.
    """
    height = round(_TILE * facts["height"] / facts["width"])
    width = _PER_SEGMENT * (_TILE + _GAP) + _GAP
    proposed = facts["proposed"]
    rows = [
        _line(
            f"{facts['clip']}: {proposed['start_s']:.2f} to {proposed['end_s']:.2f} s:"
            f" {proposed['reason']}",
            width,
        )
    ]
    for number, segment in enumerate(facts["segments"]):
        window = Window(segment["start_s"], segment["end_s"])
        row = canvas(width, height + 2 * _GAP)
        for k, image in enumerate(_pictures(facts, window)):
            x = _GAP + k * (_TILE + _GAP)
            row[_GAP : _GAP + height, x : x + _TILE] = resized(image, _TILE, height)
        block = np.vstack([_line(_told(number, segment), width), row])
        if number == proposed["segment"]:
            cv2.rectangle(block, (1, 1), (width - 2, block.shape[0] - 2), _FRAME, 3)
        rows.append(block)
    return np.vstack(rows)


def write_contact_sheet(facts: Mapping[str, Any], path: str | Path) -> None:
    """Write the contact sheet as PNG."""
    with replacing(path) as temporary:
        cv2.imwrite(str(temporary), contact_sheet(facts))


def _told(number: int, segment: Mapping[str, Any]) -> str:
    text = f"segment {number}: {segment['start_s']:.2f} to {segment['end_s']:.2f} s"
    if "score" in segment:
        text += f"   score {segment['score']:.2f}   " + segment.get(
            "why_not", f"{segment['people']} people"
        )
    return text


def _line(text: str, width: int) -> Image:
    line = canvas(width, _LINE + 2 * _GAP)
    put_text(line, fitted_mask(text, _LINE, width - 2 * _GAP), _GAP, _GAP, PALE)
    return line


def _pictures(facts: Mapping[str, Any], window: Window) -> list[Image]:
    """Return the first frame at or after each of four times."""
    times = np.linspace(window.start, window.end, _PER_SEGMENT)
    found: list[Image] = []
    for frame in pictures_between(facts, window):
        while len(found) < len(times) and frame.time >= times[len(found)] - 1e-3:
            found.append(frame.image)
    return found
