"""Folders of numbered images, read as videos."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from kinepath.conform import Window, conform
from kinepath.io.container import stated_duration
from kinepath.io.video import VideoError, VideoReader, read_frames
from kinepath.io.video.images import list_images
from kinepath.probe import probe, report
from tests.videos import number_of, numbered_frame


def fill(folder: Path, names: list[str], size: tuple[int, int] = (64, 48)) -> Path:
    folder.mkdir(exist_ok=True)
    for index, name in enumerate(names):
        PIL.Image.fromarray(numbered_frame(index, *size)[..., ::-1]).save(folder / name)
    return folder


def facts_of(folder: Path, fps: float | None = 50) -> dict[str, Any]:
    return probe(folder, "a", fps=fps, min_size=32, cut_threshold=0.08)


@pytest.mark.parametrize("suffix", ["png", "JPG", "jpeg", "tif", "bmp"])
def test_images_are_frames_in_the_order_of_their_numbers(tmp_path: Path, suffix: str) -> None:
    # By letters, 10 comes before 8.
    folder = fill(tmp_path / "shots", [f"IMG_{k}.{suffix}" for k in range(8, 20)])
    (folder / ".IMG_1.JPG").write_bytes(b"hidden")
    (folder / "Thumbs.db").write_bytes(b"something else")
    facts = facts_of(folder)
    assert (facts["frames_decoded"], facts["fps_usual"]) == (12, pytest.approx(50))
    np.testing.assert_allclose(facts["frame_time_s"], np.arange(12) / 50)
    assert facts["warnings"] == []
    content = b"".join((folder / f"IMG_{k}.{suffix}").read_bytes() for k in range(8, 20))
    assert facts["sha256"] == hashlib.sha256(content).hexdigest()
    with VideoReader.of(facts) as reader:
        assert [number_of(frame.image) for frame in reader.frames()] == list(range(12))


def test_a_folder_is_conformed(tmp_path: Path) -> None:
    folder = fill(tmp_path / "shots", [f"{k:04d}.png" for k in range(20)])
    facts = facts_of(folder)
    output = tmp_path / "out.mp4"
    told = conform(folder, output, facts, Window(0.1, 0.2), fps=None, true_fps=50, crf=10)
    assert [number_of(frame.image) for frame in read_frames(output)] == list(range(5, 11))
    np.testing.assert_allclose(told["time_s"], np.arange(5, 11) / 50)
    assert stated_duration(folder, 50) == pytest.approx(0.4)


def test_no_rate_is_one_clear_error(tmp_path: Path) -> None:
    folder = fill(tmp_path / "shots", ["1.png", "2.png"])
    with pytest.raises(VideoError, match=r"shots: a folder of 2 images .* rate"):
        facts_of(folder, fps=None)
    facts = report(folder, "a", fps=None, start_s=None, end_s=None, min_size=32, cut_threshold=0.08)
    assert "the sheet's column fps" in facts["remedy"]


def test_missing_numbers_are_a_warning(tmp_path: Path) -> None:
    numbers = [1, 2, 3, 6, 7, 9]
    folder = fill(tmp_path / "shots", [f"IMG_{k:04d}.png" for k in numbers])
    facts = facts_of(folder)
    assert facts["frames_decoded"] == 6
    assert any(
        "3 numbers are missing, the first after IMG_0003.png" in w for w in facts["warnings"]
    )
    every_other = fill(tmp_path / "even", [f"{k}.png" for k in range(0, 12, 2)])
    assert facts_of(every_other)["warnings"] == []


def test_mixed_sizes_are_an_error(tmp_path: Path) -> None:
    folder = fill(tmp_path / "shots", ["1.png", "2.png"])
    PIL.Image.new("RGB", (80, 48)).save(folder / "3.png")
    with pytest.raises(VideoError, match=r"3\.png: 80x48 pixels, but the first .* has 64x48"):
        facts_of(folder)


@pytest.mark.parametrize(
    ("names", "cause"),
    [
        (["a.png", "b.png"], r"no number in the name of a\.png"),
        (["IMG_1.png", "IMG_1.jpg"], r"IMG_1\.jpg and IMG_1\.png have the same number"),
        ([], "a folder without images"),
    ],
)
def test_an_order_that_is_not_clear_is_an_error(
    tmp_path: Path, names: list[str], cause: str
) -> None:
    with pytest.raises(VideoError, match=cause):
        list_images(fill(tmp_path / "shots", names))


def test_images_are_turned_as_their_camera_says(tmp_path: Path) -> None:
    folder = tmp_path / "shots"
    folder.mkdir()
    for number, value in enumerate([1, 3, 6, 8, 2, 5]):
        image = PIL.Image.fromarray(numbered_frame(0, 64, 64)[..., ::-1])
        exif = image.getexif()
        exif[0x0112] = value
        image.save(folder / f"{number}.jpg", exif=exif, quality=95)
    with VideoReader(folder, 25) as reader:
        bright = [quarters(frame.image) for frame in reader.frames()]
    # Where the white quarter is shown that is stored at the top left.
    assert bright == ["top left", "bottom right", "top right", "bottom left", "top right",
                      "top left"]  # fmt: skip


def quarters(image: np.ndarray[Any, np.dtype[np.uint8]]) -> str:
    places = {
        "top left": image[:10, :10],
        "top right": image[:10, -10:],
        "bottom left": image[-10:, :10],
        "bottom right": image[-10:, -10:],
    }
    return max(places, key=lambda place: float(places[place].mean()))


def test_a_damaged_image_is_left_out(tmp_path: Path) -> None:
    folder = fill(tmp_path / "shots", [f"{k}.png" for k in range(12)])
    (folder / "4.png").write_bytes(b"broken")
    facts = facts_of(folder)
    assert facts["frames_decoded"] == 11
    np.testing.assert_allclose(facts["frame_time_s"][3:5], [0.06, 0.10])
    assert any("1 damaged image was left out" in text for text in facts["warnings"])
