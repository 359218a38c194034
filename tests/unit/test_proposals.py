from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from kinepath.io.proposals import missing, nearest, proposal


@pytest.fixture
def clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "Clips"
    folder.mkdir()
    names = ("Hook_1.MP4", unicodedata.normalize("NFD", "père.mp4"), "cover drive.mov")
    for name in names:
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("Clips/hook_1.mp4", "Clips/Hook_1.MP4"),
        ("Clips/hook1.mov", "Clips/Hook_1.MP4"),
        ("Clips/Hok_1.MP4", "Clips/Hook_1.MP4"),
        ("Clips/cover_drive.mp4", "Clips/cover drive.mov"),
        ("Clips/" + unicodedata.normalize("NFC", "père.mp4"), "père.mp4"),
        ("clips/Hook_1.MP4", "'Clips'"),
    ],
)
def test_a_missing_file_has_the_nearest_one_proposed(clips: Path, wanted: str, meant: str) -> None:
    cause, remedy = missing(wanted)
    assert cause.startswith(f"{wanted}: no such file")
    assert "did you mean" in remedy
    assert unicodedata.normalize("NFC", meant) in unicodedata.normalize("NFC", remedy)


def test_what_is_no_file_is_said_to_be_what_it_is(clips: Path) -> None:
    assert missing("Clips")[0] == "Clips: a folder, not a video"
    assert "a path of a Windows computer" in missing(r"C:\\Users\\me\\a.mp4")[0]
    assert "there is no folder 'Elsewhere'" in missing("Elsewhere/deep/a.mp4")[0]
    remedy = missing("Clips/unlike.anything")[1]
    assert "holds Hook_1.MP4, cover drive.mov" in remedy
    (clips / "empty").mkdir()
    assert "holds no files" in missing("Clips/empty/a.mp4")[1]


def test_names_are_compared_by_their_letters() -> None:
    assert nearest("Start S", ["end_s", "start_s"]) == "start_s"
    assert nearest("x", ["batting"]) is None
    assert proposal("bating", ["batting", "squat"]) == "; did you mean 'batting'?"
    assert proposal("zzz", ["a", "b"]) == "; known: a, b"
