"""The file format: labelled arrays over time in netCDF4/HDF5 files that other tools can open.

A pose sequence follows the layout of the ``movement`` package: a variable ``position`` over
``time, space, keypoints, individuals`` in pixels (x right, y down; NaN where missing) and a
variable ``confidence`` over ``time, keypoints, individuals`` between 0 and 1. The coordinate
``time`` is the true presentation time in seconds after the raw video's first frame.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from kinepath import __version__
from kinepath.errors import KinepathError
from kinepath.io.files import replacing
from kinepath.typing import Array

SCHEMA_VERSION = 1
_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"


class SequenceError(KinepathError):
    """A file that is not what its reader expects, or a data set that cannot be written."""


def poses(
    position: ArrayLike,
    confidence: ArrayLike,
    time: ArrayLike,
    keypoints: Sequence[str],
    *,
    fps: float,
    clip: str,
    position_3d: ArrayLike | None = None,
    individuals: Sequence[str] = ("athlete",),
    attrs: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Build a pose data set in movement's layout.

    Parameters
    ----------
    position : array_like, shape (time, 2, keypoints, individuals)
        Pixels of the conformed video, x right, y down; NaN where a keypoint is missing.
    confidence : array_like, shape (time, keypoints, individuals)
        0 to 1; 0 where a keypoint is missing.
    time : array_like, shape (time,)
        True presentation time of each frame, seconds after the raw video's first one.
    keypoints : sequence of str
        Names along the ``keypoints`` dimension.
    fps : float
        Frame rate of the conformed video, hertz.
    clip : str
        The clip that the sequence comes from.
    position_3d : array_like, shape (time, 3, keypoints, individuals), optional
        Metres relative to the midpoint of the hips, x right, y down, z away from the camera.
    individuals : sequence of str
        Names along the ``individuals`` dimension.
    attrs : mapping, optional
        Further attributes of the file, such as ``backend`` and ``source_software``.

    Returns
    -------
    xarray.Dataset
    """
    dataset = xr.Dataset(
        {
            "position": (
                ("time", "space", "keypoints", "individuals"),
                np.asarray(position, dtype=np.float64),
                {"units": "pixel", "long_name": "keypoint position in the conformed video"},
            ),
            "confidence": (
                ("time", "keypoints", "individuals"),
                np.asarray(confidence, dtype=np.float64),
                {"units": "1", "long_name": "keypoint confidence, 0 (missing) to 1"},
            ),
        },
        coords={
            "time": time_coordinate(time),
            "space": ["x", "y"],
            "keypoints": list(keypoints),
            "individuals": list(individuals),
        },
        attrs={"fps": float(fps), "time_unit": "seconds", "ds_type": "poses", "clip": clip},
    )
    if position_3d is not None:
        dataset = dataset.assign_coords(space_3d=["x", "y", "z"])
        dataset["position_3d"] = (
            ("time", "space_3d", "keypoints", "individuals"),
            np.asarray(position_3d, dtype=np.float64),
            {"units": "m", "long_name": "keypoint position relative to the hips' midpoint"},
        )
    return dataset.assign_attrs(attrs or {})


def time_coordinate(time: ArrayLike) -> tuple[str, NDArray[np.float64], dict[str, str]]:
    """Return the ``time`` coordinate, seconds of presentation time, with its attributes."""
    return (
        "time",
        np.asarray(time, dtype=np.float64),
        {"units": "seconds", "long_name": "presentation time on the raw video's clock"},
    )


def with_parameters(attrs: Mapping[str, Any], stage: str, settings: Mapping[str, Any]) -> str:
    """Return the ``parameters`` attribute with the settings of another stage added, as JSON."""
    parameters = json.loads(attrs.get("parameters", "{}"))
    parameters[stage] = dict(settings)
    return json.dumps(parameters, sort_keys=True)


def values_of(dataset: xr.Dataset, variable: str, keypoints: Sequence[str] | None = None) -> Array:
    """Return a variable of the one individual of a data set as an array.

    Parameters
    ----------
    dataset : xarray.Dataset
        Poses, or what is derived from them.
    variable : str
        Such as ``position``, ``position_3d`` or ``confidence``.
    keypoints : sequence of str, optional
        Those that are wanted, in this order; all by default.

    Returns
    -------
    ndarray, shape (time, keypoints) or (time, keypoints, space)
    """
    chosen = dataset[variable].isel(individuals=0)
    if keypoints is not None:
        chosen = chosen.sel(keypoints=list(keypoints))
    values: Array = chosen.transpose("time", "keypoints", ...).values
    return values


def carried_attrs(dataset: xr.Dataset) -> dict[str, Any]:
    """Return the attributes that a derived data set inherits from its source."""
    return {key: value for key, value in dataset.attrs.items() if key not in ("schema", "ds_type")}


def write(dataset: xr.Dataset, path: str | Path, kind: str) -> None:
    """Write a data set to a netCDF4/HDF5 file, under a temporary name until it is complete.

    Parameters
    ----------
    dataset : xarray.Dataset
        Every variable must have the attributes ``units`` and ``long_name``.
    path : path
        Where to write; an existing file is replaced.
    kind : str
        What the file holds, such as ``poses`` or ``kinematics``; a reader must request the same.

    Raises
    ------
    SequenceError
        If a variable does not state its units or its name.
    """
    for name, variable in dataset.data_vars.items():
        if not {"units", "long_name"} <= variable.attrs.keys():
            raise SequenceError(f"{path}: variable {name!r} lacks units or long_name")
    attrs = {
        **dataset.attrs,
        "schema": f"kinepath-{kind}/{SCHEMA_VERSION}",
        "kinepath_version": __version__,
    }
    encoding = {
        str(name): {"zlib": True, "complevel": 4}
        for name, variable in dataset.data_vars.items()
        if variable.dtype.kind in "fiu" and variable.size
    }
    with replacing(path) as temporary:
        # Attributes in a fixed order, so that the same data yield the same bytes.
        dataset.assign_attrs(attrs).to_netcdf(temporary, engine="h5netcdf", encoding=encoding)


def read(path: str | Path, kind: str) -> xr.Dataset:
    """Read a data set written by :func:`write` entirely into memory.

    Parameters
    ----------
    path : path
        The file.
    kind : str
        What the file must hold.

    Raises
    ------
    SequenceError
        If the file does not exist, is not an HDF5 file, is truncated, is of another schema
        version, or holds something else.
    """
    path = Path(path)
    if not path.is_file():
        raise SequenceError(f"{path}: no such file")
    with path.open("rb") as stream:
        if stream.read(8) != _HDF5_SIGNATURE:
            raise SequenceError(f"{path}: not an HDF5 file")
    try:
        with xr.open_dataset(path, engine="h5netcdf") as lazy:
            dataset = lazy.load()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise SequenceError(f"{path}: damaged or truncated HDF5 file ({error})") from None
    found, _, version = str(dataset.attrs.get("schema", "")).rpartition("/")
    if not found:
        raise SequenceError(f"{path}: not a kinepath file (it has no attribute 'schema')")
    if version != str(SCHEMA_VERSION):
        raise SequenceError(
            f"{path}: schema version {version}, this program reads {SCHEMA_VERSION};"
            " delete the file and run the workflow again"
        )
    if found != f"kinepath-{kind}":
        raise SequenceError(f"{path}: holds {found}, not kinepath-{kind}")
    return dataset
