"""Finding people, then each person's keypoints: what the top-down pose backends share."""
