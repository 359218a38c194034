"""What the evidence for a bat weighs; written by benchmarks/bat_weights.py."""

# fmt: off
#: Of the features of kinepath.bat.evidence.FEATURES, before the implement's colours are known.
BLIND = (
    -0.5829, 0.2956, 10.05, 6.981, 0, 0, 0, 3.863, 2.911, -4.59, -3.756, 0, 0, 0, -1.759,
    -1.666, 3.958, -4.469, 0, 0, 0, 2.731, 1.342, 4.948, -5.305, 0, 0, 0, -0.6464, -7.094,
    1.363, -4.183, 3.08, -8.638, 0.5834, -10.97, 0.9607, 1.345, -7.844, -0.7224, -2.665, -3.06,
    -1.345, -2.892, 0, 0,
)
#: The same with the colours that were learned on the clip.
INFORMED = (
    -1.104, -3.341, 10.89, 6.282, 1.633, 2.565, 3.015, 3.59, 3.858, -2.801, -3.777, 0.06073,
    1.474, -2.118, -1.594, -1.105, 2.82, -3.523, -0.01534, -1.465, 0.7537, 1.738, 1.012, 2.505,
    -1.47, 1.587, 3.46, 1.508, -5.326, -5.578, 0.7521, -2.578, 3.113, -5.324, 0.5903, -11.04,
    0.9292, 0.9907, -4.959, 2.63, -1.676, -3.746, -0.9073, -2.844, -0.4917, -3.226,
)
#: Of the signs of kinepath.bat.gate.SIGNS, for the logit of the chance that a tip is right.
CERTAINTY = (
    -0.6349, 1.486, 0.6814, -0.1479, -0.4307, 0.335,
)
