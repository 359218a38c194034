"""What files say beside their frames, compared frame by frame with what ffmpeg shows."""

from __future__ import annotations

import struct
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kinepath.io.video import VideoReader
from kinepath.io.video.orientation import Orientation
from kinepath.probe import probe
from tests.videos import ffmpeg, shown_by_ffmpeg

#: ffmpeg's options for odd but sound files, by their name: all are shown alike by ffmpeg and here.
KINDS: dict[str, list[str]] = {
    "h264.mp4": ["-pix_fmt", "yuv420p"],
    "odd.mkv": ["-vf", "crop=97:73:0:0:exact=1", "-pix_fmt", "yuv444p"],
    "422.mp4": ["-pix_fmt", "yuv422p"],
    "grey.mp4": ["-pix_fmt", "gray"],
    "full_range.mp4": ["-pix_fmt", "yuvj420p"],
    "flagged_full.mkv": ["-vf", "scale=out_range=pc,format=yuv420p", "-color_range", "pc"],
    "bt601.mp4": ["-vf", "scale=out_color_matrix=bt601,format=yuv420p", "-colorspace", "smpte170m"],
    "bt709.mp4": ["-vf", "scale=out_color_matrix=bt709,format=yuv420p", "-colorspace", "bt709"],
    "vp9.webm": ["-c:v", "libvpx-vp9", "-deadline", "realtime"],
    "av1.mkv": ["-c:v", "libaom-av1", "-cpu-used", "8", "-pix_fmt", "yuv420p"],
    "prores.mov": ["-c:v", "prores_ks", "-profile:v", "2"],
    "mjpeg.avi": ["-c:v", "mjpeg"],
    "mpeg2.mts": ["-c:v", "mpeg2video", "-b:v", "4M", "-f", "mpegts"],
    "xvid.avi": ["-c:v", "mpeg4", "-bf", "2"],
    "animation.gif": [],
    "fragments.mp4": ["-pix_fmt", "yuv420p", "-movflags", "frag_keyframe+empty_moov"],
    "stream.h264": ["-pix_fmt", "yuv420p"],
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plain") / "plain.mkv"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=98x74:r=25:d=0.4", "-c:v", "ffv1", path)
    return path


def shown_here(path: Path) -> NDArray[np.uint8]:
    with VideoReader.of(probe(path, "a", min_size=16, cut_threshold=0.08)) as reader:
        return np.array([frame.image for frame in reader.frames()])


