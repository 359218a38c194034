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

from kinepath.pose import Detection, PoseError
from kinepath.skeleton import BLAZEPOSE
from kinepath.video import Image

#: MediaPipe knows no CUDA; here it runs on the processor.
USES_GPU = False


class _Estimator:
    skeleton = BLAZEPOSE

    def __init__(self, landmarker: PoseLandmarker) -> None:
        self.software = f"mediapipe {version('mediapipe')}"
        self._landmarker = landmarker
        self._last_ms = -1

    def __call__(self, image: Image, time_s: float) -> Detection | None:
        # MediaPipe wants strictly increasing whole milliseconds.
        self._last_ms = max(round(time_s * 1000), self._last_ms + 1)
        picture = mp.Image(mp.ImageFormat.SRGB, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        result = self._landmarker.detect_for_video(picture, self._last_ms)
        if not result.pose_landmarks:
            return None
        height, width = image.shape[:2]
        landmarks, world = result.pose_landmarks[0], result.pose_world_landmarks[0]
        return Detection(
            # A landmark's 0..1 spans the picture; pixel centres are at whole numbers.
            position=np.array([(p.x * width - 0.5, p.y * height - 0.5) for p in landmarks]),
            confidence=np.array([p.visibility for p in landmarks]),
            position_3d=np.array([(p.x, p.y, p.z) for p in world]),
        )


@contextmanager
def open_estimator(model_path: str, settings: Mapping[str, Any]) -> Iterator[_Estimator]:
    """Load the pose landmarker from a ``.task`` file.

    Parameters
    ----------
    model_path : str
        The ``.task`` file.
    settings : mapping
        ``min_detection_confidence`` and ``min_tracking_confidence``, 0 to 1.

    Raises
    ------
    PoseError
        If the file is no pose model.
    """
    options = PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=model_path),
        running_mode=RunningMode.VIDEO,
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
        yield _Estimator(landmarker)
