"""What is known of the human body: skeletons, proportions, stature, conversions between layouts."""
