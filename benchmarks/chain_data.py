"""Clips for the benchmark of the kinetic chain: simulated ones with noise, and ones of no chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from kinepath.align import align
from kinepath.body.anthropometry import standing_pose
from kinepath.chain.signals import CATALOGUE, Signals, speed_of, with_depth
from kinepath.clean import clean
from kinepath.kinematics import kinematics
from kinepath.settings import defaults
from kinepath.synth import SHOTS, Scenario, simulate
from kinepath.typing import Array

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
CONFIG: dict[str, Any] = defaults(ROOT)
STORED = sorted((SHARED / "reference").glob("*_series.npz"))
SETTINGS: dict[str, Any] = CONFIG["chain"]["timing"]
NODES: list[str] = SETTINGS["nodes"]
SEGMENTS = ("trunk", "arm", "forearm", "bat")
#: Frame-to-frame error of MediaPipe's 3D keypoints on the demo's clips: across and in depth.
POSE_NOISE_M, DEPTH_NOISE = 0.004, 2.0


def scenario(seed: int, fps: float, lags: tuple[float, ...] | None = None) -> Scenario:
    """Return a swing with random lags of 30 to 55 ms between neighbours, seen from anywhere."""
    rng = np.random.default_rng([seed, 1])
    steps = rng.uniform(0.03, 0.055, 4) if lags is None else np.array(lags)
    times = {name: float(lag) for name, lag in zip(SEGMENTS, np.cumsum(steps), strict=True)}
    shot = list(SHOTS)[seed % len(SHOTS)]
    azimuth = float(rng.uniform(20, 80))
    return Scenario(shot, fps=fps, lags_s=times, azimuth_deg=azimuth, seed=seed)


def through_noise(what: Scenario, noise_m: float, *, depth: bool = True) -> xr.Dataset:
    """Add white noise (metres, per frame and keypoint) to the truth; clean, align and derive."""
    truth = simulate(what).truth
    rng = np.random.default_rng([what.seed, 2])
    one = truth["position"].isel(individuals=0)
    drop = one.sel(keypoints="left_ankle", space="y") - one.sel(keypoints="nose", space="y")
    pixels = noise_m * float(drop.max()) / (0.87 * what.stature_m)
    poses = truth[["position", "position_3d", "confidence"]].copy(deep=True)
    poses["position"].values += pixels * rng.normal(size=poses["position"].shape)
    spread = noise_m * np.array([1.0, 1.0, DEPTH_NOISE])[:, None, None]
    poses["position_3d"].values += spread * rng.normal(size=poses["position_3d"].shape)
    frames = truth.sizes["time"]
    bat = xr.Dataset(
        {
            "tip": (("time", "space"), truth["bat_tip"].values),
            "grip": (("time", "space"), truth["bat_grip"].values),
            "confidence": ("time", np.ones(frames)),
            "source": ("time", np.ones(frames, dtype=np.int8)),
        },
        coords={"time": truth["time"], "space": truth["space"]},
    )
    for end in ("tip", "grip"):
        bat[end].values += pixels * rng.normal(size=bat[end].shape)
    cleaned = clean(poses, CONFIG["clean"])
    derived = kinematics(align(cleaned, standing_pose(), bat=bat), what.stature_m)
    return with_depth(derived, cleaned) if depth else derived


def true_lag(what: Scenario, source: str, target: str) -> float:
    """Return the prescribed lag between two nodes, seconds."""
    onset = dict(zip(NODES, [0.0, *(what.lags_s[name] for name in SEGMENTS)], strict=True))
    return onset[target] - onset[source]


def vectors(derived: xr.Dataset) -> tuple[list[Array], float]:
    """Return the segments of a clip over time and its frame rate."""

    def point(name: str) -> Array:
        if name.startswith("bat_"):
            return np.asarray(derived[name].values)
        one = derived["position_3d"].isel(individuals=0).sel(keypoints=name)
        return np.asarray(one.transpose("time", "space_3d").values)

    ends = [[point(name) for name in CATALOGUE[node]] for node in NODES]
    return [tip - base for base, tip in ends], float(derived.attrs["fps"])


def reference_vectors(path: Path) -> tuple[list[Array], float]:
    """Return the segments of a clip of the reference implementation (25 hertz, picture plane)."""
    with np.load(path, allow_pickle=False) as stored:
        names = [str(name) for name in stored["joint_names"]]
        body, bat = stored["kps_norm"].astype(float), stored["bat_norm"].astype(float)

    def point(name: str) -> Array:
        return np.asarray(body[:, names.index(name)])

    hands = (point("l_wrist") + point("r_wrist")) / 2
    pairs = [("r_hip", "l_hip"), ("r_shoulder", "l_shoulder"), ("l_shoulder", "l_elbow"),
             ("l_elbow", "l_wrist")]  # fmt: skip
    found = [point(b) - point(a) for a, b in pairs] + [bat - hands]
    return [np.where(np.isfinite(v), v, np.nanmean(v, axis=0)) for v in found], 25.0


def reference_signals(path: Path) -> Signals:
    """Return the signals around the bat's peak in the reference implementation's own keypoints."""
    segments, fps = reference_vectors(path)
    speed = np.array([speed_of(v, fps, SETTINGS["smoothing_s"]) for v in segments])
    window = around_peak(speed, fps)
    time = np.arange(window.shape[1]) / fps
    return Signals(tuple(NODES), window, time, fps, {}, depth=False)


def around_peak(values: Array, fps: float) -> Array:
    """Cut the window of the swing around the last node's peak out of (nodes, time)."""
    before, after = (round(SETTINGS[name] * fps) for name in ("before_s", "after_s"))
    peak = before + int(np.argmax(values[-1, before : values.shape[1] - after]))
    return values[:, peak - before : peak + after + 1]


def sources() -> list[tuple[list[Array], float]]:
    """Return the series that null clips are made of: real ones, if there are any, and simulated."""
    made = [through_noise(scenario(k, fps), POSE_NOISE_M) for k in range(6) for fps in (30, 60)]
    return [reference_vectors(path) for path in STORED] + [vectors(clip) for clip in made]


def walk(segments: list[Array], rng: np.random.Generator) -> list[Array]:
    """Return independent smoothed random walks: the velocities' spectra with random phases."""
    walks = []
    for segment in segments:
        spectrum = np.fft.rfft(np.diff(segment, axis=0), axis=0)
        turn = np.exp(2j * np.pi * rng.random(spectrum.shape))
        turn[0] = 1.0
        walks.append(np.cumsum(np.fft.irfft(spectrum * turn, len(segment) - 1, axis=0), axis=0))
    return walks


def null_signals(
    segments: list[Array], fps: float, kind: str, rng: np.random.Generator
) -> tuple[Signals, Array]:
    """Return signals without a chain around the bat's peak, and velocities of the whole clip.

    ``kind`` is ``walk`` or ``shift`` (every series shifted by its own random time). The velocities
    (nodes, time), along each segment's first axis, are for the published method.
    """
    moved = walk(segments, rng) if kind == "walk" else segments
    speed = np.array([speed_of(v, fps, SETTINGS["smoothing_s"]) for v in moved])
    velocity = np.array([np.gradient(v[:, 0], 1 / fps)[: speed.shape[1]] for v in moved])
    if kind == "shift":
        for k in range(len(speed)):
            by = int(rng.integers(speed.shape[1]))
            speed[k], velocity[k] = np.roll(speed[k], by), np.roll(velocity[k], by)
    window = around_peak(speed, fps)
    time = np.arange(window.shape[1]) / fps
    return Signals(tuple(NODES), window, time, fps, {}), velocity
