"""Pose by the user's ONNX networks: RTMDet or YOLOX, RTMPose, and a lifter, on CPU or CUDA."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinepath.io.video import Image
from kinepath.pose.base import PoseError
from kinepath.pose.topdown.boxes import Boxes, Kind, letterboxed, read_boxes
from kinepath.pose.topdown.checkpoint import (
    checked,
    layout_of,
    refuse_another_skeleton,
    source_facts,
)
from kinepath.pose.topdown.crops import CropWindow, read_simcc
from kinepath.pose.topdown.lifting import Lifter, in_windows
from kinepath.pose.topdown.people import Person, TopDown
from kinepath.typing import Array

try:
    import onnxruntime as ort
except ImportError:  # It is only installed in this backend's own environment.
    ort = None


#: Outside its environment a GPU is assumed to be supported: the CUDA environment is used then.
USES_GPU = ort is None or "CUDAExecutionProvider" in ort.get_available_providers()


@lru_cache(maxsize=8)
def _network(path: Path, device: str) -> _Network:
    """Load a network once per process: tracking people opens backends repeatedly."""
    return _Network(path, device)


class _Network:
    """An ONNX network that takes one array, in batches."""

    def __init__(self, path: Path, device: str) -> None:
        if ort is None:
            raise PoseError("onnxruntime is missing: let the workflow run the backend 'onnx'")
        options = ort.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", 1))
        options.use_deterministic_compute = True
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(path, options, providers=_providers(device))
        except PoseError:
            raise
        except Exception as error:
            raise PoseError(f"{path}: cannot be loaded as ONNX ({_short(error)})") from None
        if device != "cpu" and self._session.get_providers()[0] != "CUDAExecutionProvider":
            raise PoseError(
                f"{device} was asked for, but onnxruntime could not start CUDA:"
                " its version and the driver's do not fit; see docs/backends.md"
            )
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4:
            shapes = ", ".join(str(one.shape) for one in inputs)
            raise PoseError(f"{path}: takes {shapes}; one input of 4 dimensions is needed")
        self._name, self.shape = inputs[0].name, inputs[0].shape
        self.outputs = len(self._session.get_outputs())

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the input's width and height; those passed where it takes any."""
        tall, wide = self.shape[2:]
        return (
            wide if isinstance(wide, int) else width,
            tall if isinstance(tall, int) else height,
        )

    def __call__(self, batch: Sequence[NDArray[Any]]) -> list[Array]:
        """Return the outputs for a batch; a network without batches is run for each item."""
        one_by_one = isinstance(self.shape[0], int)
        size = self.shape[0] if one_by_one else len(batch)
        if size != 1 and one_by_one:
            raise PoseError(f"the network takes batches of {size} only; export it for any or for 1")
        parts = [
            self._session.run(None, {self._name: np.stack(batch[k : k + size]).astype(np.float32)})
            for k in range(0, len(batch), size)
        ]
        return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]


def _providers(device: str) -> list[Any]:
    if device == "cpu":
        return ["CPUExecutionProvider"]
    if "CUDAExecutionProvider" not in ort.get_available_providers():
        raise PoseError(f"{device} was asked for, but this onnxruntime is built for the CPU only")
    # NVIDIA's libraries are among the environment's packages.
    ort.preload_dlls()
    # Convolution algorithms are chosen by heuristic, not by benchmark, for reproducible output.
    cuda = {"device_id": device.partition(":")[2] or "0", "cudnn_conv_algo_search": "DEFAULT"}
    return [("CUDAExecutionProvider", cuda), "CPUExecutionProvider"]


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def is_shortage(error: Exception) -> bool:
    """Return whether onnxruntime ran out of memory."""
    told = str(error).lower()
    return any(sign in told for sign in ("out of memory", "failed to allocate", "bad_alloc"))


class _Detector:
    def __init__(self, network: _Network, kind: Kind, least: float) -> None:
        self._network, self._kind, self._least = network, kind, least
        self._size = network.size(640, 640)

    def __call__(self, images: Sequence[Image]) -> Sequence[Boxes]:
        ready = [letterboxed(image, *self._size, self._kind) for image in images]
        outputs = self._network([pixels for pixels, _ in ready])
        return read_boxes(outputs, self._size, self._least, [ratio for _, ratio in ready])


class _Poser:
    def __init__(self, network: _Network, section: Mapping[str, Any]) -> None:
        self._network, self.layout = network, layout_of(section)
        self._size = network.size(192, 256)
        if network.outputs != 2:
            raise PoseError(
                f"{section['estimator']}: has {network.outputs} outputs; a SimCC network such as"
                " RTMPose has two"
            )

    def __call__(self, people: Sequence[Person]) -> list[tuple[Array, Array]]:
        windows = [CropWindow.around(person.corners, *self._size) for person in people]
        cut = [
            window.cut(person.image, *self._size)
            for window, person in zip(windows, people, strict=True)
        ]
        shares, confidence = read_simcc(*self._network(cut))
        refuse_another_skeleton(self.layout, shares.shape[1], "onnx")
        return [
            (window.to_picture(points), sure)
            for window, points, sure in zip(windows, shares, confidence, strict=True)
        ]


@contextmanager
def open_estimator(
    model_path: str, settings: Mapping[str, Any], *, still: bool = False
) -> Iterator[TopDown]:
    """Load the detector and the pose network.

    Parameters
    ----------
    model_path : str
        Not used: the section ``onnx`` names the files.
    settings : mapping
        The section ``pose`` of the configuration, and ``device``.
    still : bool
        The images are unrelated: nobody is tracked.

    Raises
    ------
    PoseError
        If a file is missing, not the intended one, not an ONNX network of the right kind or for
        another skeleton, or the requested GPU cannot be used.
    """
    section, device = settings["onnx"], settings["device"]
    estimator = checked(section, "onnx", "estimator")
    poser = _Poser(_network(estimator, device), section)
    detector = _Detector(
        _network(checked(section, "onnx", "detector"), device),
        section["detector_kind"],
        settings["min_detection_confidence"],
    )
    software = f"onnxruntime {ort.__version__}"
    yield TopDown(detector, poser, software, settings, is_shortage, still=still)


def open_lifter(settings: Mapping[str, Any]) -> Lifter | None:
    """Load the lifting network; return None where the configuration names none."""
    section = settings["onnx"]
    if section["lifter"] is None:
        return None
    path = checked(section, "onnx", "lifter")
    network = _network(path, settings["device"])
    length, joints, channels = network.shape[1:]
    if joints != 17 or channels not in (2, 3):
        raise PoseError(f"{path}: takes {network.shape}, not (1, frames, 17, 2 or 3)")

    def run(window: Array) -> Array:
        lifted = network([window[..., :channels]])[0][0]
        if lifted.shape != (len(window), 17, 3):
            raise PoseError(f"{path}: gives {lifted.shape}, not ({len(window)}, 17, 3)")
        return np.asarray(lifted, dtype=np.float64)

    def lifter(sequence: Array) -> Array:
        return in_windows(sequence, length, run) if isinstance(length, int) else run(sequence)

    return lifter


def describe(model_path: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the networks' attributes for a keypoint file."""
    return source_facts(settings["onnx"])
