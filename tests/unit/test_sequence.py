from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.io import sequence
from kinepath.io.sequence import SequenceError
from tests.poses import make_poses


@pytest.fixture
def poses() -> xr.Dataset:
    rng = np.random.default_rng(0)
    position = rng.normal(300, 50, (8, 2, 33, 1))
    position[3, :, 5] = np.nan
    return make_poses(position, fps=25.0)


def test_what_is_written_is_read_again(poses: xr.Dataset, tmp_path: Path) -> None:
    sequence.write(poses, tmp_path / "a.h5", "poses")
    again = sequence.read(tmp_path / "a.h5", "poses")
    xr.testing.assert_equal(again, poses)
    assert again.attrs["schema"] == "kinepath-poses/1"
    assert again["position"].attrs["units"] == "pixel"


def test_the_same_data_give_the_same_bytes(poses: xr.Dataset, tmp_path: Path) -> None:
    for name in ("a.h5", "b.h5"):
        sequence.write(poses, tmp_path / name, "poses")
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_h5py_and_plain_xarray_open_it(poses: xr.Dataset, tmp_path: Path) -> None:
    sequence.write(poses, tmp_path / "a.h5", "poses")
    with h5py.File(tmp_path / "a.h5") as file:
        np.testing.assert_array_equal(file["position"][:], poses["position"].values)
        assert file["keypoints"].asstr()[0] == "nose"
    with xr.open_dataset(tmp_path / "a.h5") as dataset:
        assert dataset["position"].dims == ("time", "space", "keypoints", "individuals")


def test_the_movement_package_reads_it_and_agrees_on_velocity(
    poses: xr.Dataset, tmp_path: Path
) -> None:
    kinematics = pytest.importorskip("movement.kinematics", reason="movement is not installed")
    validators = pytest.importorskip("movement.validators.datasets")
    from kinepath.kinematics import derivative

    sequence.write(poses, tmp_path / "a.h5", "poses")
    with xr.open_dataset(tmp_path / "a.h5") as dataset:
        validators.ValidPosesInputs.validate(dataset)
        theirs = kinematics.compute_velocity(dataset["position"]).values
    ours = derivative(poses["position"].values, poses["time"].values)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, equal_nan=True)
    assert np.isfinite(ours).mean() > 0.9


def test_damaged_and_foreign_files_are_said(poses: xr.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with pytest.raises(SequenceError, match="no such file"):
        sequence.read(path, "poses")
    path.write_text("not hdf5")
    with pytest.raises(SequenceError, match="not an HDF5 file"):
        sequence.read(path, "poses")
    sequence.write(poses, path, "poses")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SequenceError, match="damaged or truncated"):
        sequence.read(path, "poses")
    path.write_bytes(whole)
    with pytest.raises(SequenceError, match="holds kinepath-poses, not kinepath-bat"):
        sequence.read(path, "bat")
    with h5py.File(path, "r+") as file:
        file.attrs["schema"] = "kinepath-poses/99"
    with pytest.raises(SequenceError, match="schema version 99, this program reads 1"):
        sequence.read(path, "poses")
    with h5py.File(path, "r+") as file:
        del file.attrs["schema"]
    with pytest.raises(SequenceError, match="not a kinepath file"):
        sequence.read(path, "poses")


def test_a_variable_without_units_is_refused(poses: xr.Dataset, tmp_path: Path) -> None:
    poses["position"].attrs.pop("units")
    with pytest.raises(SequenceError, match="'position' lacks units"):
        sequence.write(poses, tmp_path / "a.h5", "poses")


def test_parameters_of_stages_add_up() -> None:
    first = sequence.with_parameters({}, "pose", {"model": "full"})
    both = sequence.with_parameters({"parameters": first}, "clean", {"max_gap_s": 0.1})
    assert both == '{"clean": {"max_gap_s": 0.1}, "pose": {"model": "full"}}'


def test_depth_is_kept(tmp_path: Path) -> None:
    points = np.zeros((2, 3, 33, 1))
    dataset = sequence.poses(
        points[:, :2], points[:, 0], [0, 1], BLAZEPOSE.keypoints, fps=1, clip="a",
        position_3d=points,
    )  # fmt: skip
    assert dataset["position_3d"].dims == ("time", "space_3d", "keypoints", "individuals")
    assert dataset["position_3d"].attrs["units"] == "m"


def test_values_come_time_first_for_the_keypoints_that_are_asked_for(poses: xr.Dataset) -> None:
    every = sequence.values_of(poses, "position")
    assert every.shape == (8, 33, 2)
    wrists = ("right_wrist", "left_wrist")
    chosen = sequence.values_of(poses.transpose(..., "time"), "position", wrists)
    columns = [BLAZEPOSE.index(name) for name in wrists]
    np.testing.assert_array_equal(chosen, every[:, columns])
    assert sequence.values_of(poses, "confidence").shape == (8, 33)
