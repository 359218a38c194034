"""Every pose backend keeps one contract, told by the keypoint files that it writes."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from kinepath.body.skeleton import BLAZEPOSE, BODY_JOINTS
from kinepath.errors import KinepathError
from kinepath.io import sequence
from kinepath.io.files import read_json, sha256, write_json
from kinepath.io.video import video_writer
from kinepath.pose.keypoints import find_keypoints, find_keypoints_in
from kinepath.pose.topdown.layouts import COCO_17
from kinepath.pose.topdown.modelzoo import address_of, told_digest
from kinepath.runtime.environments import interpreter, packages
from kinepath.runtime.models import obtain
from kinepath.settings import defaults
from tests import tiny_onnx
from tests.workflow.conftest import ROOT, Workspace

NETWORKS = {
    "detector": "rtmdet_nano_320-8xb32_coco-person",
    "estimator": "rtmpose-t_8xb256-420e_aic-coco-256x192",
    "lifter": "motionbert_dstformer-243frm_8xb32-240e_h36m",
}
LOG = logging.getLogger("kinepath.test")
FRAMES, FPS = 12, 25
#: Where the dots of each keypoint are in the first frame: a body as COCO's keypoints draw it.
BODY = np.array(
    [
        *[(100, 36), (116, 14), (84, 14), (132, 32), (68, 32)],
        *[(125, 60), (75, 60), (140, 90), (60, 90), (145, 120), (55, 120)],
        *[(118, 125), (82, 125), (122, 165), (78, 165), (124, 205), (76, 205)],
    ],
    dtype=np.float64,
)

Run = Callable[..., xr.Dataset]


def body(frame: int) -> NDArray[np.float64]:
    """Places of the dots in a frame: the body walks, the wrists rise."""
    moved: NDArray[np.float64] = BODY + np.array([6.0 * frame, 0.0])
    moved[9:11, 1] -= 2.0 * frame
    return moved


def conformed(
    folder: Path, *, frames: int = FRAMES, unseen: tuple[int, ...] = ()
) -> dict[str, str]:
    """Write a conformed clip of the dotted body, absent in some frames."""
    folder.mkdir(parents=True, exist_ok=True)
    with video_writer(folder / "a.mp4", 320, 240, FPS, crf=1) as writer:
        for k in range(frames):
            points = np.empty((0, 2)) if k in unseen else body(k)
            writer.write(tiny_onnx.picture(points))
    time = [k / FPS for k in range(frames)]
    facts = {"clip": "a", "fps": FPS, "frames": frames, "time_s": time, "source_time_s": time}
    facts |= {
        "repeated": [],
        "source_sha256": "0" * 64,
        "width": 320,
        "height": 240,
        "athlete_fits": False,
    }
    write_json(folder / "a.json", facts)
    return {"video": str(folder / "a.mp4"), "facts": str(folder / "a.json")}


CONFIGURED = defaults(ROOT)


def settings(**changes: Any) -> dict[str, Any]:
    return {**CONFIGURED["pose"], **changes}


def job_of(clip: Mapping[str, str], output: Path, **changes: Any) -> dict[str, Any]:
    """Return the job of a clip without its model."""
    job: dict[str, Any] = {**clip, "output": str(output), "model": "", "box": None}
    search = {**CONFIGURED["subject"], "tiles": [1.0], "searched": 2}
    return {**job, "implement": False, "subject": search, **changes}


#: Backends that the tests run on; mmpose's environment is large: ``pytest -m mmpose``.
BACKENDS = ["mediapipe", "onnx", pytest.param("mmpose", marks=pytest.mark.mmpose)]


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The section ``onnx`` with tiny networks."""
    folder = tmp_path_factory.mktemp("networks")
    files = {
        "detector": tiny_onnx.detector(folder / "detector.onnx"),
        "estimator": tiny_onnx.pose(folder / "estimator.onnx"),
        "lifter": tiny_onnx.lifter(folder / "lifter.onnx"),
    }
    return {**settings()["onnx"], **{name: str(path) for name, path in files.items()}}


@pytest.fixture(scope="session")
def onnx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment of the backend onnx, as its rule makes it."""
    return built(tmp_path_factory.mktemp("space"), "onnx")


def built(folder: Path, name: str) -> Path:
    """Build an environment, as its rule does."""
    space = Workspace(folder)
    space.copy_configuration()
    space.make(f"resources/envs/{name}.json", rule="environment")
    return space.path(f"resources/envs/{name}.json")


@pytest.fixture(scope="session")
def mmpose(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment of the backend mmpose: the project's, or a new one."""
    there = ROOT / "resources" / "envs" / "mmpose.json"
    return there if there.is_file() else built(tmp_path_factory.mktemp("mmpose"), "mmpose")


