from __future__ import annotations

from kinepath.form import assess
from kinepath.io import sequence
from kinepath.io.files import write_json
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
    sequence.write(cleaned(truth), workspace.path("results/clean/a.h5"), "poses")
    workspace.make("results/site/clips/a.html", rule="clip_page")
    workspace.make("results/site/index.html", rule="site")
    page = workspace.path("results/site/clips/a.html").read_text(encoding="utf-8")
    index = workspace.path("results/site/index.html").read_text(encoding="utf-8")
    for text in (page, index):
        assert "&lt;img src=x" in text
        assert "<img src=x" not in text
    assert "dark &lt;b&gt;" in page
    media = {path.name for path in (workspace.folder / "results/site").rglob("*.mp4")}
    assert media == {"overlay.mp4", "skeleton.mp4", "video.mp4", "form.mp4"}
    # One clip is compared with nothing.
    assert "side by side" not in index
    assert "Squat: 2 complete repetitions; score 100" in page
    assert "100 ± " in index
