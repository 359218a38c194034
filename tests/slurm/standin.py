"""MediaPipe, said to run on a GPU: put among the pose backends to test where its jobs go."""

from kinepath.pose.backends.mediapipe import describe, open_estimator

USES_GPU = True

__all__ = ["USES_GPU", "describe", "open_estimator"]
