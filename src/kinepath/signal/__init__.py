"""Signals over time: smoothing, gaps and runs, time warping, correspondence, similarity."""