@pytest.fixture(scope="session")
def checkpoints(mmpose: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The section ``mmpose`` with random weights."""
    folder = tmp_path_factory.mktemp("checkpoints")
    script = str(ROOT / "tests" / "random_checkpoints.py")
    subprocess.run([str(interpreter(mmpose)), script, str(folder)], check=True)
    files = {f"{role}_checkpoint": str(folder / f"{role}.pth") for role in NETWORKS}
    return {**settings()["mmpose"], **NETWORKS, **files}


@pytest.fixture(scope="session")
def mediapipe_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = ROOT / "resources" / "models" / "pose_landmarker_full.task"
    if not made.is_file():
        made = tmp_path_factory.mktemp("model") / "pose_landmarker_full.task"
        obtain("full", made)
    return str(made)


@pytest.fixture
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Run a backend over a clip: a function of the backend, the clip and changed settings."""

    def run(
        backend: str, clip: Mapping[str, str], least: float = 0.0, **changes: Any
    ) -> xr.Dataset:
        chosen = settings(backend=backend, device="cpu")
        job = job_of(clip, tmp_path / "out.h5", settings=chosen)
        if backend == "mediapipe":
            job["model"] = request.getfixturevalue("mediapipe_model")
            find_keypoints(job, LOG)
        else:
            named = {"onnx": "networks", "mmpose": "checkpoints"}[backend]
            section = request.getfixturevalue(named) | changes
            job["settings"] |= {backend: section, "frames_per_batch": 5, "people_per_batch": 3}
            if backend == "mmpose":  # Random weights are never sure.
                job["settings"] |= {"min_detection_confidence": least, "most_people": 2}
            find_keypoints_in(str(request.getfixturevalue(backend)), job, LOG)
        return sequence.read(job["output"], "poses")

    return run


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_backend_keeps_the_contract(backend: str, run: Run, tmp_path: Path) -> None:
    clip = conformed(tmp_path, unseen=(3, 4, 11))
    poses = run(backend, clip)
    assert poses["position"].shape == (FRAMES, 2, 33, 1)
    assert tuple(poses["keypoints"].values) == BLAZEPOSE.keypoints
    assert poses.attrs["skeleton"] == "blazepose-33"
    assert poses.attrs["backend"] == backend
    assert poses.attrs["device"] == "cpu"
    assert len(poses.attrs["model_sha256"]) == 64
    assert poses.attrs["source_software"]
    np.testing.assert_allclose(poses["time"], np.arange(FRAMES) / FPS)
    confidence = poses["confidence"].values
    assert (confidence >= 0).all() and (confidence <= 1).all()
    missing = np.isnan(poses["position"].values).any(axis=1)
    assert (confidence[missing] == 0).all()
    if backend == "mmpose":
        # Random weights see people everywhere, who jump from picture to picture.
        assert not missing[0, BLAZEPOSE.indices(BODY_JOINTS)].any()
    else:
        assert missing[[3, 4, 11]].all()
    first = sha256(tmp_path / "out.h5")
    run(backend, clip)
    assert sha256(tmp_path / "out.h5") == first


@pytest.mark.parametrize("backend", BACKENDS)
def test_nobody_and_no_frames_are_results_or_clear_errors(
    backend: str, run: Run, tmp_path: Path
) -> None:
    poses = run(backend, conformed(tmp_path / "black", frames=3, unseen=(0, 1, 2)), least=1.0)
    assert poses.attrs["note"] == "no person seen in any frame"
    assert np.isnan(poses["position"]).all()
    empty = conformed(tmp_path / "short", frames=1)
    facts = read_json(empty["facts"])
    write_json(empty["facts"], facts | {"time_s": [0, 1], "source_time_s": [0, 1]})
    with pytest.raises(KinepathError, match="has 1 frames, 2 were expected"):
        run(backend, empty, least=1.0)


def test_onnx_finds_the_dots_where_they_are(run: Run, tmp_path: Path) -> None:
    poses = run("onnx", conformed(tmp_path, unseen=(4,)))
    seen = [k for k in range(FRAMES) if k != 4]
    joints = [BLAZEPOSE.index(name) for name in COCO_17.keypoints]
    position = poses["position"].values[seen][..., joints, 0].transpose(0, 2, 1)
    np.testing.assert_allclose(position, np.array([body(k) for k in seen]), atol=3)
    assert (poses["confidence"].values[seen][:, joints] > 0.5).all()
    assert poses.attrs["source_skeleton"] == "coco-17"
    missing = poses.attrs["missing_keypoints"].split()
    assert np.isnan(poses["position"].sel(keypoints=missing)).all()
    assert (poses["confidence"].sel(keypoints=missing) == 0).all()
    # The tiny lifter gives the picture's x as the depth.
    depth = poses["position_3d"].sel(space_3d=["x", "z"], keypoints=list(BODY_JOINTS)).values[seen]
    np.testing.assert_allclose(depth[:, 0], depth[:, 1], atol=1e-9)
    assert np.isnan(poses["position_3d"].values[4]).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"estimator": None}, r"pose\.onnx\.estimator: no file is named"),
        ({"detector": "gone.onnx"}, r"pose\.onnx\.detector: gone\.onnx: no such file"),
        ({"detector_sha256": "0" * 64}, r"detector\.onnx: SHA-256 is .*, not 000"),
        ({"skeleton": "halpe-26"}, r"network gives 17; set pose\.onnx\.skeleton to coco-17 or h36"),
        ({"estimator": str(ROOT / "LICENSE")}, "LICENSE: cannot be loaded as ONNX"),
    ],
)
def test_networks_that_cannot_be_used_are_one_clear_error(
    run: Run, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(KinepathError, match=message):
        run("onnx", conformed(tmp_path, frames=2), **changes)
    assert not (tmp_path / "out.h5").exists()


def test_smaller_batches_do_where_memory_is_short_and_one_that_is_too_large_is_an_error(
    run: Run, tmp_path: Path
) -> None:
    clip = conformed(tmp_path, frames=7)
    expected = run("onnx", clip)["position"].values
    tight = tiny_onnx.detector(tmp_path / "tight.onnx", fits=1)
    np.testing.assert_array_equal(run("onnx", clip, detector=str(tight))["position"], expected)
    none = tiny_onnx.detector(tmp_path / "none.onnx", fits=0)
    with pytest.raises(KinepathError, match="memory is too small even for batches of one"):
        run("onnx", clip, detector=str(none))


@pytest.mark.mmpose
def test_torch_without_memory_is_known_for_what_it_is(mmpose: Path) -> None:
    code = (
        "import torch\n"
        "from kinepath.pose.backends.mmpose import is_shortage\n"
        "try:\n    torch.empty(1 << 46)\n"
        "except Exception as error:\n    print(is_shortage(error), error)\n"
        "print(is_shortage(RuntimeError('another')))\n"
    )
    command = [str(interpreter(mmpose)), "-c", code]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert told[0].startswith("True"), told
    assert told[-1] == "False"


@pytest.mark.mmpose
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"estimator": "no-such"}, r"pose\.mmpose\.estimator: no-such: no such file, and no conf"),
        ({"detector_checkpoint": None}, r"pose\.mmpose\.detector_checkpoint: no file is named"),
        ({"estimator_sha256": "0" * 64}, r"estimator\.pth: SHA-256 is .*, not 000"),
        ({"skeleton": "halpe-26"}, r"network gives 17; set pose\.mmpose\.skeleton to coco-17"),
        ({"detector_checkpoint": "ESTIMATOR"}, r"does not fit pose\.mmpose\.detector \("),
        ({"estimator_checkpoint": str(ROOT / "LICENSE")}, "LICENSE: (cannot be read|holds more)"),
        ({"lifter": "simplebaseline"}, r"pose\.mmpose\.lifter: simplebaseline: no such file"),
    ],
)
def test_checkpoints_that_cannot_be_used_are_one_clear_error(
    run: Run, tmp_path: Path, checkpoints: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    if "ESTIMATOR" in changes.values():
        changes = {"detector_checkpoint": checkpoints["estimator_checkpoint"]}
    with pytest.raises(KinepathError, match=message):
        run("mmpose", conformed(tmp_path, frames=2), **changes)


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_a_network_can_be_named_by_its_digest(
    backend: str,
    run: Run,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    key = "estimator" if backend == "onnx" else "estimator_checkpoint"
    section = request.getfixturevalue("networks" if backend == "onnx" else "checkpoints")
    digest = sha256(section[key])
    clip = conformed(tmp_path, frames=2)
    with pytest.raises(KinepathError, match=f"{key}: sha256:{digest}: no file in resources/models"):
        run(backend, clip, **{key: f"sha256:{digest}"})
    kept = Path("resources", "models", "deep", Path(section[key]).name)
    kept.parent.mkdir(parents=True)
    (kept.parent / "a.txt").write_text("another file")
    kept.symlink_to(section[key])
    assert run(backend, clip, **{key: f"sha256:{digest}"}).attrs["model_sha256"] == digest


@pytest.mark.mmpose
def test_the_index_names_weights_for_what_the_configuration_names(mmpose: Path) -> None:
    section = CONFIGURED["pose"]["mmpose"]
    for name in (section["detector"], section["estimator"], NETWORKS["lifter"]):
        address = address_of(name, packages(mmpose))
        assert address.startswith("https://") and told_digest(address), name
    with pytest.raises(KinepathError, match=r"no weights for rtmdet_nano.*rtmdet_m_640"):
        address_of(NETWORKS["detector"], packages(mmpose))


@pytest.mark.mmpose
def test_a_checkpoint_that_would_run_code_is_read_only_if_it_is_trusted(
    run: Run, tmp_path: Path, checkpoints: dict[str, Any]
) -> None:
    untrusted = Path(checkpoints["lifter_checkpoint"]).with_name("untrusted.pth")
    clip = conformed(tmp_path, frames=4)
    with pytest.raises(KinepathError, match=f"add {sha256(untrusted)} to pose.mmpose.trusted"):
        run("mmpose", clip, lifter_checkpoint=str(untrusted))
    poses = run("mmpose", clip, lifter_checkpoint=str(untrusted), trusted=[sha256(untrusted)])
    assert poses.attrs["lifter_sha256"] == sha256(untrusted)
    assert np.isfinite(poses["position_3d"].sel(keypoints=list(BODY_JOINTS)).values[0]).all()


@pytest.mark.mmpose
def test_videopose3d_lifts_each_frame_from_those_around_it(
    run: Run, tmp_path: Path, mmpose: Path, checkpoints: dict[str, Any]
) -> None:
    lifter = {
        "lifter": "video-pose-lift_tcn-27frm-supv_8xb128-160e_h36m",
        "lifter_checkpoint": str(Path(checkpoints["lifter_checkpoint"]).with_name("tcn.pth")),
    }
    poses = run("mmpose", conformed(tmp_path, frames=4), **lifter)
    assert poses.attrs["lifter_sha256"] == sha256(lifter["lifter_checkpoint"])
    assert np.isfinite(poses["position_3d"].sel(keypoints=list(BODY_JOINTS)).values[0]).all()
    # It is told what mmpose would tell it.
    code = (
        "import numpy as np\n"
        "from kinepath.pose.topdown.openmmlab import prepare; prepare()\n"
        "from mmpose.codecs import VideoPoseLifting\n"
        "from kinepath.pose.backends.mmpose import as_channels\n"
        "pixels = np.random.default_rng(0).uniform(0, 240, (27, 17, 2))\n"
        "codec = VideoPoseLifting(num_keypoints=17, zero_center=True, root_index=0)\n"
        "target, size = np.zeros((1, 17, 3)), {'w': 320, 'h': 240}\n"
        "theirs = codec.encode(pixels, np.ones((27, 17)), target, None, size)\n"
        "ours = as_channels(((pixels - [160, 120]) / 160)[None])[0]\n"
        "np.testing.assert_allclose(ours, theirs['keypoint_labels'], atol=1e-6)\n"
    )
    subprocess.run([str(interpreter(mmpose)), "-c", code], check=True)


def test_a_gpu_that_is_not_there_is_one_clear_error(onnx: Path, tmp_path: Path) -> None:
    chosen = settings(backend="onnx", device="cuda")
    job = job_of(conformed(tmp_path, frames=2), tmp_path / "out.h5", settings=chosen)
    with pytest.raises(KinepathError, match=r"pose\.device is 'cuda', but the backend 'onnx' runs"):
        find_keypoints_in(str(onnx), job, LOG)


def test_keypoints_of_17_flow_to_the_kinematics_and_are_compared(
    workspace: Workspace, onnx: Path, networks: dict[str, Any], mediapipe_model: str
) -> None:
    conformed(workspace.path("results/conformed/a.mp4").parent, frames=30)
    for name, path in (("envs", onnx.parent), ("models", Path(mediapipe_model).parent)):
        workspace.path(f"resources/{name}").symlink_to(path)
    write_json(workspace.path("results/camera_shots/a.json"), {"cuts_s": []})
    workspace.sheet({"clip": "a", "path": "a.mp4", "activity": "squat"})
    workspace.configure(pose={"backend": "onnx", "onnx": networks})
    rules = ["pose", "clean", "camera", "align", "kinematics", "pose_by", "agreement"]
    targets = ["results/kinematics/a.h5", "results/backends/a/mediapipe--onnx.json"]
    workspace.run("--allowed-rules", *rules, "--", *targets)
    kinematics = sequence.read(workspace.path("results/kinematics/a.h5"), "kinematics")
    speed = kinematics["speed"].sel(keypoints="left_wrist").values
    assert np.isfinite(speed).mean() > 0.8
    assert np.isnan(kinematics["position"].sel(keypoints="left_heel")).all()
    found = read_json(workspace.path("results/backends/a/mediapipe--onnx.json"))
    assert found["backends"] == ["mediapipe", "onnx"]
    assert found["frames"] == 30
