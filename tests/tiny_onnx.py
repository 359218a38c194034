"""Tiny ONNX networks that see people made of green dots, written without the package onnx.

The dots of a person have different shades of green on black, one for each keypoint. The detector
finds the box around all that is green, the pose network the dot of each shade.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kinepath.io.video import Image

FLOAT, INT64 = 1, 7


def shade(keypoint: int) -> int:
    """Return the shade of green of a keypoint."""
    return 60 + 11 * keypoint


def picture(points: NDArray[np.float64], width: int = 320, height: int = 240) -> Image:
    """Draw the dots of one person."""
    image = np.zeros((height, width, 3), dtype=np.uint8)
    for keypoint, (x, y) in enumerate(points):
        place = round(16 * float(x)), round(16 * float(y))
        cv2.circle(image, place, 16 * 7, (0, shade(keypoint), 0), -1, cv2.LINE_8, 4)
    return image


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def _field(number: int, value: int | str | bytes) -> bytes:
    """Encode a field of a protocol buffer."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _tensor(name: str, value: Any) -> bytes:
    array = np.asarray(value)
    kind = INT64 if array.dtype.kind == "i" else FLOAT
    array = array.astype(np.int64 if kind == INT64 else np.float32)
    dims = b"".join(_field(1, size) for size in array.shape)
    return dims + _field(2, kind) + _field(8, name) + _field(9, array.tobytes())


def _attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _field(1, name) + _field(3, value) + _field(20, 2)
    return _field(1, name) + b"".join(_field(8, one) for one in value) + _field(20, 7)


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(_field(1, _field(1 if isinstance(size, int) else 2, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, FLOAT) + _field(2, dims)))


class Graph:
    """An ONNX graph that grows by calls."""

    def __init__(self, *shape: int | str) -> None:
        self._content = _field(2, "graph") + _field(11, _value("x", shape))
        self._names = 0

    def __call__(self, operator: str, *inputs: Any, **attributes: int | Sequence[int]) -> str:
        """Add a node; inputs are names of earlier results, or constants."""
        names = [one if isinstance(one, str) else self._constant(one) for one in inputs]
        result = self._new()
        node = b"".join(_field(1, name) for name in names) + _field(2, result)
        node += _field(4, operator)
        node += b"".join(_field(5, _attribute(k, v)) for k, v in attributes.items())
        self._content += _field(1, node)
        return result

    def write(self, path: Path, *outputs: tuple[str, Sequence[int | str]]) -> Path:
        """Write the model with these results as its outputs."""
        for name, shape in outputs:
            self._content += _field(12, _value(name, shape))
        path.write_bytes(
            _field(1, 8) + _field(7, self._content) + _field(8, _field(1, "") + _field(2, 13))
        )
        return path

    def _constant(self, value: Any) -> str:
        name = self._new()
        self._content += _field(5, _tensor(name, value))
        return name

    def _new(self) -> str:
        self._names += 1
        return f"v{self._names}"


def detector(path: Path, size: int = 320, *, fits: int | None = None) -> Path:
    """Write a network like RTMDet: the box around all that is green.

    More pictures than ``fits`` at once need more memory than any machine has.
    """
    graph = Graph("n", 3, size, size)
    green = graph("Add", graph("Mul", graph("Gather", "x", 1, axis=1), 57.12), 116.28)
    blue = graph("Add", graph("Mul", graph("Gather", "x", 0, axis=1), 57.375), 103.53)
    mask = graph("Cast", graph("Greater", graph("Sub", green, blue), 30.0), to=FLOAT)
    sides = []
    for last in (0, 1):
        for axis in (1, 2):
            row = graph("ReduceMax", mask, axes=[axis], keepdims=0)
            place = graph("ArgMax", row, axis=1, keepdims=1, select_last_index=last)
            sides.append(graph("Cast", place, to=FLOAT))
    score = graph("ReduceMax", graph("ReduceMax", mask, axes=[1], keepdims=0), axes=[1])
    if fits is not None:
        score = graph("Add", score, _needing_memory(graph, fits))
    boxes = graph("Unsqueeze", graph("Concat", *sides, score, axis=1), np.array([1]))
    return graph.write(path, (boxes, ("n", 1, 5)))


def _needing_memory(graph: Graph, fits: int) -> str:
    """Return 0, by way of an array of 2**46 numbers for every picture that is too many."""
    count = graph("Gather", graph("Shape", "x"), np.array([0]))
    more = graph("Relu", graph("Cast", graph("Sub", count, np.array([fits])), to=FLOAT))
    size = graph("Cast", graph("Mul", more, np.array([2.0**46])), to=INT64)
    return graph("ReduceSum", graph("ConstantOfShape", size), keepdims=0)


def pose(path: Path, keypoints: int = 17, width: int = 192, height: int = 256) -> Path:
    """Write a network like RTMPose: where the dot of each shade is, two bins for a pixel."""
    graph = Graph("n", 3, height, width)
    green = graph("Add", graph("Mul", graph("Gather", "x", np.array([1]), axis=1), 57.12), 116.28)
    shades = np.array([shade(k) for k in range(keypoints)], float).reshape(1, -1, 1, 1)
    off = graph("Div", graph("Abs", graph("Sub", green, shades)), 5.0)
    alike = graph("Relu", graph("Sub", 1.0, off))
    outputs = []
    for axis, size in ((2, width), (3, height)):
        total = graph("ReduceSum", alike, np.array([axis]), keepdims=0)
        places = np.abs(np.arange(size)[:, None] + 0.25 - np.arange(2 * size) / 2)
        spread = graph("MatMul", total, np.exp(-((places / 2.0) ** 2)) / 25)
        outputs.append((spread, ("n", keypoints, 2 * size)))
    return graph.write(path, *outputs)


def lifter(path: Path, frames: int = 9) -> Path:
    """Write a network that gives x and y as they are, and x as the depth."""
    graph = Graph(1, frames, 17, 3)
    turned = graph("MatMul", "x", np.array([[1.0, 0, 1], [0, 1, 0], [0, 0, 0]]))
    return graph.write(path, (turned, (1, frames, 17, 3)))
