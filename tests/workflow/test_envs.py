from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest
import yaml


def pins(name: str) -> list[str]:
    lines = Path("envs", name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_conda_file_has_the_same_pins() -> None:
    environment = yaml.safe_load(Path("envs/main.yaml").read_text(encoding="utf-8"))
    assert environment["dependencies"][-1]["pip"] == pins("main.txt")


@pytest.mark.parametrize("name", ["main.txt", "dev.txt"])
def test_what_is_installed_is_what_is_pinned(name: str) -> None:
    wrong = [pin for pin in pins(name) if version(pin.split("==")[0]) != pin.split("==")[1]]
    assert wrong == []


@pytest.mark.parametrize("name", ["onnx", "mmpose"])
def test_a_gpu_changes_no_other_pin(name: str) -> None:
    ours = {"onnxruntime", "torch", "torchvision"}
    cpu = {pin for pin in pins(f"{name}.txt") if pin.split("==")[0] not in ours}
    assert cpu <= set(pins(f"{name}-cuda.txt"))


def test_both_builds_of_mmpose_are_built_alike() -> None:
    assert pins("mmpose-build.txt") == pins("mmpose-cuda-build.txt")
