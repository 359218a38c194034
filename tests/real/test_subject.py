"""Who is followed: a batter among others in old television pictures, and people who are alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.io import sequence
from tests.real.conftest import CLIPS
from tests.workflow.conftest import ROOT, Workspace, copy_models

pytestmark = pytest.mark.real

#: Windows by eye, seconds, and the batter's box at their start by eye, pixels.
WINDOWS = {"cover_drive": (4.0, 6.5), "hook_2": (8.8, 11.1), "down_the_ground": (2.4, 5.9)}
BOXES = {
    "cover_drive": (274, 90, 322, 173),
    "hook_2": (276, 95, 330, 180),
    "down_the_ground": (382, 66, 416, 127),
}
#: Here the box is in the sheet.
BOXED = ("cover_drive", "down_the_ground")
#: One person who is whole in the picture, beside furniture or behind plates.
ALONE = {
    "walking_in": CLIPS / "robustness" / "mmaction2_S001C001P001R001A001_rgb.avi",
    "barbell": CLIPS / "gym_video" / "jeffchen_rdl.mp4",
}


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, xr.Dataset]:
    folder = tmp_path_factory.mktemp("subject")
    shutil.copytree(ROOT / "config", folder / "config")
    copy_models(folder)
    workspace = Workspace(folder)
    alone = [{"clip": k, "path": path, "activity": "squat"} for k, path in ALONE.items()]
    workspace.sheet(*(row(clip) for clip in WINDOWS), *alone)
    clips = [*WINDOWS, *ALONE]
    workspace.run(*(f"results/keypoints/{clip}.h5" for clip in clips))
    return {
        clip: sequence.read(folder / "results" / "keypoints" / f"{clip}.h5", "poses")
        for clip in clips
    }


def row(clip: str) -> dict[str, Any]:
    start, end = WINDOWS[clip]
    path = Path(CLIPS / "cricket_ref" / f"imran_khan_{clip}.mp4")
    told = {"clip": clip, "path": path, "activity": "batting", "start_s": start, "end_s": end}
    return told | {"subject": ",".join(map(str, BOXES[clip])) if clip in BOXED else ""}


@pytest.mark.parametrize("clip", WINDOWS)
def test_the_batter_is_followed(followed: dict[str, xr.Dataset], clip: str) -> None:
    """Where the box by eye is, of about its height, with the hands together in the stance."""
    poses = followed[clip]
    report = json.loads(poses.attrs["subject"])
    assert report["how"] == ("the box in the sheet" if clip in BOXED else "the rule")
    assert poses.attrs["person_share"] > 0.8
    assert poses.attrs["frames_followed"] > 0.8 * poses.sizes["time"]
    stance = poses["position"].values[: poses.sizes["time"] // 3, ..., 0].transpose(0, 2, 1)
    left, top, right, bottom = BOXES[clip]
    tall = bottom - top
    wrists = stance[:, BLAZEPOSE.indices(("left_wrist", "right_wrist"))]
    hips = stance[:, BLAZEPOSE.indices(("left_hip", "right_hip"))].mean(axis=1)
    apart = np.linalg.norm(wrists[:, 0] - wrists[:, 1], axis=1)
    assert np.nanmedian(apart) < 0.2 * tall
    height = np.ptp(stance[:, BLAZEPOSE.indices(("nose", "left_ankle"))][..., 1], axis=1)
    assert 0.6 * tall < np.nanmedian(height) < 1.3 * tall
    # The camera may follow the ball: the place is known at the start.
    first = hips[np.isfinite(hips).all(axis=1)][0]
    assert left < first[0] < right
    assert top < first[1] < bottom


@pytest.mark.parametrize("clip", ALONE)
def test_who_is_alone_is_followed_from_head_to_feet(
    followed: dict[str, xr.Dataset], clip: str
) -> None:
    """No furniture, no plate, and not the legs alone: trunk, thigh and shank are a human's."""
    poses = followed[clip]
    assert poses.attrs["person_share"] > 0.8
    points = poses["position"].values[..., 0].transpose(0, 2, 1)
    middle = {
        name: points[:, BLAZEPOSE.indices((f"left_{name}", f"right_{name}"))].mean(axis=1)
        for name in ("shoulder", "hip", "knee", "ankle")
    }
    lengths = [
        float(np.nanquantile(np.linalg.norm(middle[a] - middle[b], axis=1), 0.9))
        for a, b in (("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"))
    ]
    # Drillis and Contini: 0.288, 0.245 and 0.246 of the stature.
    shares = np.array(lengths) / sum(lengths)
    np.testing.assert_allclose(shares, [0.37, 0.315, 0.315], atol=0.1)
