from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.io.video import Image
from kinepath.pose.backends import backends, load_backend
from kinepath.pose.base import Detection, PoseError
from kinepath.pose.estimation import estimate

FACTS: Mapping[str, Any] = {
    "clip": "a",
    "fps": 25.0,
    "time_s": [2.0, 2.04, 2.08],
    "source_time_s": [2.0, 2.045, 2.045],
    "repeated": [2],
    "source_sha256": "0" * 64,
    "width": 64,
    "height": 48,
}


class FakeEstimator:
    """Sees somebody in every picture that is not black; the brightness is where."""

    skeleton = BLAZEPOSE
    software = "fake 1"

    def __init__(self) -> None:
        self.times: list[float] = []

    def __call__(self, image: Image, time_s: float) -> Sequence[Detection]:
        self.times.append(time_s)
        if not image.any():
            return []
        points = np.full((33, 2), float(image.max()))
        return [Detection(points, np.full(33, 1.5), np.zeros((33, 3)))]


def frames(*values: int) -> list[Image]:
    return [np.full((48, 64, 3), value, dtype=np.uint8) for value in values]


def test_frames_without_a_person_are_missing() -> None:
    estimator = FakeEstimator()
    poses = estimate(frames(7, 0, 9), FACTS, estimator)
    np.testing.assert_allclose(poses["position"].values[:, 0, 0, 0], [7, np.nan, 9])
    np.testing.assert_allclose(poses["confidence"].values[:, 0, 0], [1, 0, 1])
    np.testing.assert_allclose(poses["time"], FACTS["time_s"])
    np.testing.assert_allclose(poses["source_time"], FACTS["source_time_s"])
    np.testing.assert_allclose(estimator.times, [0, 0.04, 0.08])
    assert poses.attrs["person_share"] == pytest.approx(2 / 3)
    assert "note" not in poses.attrs
    assert poses["position_3d"].shape == (3, 3, 33, 1)


def test_nobody_at_all_is_a_result_that_says_so() -> None:
    poses = estimate(frames(0, 0, 0), FACTS, FakeEstimator())
    assert poses.attrs["note"] == "no person seen in any frame"
    assert np.isnan(poses["position"]).all()


@pytest.mark.parametrize("values", [(1, 2), (1, 2, 3, 4)])
def test_another_number_of_frames_is_an_error(values: tuple[int, ...]) -> None:
    with pytest.raises(PoseError, match="3 were expected"):
        estimate(frames(*values), FACTS, FakeEstimator())


def test_frames_are_streamed() -> None:
    shown = 0
    alive: list[int] = []

    class Counting(FakeEstimator):
        def __call__(self, image: Image, time_s: float) -> Sequence[Detection]:
            alive.append(shown)
            return super().__call__(image, time_s)

    def source() -> Any:
        nonlocal shown
        for image in frames(1, 2, 3):
            shown += 1
            yield image

    estimate(source(), FACTS, Counting())
    assert alive == [1, 2, 3]


def test_frames_come_in_batches_to_a_backend_that_likes_them() -> None:
    class InBatches(FakeEstimator):
        batch = 2

        def many(
            self, images: Sequence[Image], times: Sequence[float]
        ) -> list[Sequence[Detection]]:
            sizes.append(len(images))
            return [self(image, time) for image, time in zip(images, times, strict=True)]

    sizes: list[int] = []
    poses = estimate(frames(7, 0, 9), FACTS, InBatches())
    assert sizes == [2, 1]
    xr.testing.assert_identical(poses, estimate(frames(7, 0, 9), FACTS, FakeEstimator()))


def test_backends_are_the_modules_of_the_folder() -> None:
    assert {"mediapipe", "onnx"} <= set(backends())
    assert "__main__" not in backends()
    with pytest.raises(PoseError, match="no pose backend 'openpose'; there are: mediapipe"):
        load_backend("openpose")


def test_mediapipe_refuses_what_is_no_model(tmp_path: Path) -> None:
    backend = load_backend("mediapipe")
    settings = {"min_detection_confidence": 0.5, "min_tracking_confidence": 0.5}
    broken = tmp_path / "x.task"
    broken.write_bytes(b"no model")
    with (
        pytest.raises(PoseError, match=r"x\.task: cannot be loaded as a pose model"),
        backend.open_estimator(str(broken), settings),
    ):
        pass
