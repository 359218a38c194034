"""Image features for and against every hypothesis of the bat's position.

A hypothesis is a direction from the grip, an apparent length, a lateral offset of the bat's line
from the grip (the hands have an error of their own) and a half-width of the fan that the bat sweeps
while the shutter is open. Each has a vector of features: does its interior differ from either side
and from the background, is it of one colour, and of the bat's colour as seen in other frames; does
this end at the tip; and is the direction consistent with the arms and hands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from kinepath.io.video import Image
from kinepath.typing import Array

Float = NDArray[np.float32]

#: Directions (a full turn); step along a ray and lengths, as fractions of the implement's length.
DIRECTIONS = 120
STEP = 0.04
LENGTHS: NDArray[np.float64] = np.arange(0.28, 1.41, 0.08)
#: Half-widths of the fan in directions: 0, 6, 12, 24 and 36 degrees.
FANS = (0, 2, 4, 8, 12)
#: Lateral offsets of the implement's line from the grip, to the right of its direction.
OFFSETS = (-0.34, -0.17, 0.0, 0.17, 0.34)
_RAY = round(float(LENGTHS[-1] + 0.2) / STEP)
_ASIDE: NDArray[np.float64] = np.array(OFFSETS)
#: The unit of the features of the lateral offset.
_BESIDE = 0.17
#: Fans, directions, lengths.
SHAPE = (len(FANS), DIRECTIONS, len(LENGTHS))
#: First step at which the hands do not occlude the implement.
_FREE = 5
#: Implement's length in pixels of the working image.
LENGTH_PX = 52.0
#: Half the side of the working image.
REACH = 1.7

#: Features along a ray, each as the mean inside, in the weakest third, beyond the tip, and inside
#: times length.
CELLS = ("moved", "contrast", "edge", "one_edge", "colour", "mixed", "mixed_edge")
FEATURES = (
    *CELLS,
    *(f"weakest_{name}" for name in CELLS),
    *(f"{name}_beyond" for name in CELLS),
    *(f"long_{name}" for name in CELLS),
    *("arms", "body", "end", "uneven", "length", "length_squared"),
    *("forearm", "folded", "knuckles", "hands"),
    *(f"fan_{fan}" for fan in FANS[1:]),
    *("fan_moved", "fan_edge", "fan_mixed", "fan_mixed_edge"),
    *("beside", "beside_squared", "beside_apart"),
)


@dataclass(frozen=True)
class HandView:
    """The surroundings of the hands in one frame, in working pixels, centred on the grip.

    Parameters
    ----------
    image, background : ndarray of uint8, shape (side, side, 3)
        Blue, green, red; without a background the image itself.
    arms, body : ndarray of uint8, shape (side, side)
        255 where, according to the pose, the arms are, and trunk, head and legs.
    """

    image: Image
    background: Image
    arms: Image
    body: Image


def view_side() -> int:
    """Return the side of a working image, pixels."""
    return 2 * int(np.ceil(LENGTH_PX * REACH)) + 1


@dataclass(frozen=True)
class Polar:
    """The image along rays from the grip, and along rays offset from it.

    Parameters
    ----------
    colour, still : ndarray, shape (offsets, directions, steps, 3)
        CIE L, a, b of image and background.
    arms, body : ndarray, shape (offsets, directions, steps)
        0 to 1.
    noise : float
        Typical difference of image and background.
    """

    colour: Float
    still: Float
    arms: Float
    body: Float
    noise: float


class Rays:
    """Sample working images along rays from the grip, for an implement of a given shape.

    Parameters
    ----------
    slenderness : float
        Width over length of the implement.
    """

    def __init__(self, slenderness: float) -> None:
        self._half = max(1.2, 0.5 * slenderness * LENGTH_PX)
        angle = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
        radius = LENGTH_PX * STEP * np.arange(1, _RAY + 1)
        rays = np.exp(1j * angle)[:, None] * (radius + 1j * LENGTH_PX * _ASIDE[:, None, None])
        centre = view_side() // 2
        self._x = (centre + rays.real).astype(np.float32).reshape(-1, _RAY)
        self._y = (centre + rays.imag).astype(np.float32).reshape(-1, _RAY)
        beside = np.degrees(np.arctan2(2.0 * self._half, radius)) / (360 / DIRECTIONS)
        self._beside = np.rint(beside).astype(int)

    @cached_property
    def sides(self) -> NDArray[np.intp]:
        """Return the directions beside each (fan, side, direction, step)."""
        turn = np.array(FANS)[:, None] + self._beside
        base = np.arange(DIRECTIONS)[:, None]
        both = np.stack([base - turn[:, None], base + turn[:, None]], axis=1)
        return np.ascontiguousarray(both % DIRECTIONS)

    def sample(self, view: HandView) -> Polar:
        """Sample a view along the rays."""
        blur = 0.45 * self._half

        def polar(picture: NDArray[np.generic]) -> Float:
            soft = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), blur)
            seen = cv2.remap(soft, self._x, self._y, cv2.INTER_LINEAR)
            return np.asarray(seen.reshape(len(OFFSETS), DIRECTIONS, _RAY, *seen.shape[2:]))

        def lab(picture: Image) -> Float:
            return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_BGR2LAB))

        colour, still = polar(lab(view.image)), polar(lab(view.background))
        apart = np.linalg.norm(colour - still, axis=-1)
        return Polar(
            colour,
            still,
            polar(view.arms) / np.float32(255),
            polar(view.body) / np.float32(255),
            float(np.clip(np.median(apart), 2.0, 8.0)),
        )


_TIP: NDArray[np.intp] = np.rint(LENGTHS / STEP).astype(np.intp)


def tip_step(length: int) -> int:
    """Return the step along a ray at which an implement of a given length ends."""
    return int(_TIP[length])


_THIRDS: NDArray[np.intp] = np.rint(
    (_FREE - 1) + (_TIP - (_FREE - 1)) * np.arange(4)[:, None] / 3
).astype(np.intp)
_BEYOND: NDArray[np.intp] = np.minimum(_TIP + 5, _RAY)


@dataclass(frozen=True)
class Palette:
    """The likelihood that a colour is the implement's, learned from frames in which it was found.

    Parameters
    ----------
    table : ndarray, shape (bins, bins, bins)
        Logarithm of the likelihood ratio over L, a and b.
    typical : ndarray, shape (3,)
        The implement's typical colour.
    """

    table: Float
    typical: Float

    def __call__(self, colour: Float) -> Float:
        """Return the logarithm of the likelihood ratio of colours (..., 3)."""
        return np.asarray(self.table[tuple(np.moveaxis(self.bins(colour), -1, 0))])

    BINS = 24
    LOW, HIGH = np.array([0.0, -50.0, -50.0]), np.array([100.0, 70.0, 70.0])

    @staticmethod
    def bins(colour: Float) -> NDArray[np.intp]:
        """Return the cells of the table that contain colours (..., 3)."""
        share = (colour - Palette.LOW) / (Palette.HIGH - Palette.LOW)
        return np.asarray(np.clip(share * Palette.BINS, 0, Palette.BINS - 1).astype(np.intp))


def features(
    polar: Polar,
    rays: Rays,
    palette: Palette | None,
    forearm: Array,
    knuckles: Array,
    hands: Array,
    apart: float = 0.0,
) -> Float:
    """Return the features of all hypotheses of a frame.

    Parameters
    ----------
    polar, rays
        The samples along the rays.
    palette : Palette or None
        The implement's colours, where already known.
    forearm, knuckles, hands : ndarray, shape (2,)
    apart : float
        See :class:`kinepath.bat.geometry.Hold`.

    Returns
    -------
    ndarray, shape (offsets, fans, directions, lengths, features)
        See :data:`FEATURES`.
    """
    moved = np.linalg.norm(polar.colour - polar.still, axis=-1)
    likely, mixed = np.zeros_like(moved), np.zeros_like(moved)
    if palette is not None:
        likely, mixed = palette(polar.colour), _mixed(polar, palette.typical)
    channels = np.concatenate(
        [polar.colour, np.stack([moved, likely, mixed, polar.arms, polar.body], axis=-1)], axis=-1
    )
    every = np.zeros((len(OFFSETS), *SHAPE, len(FEATURES)), dtype=np.float32)
    pose = _suits(forearm, knuckles, hands)
    size, noise = (LENGTHS - 0.7).astype(np.float32), np.float32(polar.noise)
    for k, offset in enumerate(OFFSETS):
        seen = channels[k].astype(np.float32, copy=False)
        _fill(seen, rays.sides, _FAN, _TIP, _THIRDS, _BEYOND, noise, pose, size, every[k])
        beside = abs(offset) / _BESIDE
        every[k, ..., -3], every[k, ..., -2] = beside, beside**2
        every[k, ..., -1] = beside * apart
    return every


_FAN: NDArray[np.intp] = np.array(FANS)


def _mixed(polar: Polar, typical: Float) -> Float:
    """Score how much of the implement's colour appears mixed into the background's.

    A motion-blurred implement is a little of its colour over a wide area: the change of colour is
    measured along the line from the background's to the implement's, and deviation from that line
    lowers the score.
    """
    line = typical - polar.still
    length = np.linalg.norm(line, axis=-1) + 1e-3
    change = polar.colour - polar.still
    along = (change * line).sum(axis=-1) / length
    off = np.sqrt(np.maximum((change**2).sum(axis=-1) - along**2, 0.0))
    near = np.clip(along, 0.0, length)
    return np.asarray(np.log1p(near / polar.noise) - 0.7 * np.log1p(off / polar.noise))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _fill(
    channels: Float,
    sides: NDArray[np.intp],
    fans: NDArray[np.intp],
    tips: NDArray[np.intp],
    thirds: NDArray[np.intp],
    beyond: NDArray[np.intp],
    noise: np.float32,
    pose: Float,
    size: Float,
    out: Float,
) -> None:
    turns, steps, count = channels.shape
    total = np.zeros((2 * turns + 1, steps, count), dtype=np.float64)
    for d in range(2 * turns):
        total[d + 1] = total[d] + channels[d % turns]
    cells, first = 7, thirds[0, 0]
    sums = np.zeros((steps + 1, cells + 2), dtype=np.float64)
    hue = np.zeros((steps + 1, 4), dtype=np.float64)
    inside = np.zeros(count)
    for f in range(len(fans)):
        fan = fans[f]
        width = 2 * fan + 1
        for d in range(turns):
            low = (d - fan) % turns
            for r in range(steps):
                for c in range(count):
                    inside[c] = (total[low + width, r, c] - total[low, r, c]) / width
                unlike = np.inf
                most, least, most_mixed = -np.inf, np.inf, -np.inf
                for side in range(2):
                    e = sides[f, side, d, r]
                    apart = 0.0
                    for c in range(3):
                        apart += (inside[c] - channels[e, r, c]) ** 2
                    unlike = min(unlike, np.sqrt(apart))
                    most, least = max(most, channels[e, r, 3]), min(least, channels[e, r, 3])
                    most_mixed = max(most_mixed, channels[e, r, 5])
                moved = inside[3]
                row, last = sums[r + 1], sums[r]
                row[0] = last[0] + np.log1p(moved / noise)
                row[1] = last[1] + np.log1p(unlike / noise)
                row[2] = last[2] + (moved - most) / (moved + most + noise)
                row[3] = last[3] + (moved - least) / (moved + least + noise)
                row[4] = last[4] + inside[4]
                row[5] = last[5] + inside[5]
                row[6] = last[6] + inside[5] - most_mixed
                row[7] = last[7] + channels[d, r, 6]
                row[8] = last[8] + channels[d, r, 7]
                square = 0.0
                for c in range(3):
                    hue[r + 1, c] = hue[r, c] + inside[c]
                    square += inside[c] ** 2
                hue[r + 1, 3] = hue[r, 3] + square
            for n in range(len(tips)):
                tip, end = tips[n], beyond[n]
                here = out[f, d, n]
                for c in range(cells):
                    mean = (sums[tip, c] - sums[first, c]) / (tip - first)
                    weakest = np.inf
                    for j in range(3):
                        a, b = thirds[j, n], thirds[j + 1, n]
                        weakest = min(weakest, (sums[b, c] - sums[a, c]) / (b - a))
                    here[c] = mean
                    here[cells + c] = weakest
                    here[2 * cells + c] = (sums[end, c] - sums[tip, c]) / (end - tip)
                    here[3 * cells + c] = mean * size[n]
                k = 4 * cells
                here[k] = (sums[tip, 7] - sums[first, 7]) / (tip - first)
                here[k + 1] = (sums[tip, 8] - sums[first, 8]) / (tip - first)
                late = thirds[2, n]
                change, spread = 0.0, (hue[tip, 3] - hue[first, 3]) / (tip - first)
                for c in range(3):
                    inner = (hue[tip, c] - hue[late, c]) / (tip - late)
                    change += (inner - (hue[end, c] - hue[tip, c]) / (end - tip)) ** 2
                    spread -= ((hue[tip, c] - hue[first, c]) / (tip - first)) ** 2
                here[k + 2] = np.log1p(np.sqrt(change) / noise)
                here[k + 3] = np.log1p(np.sqrt(max(spread, 0.0)) / noise)
                here[k + 4], here[k + 5] = size[n], size[n] ** 2
                for c in range(4):
                    here[k + 6 + c] = pose[d, c]
                k += 10
                if f > 0:
                    here[k + f - 1] = 1.0
                    wide = np.log(fan)
                    k += len(fans) - 1
                    here[k], here[k + 1] = here[0] * wide, here[2] * wide
                    here[k + 2], here[k + 3] = here[5] * wide, here[6] * wide


def _suits(forearm: Array, knuckles: Array, hands: Array) -> Float:
    """Return the consistency of every direction with the arms and hands (directions, 4)."""
    angle = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
    ray = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    along = ray @ forearm
    folded = np.maximum(-along - 0.6, 0.0)
    columns = [along, folded, ray @ knuckles, ray @ hands]
    return np.stack(columns, axis=1).astype(np.float32)
