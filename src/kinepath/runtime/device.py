"""The processor or GPU that a pose backend runs on, and why; never one that was not requested."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from kinepath.errors import KinepathError


class DeviceError(KinepathError):
    """A requested device that is not available."""


@dataclass(frozen=True)
class Device:
    """The device that a backend runs on.

    Parameters
    ----------
    name : str
        ``cpu`` or ``cuda:N``.
    reason : str
        Why this device was chosen.
    """

    name: str
    reason: str


def visible_gpus() -> list[str]:
    """Return the names of the NVIDIA GPUs visible to this process; none without a driver.

    ``CUDA_VISIBLE_DEVICES``, which a cluster sets for its jobs, hides the others.
    """
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    answer = subprocess.run([program, "-L"], capture_output=True, text=True, check=False)
    found = [line.partition(" (")[0] for line in answer.stdout.splitlines() if "GPU " in line[:4]]
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is None or not found:
        return found
    shown = [part for part in allowed.split(",") if part and part != "-1"]
    return [found[int(k)] if k.isdigit() and int(k) < len(found) else k for k in shown]


def refuse_cpu_only(asked: str, backend: str, uses_gpu: bool) -> None:
    """Check that a backend supports the requested device.

    Parameters
    ----------
    asked : str
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    backend : str
        Its name.
    uses_gpu : bool
        Whether it can use a GPU.

    Raises
    ------
    DeviceError
        If a GPU is requested of a backend that cannot use one.
    """
    if asked.startswith("cuda") and not uses_gpu:
        raise DeviceError(
            f"pose.device is {asked!r}, but the backend {backend!r} runs on the CPU only;"
            " set pose.device to cpu or auto"
        )


def choose(asked: str, backend: str, uses_gpu: bool, gpus: Sequence[str]) -> Device:
    """Choose the device that a backend runs on.

    Parameters
    ----------
    asked : str
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    backend : str
        Its name.
    uses_gpu : bool
        Whether it can use a GPU.
    gpus : sequence of str
        The available GPUs, see :func:`visible_gpus`.

    Returns
    -------
    Device
        The requested GPU; for ``auto`` the first one if it can be used, else the CPU.

    Raises
    ------
    DeviceError
        If a GPU is requested that the backend cannot use or that is not available.
    """
    refuse_cpu_only(asked, backend, uses_gpu)
    if asked == "cpu":
        return Device("cpu", "asked for")
    index = int(asked.partition(":")[2] or 0)
    if asked == "auto" and not uses_gpu:
        return Device("cpu", f"the backend {backend!r} runs on the CPU only")
    if asked == "auto" and not gpus:
        return Device("cpu", "no NVIDIA GPU found")
    if index < len(gpus):
        why = "the first GPU" if asked == "auto" else "asked for"
        return Device(f"cuda:{index}", f"{why}: {gpus[index]}")
    there = "; ".join(gpus) if gpus else "none (is the NVIDIA driver installed?)"
    raise DeviceError(f"pose.device is {asked!r}, but the GPUs here are: {there}")
