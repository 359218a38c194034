"""All settings of a project."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kinepath.settings.model import Model
from kinepath.settings.motion import AlignSettings, BatSettings, CameraSettings, CleanSettings
from kinepath.settings.people import PoseSettings, SubjectSettings
from kinepath.settings.results import (
    ChainSettings,
    FormSettings,
    PairsSettings,
    RepetitionsSettings,
)
from kinepath.settings.shown import CompositesSettings, SiteSettings, VideosSettings
from kinepath.settings.source import (
    ConformSettings,
    ProbeSettings,
    SegmentsSettings,
    SimulateSettings,
)


class Activity(Model):
    """What can be done in a clip."""

    implement: str | None = Field(
        None, description="What is swung, one of implements; without one there is no kinetic chain."
    )
    exercise: str | None = Field(
        None,
        pattern="^[A-Za-z0-9_]+$",
        description="What is repeated, a file of the folder of exercises; without one no repetitions are looked for.",
    )


class ImplementSettings(Model):
    """What can be swung."""

    length_m: float = Field(gt=0, le=3, description="From the hands to the tip, metres.")
    width_m: float = Field(gt=0, le=1, description="At its widest, metres.")
    hands: Literal[1, 2] = Field(
        description='How many hands hold it; one is that of the side in the sheet\'s column "handed", or the right.'
    )
    colour: list[Annotated[int, Field(ge=0, le=255)]] | None = Field(
        min_length=3,
        max_length=3,
        description="Its red, green and blue of 255; null learns them from each clip.",
    )


class Settings(Model):
    """Everything that can be set."""

    sheet: str = Field("config/clips.tsv", min_length=1, description="The table of clips.")
    activities: dict[str, Activity] = Field(
        {
            "batting": Activity(implement="cricket_bat"),
            "baseball": Activity(implement="baseball_bat"),
            "tennis": Activity(implement="tennis_racket"),
            "golf": Activity(implement="golf_club"),
            "squat": Activity(exercise="squat"),
            "barbell_squat": Activity(exercise="barbell_squat"),
            "deadlift": Activity(exercise="deadlift"),
            "bench_press": Activity(exercise="bench_press"),
            "biceps_curl": Activity(exercise="biceps_curl"),
            "push_up": Activity(exercise="push_up"),
            "lateral_raise": Activity(exercise="lateral_raise"),
            "kettlebell_swing": Activity(exercise="kettlebell_swing"),
        },
        min_length=1,
        json_schema_extra={"propertyNames": {"pattern": "^[A-Za-z0-9_]+$"}},
        description='What can stand in the sheet\'s column "activity".',
    )
    exercises: str = Field(
        "config/exercises", min_length=1, description="The folder of exercises, one YAML file each."
    )
    implements: dict[str, ImplementSettings] = Field(
        {
            "cricket_bat": ImplementSettings(length_m=0.75, width_m=0.108, hands=2, colour=None),
            "baseball_bat": ImplementSettings(length_m=0.75, width_m=0.066, hands=2, colour=None),
            "tennis_racket": ImplementSettings(length_m=0.58, width_m=0.25, hands=1, colour=None),
            "golf_club": ImplementSettings(length_m=0.95, width_m=0.05, hands=2, colour=None),
        },
        description="What can be swung.",
    )
    simulate: SimulateSettings = Field(
        default_factory=SimulateSettings,
        description="The simulated athlete, whose truth is known; see kinepath.synth.Scenario.",
    )
    probe: ProbeSettings = Field(
        default_factory=ProbeSettings, description="How raw videos are looked at."
    )
    conform: ConformSettings = Field(
        default_factory=ConformSettings, description="How raw videos are made alike."
    )
    segments: SegmentsSettings = Field(
        default_factory=SegmentsSettings,
        description="Which camera shot is proposed where the sheet gives no window.",
    )
    subject: SubjectSettings = Field(
        default_factory=SubjectSettings,
        description="Who is followed where several people are in the picture, or the athlete is small.",
    )
    pose: PoseSettings = Field(default_factory=PoseSettings, description="How keypoints are found.")
    clean: CleanSettings = Field(
        default_factory=CleanSettings, description="How keypoint tracks are cleaned."
    )
    bat: BatSettings = Field(default_factory=BatSettings, description="How the bat is found.")
    camera: CameraSettings = Field(
        default_factory=CameraSettings,
        description="How the camera's motion is found from the background.",
    )
    align: AlignSettings = Field(default_factory=AlignSettings, description="Procrustes alignment.")
    chain: ChainSettings = Field(default_factory=ChainSettings, description="The kinetic chain.")
    pairs: PairsSettings = Field(
        default_factory=PairsSettings, description="Comparison of clips by dynamic time warping."
    )
    reps: RepetitionsSettings = Field(
        default_factory=RepetitionsSettings, description="Repetitions of an exercise."
    )
    form: FormSettings = Field(
        default_factory=FormSettings, description="How the repetitions of exercises are judged."
    )
    videos: VideosSettings = Field(
        default_factory=VideosSettings, description="Skeleton and overlay videos."
    )
    composites: CompositesSettings = Field(
        default_factory=CompositesSettings,
        description="Grids of videos in step, and montages.",
    )
    site: SiteSettings = Field(default_factory=SiteSettings, description="The page.")
