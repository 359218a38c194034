"""Finding keypoints: backends, who is followed, agreement of two backends."""
