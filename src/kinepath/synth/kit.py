"""The athlete's clothes: colours chosen by the seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinepath.synth.mesh import Colour


def linear(red: int, green: int, blue: int) -> Colour:
    """Convert a colour in 8-bit red, green, blue to linear blue, green, red."""
    return (blue / 255) ** 2, (green / 255) ** 2, (red / 255) ** 2


WHITE = linear(232, 230, 222)
PAD = linear(240, 239, 234)
SOLE = linear(60, 60, 66)
SHOE = linear(236, 236, 238)
WOOD = linear(222, 184, 128)
WOOD_DARK = linear(190, 146, 92)
RUBBER = linear(30, 30, 34)
STEEL = linear(176, 180, 186)
EYE_WHITE = linear(196, 190, 182)

_TRIMS = (
    linear(20, 52, 120),
    linear(124, 18, 36),
    linear(8, 92, 74),
    linear(186, 92, 14),
    linear(76, 36, 120),
    linear(10, 96, 140),
)
_SKINS = (
    linear(226, 176, 146),
    linear(200, 144, 108),
    linear(164, 108, 76),
    linear(122, 78, 54),
    linear(232, 188, 160),
)
_HAIRS = (linear(44, 30, 22), linear(24, 20, 20), linear(92, 62, 36))


@dataclass(frozen=True)
class Kit:
    """Linear colours of an athlete's clothes, skin and hair.

    Parameters
    ----------
    trim, skin, hair, iris : Colour
        Linear blue, green, red.
    """

    trim: Colour
    skin: Colour
    hair: Colour
    iris: Colour

    @property
    def lips(self) -> Colour:
        """Return a colour a little redder and darker than the skin."""
        blue, green, red = self.skin
        return blue * 0.55, green * 0.45, red * 0.75

    @property
    def nose(self) -> Colour:
        """Return a colour a little warmer than the skin."""
        blue, green, red = self.skin
        return blue * 0.90, green * 0.92, red * 1.0


def kit(seed: int) -> Kit:
    """Choose an athlete's colours."""
    generator = np.random.default_rng([seed, 11])
    return Kit(
        trim=_TRIMS[seed % len(_TRIMS)],
        skin=_SKINS[(seed * 2 + 1) % len(_SKINS)],
        hair=_HAIRS[int(generator.integers(len(_HAIRS)))],
        iris=linear(58, 44, 34),
    )
