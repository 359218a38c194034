from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinepath.bat.detectors import DetectorError, detectors, load_detector

PICTURE = np.full((120, 160, 3), 90, dtype=np.uint8)


def varint(value: int) -> bytes:
    out = bytearray()
    while True:
        low, value = value & 127, value >> 7
        out.append(low | (128 if value else 0))
        if not value:
            return bytes(out)


def field(number: int, content: bytes | int | str) -> bytes:
    """One field of a protocol buffer."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    data = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(data)) + data


def shaped(name: str, shape: tuple[int, ...]) -> bytes:
    sizes = b"".join(field(1, field(1, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, sizes)))


def network(path: Path, rows: np.ndarray[Any, np.dtype[np.float32]]) -> None:
    """Write an ONNX network that gives the same rows (n, 7) for every picture of 32 pixels.

    The picture, times zero, is averaged and added to a constant.
    """
    zero = np.zeros((3 * 32 * 32, rows.size), dtype=np.float32)

    def tensor(name: str, values: Any, kind: int) -> bytes:
        dims = b"".join(field(1, size) for size in values.shape)
        return dims + field(2, kind) + field(8, name) + field(9, values.tobytes())

    flat = field(1, "picture") + field(2, "flat") + field(4, "Flatten")
    multiplied = field(1, "flat") + field(1, "zero") + field(1, "rows") + field(2, "sum")
    multiplied += field(4, "Gemm")
    reshaped = field(1, "sum") + field(1, "shape") + field(2, "boxes") + field(4, "Reshape")
    shape = np.array([1, *rows.shape], dtype=np.int64)
    graph = field(1, flat) + field(1, multiplied) + field(1, reshaped) + field(2, "detector")
    graph += field(5, tensor("zero", zero, 1)) + field(5, tensor("rows", rows.ravel(), 1))
    graph += field(5, tensor("shape", shape, 7))
    graph += field(11, shaped("picture", (1, 3, 32, 32))) + field(
        12, shaped("boxes", (1, *rows.shape))
    )
    path.write_bytes(field(1, 8) + field(7, graph) + field(8, field(2, 13)))


def settings(path: Path, **more: Any) -> dict[str, Any]:
    return {
        "backend": "onnx",
        "model_path": str(path),
        "size": 32,
        "label": 1,
        "min_score": 0.3,
    } | more


def test_a_network_gives_boxes_in_pixels(tmp_path: Path) -> None:
    rows = np.array([[16, 8, 4, 8, 0.9, 0.0, 0.8], [2, 2, 2, 2, 0.9, 0.9, 0.1]], dtype=np.float32)
    network(tmp_path / "bat.onnx", rows)
    detector = load_detector(settings(tmp_path / "bat.onnx"))
    assert detector is not None
    np.testing.assert_allclose(detector(PICTURE), [[70, 15, 90, 45, 0.72]], rtol=1e-5)


def test_what_is_no_detector_is_refused(tmp_path: Path) -> None:
    assert load_detector(None) is None
    assert detectors() == ["onnx"]
    with pytest.raises(DetectorError, match="there are: onnx"):
        load_detector(settings(tmp_path / "x.onnx", backend="yolo"))
    with pytest.raises(DetectorError, match="no such bat detector"):
        load_detector(settings(tmp_path / "missing.onnx"))
    (tmp_path / "text.onnx").write_bytes(base64.b64decode("aGVsbG8gd29ybGQ="))
    with pytest.raises(DetectorError, match="no ONNX network"):
        load_detector(settings(tmp_path / "text.onnx"))
