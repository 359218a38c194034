from __future__ import annotations

from tests.workflow.conftest import Workspace


def test_the_doctor_tells_what_there_is(workspace: Workspace) -> None:
    told = workspace.run("doctor")
    for what in ("ffmpeg", "pose model", "backend mediapipe", "GPU", "CUDA", "SLURM"):
        assert what in told
    assert not (workspace.folder / "results").exists()