@pytest.mark.parametrize("name", KINDS)
def test_frames_are_those_that_ffmpeg_shows(plain: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    ffmpeg("-i", plain, *KINDS[name], path)
    here = shown_here(path)
    assert len(here) == 10
    np.testing.assert_array_equal(here, shown_by_ffmpeg(path, here.shape[2], here.shape[1]))


def test_ten_bits_are_rounded_to_eight(tmp_path: Path) -> None:
    path = tmp_path / "ten.mp4"
    ffmpeg("-f", "lavfi", "-i", "gradients=s=96x64:d=0.2:c0=red:c1=blue:x0=0:y0=0:x1=95:y1=63",
           "-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-x265-params", "log-level=error",
           path)  # fmt: skip
    difference = shown_here(path).astype(int) - shown_by_ffmpeg(path, 96, 64)
    # The program's conversion of ten bits is another version's than the library's.
    assert np.abs(difference).max() <= 6
    assert abs(difference.mean()) < 0.3


@pytest.mark.parametrize(
    ("rotation", "mirror"),
    list(product((0, 90, 180, 270), ("", "-display_hflip", "-display_vflip"))),
)
@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_all_orientations(
    plain: Path, tmp_path: Path, rotation: int, mirror: str, container: str
) -> None:
    stored, path = tmp_path / "stored.mp4", tmp_path / f"turned.{container}"
    ffmpeg("-i", plain, "-frames:v", "2", "-pix_fmt", "yuv420p", stored)
    turn = ["-display_rotation", str(rotation), *([mirror] if mirror else [])]
    ffmpeg(*turn, "-i", stored, "-c", "copy", path)
    width, height = (74, 98) if rotation % 180 else (98, 74)
    np.testing.assert_array_equal(shown_here(path), shown_by_ffmpeg(path, width, height))


def test_odd_sizes_are_turned_whole(plain: Path, tmp_path: Path) -> None:
    stored, path = tmp_path / "stored.mkv", tmp_path / "turned.mkv"
    ffmpeg("-i", plain, "-vf", "crop=97:73:0:0:exact=1", "-pix_fmt", "yuv444p", stored)
    ffmpeg("-display_rotation", "90", "-i", stored, "-c", "copy", path)
    here = shown_here(path)
    assert here.shape[1:3] == (97, 73)
    np.testing.assert_array_equal(here, shown_by_ffmpeg(path, 73, 97))


def test_a_turn_by_any_angle_is_rounded_and_said(plain: Path, tmp_path: Path) -> None:
    stored, path = tmp_path / "stored.mp4", tmp_path / "turned.mp4"
    ffmpeg("-i", plain, "-pix_fmt", "yuv420p", stored)
    ffmpeg("-display_rotation", "100", "-i", stored, "-c", "copy", path)
    facts = probe(path, "a", min_size=16, cut_threshold=0.08)
    assert facts["rotation_deg"] == 90
    assert (facts["width"], facts["height"]) == (74, 98)
    assert any("10 degrees off a quarter turn" in text for text in facts["warnings"])


@pytest.mark.parametrize("value", range(1, 9))
def test_the_eight_values_of_exif_are_the_eight_orientations(value: int) -> None:
    """By the table of the EXIF standard: where the stored top left corner is shown."""
    corner = dict(enumerate([(0, 0), (0, 1), (1, 1), (1, 0)] * 2, start=1))
    image = np.zeros((4, 6, 3), dtype=np.uint8)
    image[0, 0] = 255
    shown = Orientation.from_exif(value).apply(image)
    assert shown.shape == ((6, 4, 3) if value >= 5 else (4, 6, 3))
    bottom, right = corner[value]
    assert shown[-bottom, -right].min() == 255


@pytest.mark.parametrize(("aspect", "width"), [("2", 196), ("1/2", 49), ("12/11", 107)])
def test_pixels_become_square(plain: Path, tmp_path: Path, aspect: str, width: int) -> None:
    path = tmp_path / "shaped.mp4"
    ffmpeg("-i", plain, "-vf", f"setsar={aspect}", "-pix_fmt", "yuv420p", path)
    here = shown_here(path)
    assert here.shape[1:3] == (74, width)
    other = shown_by_ffmpeg(path, width, 74, "-vf", f"scale={width}:74:flags=bicubic")
    assert np.abs(here.astype(int) - other).mean() < 8


def test_turned_pixels_become_square_too(plain: Path, tmp_path: Path) -> None:
    stored, path = tmp_path / "stored.mp4", tmp_path / "turned.mp4"
    ffmpeg("-i", plain, "-vf", "setsar=2", "-pix_fmt", "yuv420p", stored)
    ffmpeg("-display_rotation", "90", "-display_hflip", "-i", stored, "-c", "copy", path)
    here = shown_here(path)
    assert here.shape[1:3] == (196, 74)
    other = shown_by_ffmpeg(path, 74, 196, "-vf", "scale=74:196:flags=bicubic")
    assert np.abs(here.astype(int) - other).mean() < 8


def test_nonsense_for_a_pixel_shape_is_said(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "shaped.mp4"
    ffmpeg("-i", plain, "-vf", "setsar=50", "-pix_fmt", "yuv420p", path)
    facts = probe(path, "a", min_size=16, cut_threshold=0.08)
    assert (facts["width"], facts["height"]) == (98, 74)
    assert any("taken to be square" in text for text in facts["warnings"])


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_the_container_crops(plain: Path, tmp_path: Path, container: str) -> None:
    stored, cropped = tmp_path / "stored.mp4", tmp_path / "cropped.mp4"
    ffmpeg("-i", plain, "-pix_fmt", "yuv420p", stored)
    cropped.write_bytes(with_aperture(stored.read_bytes(), 60, 40, right=3, down=-5))
    path = tmp_path / f"copy.{container}"
    ffmpeg("-i", cropped, "-c", "copy", path)
    path = cropped if container == "mp4" else path
    here = shown_here(path)
    np.testing.assert_array_equal(here, shown_by_ffmpeg(path, 60, 40))
    uncropped = shown_by_ffmpeg(stored, 98, 74)
    np.testing.assert_array_equal(here, uncropped[:, 12:52, 22:82])


def with_aperture(movie: bytes, width: int, height: int, right: int, down: int) -> bytes:
    """Put a clean aperture into an MP4 file whose index stands at its end."""
    content = bytearray(movie)
    entry = content.index(b"avc1", content.index(b"stsd")) - 4
    kinds = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    for at in (*(content.rindex(kind, 0, entry) - 4 for kind in kinds), entry):
        (size,) = struct.unpack_from(">I", content, at)
        struct.pack_into(">I", content, at, size + 40)
    clap = struct.pack(">I4s8i", 40, b"clap", width, 1, height, 1, right, 1, down, 1)
    content[entry + 86 : entry + 86] = clap
    return bytes(content)


def test_the_default_stream_is_taken_else_the_largest(tmp_path: Path) -> None:
    large, small = "testsrc2=s=128x96:d=0.2", "testsrc2=s=64x48:d=0.2"
    both = ["-f", "lavfi", "-i", small, "-f", "lavfi", "-i", large, "-map", "0", "-map", "1"]
    for name, flags, size in (
        ("largest.mkv", ["-disposition:v:0", "0", "-disposition:v:1", "0"], (128, 96)),
        ("default.mkv", ["-disposition:v:0", "default", "-disposition:v:1", "0"], (64, 48)),
        ("second.mkv", ["-disposition:v:0", "0", "-disposition:v:1", "default"], (128, 96)),
    ):
        path = tmp_path / name
        ffmpeg(*both, "-c:v", "ffv1", "-default_mode", "passthrough", *flags, path)
        facts = probe(path, "a", min_size=16, cut_threshold=0.08)
        assert (facts["width"], facts["height"]) == size
        np.testing.assert_array_equal(shown_here(path), shown_by_ffmpeg(path, *size))
        assert any("2 picture streams (64x48, 128x96)" in text for text in facts["warnings"])


def test_a_cover_is_no_video(plain: Path, tmp_path: Path) -> None:
    cover, path = tmp_path / "cover.jpg", tmp_path / "covered.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=400x300", "-frames:v", "1", cover)
    ffmpeg("-i", cover, "-i", plain, "-map", "0", "-map", "1", "-c:v:0", "copy", "-c:v:1",
           "libx264", "-pix_fmt:v:1", "yuv420p", "-disposition:v:0", "attached_pic",
           path)  # fmt: skip
    here = shown_here(path)
    assert here.shape == (10, 74, 98, 3)
    np.testing.assert_array_equal(here, shown_by_ffmpeg(path, 98, 74))


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("vp9.webm", ["-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-auto-alt-ref", "0"]),
        ("vp8.webm", ["-c:v", "libvpx", "-pix_fmt", "yuva420p", "-auto-alt-ref", "0"]),
        ("prores.mov", ["-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le"]),
        ("png.mov", ["-c:v", "png", "-pix_fmt", "rgba"]),
    ],
)
def test_what_is_transparent_is_black(tmp_path: Path, name: str, codec: list[str]) -> None:
    """Left to right the layer goes from invisible to opaque."""
    path = tmp_path / name
    layer = "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='2*X'"
    ffmpeg("-f", "lavfi", "-i", f"color=c=0xc86432:s=128x64:d=0.2,{layer}", *codec, path)
    here = shown_here(path)[1]
    expected = np.arange(128)[:, None] * 2 / 255 * (50, 100, 200)
    assert np.abs(here[32] - expected).max() <= 8
    assert here[:, :2].max() <= 8


