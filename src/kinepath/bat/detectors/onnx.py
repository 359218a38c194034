"""A detector in an ONNX file, run by OpenCV: one image in, rows of boxes out.

The network takes an image (1, 3, size, size), red, green, blue from 0 to 1, and returns rows
(1, n, 5 + classes) or (n, 5 + classes) of centre x, centre y, width, height in its own pixels, an
objectness and a score per class: the layout of YOLOv5 and similar networks, trained on COCO or on
bats. In COCO a baseball bat is class 34 and a tennis racket 38.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kinepath.bat.detectors import DetectorError
from kinepath.io.video import Image


class _Network:
    def __init__(self, network: cv2.dnn.Net, settings: Mapping[str, Any]) -> None:
        self._network = network
        self._size = int(settings["size"])
        self._label = int(settings["label"])
        self._least = float(settings["min_score"])

    def __call__(self, image: Image) -> NDArray[np.float64]:
        """Return boxes (n, 5): left, top, right, bottom in pixels, and a score from 0 to 1."""
        height, width = image.shape[:2]
        shape = (self._size, self._size)
        self._network.setInput(cv2.dnn.blobFromImage(image, 1 / 255, shape, swapRB=True))
        rows = np.asarray(self._network.forward(), dtype=np.float64)
        rows = rows.reshape(-1, rows.shape[-1])
        if rows.shape[1] <= 5 + self._label:
            raise DetectorError(
                f"the bat detector gives {rows.shape[1] - 5} classes; class {self._label} is none"
            )
        score = rows[:, 4] * rows[:, 5 + self._label]
        rows, score = rows[score >= self._least], score[score >= self._least]
        scale = np.array([width, height] * 2) / self._size
        corners = np.hstack([rows[:, :2] - rows[:, 2:4] / 2, rows[:, :2] + rows[:, 2:4] / 2])
        return np.hstack([corners * scale, score[:, None]])


def open_detector(settings: Mapping[str, Any]) -> _Network:
    """Load a network.

    Parameters
    ----------
    settings : mapping
        ``model_path``; ``size`` of the network's input, pixels; ``label``, the class of the
        implement; ``min_score``.

    Raises
    ------
    DetectorError
        If the file is missing or is not a network that OpenCV can run.
    """
    path = Path(settings["model_path"])
    if not path.is_file():
        raise DetectorError(f"{path}: no such bat detector")
    try:
        network = cv2.dnn.readNetFromONNX(str(path))
    except cv2.error as error:
        raise DetectorError(f"{path}: no ONNX network ({error.err})") from None
    return _Network(network, settings)
