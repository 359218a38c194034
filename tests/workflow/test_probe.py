from __future__ import annotations

import json

import PIL.Image

from tests.videos import make_video, numbered_frame
from tests.workflow.conftest import Workspace


def test_the_rule_writes_the_facts(workspace: Workspace) -> None:
    make_video(workspace.path("a.mp4"), frames=10, fps=25)
    workspace.make("results/probe/a.json", rule="probe")
    facts = json.loads(workspace.path("results/probe/a.json").read_text())
    assert (facts["frames_decoded"], facts["width"], facts["height"]) == (10, 64, 48)
    assert facts["usable"]


def test_files_that_cannot_be_used_are_reported(workspace: Workspace) -> None:
    odd = 'my "clips"/$(touch pwned); père\'s.mp4'
    make_video(workspace.path(odd), frames=5)
    workspace.path("text.mp4").write_text("no video")
    workspace.sheet(
        *(
            {"clip": clip, "path": path, "activity": "squat", "start_s": start}
            for clip, path, start in (
                ("gone", "gone.mp4", ""),
                ("text", "text.mp4", ""),
                ("late", odd, 90),
                ("good", odd, ""),
            )
        ),
        with_raw=False,
    )
    causes = {
        "gone": "gone.mp4: no such file",
        "text": "text.mp4: this is text, not a video",
        "late": "the window from 90 s is not in the video",
    }
    targets = [f"results/probe/{clip}.json" for clip in (*causes, "good")]
    workspace.run("--allowed-rules", "probe", "--", *targets)
    for clip, cause in causes.items():
        facts = json.loads(workspace.path(f"results/probe/{clip}.json").read_text())
        assert not facts["usable"]
        assert cause in facts["cause"]
        assert facts["remedy"]
        log = workspace.path(f"logs/probe/{clip}.log").read_text(encoding="utf-8")
        assert f"WARNING not usable: {facts['cause']}; {facts['remedy']}" in log
    assert json.loads(workspace.path("results/probe/good.json").read_text())["usable"]
    assert not workspace.path("pwned").exists()


def test_a_folder_of_images_is_read_and_its_images_are_inputs(workspace: Workspace) -> None:
    for k in range(12):
        path = workspace.path(f"shots/IMG_{k}.png")
        PIL.Image.fromarray(numbered_frame(k, 64, 48)).save(path)
    workspace.sheet({"clip": "a", "path": "shots", "activity": "squat", "fps": 100})
    target = "results/probe/a.json"
    workspace.run("--allowed-rules", "probe", "--", target)
    facts = json.loads(workspace.path(target).read_text())
    assert (facts["frames_decoded"], facts["fps_usual"]) == (12, 100)
    assert workspace.jobs("--allowed-rules", "probe", "--", target) == {}
    PIL.Image.fromarray(numbered_frame(0, 64, 48)).save(workspace.path("shots/IMG_5.png"))
    assert workspace.jobs("--allowed-rules", "probe", "--", target) == {"probe": 1}
