"""Types of arrays that all of the package uses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Double precision; NaN where missing.
Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
