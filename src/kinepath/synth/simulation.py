"""The ground truth of a simulated clip: motion and projection, without images."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import xarray as xr

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.io import sequence
from kinepath.synth.motion import SEGMENTS
from kinepath.synth.scenario import Scenario
from kinepath.synth.shots import SHOTS
from kinepath.typing import Array

#: Points fixed in the world whose tracks are part of the ground truth: on the ground around the
#: athlete and on the far side; metres.
BACKGROUND_POINTS = np.array(
    [
        [-1.22, 0.66, 0.0],
        [-1.22, 0.0, 0.71],
        [-2.5, -0.6, 0.0],
        [1.22, 1.3, 0.0],
        [-3.0, 3.0, 0.0],
        [-6.0, 4.5, 1.5],
        [-5.0, 6.0, 2.5],
        [-7.5, 3.0, 2.0],
    ]
)


@dataclass(frozen=True)
class Simulation:
    """A scenario with its ground truth.

    Parameters
    ----------
    scenario : Scenario
        The scenario simulated.
    truth : xarray.Dataset
        See :func:`simulate`.
    """

    scenario: Scenario
    truth: xr.Dataset


def simulate(scenario: Scenario) -> Simulation:
    """Compute the ground truth of every frame.

    Parameters
    ----------
    scenario : Scenario
        The scenario to simulate.

    Returns
    -------
    Simulation
        Its ``truth`` is a pose data set (see :func:`kinepath.io.sequence.poses`) of the 33
        BlazePose keypoints, with confidence 1, none missing, with ``position_3d`` in the camera's
        axes, and

        - ``background_point`` (time, space, point) in pixels, ``camera_zoom`` and ``camera_pan``;
        - for a batter: ``bat_tip``, ``bat_grip`` (time, space) in pixels, ``bat_tip_3d``,
          ``bat_grip_3d`` in metres relative to the hips' midpoint, ``segment_angle`` and
          ``segment_angular_velocity`` (time, segment), positive in the downswing for either hand;
        - attributes ``parameters``, ``stature_m``, ``handed``, ``shot``, for a batter ``lags_s``
          (JSON: onset and peak of each segment) and ``contact_time_s`` (peak speed of the bat's
          tip), for a lifter ``repetitions`` (JSON: start and end of each, seconds).

    Raises
    ------
    KinepathError
        If the athlete's limbs cannot reach the positions that the scenario requires.
    """
    time = scenario.times()
    camera = scenario.camera()
    mirror = _Mirror(scenario)
    pose = scenario.pose(time)
    origin = camera.view(pose.pelvis.origin, time)[:, None]
    seen = camera.view(pose.keypoints(), time)
    confidence = np.ones((len(time), len(BLAZEPOSE.keypoints), 1))
    truth = sequence.poses(
        mirror.pixels(camera.picture(seen, time), swap=True).transpose(0, 2, 1)[..., None],
        confidence,
        time,
        BLAZEPOSE.keypoints,
        fps=scenario.fps,
        clip=scenario.name,
        position_3d=mirror.metres(seen - origin, swap=True).transpose(0, 2, 1)[..., None],
        attrs={
            "source_software": "kinepath.synth",
            "skeleton": BLAZEPOSE.name,
            "backend": "truth",
            "shot": scenario.shot,
            "handed": scenario.handed,
            "stature_m": scenario.stature_m,
            "parameters": json.dumps({"simulate": scenario.parameters()}, sort_keys=True),
        },
    )
    fixed = np.broadcast_to(BACKGROUND_POINTS, (len(time), *BACKGROUND_POINTS.shape))
    tracks = mirror.pixels(camera.project(fixed, time)).transpose(0, 2, 1)
    truth["background_point"] = (
        ("time", "space", "point"),
        tracks,
        {"units": "pixel", "long_name": "tracks of points fixed in the world"},
    )
    truth["camera_zoom"] = (
        "time",
        camera.zoom_factor(time),
        {"units": "1", "long_name": "focal length over the one at the start"},
    )
    truth["camera_pan"] = (
        "time",
        mirror.sign * camera.pan_angle(time),
        {"units": "degree", "long_name": "angle of the camera to its right, without the tremor"},
    )
    if scenario.is_batter:
        rod = np.stack([pose.rod.tip, pose.rod.grip], axis=1)
        rod_seen = camera.view(rod, time)
        pixels = mirror.pixels(camera.picture(rod_seen, time))
        metres = mirror.metres(rod_seen - origin)
        for k, name in enumerate(("tip", "grip")):
            words = {"tip": "toe of the bat", "grip": "point of the bat between the hands"}[name]
            truth[f"bat_{name}"] = (
                ("time", "space"),
                pixels[:, k],
                {"units": "pixel", "long_name": words},
            )
            truth[f"bat_{name}_3d"] = (
                ("time", "space_3d"),
                metres[:, k],
                {"units": "m", "long_name": f"{words}, relative to the hips' midpoint"},
            )
        truth = _with_chain(truth, scenario, time)
    else:
        truth.attrs["repetitions"] = json.dumps(scenario.squats().bounds())
    return Simulation(scenario, truth)


@dataclass(frozen=True)
class _Mirror:
    """Convert the right-hander's values to a left-hander's, if requested."""

    scenario: Scenario

    @property
    def sign(self) -> float:
        return -1.0 if self.scenario.handed == "left" else 1.0

    def pixels(self, points: Array, *, swap: bool = False) -> Array:
        """Mirror pixels (time, points, 2); ``swap`` also swaps left and right keypoints."""
        if self.sign > 0:
            return points
        flipped = points * np.array([-1.0, 1.0]) + np.array([self.scenario.width - 1.0, 0.0])
        return np.asarray(flipped[:, BLAZEPOSE.mirror_order()] if swap else flipped)

    def metres(self, points: Array, *, swap: bool = False) -> Array:
        """Mirror positions in the camera's axes (time, points, 3)."""
        if self.sign > 0:
            return points
        flipped = points * np.array([-1.0, 1.0, 1.0])
        return np.asarray(flipped[:, BLAZEPOSE.mirror_order()] if swap else flipped)


