"""Settings of the clips' making: simulation, looking at raw videos, conforming them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kinepath.settings.model import LEFT_OUT, Model


class LagSettings(Model):
    """How much later the segments follow the pelvis, seconds."""

    trunk: float = Field(LEFT_OUT, description="Lag of the trunk")
    arm: float = Field(LEFT_OUT, description="Lag of the leading upper arm")
    forearm: float = Field(LEFT_OUT, description="Lag of the leading forearm")
    bat: float = Field(LEFT_OUT, description="Lag of the bat")


class SimulatedClip(Model):
    """A clip of the simulated athlete."""

    shot: Literal[
        "cover_drive",
        "down_the_ground",
        "hook",
        "inside_edge",
        "off_drive",
        "square_drive",
        "squat",
    ] = Field(description="What the athlete does.")
    handed: Literal["left", "right"] = Field(
        LEFT_OUT,
        description="The side from which the athlete bats; a left-hander is the mirror image.",
    )
    seed: int = Field(LEFT_OUT, ge=0, description="Seed of ground, sky, clothes, tremor and grain.")
    width: int = Field(
        LEFT_OUT, ge=32, multiple_of=2, description="Width of the picture in pixels, even."
    )
    height: int = Field(
        LEFT_OUT, ge=32, multiple_of=2, description="Height of the picture in pixels, even."
    )
    fps: float = Field(LEFT_OUT, gt=0, description="Frames per second.")
    grain: float = Field(
        LEFT_OUT, ge=0, description="Sensor noise, standard deviation in grey levels of 255."
    )
    shutter: float = Field(
        LEFT_OUT,
        ge=0,
        le=1,
        description="Motion blur: share of the frame's time during which the shutter is open.",
    )
    shake_px: float = Field(
        LEFT_OUT, ge=0, description="Tremor of the camera, pixels at a height of 720."
    )
    stature_m: float = Field(
        LEFT_OUT, ge=1.2, le=2.3, description="The athlete's height in metres."
    )
    duration_s: float = Field(LEFT_OUT, gt=0, description="Length of a batter's clip in seconds.")
    backlift_s: float = Field(
        LEFT_OUT, ge=0, description="Time of the fastest moment of the backlift, seconds."
    )
    downswing_s: float = Field(
        LEFT_OUT,
        ge=0,
        description="Time of the pelvis's greatest angular velocity in the downswing, seconds.",
    )
    lags_s: LagSettings = Field(
        LEFT_OUT, description="How much later the segments follow the pelvis, seconds."
    )
    swing_width_s: float = Field(
        LEFT_OUT,
        gt=0,
        description="Time constant of the downswing in seconds; it lasts about eight of them.",
    )
    repetitions: int = Field(LEFT_OUT, ge=1, description="Number of squats.")
    depth: float = Field(
        LEFT_OUT,
        ge=0,
        le=0.6,
        description="How far the hips go down in a squat, as a fraction of leg length.",
    )
    tempo_s: list[Annotated[float, Field(ge=0)]] = Field(
        LEFT_OUT,
        min_length=4,
        max_length=4,
        description="Seconds of lowering, holding, rising and standing between two squats.",
    )
    still_s: float = Field(
        LEFT_OUT,
        ge=0,
        description="Seconds of standing still before the first and after the last squat.",
    )
    implement: Literal["cricket_bat", "baseball_bat", "golf_club", "tennis_racket"] = Field(
        LEFT_OUT, description="What a batter swings."
    )
    azimuth_deg: float = Field(
        LEFT_OUT,
        ge=-180,
        le=180,
        description="Where the camera stands, from the bowler's side (0) to the off side (90).",
    )
    elevation_deg: float = Field(
        LEFT_OUT,
        ge=1,
        le=60,
        description="How high the camera stands, degrees above the athlete's chest.",
    )
    distance_m: float = Field(LEFT_OUT, ge=4, description="Metres from the camera to the athlete.")
    pan_deg: float = Field(
        LEFT_OUT, ge=-20, le=20, description="Degrees that the camera pans during the clip."
    )
    zoom: float = Field(
        LEFT_OUT, ge=0.5, le=3, description="Focal length at the end over that at the start."
    )


class SimulateSettings(Model):
    """The simulated athlete, whose truth is known; see kinepath.synth.Scenario."""

    width: int = Field(
        1280, ge=32, multiple_of=2, description="Width of the picture in pixels, even."
    )
    height: int = Field(
        720, ge=32, multiple_of=2, description="Height of the picture in pixels, even."
    )
    fps: float = Field(50, gt=0, description="Frames per second.")
    grain: float = Field(
        2.0, ge=0, description="Sensor noise, standard deviation in grey levels of 255."
    )
    shutter: float = Field(
        0.4,
        ge=0,
        le=1,
        description="Motion blur: share of the frame's time during which the shutter is open.",
    )
    shake_px: float = Field(
        1.5, ge=0, description="Tremor of the camera, pixels at a height of 720."
    )
    clips: dict[str, SimulatedClip] = Field(
        {},
        json_schema_extra={"propertyNames": {"pattern": "^[A-Za-z0-9_-]+$"}},
        description="The clips by name; what is given here goes before what is given above.",
    )


class ProbeSettings(Model):
    """How raw videos are looked at."""

    min_size: int = Field(
        32,
        ge=2,
        description="Smallest width and height in which a person can be looked for, pixels.",
    )
    cut_threshold: float = Field(
        0.08,
        gt=0,
        le=1,
        description="Change of brightness between frames that may be a cut, share of full scale.",
    )


class ConformSettings(Model):
    """How raw videos are made alike."""

    fps: float | None = Field(
        None,
        gt=0,
        le=2000,
        description="One frame rate for all clips, hertz; null keeps each clip's own.",
    )
    crf: int = Field(
        16,
        ge=0,
        le=51,
        description="Quality of the conformed video (x264); lower is better and larger.",
    )


class SegmentsSettings(Model):
    """Which camera shot is proposed where the sheet gives no window."""

    shortest_s: float = Field(0.4, ge=0, description="Shorter ones are not proposed, seconds.")
    searched: int = Field(
        4, ge=1, le=100, description="Pictures of each in which people are looked for."
    )
    most: int = Field(
        30, ge=2, le=500, description="Most pictures of each in which people are followed."
    )