def test_times_count_from_the_first_frame_that_is_shown(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "late.mts"
    ffmpeg("-i", plain, "-c:v", "mpeg2video", "-f", "mpegts", "-output_ts_offset", "2", path)
    facts = probe(path, "a", min_size=16, cut_threshold=0.08)
    assert facts["file_start_s"] > 2
    assert (facts["start_s"], facts["frame_time_s"][0]) == (0.0, 0.0)
    np.testing.assert_allclose(facts["frame_time_s"], np.arange(10) / 25, atol=1e-4)
    assert any("own clock starts at" in text for text in facts["warnings"])


@pytest.mark.parametrize("jump", [-100, 100])
def test_a_break_of_a_streams_clock_is_bridged(plain: Path, tmp_path: Path, jump: int) -> None:
    """Two recordings of a camera, joined byte by byte."""
    parts = [tmp_path / "a.mts", tmp_path / "b.mts"]
    for part, offset in zip(parts, (200, 200 + jump), strict=True):
        ffmpeg("-i", plain, "-c:v", "mpeg2video", "-bf", "0", "-f", "mpegts",
               "-output_ts_offset", str(offset), part)  # fmt: skip
    path = tmp_path / "joined.mts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    time = probe(path, "a", min_size=16, cut_threshold=0.08)["frame_time_s"]
    assert len(time) == 20
    np.testing.assert_allclose(np.diff(time), 0.04, atol=1e-4)


def test_sound_that_ends_earlier_takes_no_frames(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    ffmpeg("-i", plain, "-f", "lavfi", "-i", "sine=d=0.1", "-pix_fmt", "yuv420p", path)
    facts = probe(path, "a", min_size=16, cut_threshold=0.08)
    assert (facts["frames_decoded"], facts["has_audio"]) == (10, True)


def test_a_name_is_no_pattern_and_no_address(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "http:%03d 'x'.mp4"
    stored = tmp_path / "stored.mp4"
    ffmpeg("-i", plain, "-pix_fmt", "yuv420p", stored)
    stored.rename(path)
    assert len(shown_here(path)) == 10
