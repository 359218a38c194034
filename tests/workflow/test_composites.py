from __future__ import annotations

from kinepath.io import sequence
from kinepath.io.video import read_frames
from kinepath.kinematics import kinematics
from tests.poses import make_poses
from tests.workflow.conftest import Workspace
from tests.workflow.test_videos import prepare


def test_the_rule_puts_two_rows_of_three(workspace: Workspace) -> None:
    clips = [f"c{k}" for k in range(5)]
    workspace.configure(composites={"tile_width": 160, "tile_height": 90})
    workspace.sheet(*({"clip": c, "path": f"{c}.mp4", "activity": "squat"} for c in clips))
    for clip in clips:
        prepare(workspace, clip, frames=6)
        features = kinematics(make_poses(frames=6))
        sequence.write(features, workspace.path(f"results/kinematics/{clip}.h5"), "kinematics")
    workspace.make("results/composites/squat_shots.mp4", rule="composite")
    frames = list(read_frames(workspace.path("results/composites/squat_shots.mp4")))
    height, width = frames[0].image.shape[:2]
    assert len(frames) == 6
    assert (round(width / 160), round(height / 90)) == (3, 2)
    grey, empty = frames[0].image[45, 80], frames[0].image[height - 45, width - 80]
    assert abs(int(grey[0]) - 60) < 10
    assert empty.max() < 45


def test_the_rule_puts_clips_one_after_another(workspace: Workspace) -> None:
    workspace.sheet(
        *({"clip": c, "path": f"{c}.mp4", "activity": "squat", "label": f"Squat {c}"} for c in "ab")
    )
    own = {"best": {"clips": ["b", "a"], "title_s": 0.2, "fade_s": 0.1, "show": "shots"}}
    workspace.configure(composites={"montages": own})
    for clip in "ab":
        prepare(workspace, clip, frames=20)
        features = kinematics(make_poses(frames=20))
        sequence.write(features, workspace.path(f"results/kinematics/{clip}.h5"), "kinematics")
    workspace.make("results/montages/best.mp4", rule="montage")
    frames = list(read_frames(workspace.path("results/montages/best.mp4")))
    # A title of 10 frames and two clips of 20, each 5 frames into what was before it.
    assert len(frames) == 10 + 20 + 20 - 5 - 5
    assert frames[0].image.shape == (720, 1280, 3)
    assert abs(int(frames[20].image[300, 640].mean()) - 60) < 10
