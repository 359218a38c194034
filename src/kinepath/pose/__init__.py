"""Pose estimation: backends, the person tracked, agreement of two backends."""
