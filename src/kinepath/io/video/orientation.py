"""The orientation in which a stored image is shown: quarter turns and mirroring."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import av
import numpy as np

from kinepath.io.video.base import Image

#: A display matrix up to this far from a quarter turn is rounded, degrees (ffmpeg's own bound).
_EXACT_DEG = 1.0
#: Linear parts (a, b, c, d) of the display matrix for the values of EXIF's tag Orientation.
_EXIF = {
    1: (1, 0, 0, 1),
    2: (-1, 0, 0, 1),
    3: (-1, 0, 0, -1),
    4: (1, 0, 0, -1),
    5: (0, 1, 1, 0),
    6: (0, 1, -1, 0),
    7: (0, -1, -1, 0),
    8: (0, -1, 1, 0),
}


@dataclass(frozen=True)
class Orientation:
    """The transform from a stored image to the shown one.

    Parameters
    ----------
    quarter_turns : int
        Turns by 90 degrees, counter-clockwise, 0 to 3.
    mirrored : bool
        Whether left and right are exchanged after the turn.
    rounded_deg : float
        Residual angle in degrees, 0 where the file states whole quarter turns.
    """

    quarter_turns: int = 0
    mirrored: bool = False
    rounded_deg: float = 0.0

    @classmethod
    def from_matrix(cls, linear: Sequence[float]) -> Orientation:
        """Read the linear part of a display matrix.

        Parameters
        ----------
        linear : sequence of float
            ``a, b, c, d``: a stored point (x, y), y down, is shown at (a x + c y, b x + d y).
        """
        a, b, c, d = linear
        if not (any((a, b)) and any((c, d))):
            return cls()
        transposed = abs(b) > abs(a)
        along, across = (b, a) if transposed else (a, b)
        rounded = math.degrees(math.atan2(abs(across), abs(along)))
        # Flips of left and right, and of top and bottom, after the transposition.
        reverses_x, reverses_y = (c < 0, b < 0) if transposed else (a < 0, d < 0)
        turns = (1 if reverses_y else 3) if transposed else (2 if reverses_y else 0)
        mirrored = transposed ^ reverses_x ^ reverses_y
        return cls(turns, mirrored, rounded if rounded > _EXACT_DEG else 0.0)

    @classmethod
    def from_exif(cls, value: int) -> Orientation:
        """Read the value of EXIF's tag Orientation; unknown values are ignored."""
        return cls.from_matrix(_EXIF.get(value, _EXIF[1]))

    @classmethod
    def of(cls, picture: av.VideoFrame) -> Orientation:
        """Read the display matrix attached to a decoded frame."""
        try:
            matrix = picture.side_data.get("DISPLAYMATRIX")
        except ValueError:
            # With side data of a type unknown to PyAV, only the angle is available.
            return cls(round(picture.rotation / 90) % 4)
        if matrix is None:
            return cls()
        a, b, _, c, d = struct.unpack("=5i", bytes(matrix)[:20])
        return cls.from_matrix((a, b, c, d))

    def apply(self, image: Image) -> Image:
        """Rotate and mirror a stored image."""
        turned = np.rot90(image, self.quarter_turns)
        return np.ascontiguousarray(turned[:, ::-1] if self.mirrored else turned)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the width and height at which an image of a stored size is shown."""
        return (height, width) if self.quarter_turns % 2 else (width, height)
