"""Pose by MediaPipe's pose landmarker (BlazePose), the default backend: one person, no GPU."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions
from mediapipe.tasks.python.vision import (
    PoseLandmarker,
    PoseLandmarkerOptions,
    RunningMode,
)

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.io.files import sha256
from kinepath.io.video import Image
from kinepath.pose.base import Detection, PoseError

#: MediaPipe does not support CUDA; here it runs on the CPU.
USES_GPU = False


class _Estimator:
    skeleton = BLAZEPOSE

    def __init__(self, landmarker: PoseLandmarker, *, still: bool) -> None:
        self.software = f"mediapipe {version('mediapipe')}"
        self._landmarker = landmarker
        self._still = still
        self._last_ms = -1

    def __call__(self, image: Image, time_s: float) -> list[Detection]:
        picture = mp.Image(mp.ImageFormat.SRGB, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        if self._still:
            result = self._landmarker.detect(picture)
        else:
            # MediaPipe requires strictly increasing integer milliseconds.
            self._last_ms = max(round(time_s * 1000), self._last_ms + 1)
            result = self._landmarker.detect_for_video(picture, self._last_ms)
        height, width = image.shape[:2]
        return [
            Detection(
                # A landmark's 0..1 spans the image; pixel centres are at integers.
                position=np.array([(p.x * width - 0.5, p.y * height - 0.5) for p in landmarks]),
                confidence=np.array([p.visibility for p in landmarks]),
                position_3d=np.array([(p.x, p.y, p.z) for p in world]),
            )
            for landmarks, world in zip(
                result.pose_landmarks, result.pose_world_landmarks, strict=True
            )
        ]


@contextmanager
def open_estimator(
    model_path: str, settings: Mapping[str, Any], *, still: bool = False
) -> Iterator[_Estimator]:
    """Load the pose landmarker from a ``.task`` file.

    Parameters
    ----------
    model_path : str
        The ``.task`` file.
    settings : mapping
        ``min_detection_confidence`` and ``min_tracking_confidence``, 0 to 1.
    still : bool
        Process every image by itself instead of tracking the person from frame to frame.

    Raises
    ------
    PoseError
        If the file is not a pose model.
    """
    options = PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=model_path),
        running_mode=RunningMode.IMAGE if still else RunningMode.VIDEO,
        num_poses=1,
        min_pose_detection_confidence=settings["min_detection_confidence"],
        min_pose_presence_confidence=settings["min_detection_confidence"],
        min_tracking_confidence=settings["min_tracking_confidence"],
    )
    try:
        landmarker = PoseLandmarker.create_from_options(options)
    except (RuntimeError, ValueError) as error:
        raise PoseError(f"{model_path}: cannot be loaded as a pose model ({error})") from None
    with landmarker:
        yield _Estimator(landmarker, still=still)


def describe(model_path: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the model's attributes for a keypoint file."""
    return {"model_sha256": sha256(model_path), "confidence_kind": "visibility"}
