"""Common parts of the top-down pose backends: detecting people, then each person's keypoints."""
