from __future__ import annotations

import json

from tests.videos import make_video
from tests.workflow.conftest import Workspace


def test_the_rule_tells_the_facts(workspace: Workspace) -> None:
    make_video(workspace.path("a.mp4"), frames=10, fps=25)
    workspace.make("results/probe/a.json", rule="probe")
    facts = json.loads(workspace.path("results/probe/a.json").read_text())
    assert (facts["frames_decoded"], facts["width"], facts["height"]) == (10, 64, 48)


def test_bad_files_are_named_and_the_others_finish(workspace: Workspace) -> None:
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
        )
    )
    targets = [f"results/probe/{clip}.json" for clip in ("gone", "text", "late", "good")]
    done = workspace.snakemake("--allowed-rules", "probe", "--", *targets)
    assert done.returncode != 0
    told = [line for line in done.stdout.splitlines() if line.startswith("kinepath: error:")]
    assert sorted(line.split("'")[1] for line in told) == ["gone", "late", "text"]
    assert any("gone.mp4: no such file" in line for line in told)
    assert any("text.mp4: cannot be read as video" in line for line in told)
    assert any("the window from 90 s is not in the video" in line for line in told)
    assert workspace.path("results/probe/good.json").is_file()
    assert not workspace.path("pwned").exists()
