"""Pictures and videos: skeletons, captions, figures, videos side by side and one after another."""
