from __future__ import annotations

import json

import numpy as np
import pytest

from kinepath.io import sequence
from kinepath.io.files import write_json
from kinepath.io.video import read_frames, video_writer
from kinepath.pairs import load
from tests.moving import moving
from tests.workflow.conftest import Workspace

ONSETS = {"a": 0.5, "b": 0.9, "c": 0.5}


def write_clips(workspace: Workspace, *clips: str, stillness: float = 0.0) -> None:
    """Write the kinematics of clips: ``c`` moves another part of the body than the others."""
    for k, clip in enumerate(clips):
        joints = ["left_wrist"] if clip == "c" else ["right_knee", "left_wrist"]
        onset = ONSETS.get(clip, 0.31 + 0.05 * k) + stillness
        swing = moving(dict.fromkeys(joints, onset), clip=clip)
        sequence.write(swing, workspace.path(f"results/kinematics/{clip}.h5"), "kinematics")


def name_clips(workspace: Workspace, *clips: str) -> None:
    labels = {"c": "other"}
    workspace.sheet(
        *(
            {"clip": c, "path": f"{c}.mp4", "activity": "batting", "label": labels.get(c, "shot")}
            for c in clips
        )
    )


def computed(workspace: Workspace) -> str:
    """Compare, and give how many pairs were computed and reused, as the log says it."""
    workspace.make("results/pairs/batting.h5", rule="pairs")
    log = workspace.path("logs/pairs/batting.log").read_text(encoding="utf-8")
    return next(line.split("INFO ")[1] for line in log.splitlines() if "computed" in line)


def test_the_rules_compare_all_clips_of_an_activity(workspace: Workspace) -> None:
    name_clips(workspace, *ONSETS)
    write_clips(workspace, *ONSETS)
    workspace.make("results/pairs/batting.h5", rule="pairs")
    pairs = load(workspace.path("results/pairs/batting.h5"))
    matrix = pairs.matrix()
    assert list(pairs.clips) == ["a", "b", "c"]
    # The same motion at another time is near; another motion is far.
    assert matrix[0, 1] < 0.2 * matrix[0, 2]

    workspace.make("results/pairs/batting.json", rule="pairs_summary")
    told = json.loads(workspace.path("results/pairs/batting.json").read_text())
    assert told["neighbours"]["a"][0]["clip"] == "b"
    assert told["labels"]["shot"]["clips"] == 2 and told["retrieval"]["left_out"] == "clip"
    templates = sequence.read(
        workspace.path("results/pairs/batting_templates.h5"), "pair-templates"
    )
    assert templates["template"].sel(label="shot").shape == (120, 48)
    for picture in ("matrix", "tree", "map"):
        path = workspace.path(f"results/pairs/batting_{picture}.png")
        assert path.read_bytes()[:4] == b"\x89PNG"

    workspace.make("results/pairs/paths/a--c.png", rule="warping_path")
    assert workspace.path("results/pairs/paths/a--c.png").read_bytes()[:4] == b"\x89PNG"
    shares = json.loads(workspace.path("results/pairs/paths/a--c.json").read_text())
    assert shares["groups"]["right leg"] > 0.9


def test_the_rule_shows_two_clips_at_one_pace(workspace: Workspace) -> None:
    name_clips(workspace, "a", "b")
    write_clips(workspace, "a", "b")
    for clip in ("a", "b"):
        time = sequence.read(workspace.path(f"results/kinematics/{clip}.h5"), "kinematics")["time"]
        facts = {"clip": clip, "fps": 60.0, "frames": 120, "time_s": time.values.tolist()}
        write_json(workspace.path(f"results/conformed/{clip}.json"), facts)
        with video_writer(workspace.path(f"results/overlays/{clip}.mp4"), 64, 48, 60) as writer:
            for moment in time.values - time.values[0] - ONSETS[clip]:
                writer.write(np.full((48, 64, 3), 240 if abs(moment) < 0.1 else 40, dtype=np.uint8))
    workspace.configure(composites={"tile_width": 96, "tile_height": 64})
    workspace.make("results/pairs/batting.h5", rule="pairs")
    workspace.make("results/pairs/videos/a--b.mp4", rule="warped_video")
    frames = list(read_frames(workspace.path("results/pairs/videos/a--b.mp4")))
    assert len(frames) == 120 and frames[0].image.shape == (64, 192, 3)

    # A grid by phase: where the motion begins the first is bright, and the second at the same time.
    own = {"batting": {"by": "phase", "columns": 1}}
    workspace.configure(composites={"grid_settings": own})
    workspace.make("results/composites/batting_overlays.mp4", rule="composite")
    grid = list(read_frames(workspace.path("results/composites/batting_overlays.mp4")))
    assert len(grid) == 120 and grid[0].image.shape == (128, 96, 3)
    bright = np.array([[each.image[y, 48].mean() > 140 for y in (32, 96)] for each in grid])
    moments = [float(np.flatnonzero(column).mean()) / 60 for column in bright.T]
    assert moments[0] == pytest.approx(ONSETS["a"], abs=0.03)
    assert moments[1] == pytest.approx(moments[0], abs=0.1)


def test_only_new_pairs_are_computed(workspace: Workspace) -> None:
    clips = ["a", "b", "c", "d", "e"]
    write_clips(workspace, *clips, "f", "g")
    name_clips(workspace, *clips)
    assert computed(workspace) == "computed 10, reused 0"
    name_clips(workspace, *clips, "f")
    assert workspace.jobs("results/pairs/batting.h5") == {"pairs": 1}
    assert computed(workspace) == "computed 5, reused 10"
    name_clips(workspace, "a", "g", *clips[1:], "f")
    assert computed(workspace) == "computed 6, reused 15"
    name_clips(workspace, *reversed(clips))
    assert computed(workspace) == "computed 0, reused 10"
    write_clips(workspace, "b", stillness=0.1)
    assert computed(workspace) == "computed 4, reused 6"
    name_clips(workspace, "b", "c", "d")
    assert workspace.jobs("results/pairs/batting.h5") == {"pairs": 1}
    assert computed(workspace) == "computed 0, reused 3"


def test_a_label_changes_what_is_told_but_not_the_pairs(workspace: Workspace) -> None:
    name_clips(workspace, *ONSETS)
    write_clips(workspace, *ONSETS)
    allowed = ("--allowed-rules", "pairs", "pairs_summary", "--")
    workspace.run(*allowed, "results/pairs/batting.json")
    sheet = workspace.path("config/clips.tsv")
    sheet.write_text(sheet.read_text().replace("other", "another"))
    assert workspace.jobs(*allowed, "results/pairs/batting.json") == {"pairs_summary": 1}


def test_shards_share_the_work(workspace: Workspace) -> None:
    clips = ["a", "b", "c", "d", "e"]
    write_clips(workspace, *clips)
    name_clips(workspace, *clips)
    workspace.configure(pairs={"shards": 3})
    allowed = ("--allowed-rules", "pairs", "pairs_shard", "--")
    target = "results/pairs/batting.h5"
    assert workspace.jobs(*allowed, target) == {"pairs": 1, "pairs_shard": 3}
    workspace.run(*allowed, target)
    shards = workspace.path("results/pairs/shards/batting").glob("*.json")
    counts = [json.loads(path.read_text())["pairs"] for path in shards]
    assert len(counts) == 3 and sum(counts) == 10
    log = workspace.path("logs/pairs/batting.log").read_text(encoding="utf-8")
    assert "computed 0, reused 10" in log
