"""Placing labels so that they cover nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from kinepath.typing import Array

#: Candidate offsets of a label from its data point, in points, best first.
_PLACES = tuple(
    (sign * x, y)
    for y in (0, 14, -14, 28, -28, 42, -42, 60, -60)
    for x in (50, 75, 105, 0)
    for sign in (1, -1)
)
_MARGIN = 7.0


def place_clear(axes: Axes, labels: Sequence[Annotation], obstacles: Iterable[Bbox]) -> None:
    """Move labels, one after the other, to minimise overlap with obstacles and each other.

    Parameters
    ----------
    axes : Axes
        Axes with final limits; labels are kept inside.
    labels : sequence of Annotation
        Annotations at data coordinates, with text centred at an offset in points.
    obstacles : iterable of Bbox
        Boxes that must not be covered, in pixels.
    """
    taken = list(obstacles)
    points = axes.figure.dpi / 72
    for label in labels:
        # Its position is unknown before it is drawn, but its size is known.
        size = Text.get_window_extent(label).padded(_MARGIN).size
        anchor = axes.transData.transform(np.asarray(label.xy, dtype=np.float64))
        boxes = [box_around(anchor + points * np.array(place), *size) for place in _PLACES]
        best = min(range(len(boxes)), key=lambda k: _covered(boxes[k], taken, axes.bbox))
        label.set_position(_PLACES[best])
        taken.append(boxes[best])


def box_around(centre: Array, width: float, height: float) -> Bbox:
    """Return the box (pixels) of a given size around a point."""
    return Bbox.from_bounds(centre[0] - width / 2, centre[1] - height / 2, width, height)


def _covered(box: Bbox, taken: Sequence[Bbox], frame: Bbox) -> float:
    """Return the area (pixels) of a box that overlaps with others or lies outside a frame."""
    shared = sum(_common(box, other) for other in taken)
    return shared + box.width * box.height - _common(box, frame)


def _common(one: Bbox, other: Bbox) -> float:
    both = Bbox.intersection(one, other)
    return both.width * both.height if both else 0.0
