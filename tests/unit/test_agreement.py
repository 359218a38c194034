from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from kinepath.io import sequence
from kinepath.io.files import read_json
from kinepath.pose.__main__ import main
from kinepath.pose.agreement import AgreementError, compare, table
from tests.poses import make_poses, standing_position


def pair() -> tuple[xr.Dataset, xr.Dataset]:
    """The second lies 10 pixels to the right, and far away in the frames 20 to 24."""
    position = standing_position(50) + np.array([10.0, 0.0])[None, :, None, None]
    position[20:25] += 200
    position[:, :, 1:7] = np.nan
    position[40:] = np.nan
    first = make_poses(frames=50, backend="one", source_sha256="0" * 64)
    return first, make_poses(position, backend="two", source_sha256="0" * 64)


def test_differences_are_told_in_statures_and_where_they_are() -> None:
    found = compare(*pair())
    assert found["backends"] == ["one", "two"]
    assert found["people"] == {"both": 40, "first": 10, "second": 0, "neither": 0}
    wrist = found["keypoints"]["left_wrist"]
    assert wrist["median"] == pytest.approx(10 / found["stature_px"], abs=1e-3)
    assert wrist["dx"] == pytest.approx((10 + 200 * 5 / 40) / found["stature_px"], abs=1e-3)
    assert wrist["seen_by_both"] == 0.8
    assert found["only_in_second"] == []
    assert "left_eye" in found["only_in_first"] and len(found["only_in_first"]) == 6
    (stretch,) = found["stretches"]
    assert (stretch["from_s"], stretch["to_s"]) == (0.4, 0.48)
    assert stretch["largest"] > 1


def test_a_file_agrees_with_itself_and_an_empty_one_with_nothing() -> None:
    first, _ = pair()
    found = compare(first, first)
    assert {row["p95"] for row in found["keypoints"].values()} == {0.0}
    assert found["stretches"] == []
    empty = make_poses(standing_position(50) * np.nan, backend="two", source_sha256="0" * 64)
    found = compare(empty, empty)
    assert found["people"]["neither"] == 50
    assert found["stature_px"] is None
    assert "neither 50" in table(found)


def test_files_of_different_clips_are_not_compared() -> None:
    first, second = pair()
    with pytest.raises(AgreementError, match="not of the same frames"):
        compare(first, second.assign_attrs(source_sha256="1" * 64))
    with pytest.raises(AgreementError, match="not of the same frames"):
        compare(first, second.isel(time=slice(1, None)))


def test_the_command_prints_a_table_and_writes_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / "a.h5", tmp_path / "b.h5"]
    for poses, path in zip(pair(), files, strict=True):
        sequence.write(poses, path, "poses")
    main(["compare", *map(str, files), "--json", str(tmp_path / "x.json")])
    told = capsys.readouterr().out
    assert "a: one and two, 50 frames" in told
    assert "apart from 0.40 to 0.48 s" in told
    assert read_json(tmp_path / "x.json") == compare(*pair())
    with pytest.raises(SystemExit, match=r"kinepath: error: .*gone.h5: no such file"):
        main(["compare", str(files[0]), str(tmp_path / "gone.h5")])
