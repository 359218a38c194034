from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kinepath.io.files import read_json, replacing, sha256, write_json


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "a.txt"
    with replacing(target) as temporary:
        temporary.write_text("half")
        assert not target.exists()
        assert temporary.suffix == ".txt"
    assert target.read_text() == "half"


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), replacing(target) as temporary:
        temporary.write_text("new")
        raise RuntimeError
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_json_round_trip_keeps_text_and_refuses_nan(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"label": "père <b>", "x": [1.5, None]})
    assert read_json(tmp_path / "a.json") == {"label": "père <b>", "x": [1.5, None]}
    with pytest.raises(ValueError, match="nan"):
        write_json(tmp_path / "b.json", float("nan"))
    assert not (tmp_path / "b.json").exists()


def test_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()
