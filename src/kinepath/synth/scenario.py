"""The scenario to simulate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from kinepath.body.anthropometry import Body
from kinepath.errors import KinepathError
from kinepath.synth.batter import batter
from kinepath.synth.body import Pose
from kinepath.synth.camera import Camera
from kinepath.synth.implement import IMPLEMENTS
from kinepath.synth.motion import SEGMENTS, Timing
from kinepath.synth.shots import SHOTS
from kinepath.synth.squat import Repetitions, lifter
from kinepath.typing import Array

#: The name of the lifter's exercise, in addition to the batter's shots.
SQUAT = "squat"


def _default_lags() -> dict[str, float]:
    return {"trunk": 0.04, "arm": 0.08, "forearm": 0.115, "bat": 0.15}


@dataclass(frozen=True)
class Scenario:
    """One simulated clip: who does what, when, and who films it.

    Parameters
    ----------
    shot : str
        A shot of :data:`kinepath.synth.shots.SHOTS`, or ``squat``.
    clip : str
        Name of the clip; the shot's where it is empty.
    implement : str
        The batter's implement, of :data:`kinepath.synth.implement.IMPLEMENTS`; the movement
        remains that of the shot.
    handed : str
        ``right`` or ``left``: the left-hander's frames are mirror images.
    seed : int
        Seed of ground, sky, kit, tremor and grain.
    width, height : int
        Size in pixels, even.
    fps : float
        Frame rate, hertz.
    stature_m : float
        The athlete's height, metres.
    duration_s : float
        Length of a batter's clip, seconds; a lifter's follows from the repetitions.
    backlift_s, downswing_s : float
        Times of the peak angular velocity of the pelvis in backlift and downswing, seconds.
    lags_s : mapping of str to float
        Lags of trunk, arm, forearm and bat behind the pelvis, seconds.
    swing_width_s : float
        Time constant of the downswing, seconds.
    repetitions : int
        Number of squats.
    depth : float
        Descent of the hips, as a fraction of leg length.
    tempo_s : sequence of four float
        Seconds of lowering, holding, rising and standing between two squats.
    still_s : float
        Seconds of standing still before the first and after the last squat.
    azimuth_deg, elevation_deg : float
        Direction of the camera, from the bowler's side to the off side, and up.
    distance_m : float
        Metres from camera to athlete.
    pan_deg : float
        Degrees by which the camera pans during the clip, to the right for a right-hander.
    zoom : float
        Focal length at the end over that at the start.
    shake_px : float
        Tremor of the camera, pixels at a height of 720.
    shutter : float
        Fraction of the frame interval during which the shutter is open: motion blur.
    grain : float
        Standard deviation of the sensor's noise, grey levels of 255.

    Raises
    ------
    KinepathError
        If shot, implement, handedness or a segment's name is unknown, or a number is out of range.
    """

    shot: str
    clip: str = ""
    implement: str = "cricket_bat"
    handed: str = "right"
    seed: int = 1
    width: int = 1280
    height: int = 720
    fps: float = 50.0
    stature_m: float = 1.78
    duration_s: float = 2.4
    backlift_s: float = 0.65
    downswing_s: float = 1.3
    lags_s: Mapping[str, float] = field(default_factory=_default_lags)
    swing_width_s: float = 0.05
    repetitions: int = 4
    depth: float = 0.46
    tempo_s: tuple[float, float, float, float] = (0.95, 0.1, 0.8, 0.25)
    still_s: float = 0.8
    azimuth_deg: float = 42.0
    elevation_deg: float = 4.0
    distance_m: float = 9.0
    pan_deg: float = 2.0
    zoom: float = 1.06
    shake_px: float = 1.5
    shutter: float = 0.4
    grain: float = 2.0

    def __post_init__(self) -> None:
        valid = (*SHOTS, SQUAT)
        if self.shot not in valid:
            raise KinepathError(f"no shot named {self.shot!r}; there are: {', '.join(valid)}")
        if self.implement not in IMPLEMENTS:
            known = ", ".join(IMPLEMENTS)
            raise KinepathError(f"no implement named {self.implement!r}; there are: {known}")
        if self.handed not in ("left", "right"):
            raise KinepathError(f"handed is {self.handed!r}; it is 'left' or 'right'")
        if unknown := set(self.lags_s) - set(SEGMENTS[1:]):
            raise KinepathError(
                f"lags_s names {', '.join(sorted(unknown))}; there are: {', '.join(SEGMENTS[1:])}"
            )
        for name in ("fps", "stature_m", "duration_s", "swing_width_s", "repetitions", "zoom"):
            if getattr(self, name) <= 0:
                raise KinepathError(f"{name} is {getattr(self, name)}; it must be positive")

    @property
    def name(self) -> str:
        """Return the name of the clip."""
        return self.clip or self.shot

    @property
    def is_batter(self) -> bool:
        """Return whether the athlete holds a bat."""
        return self.shot != SQUAT

    @property
    def duration(self) -> float:
        """Return the length of the clip, seconds."""
        return self.duration_s if self.is_batter else self.squats().duration

    def timing(self) -> Timing:
        """Return the timing of the kinetic chain."""
        lags = {**_default_lags(), **self.lags_s}
        return Timing(self.backlift_s, self.downswing_s, lags, self.swing_width_s)

    def squats(self) -> Repetitions:
        """Return the timing of the repetitions."""
        down, hold, up, rest = self.tempo_s
        return Repetitions(self.repetitions, self.depth, (down, hold, up, rest), self.still_s)

    def times(self) -> Array:
        """Return the presentation times of the frames, seconds."""
        return np.arange(round(self.duration * self.fps)) / self.fps

    def camera(self) -> Camera:
        """Return the camera for a right-hander."""
        return Camera(
            self.width,
            self.height,
            self.azimuth_deg,
            self.elevation_deg,
            self.distance_m,
            self.pan_deg,
            self.zoom,
            self.shake_px,
            self.duration,
            self.seed,
        )

    def pose(self, time: Array) -> Pose:
        """Compute the right-handed athlete's pose at any times (time,), seconds."""
        body = Body(self.stature_m)
        if self.is_batter:
            length = IMPLEMENTS[self.implement].below_grip_m
            return batter(SHOTS[self.shot], self.timing(), body, time, length)
        return lifter(self.squats(), body, time)

    def parameters(self) -> dict[str, Any]:
        """Return all fields as JSON-serialisable values."""
        return asdict(self)
