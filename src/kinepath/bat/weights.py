"""What the evidence for a bat weighs, fitted on simulated clips; written by benchmarks/bat_weights.py."""

# fmt: off
#: Of the features of kinepath.bat.evidence.FEATURES, before the implement's colours are known.
BLIND = (
    -1.528, 0.007, 9.817, 10.019, 0.000, 0.000, 0.000, 3.845, 3.551, -4.057, -5.001, 0.000,
    0.000, 0.000, -1.770, -1.401, 4.862, -4.318, 0.000, 0.000, 0.000, 1.140, 1.988, 7.355,
    -5.029, 0.000, 0.000, 0.000, -1.218, -5.904, 0.542, -2.706, 2.280, -4.040, 0.602, -6.033,
    0.715, 0.726, -3.881, -0.414, -2.441, 0.802, -1.558, -2.784, 0.000, 0.000,
)
#: The same with the colours that were learned on the clip.
INFORMED = (
    -2.009, -0.717, 11.017, 6.360, 1.898, 2.729, 1.421, 2.425, 3.421, -2.976, -5.059, -0.830,
    2.056, -2.421, -1.168, -1.629, 3.704, -0.811, -0.255, -0.386, -0.019, 1.072, 3.131, -3.355,
    -6.229, 1.609, 6.993, -1.933, -3.825, -4.817, 1.277, -3.484, 1.580, -3.389, 0.897, -8.444,
    0.704, 0.489, -4.019, -0.815, -1.957, 1.662, -1.534, -0.620, -0.222, -0.421,
)
#: Of the signs of kinepath.bat.gate.SIGNS, for the logit of the probability that a tip is right.
CERTAINTY = (-6.000, 2.200, 0.300, -0.300, 1.000, 1.000)
