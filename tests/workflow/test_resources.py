from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinepath.io.video import video_writer
from kinepath.workflow.project import Project
from tests.workflow.conftest import ROOT, Workspace

Row = dict[str, Any]


def seconds(path: Path, count: int) -> str:
    with video_writer(path, 32, 32, 1) as writer:
        for _ in range(count):
            writer.write(np.zeros((32, 32, 3), dtype=np.uint8))
    return str(path)


@pytest.fixture
def asked(tmp_path: Path) -> dict[str, Any]:
    """What rules/resources.smk defines, for a long clip, a window of it, and one not there yet."""
    long = seconds(tmp_path / "long.mp4", 600)
    clips: dict[str, Row] = {
        "whole": {"path": long, "start_s": None, "end_s": None, "activity": "batting"},
        "window": {"path": long, "start_s": 100, "end_s": 160, "activity": "batting"},
        "later": {"path": "later.mp4", "start_s": None, "end_s": None, "activity": "squat"},
    }
    config = {
        "pose": {"device": "auto"},
        "activities": {"batting": {}, "squat": {}},
        "composites": {"grids": {"grid": ["window"]}, "max_tiles": 9},
    }
    names: dict[str, Any] = {"config": config, "project": Project(config, clips)}
    exec((ROOT / "rules" / "resources.smk").read_text(encoding="utf-8"), names)
    return names


@pytest.mark.parametrize(
    ("wildcards", "length"),
    [
        ({"clip": "whole"}, 600),
        ({"clip": "window"}, 60),
        ({"clip": "later"}, 0),
        ({"a": "whole", "b": "window"}, 660),
        ({"activity": "batting"}, 660),
        ({"name": "grid", "kind": "shots"}, 60),
        ({"variant": "full"}, 0),
        ({}, 660),
    ],
)
def test_memory_and_time_grow_with_the_clips_and_the_attempt(
    asked: dict[str, Any], wildcards: dict[str, str], length: int
) -> None:
    job = Wildcards(wildcards)
    for attempt in (1, 2, 3):
        assert asked["memory"](1000)(job, attempt) == attempt * (1000 + length)
        assert asked["minutes"](10)(job, attempt) == attempt * (10 + length // 10)


def test_reading_a_raw_video_takes_as_long_as_it_is(asked: dict[str, Any]) -> None:
    assert asked["video_minutes"](Wildcards({"clip": "window"}), 2) == 2 * (10 + 60)


@pytest.mark.parametrize(("device", "gpus"), [("auto", 0), ("cpu", 0), ("cuda", 1), ("cuda:1", 1)])
def test_a_gpu_is_asked_for_with_cuda(asked: dict[str, Any], device: str, gpus: int) -> None:
    asked["config"]["pose"]["device"] = device
    assert asked["gpus_for_pose"](Wildcards({})) == gpus


class Wildcards(dict[str, str]):
    def __getattr__(self, name: str) -> str:
        return self[name]


def test_a_gpu_that_cannot_be_had_stops_all_before_it_starts(workspace: Workspace) -> None:
    workspace.path("a.mp4").touch()
    workspace.configure(pose={"device": "cuda"})
    done = workspace.snakemake("clips")
    assert done.returncode != 0
    assert "pose.device is 'cuda', but the backend 'mediapipe' runs on the CPU only" in done.stdout
    assert not (workspace.folder / "results").exists()
    assert not (workspace.folder / "resources").exists()
