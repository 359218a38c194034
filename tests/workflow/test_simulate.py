from __future__ import annotations

import numpy as np

from kinepath.io import sequence
from kinepath.io.video import read_frames
from tests.workflow.conftest import Workspace

TINY = {"width": 160, "height": 90, "fps": 10, "clips": {"hook": {"shot": "hook", "seed": 3}}}


def test_the_rule_writes_video_and_truth(workspace: Workspace) -> None:
    workspace.configure(simulate=TINY)
    video = "resources/clips/simulated/hook.mp4"
    workspace.make(video, rule="simulate")
    truth = sequence.read(workspace.path("resources/clips/simulated/hook.truth.h5"), "truth")
    frames = list(read_frames(workspace.path(video)))
    assert len(frames) == truth.sizes["time"] == 24
    assert frames[0].image.shape == (90, 160, 3)
    assert truth.attrs["shot"] == "hook"
    # The athlete is in the picture.
    assert np.nanmin(truth["position"]) > 0
    assert np.nanmax(truth["position"].sel(space="y")) < 90


def test_a_path_to_an_unknown_simulated_clip_is_a_missing_file(workspace: Workspace) -> None:
    path = "resources/clips/simulated/googly.mp4"
    workspace.sheet({"clip": "a", "path": path, "activity": "batting"}, with_raw=False)
    done = workspace.snakemake("results/probe/a.json")
    assert "clip 'a': resources/clips/simulated/googly.mp4: no such file" in done.stdout
