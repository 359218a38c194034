"""The bat inferred from the arms alone, where it was not seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from kinepath.bat.geometry import SIDES, pixels_per_metre, unit
from kinepath.bat.sources import SOURCES, dataset
from kinepath.io.sequence import carried_attrs, with_parameters
from kinepath.typing import Array

#: Minimum length of the forearms' mean direction: below, they point more than 120 degrees apart.
LEAST_AGREEMENT = 0.5


def pose_proxy(poses: xr.Dataset, settings: Mapping[str, Any]) -> xr.Dataset:
    """Infer the bat from the arms: a bat's length from the hands along the forearms' direction.

    The tip continues the confidence-weighted mean direction of the forearms (elbow to wrist), so
    that its motion is a function of the arms' motion. Diverging forearms do not determine the
    bat: the length of their mean direction, 0 (opposed) to 1 (parallel), scales the confidence,
    and below :data:`LEAST_AGREEMENT` the tip is missing.

    Parameters
    ----------
    poses : xarray.Dataset
        Cleaned poses.
    settings : mapping
        ``length_m`` (grip to tip) and ``stature_m`` (of the athlete, where the sheet does not
        state it), from which the length in pixels follows by the athlete's apparent size.

    Returns
    -------
    xarray.Dataset
        ``tip`` and ``grip`` (time, space) in pixels, NaN where the arms are not seen;
        ``confidence`` (time), the minimum over the arm joints used, times the forearms'
        agreement; ``source`` (time), one of :data:`kinepath.bat.sources.SOURCES`.
    """
    position = poses["position"].isel(individuals=0)
    confidence = poses["confidence"].isel(individuals=0)
    wrist, wrist_weight = _both(position, confidence, "wrist")
    elbow, elbow_weight = _both(position, confidence, "elbow")
    weight = np.minimum(wrist_weight, elbow_weight)
    weight[np.isnan(wrist).any(axis=1) | np.isnan(elbow).any(axis=1)] = 0.0

    grip = _weighted_mean(wrist, weight)
    direction = _weighted_mean(unit(wrist - elbow), weight)
    agreement = np.linalg.norm(direction, axis=1)
    direction[~(agreement >= LEAST_AGREEMENT)] = np.nan
    length = settings["length_m"] * pixels_per_metre(poses, settings["stature_m"])
    tip = grip + length * unit(direction)

    known = ~np.isnan(tip).any(axis=1)
    used = np.where(weight > 0, weight, np.inf).min(axis=1) * agreement
    source = np.where(known, SOURCES["pose_proxy"], SOURCES["none"]).astype(np.int8)
    attrs = carried_attrs(poses)
    attrs["parameters"] = with_parameters(poses.attrs, "bat", settings)
    return dataset(poses, tip, grip, np.where(known, used, 0.0), source).assign_attrs(attrs)


def _both(position: xr.DataArray, confidence: xr.DataArray, joint: str) -> tuple[Array, Array]:
    """Return position (time, space, side) and confidence (time, side) of a joint on both sides."""
    names = [f"{side}_{joint}" for side in SIDES]
    where = position.sel(keypoints=names).transpose("time", "space", "keypoints")
    certain = confidence.sel(keypoints=names).transpose("time", "keypoints")
    return np.asarray(where.values), np.asarray(certain.values)


def _weighted_mean(values: Array, weight: Array) -> Array:
    """Return the weighted mean over the sides; NaN where no side has any weight."""
    total = weight.sum(axis=1, keepdims=True)
    weighted = np.where(weight[:, None] > 0, values * weight[:, None], 0.0).sum(axis=2)
    mean = np.full(weighted.shape, np.nan)
    np.divide(weighted, total, out=mean, where=total > 0)
    return mean
