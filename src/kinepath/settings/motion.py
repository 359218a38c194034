"""Settings of cleaning, the implement, the camera and alignment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kinepath.settings.model import Model


class CleanSettings(Model):
    """How keypoint tracks are cleaned."""

    min_confidence: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Keypoints below are taken as not seen; null takes 0 where a low confidence says hidden (mediapipe), else 0.3.",
    )
    swap_penalty: float = Field(
        0.1,
        ge=0,
        description="Jumps that exchanging left and right of a limb must save to be done, statures; 0 repairs nothing.",
    )
    outlier_s: float = Field(
        0.12,
        ge=0,
        le=1,
        description="Longest run of outliers that is removed, seconds; 0 looks for no outliers.",
    )
    outlier_least: float = Field(
        0.04,
        ge=0,
        description="Smallest distance of an outlier from the course of its track, statures.",
    )
    max_gap_s: float = Field(0.15, ge=0, description="Longest gap that is filled, seconds.")
    smoothing: Literal["savitzky_golay", "butterworth", "none"] = Field(
        "savitzky_golay", description="How tracks are smoothed; both filters have no lag."
    )
    smoothing_window_s: float = Field(0.1, ge=0, description="Savitzky-Golay window, seconds.")
    smoothing_order: int = Field(
        2, ge=0, le=5, description="Order of the Savitzky-Golay polynomial."
    )
    smoothing_cutoff_hz: float = Field(
        8.0,
        gt=0,
        description="Frequency at which the Butterworth filter, after both passes, leaves 71 % of the amplitude, hertz.",
    )


class BatDetector(Model):
    """A detector with your own weights; null for none."""

    backend: str = Field(description="Which program runs it; a module of kinepath.bat.detectors.")
    model_path: str = Field(min_length=1, description="Its weights.")
    size: int = Field(
        ge=32, le=2048, description="Side of the picture that the network takes, pixels."
    )
    label: int = Field(ge=0, description="The class of the implement; 34 is COCO's baseball bat.")
    min_score: float = Field(ge=0, le=1, description="Boxes of a lower score are not used.")


class BatSettings(Model):
    """How the bat is found."""

    stature_m: float = Field(
        1.75,
        ge=0.5,
        le=2.6,
        description="The athlete's stature where the sheet gives none, metres.",
    )
    min_confidence: float = Field(
        0.54, ge=0, le=1, description="Least confidence of a tip that counts as observed."
    )
    max_gap_s: float = Field(
        0.25,
        ge=0,
        le=2,
        description="Longest gap between observed tips over which the bat's course is followed, seconds.",
    )
    least_observed: float = Field(
        0.4,
        ge=0,
        le=1,
        description="Share of observed frames below which no result rests on the bat.",
    )
    detector: BatDetector | None = Field(
        None, description="A detector with your own weights; null for none."
    )


class CameraSettings(Model):
    """How the camera's motion is found from the background."""

    width: int = Field(
        640, ge=64, le=4096, description="Pictures are looked at scaled down to this width, pixels."
    )
    features: int = Field(400, ge=24, le=5000, description="Most corners that are followed.")
    match_px: float = Field(
        1.5,
        gt=0,
        le=20,
        description="Largest distance of matches that agree, pixels at that width.",
    )
    static_px: float = Field(
        0.3,
        ge=0,
        le=20,
        description="A camera that moves the picture by less (root mean square over its corners) stands still, pixels at that width.",
    )


class AlignSettings(Model):
    """Procrustes alignment."""

    correspondence: Literal["phase", "dtw"] = Field(
        "phase",
        description="Which frames of a clip and of a moving reference belong together; evenly spread (linear phase) or by dynamic time warping.",
    )
    reference: dict[str, Annotated[str, Field(pattern="^[A-Za-z0-9_-]+$")]] = Field(
        {},
        description='The clip whose motion the clips of an activity are aligned to, by activity, or "mean" for the generalised Procrustes mean of all of them; without one, a standing body.',
    )
