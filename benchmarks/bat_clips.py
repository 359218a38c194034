"""The clips that the bat benchmark looks at: simulated swings, easy, hard and degraded.

Each is rendered once and kept, with the pose model's keypoints, in a folder of the system's
temporary one; delete the folder to make them anew.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
import xarray as xr

from kinepath import camera
from kinepath.clean import clean
from kinepath.io import sequence
from kinepath.io.video import Image, read_grey, video_writer
from kinepath.pose.keypoints import find_keypoints
from kinepath.settings import defaults
from kinepath.synth import SHOTS, Scenario, render, simulate
from kinepath.synth import rendering as synth_rendering
from kinepath.synth.camera import Camera
from kinepath.synth.scene import Scene, scene
from kinepath.typing import Array

ROOT = Path(__file__).parents[1]
CACHE = Path(tempfile.gettempdir()) / "kinepath-benchmark-bat"
MODEL = ROOT / "resources" / "models" / "pose_landmarker_full.task"
CONFIG = defaults(ROOT)
KINDS = ("easy", "hard", "degraded", "others", "rates")
OTHERS = ("baseball_bat", "golf_club", "tennis_racket")


@dataclass(frozen=True)
class _Wide(Camera):
    """A camera with a shorter lens: the athlete is small in the picture."""

    shrink: float = 1.0

    @property
    def widest_focal(self) -> float:
        return Camera.widest_focal.fget(self) * self.shrink  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Take(Scenario):
    """A scenario with what makes it harder to see.

    Parameters
    ----------
    shrink : float
        Focal length over the usual one.
    clutter : int
        Rods and boards that stand about.
    jpeg : int
        Quality at which every picture was once kept; 100: never.
    occluded : bool
        Whether somebody walks through the picture in front.
    """

    shrink: float = 1.0
    clutter: int = 0
    jpeg: int = 100
    occluded: bool = False

    def camera(self) -> Camera:
        """Return the camera, with its shorter lens."""
        usual = super().camera()
        return _Wide(*(getattr(usual, field.name) for field in fields(usual)), shrink=self.shrink)


def takes(kind: str, count: int, first_seed: int = 100) -> dict[str, Take]:
    """Return clips by name; another first seed gives other clips of the kind."""
    rng = np.random.default_rng([first_seed, KINDS.index(kind)])
    chosen = {}
    for k in range(count):
        shot = list(SHOTS)[k % len(SHOTS)]
        common: dict[str, Any] = {
            "shot": shot,
            "seed": first_seed + 7 * k + 1000 * KINDS.index(kind),
            "handed": ("right", "left")[k // 2 % 2],
            "duration_s": 1.8,
            "backlift_s": 0.4,
            "downswing_s": 0.95,
            "azimuth_deg": float(rng.uniform(20, 75)),
            "elevation_deg": float(rng.uniform(2, 9)),
            "stature_m": float(rng.uniform(1.62, 1.92)),
        }
        if kind in ("easy", "others"):
            swung = "cricket_bat" if kind == "easy" else OTHERS[k % len(OTHERS)]
            more = {"width": 960, "height": 540, "fps": 50.0, "shutter": 0.3, "implement": swung}
        elif kind == "rates":
            rate = (60.0, 100.0, 120.0)[k % 3]
            more = {"width": 640, "height": 360, "fps": rate, "shutter": 0.4, "grain": 3.0}
            more |= {"duration_s": 1.5, "pan_deg": float(rng.uniform(-3, 3)), "shake_px": 2.0}
        elif kind == "hard":
            more = {
                "width": 960,
                "height": 540,
                "fps": (25.0, 30.0)[k % 2],
                "shutter": float(rng.uniform(0.5, 0.9)),
                "grain": float(rng.uniform(5, 9)),
                "pan_deg": float(rng.uniform(-7, 7)),
                "zoom": float(rng.uniform(0.9, 1.25)),
                "shake_px": float(rng.uniform(3, 8)),
                "clutter": 14,
            }
        else:
            more = {
                "width": 640,
                "height": 360,
                "fps": 25.0,
                "shutter": float(rng.uniform(0.3, 0.7)),
                "grain": float(rng.uniform(2, 4)),
                "pan_deg": float(rng.uniform(-2, 2)),
                "shake_px": 2.0,
                "shrink": float(rng.uniform(80, 110) / (0.368 * common["stature_m"] * 360)),
                "jpeg": int(rng.integers(50, 80)),
                "occluded": bool(k % 2),
            }
        chosen[f"{kind}_{first_seed}_{k:02d}_{shot}"] = Take(**{**common, **more})
    return chosen


def _cluttered(take: Take) -> Any:
    """Return the painter of a world in which rods and boards stand about."""

    def painted(view: Camera, seed: int, *, outdoors: bool) -> Scene:
        world = scene(view, seed, outdoors=outdoors)
        rng = np.random.default_rng([seed, 99])
        panorama = world.panorama.copy()
        high, wide = panorama.shape[:2]
        length = 0.27 * take.shrink * take.height
        for _ in range(take.clutter):
            centre = np.array([wide, high]) * (0.5 + rng.uniform(-0.2, 0.2, 2) * take.shrink * 2)
            turn, size = rng.uniform(0, np.pi), length * rng.uniform(0.5, 1.6)
            thick = length * rng.uniform(0.04, 0.2)
            tint = rng.choice([[120, 170, 205], [235, 235, 235], [60, 60, 70], [150, 120, 90]])
            box = cv2.boxPoints((centre.tolist(), (size, thick), np.degrees(turn)))
            colour = np.clip(tint + rng.integers(-25, 25, 3), 0, 255).tolist()
            cv2.fillPoly(panorama, [np.int32(np.rint(box))], colour, cv2.LINE_AA)
        return Scene(world.camera, panorama, world.from_direction)

    return painted


def _spoiled(image: Image, take: Take, progress: float) -> Image:
    """Let somebody walk through in front, and keep the picture as a JPEG."""
    if take.occluded:
        tall = 0.655 * take.shrink * take.height
        x = take.width / 2 + tall * (1.6 * progress - 0.8)
        y, half = take.height / 2, 0.045 * tall
        cv2.ellipse(
            image, ((x, y), (2 * half, 0.9 * tall), 4.0), (62, 48, 44), cv2.FILLED, cv2.LINE_AA
        )
    if take.jpeg < 100:
        _, kept = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, take.jpeg])
        image = np.asarray(cv2.imdecode(kept, cv2.IMREAD_COLOR), dtype=np.uint8)
    return image


def box_around(truth: xr.Dataset) -> list[float]:
    """Return left, top, right, bottom of the athlete in the first frame, as a sheet's box."""
    points = truth["position"].values[0, ..., 0]
    low, high = points.min(axis=1), points.max(axis=1)
    margin = 0.06 * (high - low).max()
    return [float(side) for side in (*(low - margin), *(high + margin))]


