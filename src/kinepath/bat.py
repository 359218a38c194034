"""Where the bat is: its grip and its tip in every frame, and how that is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.sequence import carried_attrs, with_parameters

#: How the tip of a frame is known; values of the variable ``source``.
SOURCES = {"none": 0, "observed": 1, "interpolated": 2, "pose_proxy": 3}

#: Least length of the forearms' mean direction: below, they point more than 120 degrees apart.
LEAST_AGREEMENT = 0.5


def pose_proxy(poses: xr.Dataset, settings: Mapping[str, Any]) -> xr.Dataset:
    """Guess the bat from the arms: a bat's length from the hands along the forearms' direction.

    The bat itself is not looked for. The tip continues the confidence-weighted mean direction of
    the forearms (elbow to wrist), so that its motion is a function of the arms' motion. Forearms
    that point apart say nothing of the bat: the length of their mean direction, 0 (opposed) to 1
    (parallel), scales the confidence, and below :data:`LEAST_AGREEMENT` the tip is missing.

    Parameters
    ----------
    poses : xarray.Dataset
        Cleaned poses.
    settings : mapping
        ``length_m`` (grip to tip) and ``stature_m`` (of the athlete, where the sheet does not
        say), from which the length in pixels follows by the athlete's apparent size.

    Returns
    -------
    xarray.Dataset
        ``tip`` and ``grip`` (time, space) in pixels, NaN where the arms are not seen;
        ``confidence`` (time), the lowest of the arm joints that were used times the forearms'
        agreement; ``source`` (time), one of :data:`SOURCES`.
    """
    position = poses["position"].isel(individuals=0)
    confidence = poses["confidence"].isel(individuals=0)
    wrist, wrist_weight = _both(position, confidence, "wrist")
    elbow, elbow_weight = _both(position, confidence, "elbow")
    weight = np.minimum(wrist_weight, elbow_weight)
    weight[np.isnan(wrist).any(axis=1) | np.isnan(elbow).any(axis=1)] = 0.0

    grip = _weighted_mean(wrist, weight)
    direction = _weighted_mean(_unit(wrist - elbow), weight)
    agreement = np.linalg.norm(direction, axis=1)
    direction[~(agreement >= LEAST_AGREEMENT)] = np.nan
    length = settings["length_m"] * pixels_per_metre(poses, settings["stature_m"])
    tip = grip + length * _unit(direction)

    known = ~np.isnan(tip).any(axis=1)
    used = np.where(weight > 0, weight, np.inf).min(axis=1) * agreement
    source = np.where(known, SOURCES["pose_proxy"], SOURCES["none"]).astype(np.int8)
    attrs = carried_attrs(poses)
    attrs["parameters"] = with_parameters(poses.attrs, "bat", settings)
    return _dataset(poses, tip, grip, np.where(known, used, 0.0), source).assign_attrs(attrs)


def _both(
    position: xr.DataArray, confidence: xr.DataArray, joint: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Position (time, space, side) and confidence (time, side) of a joint on both sides."""
    names = [f"left_{joint}", f"right_{joint}"]
    where = position.sel(keypoints=names).transpose("time", "space", "keypoints")
    certain = confidence.sel(keypoints=names).transpose("time", "keypoints")
    return np.asarray(where.values), np.asarray(certain.values)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale vectors (time, space, ...) to length 1; NaN where they have none."""
    norm = np.linalg.norm(vector, axis=1, keepdims=True)
    unit = np.full(vector.shape, np.nan)
    np.divide(vector, norm, out=unit, where=norm > 0)
    return unit


def _weighted_mean(values: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the sides; NaN where no side has any weight."""
    total = weight.sum(axis=1, keepdims=True)
    weighted = np.where(weight[:, None] > 0, values * weight[:, None], 0.0).sum(axis=2)
    mean = np.full(weighted.shape, np.nan)
    np.divide(weighted, total, out=mean, where=total > 0)
    return mean


#: Segment lengths as shares of stature (Drillis & Contini 1966, in Winter, Biomechanics and Motor
#: Control of Human Movement, 4th ed., fig. 4.1): shank, thigh, and hip to shoulder.
_SEGMENTS = {("knee", "ankle"): 0.246, ("hip", "knee"): 0.245, ("shoulder", "hip"): 0.288}


def pixels_per_metre(poses: xr.Dataset, stature_m: float) -> float:
    """Estimate the picture's scale from the apparent length of the athlete's segments.

    A segment looks shortened when it points to or from the camera, never lengthened; the 90th
    percentile over time of each segment's apparent length is near its true length, and the median
    over the segments withstands a badly tracked one.

    Returns
    -------
    float
        Pixels per metre; NaN where no segment is ever seen.
    """
    position = poses["position"].isel(individuals=0)
    scales = []
    for (upper, lower), share in _SEGMENTS.items():
        for side in ("left", "right"):
            ends = position.sel(keypoints=[f"{side}_{upper}", f"{side}_{lower}"])
            apparent = np.linalg.norm(ends.diff("keypoints").squeeze("keypoints").values, axis=1)
            apparent = apparent[~np.isnan(apparent)]
            if apparent.size:
                scales.append(float(np.quantile(apparent, 0.9)) / (share * stature_m))
    return float(np.median(scales)) if scales else float("nan")


def _dataset(
    poses: xr.Dataset,
    tip: NDArray[np.float64],
    grip: NDArray[np.float64],
    confidence: NDArray[np.float64],
    source: NDArray[np.int8],
) -> xr.Dataset:
    flags = {
        "flag_values": np.array(list(SOURCES.values()), dtype=np.int8),
        "flag_meanings": " ".join(SOURCES),
    }
    return xr.Dataset(
        {
            "tip": (("time", "space"), tip, {"units": "pixel", "long_name": "tip of the bat"}),
            "grip": (("time", "space"), grip, {"units": "pixel", "long_name": "hands on the bat"}),
            "confidence": (
                "time",
                confidence,
                {"units": "1", "long_name": "confidence of the tip, 0 (missing) to 1"},
            ),
            "source": (
                "time",
                source,
                {"units": "1", "long_name": "how the tip is known", **flags},
            ),
        },
        coords={"time": poses["time"], "space": poses["space"]},
    )


def source_shares(source: NDArray[np.int8]) -> dict[str, float]:
    """Give the share of frames of each source, by name."""
    return {name: float(np.mean(source == value)) for name, value in SOURCES.items()}
