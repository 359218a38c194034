"""Settings of who is followed and how keypoints are found."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kinepath.settings.model import Model


class SubjectSettings(Model):
    """Who is followed where several people are in the picture, or the athlete is small."""

    whole_picture: float = Field(
        0.45,
        gt=0,
        description="An athlete of this share of the picture's height, and alone, is looked for in all of it.",
    )
    tiles: list[Annotated[float, Field(ge=0.1, le=1)]] = Field(
        [1.0, 0.6, 0.45],
        min_length=1,
        description="People are looked for in squares of these sides, shares of the picture's height.",
    )
    searched: int = Field(
        4, ge=1, le=100, description="Pictures of a window in which people are looked for."
    )
    search_confidence: float = Field(
        0.3,
        ge=0,
        le=1,
        description="Least confidence with which a person is found in such a picture; each must be found twice.",
    )
    rate_hz: float = Field(
        12.5,
        ge=2,
        le=100,
        description="Pictures per second in which each person is followed before one is chosen, hertz.",
    )
    most: int = Field(
        75, ge=2, le=500, description="Most such pictures; a longer window is looked at less often."
    )
    least_score: float = Field(
        0.1,
        ge=0,
        le=1,
        description="Nobody is followed if the score by the rule of the one who fits best is lower; 0, the best one always is.",
    )
    smoothing_s: float = Field(
        0.3,
        gt=0,
        le=5,
        description="Standard deviation of the Gaussian that smooths the view's way, seconds.",
    )


class OnnxSettings(Model):
    """Networks of the backend onnx."""

    detector: str | None = Field(
        None,
        pattern="^(?!sha256:)|^sha256:[0-9a-f]{64}$",
        description="Finds people, an .onnx file of RTMDet or YOLOX; or sha256:HEX of a file in resources/models.",
    )
    detector_sha256: str | None = Field(
        None,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 that the detector must have; null accepts any.",
    )
    detector_kind: Literal["rtmdet", "yolox"] = Field(
        "rtmdet", description="What the detector is; the two take pictures differently."
    )
    estimator: str | None = Field(
        None,
        pattern="^(?!sha256:)|^sha256:[0-9a-f]{64}$",
        description="Finds keypoints, an .onnx file of RTMPose or another SimCC network; or sha256:HEX.",
    )
    estimator_sha256: str | None = Field(
        None,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 that the estimator must have; null accepts any.",
    )
    skeleton: Literal["coco-17", "halpe-26", "coco-wholebody-133", "h36m-17"] = Field(
        "coco-17", description="The estimator's keypoints."
    )
    lifter: str | None = Field(
        None,
        pattern="^(?!sha256:)|^sha256:[0-9a-f]{64}$",
        description="From 2D to 3D, an .onnx file of MotionBERT or the like, or sha256:HEX; null gives no third dimension.",
    )
    lifter_sha256: str | None = Field(
        None,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 that the lifter must have; null accepts any.",
    )


class MmposeSettings(Model):
    """Networks of the backend mmpose."""

    detector: str = Field(
        "rtmdet_m_640-8xb32_coco-person",
        description="Finds people, a configuration of mmdet by name or path.",
    )
    detector_checkpoint: str | None = Field(
        "official",
        pattern="^(?!sha256:)|^sha256:[0-9a-f]{64}$",
        description="The detector's weights; official, a .pth file, or sha256:HEX of a file in resources/models.",
    )
    detector_sha256: str | None = Field(
        None,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 that the detector's weights must have; null accepts any.",
    )
    estimator: str = Field(
        "rtmpose-m_8xb256-420e_coco-256x192",
        description="Finds keypoints, a configuration of mmpose by name or path.",
    )
    estimator_checkpoint: str | None = Field(
        "official",
        pattern="^(?!sha256:)|^sha256:[0-9a-f]{64}$",
        description="The estimator's weights; official, a .pth file, or sha256:HEX of a file in resources/models.",
    )
    estimator_sha256: str | None = Field(
        None,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 that the estimator's weights must have; null accepts any.",
    )
    skeleton: Literal["coco-17", "halpe-26", "coco-wholebody-133", "h36m-17"] = Field(
        "coco-17", description="The estimator's keypoints."
    )
    lifter: str | None = Field(
        None,
        description="From 2D to 3D, a configuration of MotionBERT or VideoPose3D by name or path; null gives no third dimension.",
    )
    lifter_checkpoint: str | None = Field(
        "official",
        pattern="^(?!sha256:)|^sha256:[0-9a-f]{64}$",
        description="The lifter's weights; official, a .pth file, or sha256:HEX of a file in resources/models.",
    )
    lifter_sha256: str | None = Field(
        None,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 that the lifter's weights must have; null accepts any.",
    )
    trusted: list[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = Field(
        [],
        description="SHA-256 of checkpoints that hold more than weights and may run code when they are read.",
    )


class PoseSettings(Model):
    """How keypoints are found."""

    backend: str = Field(
        "mediapipe", description="Which program finds the keypoints; a module of kinepath.pose."
    )
    device: str = Field(
        "auto",
        pattern="^(auto|cpu|cuda(:[0-9]+)?)$",
        description="Auto, cpu, cuda or cuda:N; with cuda a pose job asks for a GPU.",
    )
    model: Literal["lite", "full", "heavy"] = Field(
        "full", description="Size of MediaPipe's model."
    )
    model_path: str | None = Field(None, description="Your own model file; null gets one.")
    model_sha256: str | None = Field(
        None,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 that your own or the official model must have; null accepts any.",
    )
    min_detection_confidence: float = Field(
        0.5, ge=0, le=1, description="Least confidence with which a person is found."
    )
    min_tracking_confidence: float = Field(
        0.5, ge=0, le=1, description="Least confidence with which a person is followed."
    )
    frames_per_batch: int = Field(
        8,
        ge=1,
        le=512,
        description="Pictures that a backend with batches looks at together; less is taken where memory is short.",
    )
    people_per_batch: int = Field(
        32, ge=1, le=4096, description="People whose keypoints such a backend finds together."
    )
    most_people: int = Field(
        8, ge=1, le=100, description="People in a picture at most, the surest ones."
    )
    onnx: OnnxSettings = Field(
        default_factory=OnnxSettings, description="Networks of the backend onnx."
    )
    mmpose: MmposeSettings = Field(
        default_factory=MmposeSettings, description="Networks of the backend mmpose."
    )
