"""Detectors with the user's own weights: modules of this package that provide ``open_detector``.

A detector is called with one frame at a time and returns boxes around possible implements. They
only add to the image features: a hypothesis whose tip and middle lie inside a box gains by its
score, so that a detector that finds nothing changes nothing.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kinepath.errors import KinepathError
from kinepath.io.video import Image


class DetectorError(KinepathError):
    """A detector that cannot be used as configured."""


class Detector(Protocol):
    """A loaded detector."""

    def __call__(self, image: Image) -> NDArray[np.float64]:
        """Return boxes (n, 5): left, top, right, bottom in pixels, and a score from 0 to 1."""
        ...


def detectors() -> list[str]:
    """Return the names of the available detectors."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load_detector(settings: Mapping[str, Any] | None) -> Detector | None:
    """Open a detector.

    Parameters
    ----------
    settings : mapping or None
        ``backend``, the name of a module of this package, ``model_path`` and its other settings;
        None for no detector.

    Raises
    ------
    DetectorError
        If there is no such detector, or its model cannot be used.
    """
    if settings is None:
        return None
    name = settings["backend"]
    if name not in detectors():
        raise DetectorError(f"no bat detector {name!r}; there are: {', '.join(detectors())}")
    module: Any = importlib.import_module(f"{__name__}.{name}")
    detector: Detector = module.open_detector(settings)
    return detector
