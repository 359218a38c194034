"""The human body: skeletons, proportions, stature, and conversions between skeletons."""
