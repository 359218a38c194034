"""The whole workflow through a cluster, its poses on the GPU partition."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from kinepath.io import sequence
from kinepath.io.files import sha256
from tests.slurm.conftest import HERE, Cluster, copy_project, finished, logged, submit
from tests.workflow.conftest import Workspace, copy_models

CLIPS = ("drive", "hook")
GPU = "GPU 0: pretended"


@dataclass
class Run:
    folder: Path
    cluster: Cluster
    logged: str


def small_project(folder: Path) -> None:
    """Put up the project with two short clips of low resolution."""
    copy_project(folder)
    shutil.copy(HERE / "standin.py", folder / "src" / "kinepath" / "pose" / "backends")
    copy_models(folder)
    path = folder / "config" / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["pose"] = {"backend": "standin", "device": "cuda"}
    config["simulate"] |= {"width": 384, "height": 216, "fps": 25}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    rows = ["clip\tpath\tactivity\tlabel"]
    rows += ["drive\tresources/clips/simulated/cover_drive.mp4\tbatting\tDrive"]
    rows += ["hook\tresources/clips/simulated/hook.mp4\tbatting\tHook"]
    (folder / "config" / "clips.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def run(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("project")
    small_project(folder)
    driver = folder / "driver"
    driver.mkdir()
    (driver / "nvidia-smi").write_text(f"#!/bin/sh\necho '{GPU} (UUID: none)'\n")
    (driver / "nvidia-smi").chmod(0o755)
    snakemake = submit(folder, path=f"{driver}:")
    try:
        finished(snakemake)
        yield Run(folder, cluster, logged(folder))
    finally:
        snakemake.kill()


def test_the_demo_goes_through_the_cluster(run: Run) -> None:
    results = run.folder / "results"
    for clip in CLIPS:
        for name in (f"kinematics/{clip}.png", f"chain/{clip}.json", f"overlays/{clip}.mp4"):
            assert (results / name).is_file()
    assert (results / "site" / "index.html").is_file()
    assert json.loads((results / "pairs" / "batting.json").read_text())
    assert run.cluster.jobs(run.logged) == {"COMPLETED"}


def test_poses_are_found_where_the_gpu_is(run: Run) -> None:
    for clip in CLIPS:
        jobs = run.cluster.told(f"rule_pose_wildcards_{clip}")
        assert [job[1:] for job in jobs] == [("COMPLETED", "gpu", "node2")]
        poses = sequence.read(run.folder / f"results/keypoints/{clip}.h5", "poses")
        assert poses.attrs["device"] == "cuda:0"
        assert poses.attrs["device_reason"] == f"asked for: {GPU}"
        assert poses.attrs["person_share"] > 0.5
    (_, _, partition, _), *_ = run.cluster.told("rule_pairs_wildcards_batting")
    assert partition == "cpu"


def test_light_jobs_share_a_job_of_the_cluster(run: Run) -> None:
    submitted = run.logged.count("has been submitted")
    steps = re.search(r"of ([0-9]+) steps \(100%\) done", run.logged)
    assert steps is not None
    assert submitted < 0.7 * int(steps[1])


def test_the_cluster_gives_the_same_bytes_as_this_machine(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    shutil.copytree(run.folder, folder, ignore=shutil.ignore_patterns(".snakemake"))
    search = f"{folder / 'src'}:{os.environ.get('PYTHONPATH', '')}"
    path = f"{folder / 'driver'}:{os.environ['PATH']}"
    environment = {**os.environ, "PYTHONPATH": search, "PATH": path}
    here = Workspace(folder, root=folder, environment=environment)
    names = ["results/clean/drive.h5", "results/kinematics/drive.h5", "results/chain/drive.json"]
    here.run("--force", "--allowed-rules", "clean", "kinematics", "chain", "--", *names)
    for name in names:
        assert sha256(folder / name) == sha256(run.folder / name)


def test_a_clip_that_cannot_be_used_leaves_a_page(cluster: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    small_project(folder)
    (folder / "text.mp4").write_text("no video")
    sheet = "clip\tpath\tactivity\ntext\ttext.mp4\tbatting\nnope\tnope.mp4\tbatting\n"
    (folder / "config" / "clips.tsv").write_text(sheet, encoding="utf-8")
    snakemake = submit(
        folder, "--retries", "0", "--config", "pose={backend: mediapipe, device: cpu}"
    )
    printed, _ = snakemake.communicate(timeout=300.0)
    assert snakemake.returncode != 0
    assert "kinepath: 2 of 2 clips failed:" in printed
    # The group that held the probe failed, and what the probe found is told all the same.
    assert "clip 'text', probe: text.mp4: this is text, not a video" in printed
    page = (folder / "results" / "site" / "index.html").read_text(encoding="utf-8")
    assert 'id="clip-text"' in page and 'id="clip-nope"' in page
