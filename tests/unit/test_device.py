from __future__ import annotations

from pathlib import Path

import pytest

from kinepath.runtime.device import Device, DeviceError, choose, visible_gpus

GPUS = ["GPU 0: NVIDIA X", "GPU 1: NVIDIA Y"]


@pytest.mark.parametrize(
    ("asked", "uses_gpu", "gpus", "device"),
    [
        ("cpu", True, GPUS, Device("cpu", "asked for")),
        ("auto", False, GPUS, Device("cpu", "the backend 'b' runs on the CPU only")),
        ("auto", True, [], Device("cpu", "no NVIDIA GPU found")),
        ("auto", True, GPUS, Device("cuda:0", "the first GPU: GPU 0: NVIDIA X")),
        ("cuda", True, GPUS, Device("cuda:0", "asked for: GPU 0: NVIDIA X")),
        ("cuda:1", True, GPUS, Device("cuda:1", "asked for: GPU 1: NVIDIA Y")),
    ],
)
def test_a_device_is_chosen_with_its_reason(
    asked: str, uses_gpu: bool, gpus: list[str], device: Device
) -> None:
    assert choose(asked, "b", uses_gpu, gpus) == device


@pytest.mark.parametrize(
    ("asked", "uses_gpu", "gpus", "message"),
    [
        ("cuda", False, GPUS, "the backend 'b' runs on the CPU only; set pose.device to cpu"),
        ("cuda", True, [], r"the GPUs here are: none \(is the NVIDIA driver installed\?\)"),
        ("cuda:2", True, GPUS, "'cuda:2', but the GPUs here are: GPU 0: NVIDIA X; GPU 1"),
    ],
)
def test_a_gpu_that_is_asked_for_is_never_replaced(
    asked: str, uses_gpu: bool, gpus: list[str], message: str
) -> None:
    with pytest.raises(DeviceError, match=message):
        choose(asked, "b", uses_gpu, gpus)


@pytest.mark.parametrize(
    ("allowed", "shown"),
    [(None, [0, 1]), ("0,1", [0, 1]), ("1", [1]), ("", []), ("-1", [])],
)
def test_gpus_are_those_that_the_driver_and_the_cluster_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: str | None, shown: list[int]
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'GPU 0: A (UUID: a)'\necho 'GPU 1: B (UUID: b)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if allowed is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", allowed)
    assert visible_gpus() == [["GPU 0: A", "GPU 1: B"][k] for k in shown]
    program.unlink()
    assert visible_gpus() == []
