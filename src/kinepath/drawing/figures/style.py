"""The common style of all figures: fonts, colours, and byte-identical files for equal figures."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from kinepath.io.files import replacing

INK, GREY, FAINT, PAPER = "#22272e", "#6b7480", "#d5dae0", "#ffffff"

#: Colours that colour-blind readers can distinguish (Okabe and Ito 2008).
LEFT, RIGHT, MIDDLE, ACCENT, WARN = "#0072b2", "#d55e00", "#22272e", "#009e73", "#b8860b"

#: Fonts in order of preference; the later ones provide the scripts that DejaVu Sans lacks.
_FONTS = (
    "DejaVu Sans",
    "Noto Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans Devanagari",
    "Noto Sans Bengali",
    "Noto Sans Tamil",
    "Noto Nastaliq Urdu",
    "Noto Sans Arabic",
)
_DPI = 150


@contextmanager
def styled() -> Iterator[None]:
    """Apply the common style to everything drawn or saved in the context.

    A character that no installed font has is drawn as a box, without a warning.
    """
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(_settings())
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure (size in inches) without a window; for use inside :func:`styled`."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as PNG or SVG, by its suffix; equal figures yield identical bytes."""
    metadata: dict[str, Any] = {"Software": None}
    if Path(path).suffix == ".svg":
        metadata = {"Date": None, "Creator": None}
    with styled(), replacing(path) as temporary:
        figure.savefig(temporary, metadata=metadata)


def lighter(colour: str, share: float) -> tuple[float, float, float]:
    """Mix a colour with white: ``share`` 1 leaves it unchanged, 0 yields white."""
    red, green, blue = to_rgb(colour)
    return 1 - share * (1 - red), 1 - share * (1 - green), 1 - share * (1 - blue)


def _settings() -> Any:
    installed = set(font_manager.get_font_names())
    return {
        "font.family": [name for name in _FONTS if name in installed],
        "font.size": 10,
        "text.color": INK,
        "text.parse_math": False,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "xtick.color": GREY,
        "ytick.color": GREY,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "figure.dpi": _DPI,
        "savefig.dpi": _DPI,
        "figure.facecolor": PAPER,
        "legend.frameon": False,
        "svg.hashsalt": "kinepath",
        "svg.fonttype": "path",
    }
