from __future__ import annotations

import json
import platform
import shutil

from kinepath.io.files import write_json
from kinepath.io.video import read_frames
from kinepath.probe import probe
from tests.videos import make_video, number_of
from tests.workflow.conftest import Workspace


def test_the_rule_trims_to_the_window(workspace: Workspace) -> None:
    source = make_video(workspace.path("a.mp4"), frames=20, fps=25)
    facts = probe(source, "a", min_size=32, cut_threshold=0.08)
    facts["proposed"] = {"start_s": 0.4, "end_s": facts["end_s"]}
    write_json(workspace.path("results/camera_shots/a.json"), facts)
    workspace.make("results/conformed/a.mp4", rule="conform")
    frames = list(read_frames(workspace.path("results/conformed/a.mp4")))
    assert [number_of(frame.image) for frame in frames] == list(range(10, 20))
    told = json.loads(workspace.path("results/conformed/a.json").read_text())
    assert told["time_s"][0] == 0.4


def test_a_node_without_ffmpeg_is_one_clear_line(workspace: Workspace) -> None:
    source = make_video(workspace.path("a.mp4"), frames=5, fps=25)
    facts = probe(source, "a", min_size=32, cut_threshold=0.08)
    facts["proposed"] = {"start_s": facts["start_s"], "end_s": facts["end_s"]}
    write_json(workspace.path("results/camera_shots/a.json"), facts)
    for program in ("bash", "sh", "which"):
        found = shutil.which(program)
        assert found is not None
        workspace.path(f"bin/{program}").symlink_to(found)
    path = str(workspace.folder / "bin")
    workspace.environment = {**workspace.environment, "PATH": path, "IMAGEIO_FFMPEG_EXE": "gone"}
    done = workspace.snakemake("--allowed-rules", "conform", "--", "results/conformed/a.mp4")
    assert done.returncode != 0
    line = f"kinepath: error: clip 'a', conform: no ffmpeg on {platform.node()}; install it there"
    assert line in " ".join(done.stdout.split())
    assert "Traceback" not in workspace.path("logs/conform/a.log").read_text(encoding="utf-8")
    assert not workspace.path("results/conformed/a.mp4").exists()
