from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from kinepath.io.files import write_json
from kinepath.runtime.environments import packages
from tests.workflow.conftest import Workspace

CONTENT = b"tiny checkpoint"
NAME = f"net-{hashlib.sha256(CONTENT).hexdigest()[:8]}_20230127.pth"
TARGET = "resources/models/mmpose/net.pth"


@pytest.fixture
def indexed(workspace: Workspace) -> Workspace:
    """A workspace with an environment whose index names a file on this machine for ``net``."""
    marker = workspace.path("resources/envs/mmpose.json")
    write_json(marker, {})
    address = workspace.path(f"site/{NAME}").absolute().as_uri()
    models = {"Models": [{"Config": "configs/net.py", "Weights": address}]}
    for package in ("mmpose", "mmdet"):
        root = packages(marker) / package / ".mim"
        root.mkdir(parents=True)
        (root / "model-index.yml").write_text(yaml.safe_dump({"Import": ["meta.yml"]}))
        (root / "meta.yml").write_text(yaml.safe_dump(models))
    workspace.configure(pose={"backend": "mmpose"})
    return workspace


def configure(workspace: Workspace, **networks: str | None) -> None:
    path = workspace.path("config/config.yaml")
    section = yaml.safe_load(path.read_text(encoding="utf-8"))["pose"].get("mmpose", {})
    workspace.configure(pose={"mmpose": {**section, **networks}})


def test_official_weights_are_fetched_before_the_pose(indexed: Workspace) -> None:
    configure(indexed, estimator="net", detector_checkpoint="own.pth")
    indexed.path(f"site/{NAME}").write_bytes(CONTENT)
    indexed.path("own.pth").touch()
    indexed.path("results/conformed/a.mp4").touch()
    write_json(indexed.path("results/conformed/a.json"), {})
    target = "results/keypoints/a.h5"
    rules = ("--allowed-rules", "checkpoint", "pose", "--", target)
    assert indexed.jobs(*rules) == {"checkpoint": 1, "pose": 1}
    indexed.make(TARGET, rule="checkpoint")
    assert Path(indexed.folder, TARGET).read_bytes() == CONTENT
    assert indexed.jobs(*rules) == {"pose": 1}
    # A newer environment does not fetch them again.
    write_json(indexed.path("resources/envs/mmpose.json"), {"pins": "newer"})
    assert indexed.jobs(*rules) == {"pose": 1}


def test_without_a_network_one_line_says_what_to_put_where(indexed: Workspace) -> None:
    done = indexed.snakemake("--allowed-rules", "checkpoint", "--", TARGET)
    assert done.returncode != 0
    told = " ".join(done.stdout.split())
    assert f"site/{NAME}" in told
    assert f"put it there as resources/models/{NAME}" in told
    indexed.path(f"resources/models/{NAME}").write_bytes(CONTENT)
    indexed.make(TARGET, rule="checkpoint")
    assert Path(indexed.folder, TARGET).read_bytes() == CONTENT


def test_the_digest_in_the_configuration_is_the_one_that_counts(indexed: Workspace) -> None:
    indexed.path(f"site/{NAME}").write_bytes(CONTENT)
    configure(indexed, estimator="net", estimator_sha256="0" * 64)
    done = indexed.snakemake("--allowed-rules", "checkpoint", "--", TARGET)
    assert done.returncode != 0
    assert f"not {'0' * 64}" in " ".join(done.stdout.split())
    assert not Path(indexed.folder, "resources", "models", NAME).exists()


def test_a_configuration_of_ones_own_has_no_official_weights(indexed: Workspace) -> None:
    configure(indexed, estimator="configs/mine.py")
    done = indexed.snakemake("--dry-run")
    assert done.returncode != 0
    assert "pose.mmpose.estimator_checkpoint: configs/mine.py is no name of OpenMMLab" in " ".join(
        done.stdout.split()
    )
