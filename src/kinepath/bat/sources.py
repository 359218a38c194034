"""The source of each frame's tip, and the data set of the bat."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.typing import Array

#: The sources of a frame's tip; values of the variable ``source``.
SOURCES = {"none": 0, "observed": 1, "interpolated": 2, "pose_proxy": 3}


def dataset(
    poses: xr.Dataset, tip: Array, grip: Array, confidence: Array, source: NDArray[np.int8]
) -> xr.Dataset:
    """Build the data set of the bat: ``tip``, ``grip``, ``confidence`` and ``source``."""
    flags = {
        "flag_values": np.array(list(SOURCES.values()), dtype=np.int8),
        "flag_meanings": " ".join(SOURCES),
    }
    certain = {"units": "1", "long_name": "confidence of the tip, 0 (missing) to 1"}
    known = {"units": "1", "long_name": "how the tip is known", **flags}
    return xr.Dataset(
        {
            "tip": (("time", "space"), tip, {"units": "pixel", "long_name": "tip of the bat"}),
            "grip": (("time", "space"), grip, {"units": "pixel", "long_name": "hands on the bat"}),
            "confidence": ("time", confidence, certain),
            "source": ("time", source, known),
        },
        coords={"time": poses["time"], "space": poses["space"]},
    )


def source_shares(source: NDArray[np.int8]) -> dict[str, float]:
    """Return the fraction of frames of each source, by name."""
    return {name: float(np.mean(source == value)) for name, value in SOURCES.items()}
