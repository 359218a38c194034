"""High dynamic range, beside published values and the library's own conversion."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, ColorTrc
from numpy.typing import NDArray

from kinepath.io.video import VideoReader, ffmpeg_binary
from kinepath.io.video.tone import HLG, PQ, hlg_light, pq_code, pq_light, roll_off, to_bt709
from kinepath.probe import probe
from kinepath.typing import Array

NAMES = {HLG: "arib-std-b67", PQ: "smpte2084"}


def grey(level: float) -> Array:
    return np.full(3, level)


def test_light_is_that_of_bt2408() -> None:
    """Table 1 of the report: a grey card of 18 %, one of 83 % and reference white."""
    for light, hlg, pq in ((26.0, 0.38, 0.38), (162.0, 0.71, 0.56), (203.0, 0.75, 0.58)):
        assert hlg_light(grey(hlg))[0] == pytest.approx(light, rel=0.05)
        assert pq_light(np.array(pq)) == pytest.approx(light, rel=0.05)
    assert hlg_light(grey(1.0))[0] == pytest.approx(1000, rel=1e-3)
    assert pq_light(np.array(1.0)) == pytest.approx(10000)
    levels = np.geomspace(0.01, 1e4, 50)
    np.testing.assert_allclose(pq_light(pq_code(levels)), levels, rtol=1e-6)


def test_highlights_are_rolled_off_and_the_rest_stays() -> None:
    light = np.linspace(0.01, 1000, 4000)
    mapped = roll_off(light)
    assert (np.diff(mapped) > 0).all()
    np.testing.assert_allclose(mapped[light < 87], light[light < 87], rtol=1e-9)
    assert mapped[-1] == pytest.approx(203, rel=1e-3)
    slope = np.gradient(mapped, light)
    assert np.abs(np.diff(slope)).max() < 0.01
    # White of ordinary video stays near white, with room above it for what is brighter.
    assert 0.85 < to_bt709(pq_code(np.full(3, 203.0)), PQ)[0] < 0.95


def patches(transfer: int) -> Array:
    """Sixty-four colours, (64, 3): greys, and mixtures of BT.709's primaries; code values."""
    rng = np.random.default_rng(5)
    levels = np.repeat(np.linspace(0.02, 0.98, 32)[:, None], 3, axis=1)
    light = rng.uniform(20, 85, (32, 3)) @ np.linalg.inv(
        [[1.660491, -0.124550, -0.018151],
         [-0.587641, 1.132900, -0.100579],
         [-0.072850, -0.008349, 1.118730]]
    )  # fmt: skip
    if transfer == PQ:
        mixed = pq_code(light)
    else:
        brightness = light @ [0.2627, 0.6780, 0.0593]
        scene = light / 1000 / ((brightness / 1000) ** (0.2 / 1.2))[:, None]
        bent = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
        mixed = np.where(scene <= 1 / 12, np.sqrt(3 * scene), bent)
    return np.concatenate([levels, mixed])


@pytest.fixture(scope="module", params=[HLG, PQ], ids=["HLG", "PQ"])
def filmed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, Path]:
    path = tmp_path_factory.mktemp("hdr") / "hdr.mp4"
    code = np.round(patches(request.param) * 65535).astype("<u2").reshape(8, 8, 3)
    image = code.repeat(32, 0).repeat(32, 1)
    tags = f"color_primaries=bt2020:color_trc={NAMES[request.param]}:colorspace=bt2020nc:range=tv"
    command = [ffmpeg_binary(), "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb48le",
               "-s", "256x256", "-i", "-", "-vf",
               f"scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le,setparams={tags}",
               "-c:v", "libx265", "-x265-params", "log-level=error:lossless=1",
               str(path)]  # fmt: skip
    subprocess.run(command, input=image.tobytes() * 2, check=True)
    return request.param, path


def middles(image: NDArray[Any]) -> Array:
    """Return the red, green, blue of every patch, (64, 3)."""
    return image[16::32, 16::32, ::-1].reshape(64, 3).astype(np.float64)


def test_frames_are_mapped_as_the_formula_says(filmed: tuple[int, Path]) -> None:
    transfer, path = filmed
    facts = probe(path, "a", min_size=32, cut_threshold=0.08)
    assert facts["dynamic_range"] == {HLG: "HLG", PQ: "PQ"}[transfer]
    assert any("high dynamic range" in text for text in facts["warnings"])
    with VideoReader.of(facts) as reader:
        shown = middles(next(reader.frames()).image)
    assert np.abs(shown - 255 * to_bt709(patches(transfer), transfer)).max() < 5


def test_what_is_not_bright_agrees_with_the_library(filmed: tuple[int, Path]) -> None:
    """libswscale converts without rolling off: below the knee both must give the same."""
    transfer, path = filmed
    with VideoReader(path) as reader:
        picture, _ = next(reader.pictures())
        shown = middles(reader.upright(picture))
    other = middles(
        picture.reformat(
            format="bgr24",
            dst_color_trc=ColorTrc.BT709,
            dst_color_primaries=ColorPrimaries.BT709,
        ).to_ndarray()
    )
    light = hlg_light(patches(transfer)) if transfer == HLG else pq_light(patches(transfer))
    dark = light.max(axis=1) < 80
    assert dark.sum() > 20
    difference = np.abs(shown - other)[dark]
    assert difference[:10].max() <= 2
    # Colours agree less: the library also softens those near the edge of the gamut.
    assert difference.max() <= 10
    assert difference.mean() <= 2
