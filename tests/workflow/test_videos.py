from __future__ import annotations

import numpy as np

from kinepath.bat import pose_proxy
from kinepath.io import sequence
from kinepath.io.files import write_json
from kinepath.io.video import read_frames, video_writer
from tests.poses import make_poses
from tests.workflow.conftest import Workspace

SIZE = (640, 360)


def prepare(workspace: Workspace, clip: str = "a", frames: int = 10) -> None:
    """Write what the drawing stages read: a grey video of a person who stands still."""
    poses = make_poses(frames=frames)
    sequence.write(poses, workspace.path(f"results/clean/{clip}.h5"), "poses")
    bat = pose_proxy(poses, {"length_m": 0.75, "stature_m": 1.75})
    sequence.write(bat, workspace.path(f"results/bat/{clip}.h5"), "bat")
    facts = {"clip": clip, "fps": 50.0, "frames": frames, "width": SIZE[0], "height": SIZE[1]}
    facts["time_s"] = facts["raw_time_s"] = [k / 50 for k in range(frames)]
    write_json(workspace.path(f"results/conformed/{clip}.json"), facts)
    path = workspace.path(f"results/conformed/{clip}.mp4")
    with video_writer(path, *SIZE, 50, crf=10) as writer:
        for _ in range(frames):
            writer.write(np.full((SIZE[1], SIZE[0], 3), 60, dtype=np.uint8))


def test_the_rules_draw_the_skeleton_frame_by_frame(workspace: Workspace) -> None:
    prepare(workspace)
    workspace.make("results/skeletons/a.mp4", rule="skeleton_video")
    workspace.make("results/overlays/a.mp4", rule="overlay_video")
    skeletons = [frame.image for frame in read_frames(workspace.path("results/skeletons/a.mp4"))]
    overlays = [frame.image for frame in read_frames(workspace.path("results/overlays/a.mp4"))]
    assert len(skeletons) == len(overlays) == 10
    assert skeletons[0].shape == overlays[0].shape == (SIZE[1], SIZE[0], 3)
    # Halfway along the left thigh something is drawn; beside the person nothing is.
    for image, background in ((skeletons[0], skeletons[0][20, 20]), (overlays[0], 60)):
        drawn = np.abs(image[215, 328:337].astype(int) - background).max()
        empty = np.abs(image[215, 100:120].astype(int) - background).max()
        assert drawn > 60
        assert empty < 12
