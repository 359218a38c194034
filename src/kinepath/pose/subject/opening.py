"""Opening the pose backend: for frames in order, and for detecting people in single images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from kinepath.pose.backends import load_backend
from kinepath.pose.base import Estimator
from kinepath.runtime.device import Device, choose, visible_gpus

#: Opens the backend for frames in order (False) or for single images (True).
Opener = Callable[[bool], AbstractContextManager[Estimator]]


def device_of(settings: Mapping[str, Any]) -> Device:
    """Choose the device that the section ``pose`` of the configuration requests.

    Raises
    ------
    DeviceError
        If it is not available.
    """
    name = settings["backend"]
    return choose(settings["device"], name, load_backend(name).USES_GPU, visible_gpus())


def opener_of(
    settings: Mapping[str, Any], device: Device, model_path: str, search_confidence: float
) -> Opener:
    """Return the opener of the configured backend.

    Parameters
    ----------
    settings : mapping
        The section ``pose`` of the configuration.
    device : Device
        From :func:`device_of`.
    model_path : str
        The model's file.
    search_confidence : float
        Minimum confidence of a person in single images. It may be low, because a person must be
        detected twice, and is then tracked.
    """
    backend = load_backend(settings["backend"])
    in_order = {**settings, "device": device.name}
    single = {**in_order, "min_detection_confidence": search_confidence}

    def opener(still: bool) -> AbstractContextManager[Estimator]:
        return backend.open_estimator(model_path, single if still else in_order, still=still)

    return opener
