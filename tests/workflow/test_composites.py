from __future__ import annotations

from kinepath import sequence
from kinepath.kinematics import kinematics
from kinepath.video import read_frames
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
