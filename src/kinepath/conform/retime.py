"""Positions at the times of a constant frame rate, from frames captured between them."""

from __future__ import annotations

import numpy as np
import xarray as xr

#: Times that agree within this are the same, seconds.
_SAME = 0.0005


def to_grid(dataset: xr.Dataset) -> xr.Dataset:
    """Resample from the times at which images were captured to those of their frames.

    A conformed video of constant rate shows the nearest frame of a source with a variable rate.
    Linear interpolation between two source frames compensates its being early or late.

    Parameters
    ----------
    dataset : xarray.Dataset
        Poses with the variable ``source_time`` (time), seconds, and the attribute ``repeated``.
        Without the variable, or where times agree to half a millisecond, nothing changes.

    Returns
    -------
    xarray.Dataset
        ``position`` and ``position_3d`` at the times of the coordinate ``time``; ``confidence`` is
        the lower of the two source frames'. No sample becomes missing and no missing one is
        filled: a sample without a known neighbour to interpolate with, and that of a duplicate
        frame, stay as they are.
    """
    if "source_time" not in dataset:
        return dataset
    time, taken = dataset["time"].values, dataset["source_time"].values
    if time.size < 2 or np.abs(taken - time).max() <= _SAME:
        return dataset
    fresh = np.ones(time.size, dtype=bool)
    fresh[np.asarray(dataset.attrs.get("repeated", []), dtype=np.intp)] = False
    fresh[1:] &= np.diff(taken) > 0
    pictures = np.flatnonzero(fresh)
    place = np.searchsorted(pictures, np.arange(time.size), side="right") - 1
    # Interpolate with the source frame on the other side of the frame's time.
    other = place + np.where(time >= taken, 1, -1)
    moved = fresh & (time != taken) & (other >= 0) & (other < pictures.size)
    second = pictures[np.clip(other, 0, pictures.size - 1)]
    span = np.where(moved, taken[second] - taken, 1.0)
    share = np.clip(np.where(moved, (time - taken) / span, 0.0), 0.0, 1.0)

    result = dataset.copy()
    both = xr.DataArray(moved, dims="time")
    weight = xr.DataArray(share, dims="time")
    for name in ("position", "position_3d"):
        if name in dataset:
            own = dataset[name]
            there = own.copy(data=own.isel(time=second).values)
            between = (1 - weight) * own + weight * there
            known = between.notnull() & both
            result[name] = between.where(known, own).transpose(*own.dims)
            result[name].attrs = own.attrs
    own = dataset["confidence"]
    there = own.copy(data=own.isel(time=second).values)
    usable = both & there.where(there > 0).notnull() & (own > 0)
    result["confidence"] = own.where(~usable, np.minimum(own, there)).transpose(*own.dims)
    return result
