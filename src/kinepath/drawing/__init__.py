"""Images and videos: skeletons, captions, figures, videos side by side and in sequence."""
