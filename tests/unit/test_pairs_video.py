"""Two clips side by side, by their frame numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kinepath.drawing.pair_video import partners, write_warped
from kinepath.io.video import read_frames, video_writer


def test_every_frame_has_the_middle_of_its_partners() -> None:
    path = np.array([[0, 0], [0, 1], [0, 2], [1, 3], [2, 3], [3, 4], [3, 5]])
    assert partners(path).tolist() == [1, 3, 3, 4]


def test_the_second_video_runs_at_the_pace_of_the_first(tmp_path: Path) -> None:
    levels = ([40, 80, 120, 160], [50, 100, 150, 200, 250])
    for name, greys in zip("ab", levels, strict=True):
        with video_writer(tmp_path / f"{name}.mp4", 64, 48, 25, crf=4) as writer:
            for grey in greys:
                writer.write(np.full((48, 64, 3), grey, dtype=np.uint8))
    frames = [np.array([1, 2, 3]), np.array([0, 2, 2])]
    write_warped(
        tmp_path / "out.mp4", [tmp_path / "a.mp4", tmp_path / "b.mp4"], frames, ["Eins", "勾"],
        fps=25, tile_width=128, tile_height=72, crf=4,
    )  # fmt: skip
    shown = [frame.image for frame in read_frames(tmp_path / "out.mp4")]
    assert [image.shape for image in shown] == [(72, 256, 3)] * 3
    left = [float(image[20, 64].mean()) for image in shown]
    right = [float(image[20, 192].mean()) for image in shown]
    np.testing.assert_allclose(left, [80, 120, 160], atol=6)
    np.testing.assert_allclose(right, [50, 150, 150], atol=6)
