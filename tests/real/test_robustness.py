"""Odd and broken files: each is named with its cause, and the others finish."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from kinepath.io import sequence
from tests.real.conftest import CLIPS, clip_name
from tests.videos import make_video
from tests.workflow.conftest import ROOT, Workspace, copy_models

pytestmark = pytest.mark.real

REFUSED = {
    "robustness/moviepy_crunching.mp3": "no picture stream",
    "robustness/moviepy_bitmap.mp4": "1x1 pixels",
}
ACCEPTED = [
    "robustness/_tmp_black_0.mp4",
    "robustness/moviepy_no_duration.webm",
    "robustness/moviepy_pigs_in_a_polka.gif",
    "robustness/moviepy_transparent.webm",
    "robustness/moviepy_video_with_failing_audio.mp4",
    "robustness/mmpose_demo.mp4",
    "gym_video/jeffchen_short.mp4",
]
NOBODY = ["_tmp_black_0", "moviepy_transparent"]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    folder = tmp_path_factory.mktemp("odd")
    shutil.copytree(ROOT / "config", folder / "config")
    copy_models(folder)
    workspace = Workspace(folder)
    whole = make_video(workspace.path("whole.mp4"), frames=30)
    workspace.path("truncated.mp4").write_bytes(whole.read_bytes()[: whole.stat().st_size // 3])
    rows = [(clip_name(file), CLIPS / file) for file in [*REFUSED, *ACCEPTED]]
    rows.append(("truncated", workspace.path("truncated.mp4")))
    workspace.sheet(*({"clip": clip, "path": path, "activity": "squat"} for clip, path in rows))
    done = workspace.snakemake("clips")
    assert done.returncode != 0
    return workspace, done.stdout


def test_each_refused_file_has_one_clear_line(odd: tuple[Workspace, str]) -> None:
    told = [line for line in odd[1].splitlines() if line.startswith("kinepath: error:")]
    for file, cause in REFUSED.items():
        lines = [line for line in told if f"clip '{clip_name(file)}'" in line]
        assert len(lines) == 1
        assert cause in lines[0]
        assert file in lines[0]
    assert [line for line in told if "truncated" in line]
    assert len(told) == len(REFUSED) + 1


@pytest.mark.parametrize("file", ACCEPTED)
def test_the_others_finish(odd: tuple[Workspace, str], file: str) -> None:
    for pattern in ("kinematics/{}.h5", "overlays/{}.mp4", "skeletons/{}.mp4"):
        assert (odd[0].folder / "results" / pattern.format(clip_name(file))).is_file()


@pytest.mark.parametrize("clip", NOBODY)
def test_nobody_is_a_result_that_says_so(odd: tuple[Workspace, str], clip: str) -> None:
    features = sequence.read(odd[0].folder / f"results/kinematics/{clip}.h5", "kinematics")
    assert features.attrs["note"].startswith("no person seen")
    assert np.isnan(features["speed"]).all()


def test_what_is_odd_is_warned_about(odd: tuple[Workspace, str]) -> None:
    def warnings(clip: str) -> str:
        return str(
            json.loads((odd[0].folder / f"results/camera_shots/{clip}.json").read_text())[
                "warnings"
            ]
        )

    assert "black throughout" in warnings("_tmp_black_0")
    assert "single frame" in warnings("jeffchen_short")
    assert "5.0 frames per second" in warnings("mmpose_demo")
