from __future__ import annotations

from kinepath.bat import SOURCES
from kinepath.io import sequence
from kinepath.io.files import write_json
from kinepath.io.video import video_writer
from tests.bats import batter
from tests.workflow.conftest import Workspace


def test_the_rules_find_and_draw_the_bat(workspace: Workspace) -> None:
    images, truth, camera = batter()
    with video_writer(workspace.path("results/conformed/a.mp4"), 480, 270, 25.0, crf=12) as writer:
        for image in images:
            writer.write(image)
    sequence.write(truth, workspace.path("results/clean/a.h5"), "poses")
    sequence.write(camera, workspace.path("results/camera/a.h5"), "camera")
    workspace.make("results/bat/a.h5", rule="bat")
    bat = sequence.read(workspace.path("results/bat/a.h5"), "bat")
    assert (bat["source"] == SOURCES["observed"]).mean() > 0.6
    assert bat.attrs["usable"] == 1
    workspace.path("results/events").mkdir(parents=True)
    contact = {"time_s": float(bat["time"][5])}
    events = {"strokes": [{"contact": contact}], "analysed": 0, "note": None}
    write_json(workspace.path("results/events/a.json"), events)
    workspace.make("results/bat/a_swing.png", rule="swing_picture")
    assert workspace.path("results/bat/a_swing.png").read_bytes().startswith(b"\x89PNG")
