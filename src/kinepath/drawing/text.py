"""Text on images: any label in one line of DejaVu Sans, and the strip behind it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from kinepath.io.video import Image

Colour = tuple[int, int, int]


def bgr(code: str) -> Colour:
    """Convert a hexadecimal red, green, blue colour code to blue, green, red.

    >>> bgr("56b4e9")
    (233, 180, 86)
    """
    red, green, blue = bytes.fromhex(code)
    return blue, green, red


DARK = bgr("14171c")
PALE = bgr("dfe3e8")


def canvas(width: int, height: int) -> Image:
    """Return an empty dark image (height, width, 3)."""
    return _empty(width, height).copy()


@lru_cache(maxsize=8)
def _empty(width: int, height: int) -> Image:
    # Filling an image channel by channel is twenty times slower than copying one.
    return np.full((height, width, 3), DARK, dtype=np.uint8)


def shade(region: Image) -> None:
    """Darken a region of an image (height, width, 3), so that text on it is legible."""
    height, width = region.shape[:2]
    region[...] = cv2.addWeighted(region, 0.35, canvas(width, height), 0.65, 0)


@lru_cache(maxsize=512)
def text_mask(text: str, height: int) -> Image:
    """Render one line of text in DejaVu Sans; non-printing characters are left out.

    Parameters
    ----------
    text : str
        Any text; characters that the font lacks appear as boxes.
    height : int
        Height of the line in pixels, descenders included.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        Coverage of each pixel; read-only, because it is cached for the next call.
    """
    text = "".join(letter for letter in text if letter.isprintable())
    font = ImageFont.truetype(
        str(Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")),
        size=max(6, int(height / 1.2)),
    )
    canvas = PillowImage.new("L", (max(1, round(font.getlength(text))), height))
    ImageDraw.Draw(canvas).text((0, round(0.78 * height)), text, fill=255, font=font, anchor="ls")
    mask = np.asarray(canvas)
    mask.flags.writeable = False
    return mask


def put_text(
    image: Image, mask: Image, x: int, y: int, colour: Colour = PALE, visible: float = 1.0
) -> None:
    """Draw a text mask on an image, top left corner at ``x``, ``y``, clipped at the edges."""
    mask = mask[max(0, -y) :, max(0, -x) :]
    region = image[max(0, y) :, max(0, x) :][: mask.shape[0], : mask.shape[1]]
    weight = mask[: region.shape[0], : region.shape[1], None] * np.float32(visible / 255)
    ink = np.array(colour, dtype=np.float32)
    region[...] = np.round(region + (ink - region) * weight).astype(np.uint8)


@lru_cache(maxsize=64)
def fitted_mask(text: str, height: int, width: int) -> Image:
    """Render a line of text at most ``width`` pixels wide, truncated with an ellipsis."""
    text = " ".join(text.split())
    mask, kept = text_mask(text, height), len(text)
    while mask.shape[1] > width and kept:
        kept -= 1
        mask = text_mask(text[:kept].rstrip() + "…", height)
    return mask


def _number_mask(text: str, height: int) -> Image:
    # Letter by letter: the clock changes with every frame, but each letter is rendered only once.
    return np.hstack([text_mask(letter, height) for letter in text])


def draw_caption(image: Image, label: str, facts: Sequence[tuple[str, Colour]]) -> Image:
    """Draw a strip of text along the lower edge: the label on the left, facts on the right.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        Blue, green, red; it is drawn into.
    label : str
        Truncated with an ellipsis where the image is too narrow.
    facts : sequence of (str, colour)
        Short texts, from right to left.

    Returns
    -------
    ndarray
        ``image``.
    """
    height, width = image.shape[:2]
    strip = min(height, max(16, round(0.04 * min(height, width))))
    line = round(0.72 * strip)
    top, gap = height - strip, round(0.5 * strip)
    shade(image[top:])
    x = width - gap
    for text, colour in facts:
        mask = _number_mask(text, line)
        x -= mask.shape[1]
        put_text(image, mask, x, top + (strip - line) // 2, colour, 0.9)
        x -= 2 * gap
    if x > 2 * gap:
        put_text(image, fitted_mask(label, line, x - gap), gap, top + (strip - line) // 2)
    return image


def draw_notice(image: Image, text: str) -> None:
    """Draw a line of text in the middle of an image."""
    mask = text_mask(text, max(12, round(0.05 * image.shape[0])))
    x, y = (image.shape[1] - mask.shape[1]) // 2, (image.shape[0] - mask.shape[0]) // 2
    put_text(image, text_mask(text, mask.shape[0]), x + 1, y + 1, DARK)
    put_text(image, mask, x, y, visible=0.85)
