"""Tone mapping of high dynamic range to what screens, encoders and pose networks expect.

Phones record HLG, some cameras PQ, both with the wide primaries of BT.2020. Interpreted as standard
video such images are pale and dark. Here their light is computed and mapped to BT.709:

- code values to light, cd/m²: BT.2100 (HLG with its OOTF for a display of 1000 cd/m², PQ),
- highlights are rolled off by the EETF of report BT.2390 (section 5.4), from a peak of 1000 cd/m²
  to the 203 cd/m² that BT.2408 assigns to white in standard video, applied to the maximum of red,
  green and blue, which preserves hues; light below 88 cd/m² is unchanged,
- BT.2020's primaries to BT.709's (BT.2087), with out-of-gamut colours clipped,
- light to code values for a display by BT.1886.

Metadata on a scene's brightness are not used, so that all frames of a clip are mapped alike. The
formula is tabulated once and applied by ffmpeg's filter lut3d to 10-bit images.
"""

from __future__ import annotations

import tempfile
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import av.filter
import numpy as np
from av.video.reformatter import ColorTrc

from kinepath.typing import Array

HLG, PQ = int(ColorTrc.ARIB_STD_B67), int(ColorTrc.SMPTE2084)
NAMES = {HLG: "HLG", PQ: "PQ"}

#: Nodes of the table along each of red, green and blue.
_NODES = 65
#: Peak light of the source, and light of white in standard video, cd/m².
_PEAK, _WHITE = 1000.0, 203.0
#: Luminance coefficients of red, green and blue in BT.2020, and its primaries to BT.709's.
_LUMA = np.array([0.2627, 0.6780, 0.0593])
_TO_BT709 = np.array(
    [
        [1.660491, -0.587641, -0.072850],
        [-0.124550, 1.132900, -0.008349],
        [-0.018151, -0.100579, 1.118730],
    ]
)
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def pq_light(code: Array) -> Array:
    """Return the light (cd/m²) of PQ code values from 0 to 1."""
    power = np.power(code, 1 / _M2)
    return np.asarray(1e4 * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1))


def pq_code(light: Array) -> Array:
    """Return the PQ code value (0 to 1) of light (cd/m²)."""
    power = np.power(light / 1e4, _M1)
    return np.asarray(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2)


def hlg_light(code: Array) -> Array:
    """Return the light (cd/m²) of HLG code values (..., red green blue) on a 1000 cd/m² display."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    brightness = np.maximum(scene @ _LUMA, 1e-9)
    return np.asarray(_PEAK * brightness[..., None] ** 0.2 * scene)


def roll_off(light: Array) -> Array:
    """Map light from 0 to the peak to light from 0 to white (cd/m²) by the EETF of BT.2390."""
    most = float(pq_code(np.array(_PEAK)))
    code = np.minimum(pq_code(light) / most, 1.0)
    top = float(pq_code(np.array(_WHITE))) / most
    knee = 1.5 * top - 0.5
    t = (code - knee) / (1 - knee)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * top
    )
    return pq_light(np.where(code < knee, code, spline) * most)


def to_bt709(code: Array, transfer: int) -> Array:
    """Map BT.2100 code values (..., red green blue), 0 to 1, to those of BT.709."""
    light = hlg_light(code) if transfer == HLG else pq_light(code)
    largest = np.maximum(light.max(axis=-1, keepdims=True), 1e-9)
    rolled = np.minimum(light, _PEAK) * (roll_off(largest) / np.maximum(largest, 1e-9))
    return np.asarray(np.clip(rolled @ _TO_BT709.T / _WHITE, 0, 1) ** (1 / 2.4))


@cache
def _table(transfer: int) -> str:
    """Return the table as the text of a .cube file."""
    node = np.linspace(0, 1, _NODES)
    blue, green, red = np.meshgrid(node, node, node, indexing="ij")
    values = to_bt709(np.stack([red, green, blue], axis=-1).reshape(-1, 3), transfer)
    rows = "\n".join(f"{r:.5f} {g:.5f} {b:.5f}" for r, g, b in values.tolist())
    return f"LUT_3D_SIZE {_NODES}\n{rows}\n"


class ToneMapper:
    """Map decoded frames of one shape from BT.2100 to BT.709, blue, green, red.

    Parameters
    ----------
    picture : av.VideoFrame
        The first frame.
    """

    def __init__(self, picture: av.VideoFrame) -> None:
        self.shape = (picture.width, picture.height, picture.format.name, picture.color_trc)
        self._graph = av.filter.Graph()
        self._graph.threads = 2
        source = self._graph.add_buffer(
            width=picture.width,
            height=picture.height,
            format=picture.format,
            time_base=Fraction(1, 1000),
        )
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder, "table.cube")
            table.write_text(_table(picture.color_trc), encoding="ascii")
            self._graph.link_nodes(
                source,
                self._graph.add("scale", "in_color_matrix=bt2020:out_range=pc"),
                self._graph.add("format", "gbrp10le"),
                self._graph.add("lut3d", f"file={table}:interp=tetrahedral"),
                self._graph.add("format", "bgr24"),
                self._graph.add("buffersink"),
            ).configure()

    def __call__(self, picture: av.VideoFrame) -> av.VideoFrame:
        """Map one frame."""
        self._graph.vpush(picture)
        return self._graph.vpull()