def _with_chain(truth: xr.Dataset, scenario: Scenario, time: Array) -> xr.Dataset:
    """Add the closed-form angles of the segments and the times of the chain."""
    shot, timing = SHOTS[scenario.shot], scenario.timing()
    angles = [np.radians(timing.blend(getattr(shot, s), s, time)) for s in SEGMENTS]
    rates = [np.radians(timing.rate(getattr(shot, s), s, time)) for s in SEGMENTS]
    truth = truth.assign_coords(segment=list(SEGMENTS))
    truth["segment_angle"] = (
        ("time", "segment"),
        np.column_stack(angles),
        {"units": "rad", "long_name": "prescribed swing angle of the segment"},
    )
    truth["segment_angular_velocity"] = (
        ("time", "segment"),
        np.column_stack(rates),
        {"units": "rad/s", "long_name": "prescribed angular velocity of the segment"},
    )
    times = {s: {"onset": timing.onset(s), "peak": timing.peak(s)} for s in SEGMENTS}
    truth.attrs["lags_s"] = json.dumps(times, sort_keys=True)
    truth.attrs["contact_time_s"] = contact_time(scenario)
    return truth


def contact_time(scenario: Scenario) -> float:
    """Find the time of the bat tip's peak speed in space, to 0.1 ms, seconds."""
    step = 1e-4
    peak = scenario.timing().peak("bat")
    time = np.arange(peak - 0.25, peak + 0.25, step)
    speed = np.linalg.norm(np.diff(scenario.pose(time).rod.tip, axis=0), axis=-1)
    return float(time[np.argmax(speed)] + step / 2)
