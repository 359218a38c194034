"""Results of a project as one archive of tables and pictures that other programs open."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from kinepath.errors import KinepathError
from kinepath.io import sequence
from kinepath.io.files import replacing

#: What is packed of each clip as it is.
_FILES = (
    "results/kinematics/{clip}.png",
    "results/bat/{clip}_swing.png",
    "results/events/{clip}.json",
    "results/chain/{clip}.json",
    "results/chain/{clip}_corrpath.png",
    "results/reps/{clip}.json",
    "results/reps/{clip}.png",
    "results/form/{clip}.json",
    "results/form/{clip}.png",
)
_SUMMARY = "results/summary.csv"


def time_series(kinematics: xr.Dataset) -> pd.DataFrame:
    """Return all that has a value per frame as a table, a column for each number.

    Parameters
    ----------
    kinematics : xarray.Dataset
        Of one individual.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``time_s``; the names of the other dimensions' labels are joined to the
        variable's by dots, such as ``position.left_wrist.x``.
    """
    one = kinematics.isel(individuals=0) if "individuals" in kinematics.dims else kinematics
    columns: dict[str, np.ndarray] = {}
    for name, variable in one.data_vars.items():
        if "time" not in variable.dims or not np.issubdtype(variable.dtype, np.number):
            continue
        # What is measured before the axis along which it is.
        others = sorted((str(d) for d in variable.dims if d != "time"), key=_is_axis)
        values = variable.transpose("time", *others)
        for place in np.ndindex(*values.shape[1:]):
            labels = [
                str(one[dim].values[k]) if dim in one.coords else str(k)
                for dim, k in zip(others, place, strict=True)
            ]
            columns[".".join([str(name), *labels])] = values.values[(slice(None), *place)]
    index = pd.Index(one["time"].values, name="time_s")
    return pd.DataFrame(columns, index=index)


def _is_axis(dim: str) -> bool:
    return dim.startswith("space")


def export(folder: Path, clips: Iterable[str], target: Path) -> int:
    """Pack the results of clips; give the number of files.

    Raises
    ------
    KinepathError
        If there is nothing to pack.
    """
    files = list(_packed(folder, clips))
    if not files:
        raise KinepathError(
            f"{folder}: there are no results of these clips yet", remedy="kinepath run"
        )
    with (
        replacing(target) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name, content in files:
            # A fixed time: the same results give the same archive.
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return len(files)


def _packed(folder: Path, clips: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    if (folder / _SUMMARY).is_file():
        yield Path(_SUMMARY).name, (folder / _SUMMARY).read_bytes()
    for clip in clips:
        for pattern in _FILES:
            path = folder / pattern.format(clip=clip)
            if path.is_file():
                yield f"{clip}/{path.parent.name}_{path.name}", path.read_bytes()
        path = folder / f"results/kinematics/{clip}.h5"
        if path.is_file():
            series = time_series(sequence.read(path, "kinematics"))
            yield f"{clip}/{clip}_time_series.csv", series.to_csv(float_format="%.6g").encode()
