from __future__ import annotations

from kinepath import sequence
from kinepath.files import write_json
from kinepath.form import assess
from kinepath.kinematics import kinematics
from kinepath.probe import probe
from tests.lifting import CONFIG, cleaned, exercise, repetitions, squats
from tests.poses import make_poses
from tests.workflow.conftest import Workspace
from tests.workflow.test_videos import prepare

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def test_the_rule_makes_a_folder_that_holds_everything(workspace: Workspace) -> None:
    label = "<img src=x onerror=alert(1)> père"
    workspace.sheet({"clip": "a", "path": "a.mp4", "activity": "squat", "label": label})
    prepare(workspace)
    video = workspace.path("results/conformed/a.mp4")
    facts = probe(video, "a", min_size=32, cut_threshold=0.08) | {"warnings": ["dark <b>"]}
    write_json(workspace.path("results/camera_shots/a.json"), facts)
    write_json(workspace.path("results/probe/a.json"), facts)
    features = kinematics(make_poses(frames=10))
    sequence.write(features, workspace.path("results/kinematics/a.h5"), "kinematics")
    for name in ("overlays/a", "skeletons/a"):
        workspace.path(f"results/{name}.mp4").write_bytes(video.read_bytes())
    truth = squats(fps=12)
    form = assess(
        cleaned(truth), repetitions(truth), exercise("squat"), view=None, settings=CONFIG["form"]
    )
    write_json(workspace.path("results/form/a.json"), form)
    workspace.path("results/form/a.mp4").write_bytes(video.read_bytes())
    for name in ("form/a", "form/a_drift", "kinematics/a", "reps/a"):
        workspace.path(f"results/{name}.png").write_bytes(PNG)
    workspace.make("results/site/index.html", rule="site")
    page = workspace.path("results/site/index.html").read_text(encoding="utf-8")
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page
    assert "dark &lt;b&gt;" in page
    media = {path.name for path in (workspace.folder / "results/site/media").rglob("*.mp4")}
    # One clip is compared with nothing: no grid of it is shown.
    assert len(media) == 4
    assert "Side by side" not in page
    assert "How alike" not in page
    assert "Squat: 2 complete repetitions; score 100" in page