def keypoints(
    video: Path,
    facts: Mapping[str, Any],
    box: Sequence[float] | None,
    target: Path,
    *,
    implement: bool = True,
) -> None:
    """Find the keypoints as the workflow does, with the sheet's box around the athlete if any."""
    told = target.with_suffix(".json")
    told.write_text(json.dumps(facts), encoding="utf-8")
    job = {
        "video": str(video),
        "facts": str(told),
        "model": str(MODEL),
        "output": str(target),
        "settings": {**CONFIG["pose"], "backend": "mediapipe"},
        "subject": CONFIG["subject"],
        "box": None if box is None else list(box),
        "implement": implement,
    }
    find_keypoints(job, logging.getLogger("kinepath.benchmark"))


def facts_of(name: str, size: tuple[int, int], fps: float, time: Array) -> dict[str, Any]:
    """Return what the workflow's conforming would tell of a video."""
    return {
        "clip": name,
        "width": size[0],
        "height": size[1],
        "fps": fps,
        "frames": len(time),
        "time_s": time.tolist(),
        "source_time_s": time.tolist(),
        "athlete_fits": False,
        "source_sha256": "0" * 64,
        "repeated": [],
    }


@dataclass(frozen=True)
class Clip:
    """A simulated clip on disk with what the earlier stages make of it."""

    name: str
    kind: str
    implement: str
    video: Path
    truth: xr.Dataset
    poses: xr.Dataset
    camera: xr.Dataset

    @property
    def shoulder_width(self) -> float:
        """Pixels of the true shoulder width, were it seen from the front."""
        names = [str(n) for n in self.truth["keypoints"].values]
        ends = [names.index(f"{side}_shoulder") for side in ("left", "right")]
        breadth = np.diff(self.truth["position_3d"].values[..., ends, 0], axis=2)
        metres = np.linalg.norm(breadth[..., 0], axis=1)
        tip, grip = (self.truth[f"bat_{end}"].values for end in ("tip", "grip"))
        tip3, grip3 = (self.truth[f"bat_{end}_3d"].values for end in ("tip", "grip"))
        scale = np.linalg.norm(tip - grip, axis=1) / np.linalg.norm((tip3 - grip3)[:, :2], axis=1)
        return float(np.median(scale) * np.median(metres))


def rendered(name: str, take: Take) -> tuple[Path, Path]:
    """Return the video of a clip and its truth; what is not there yet is made."""
    CACHE.mkdir(parents=True, exist_ok=True)
    video, truth_path = CACHE / f"{name}.mp4", CACHE / f"{name}.truth.h5"
    if not truth_path.is_file():
        simulation = simulate(take)
        truth = simulation.truth.assign_attrs(frame_width=take.width, frame_height=take.height)
        with (
            mock.patch.object(synth_rendering, "scene", _cluttered(take)),
            video_writer(video, take.width, take.height, take.fps, crf=16) as writer,
        ):
            for image in render(simulation):
                progress = writer.frames / truth.sizes["time"]
                writer.write(_spoiled(image.copy(), take, progress))
        sequence.write(truth, truth_path, "truth")
    return video, truth_path


def made(name: str, take: Take) -> Clip:
    """Return a clip with what the earlier stages make of it; what is not there yet is made."""
    video, truth_path = rendered(name, take)
    truth = sequence.read(truth_path, "truth")
    poses_path, camera_path = (CACHE / f"{name}{end}" for end in (".keypoints.h5", ".camera.h5"))
    if not camera_path.is_file():
        size = take.width, take.height
        facts = facts_of(name, size, take.fps, truth["time"].values)
        keypoints(video, facts, box_around(truth), poses_path)
        poses = sequence.read(poses_path, "poses")
        sequence.write(camera_of(video, poses), camera_path, "camera")
    return Clip(
        name,
        name.split("_")[0],
        take.implement,
        video,
        truth,
        clean(sequence.read(poses_path, "poses"), CONFIG["clean"]),
        sequence.read(camera_path, "camera"),
    )


def camera_of(video: Path, poses: xr.Dataset) -> xr.Dataset:
    size = poses.attrs["frame_width"], poses.attrs["frame_height"]
    settings: Mapping[str, Any] = CONFIG["camera"]
    working = camera.working_size(*size, settings["width"])
    return camera.estimate(read_grey(video, working), poses, size, [], settings)


def clips(counts: Mapping[str, int], first_seed: int = 100) -> Iterator[Clip]:
    """Yield so many clips of each kind."""
    for kind, count in counts.items():
        for name, take in takes(kind, count, first_seed).items():
            yield made(name, take)
