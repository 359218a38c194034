"""Settings of chains, comparisons, repetitions and their form."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kinepath.settings.model import Model

#: What can be a part of a chain.
Node = Literal[
    "left_ankle",
    "right_ankle",
    "left_knee",
    "right_knee",
    "left_hip",
    "right_hip",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_shank",
    "right_shank",
    "left_thigh",
    "right_thigh",
    "pelvis",
    "trunk",
    "left_upper_arm",
    "right_upper_arm",
    "left_forearm",
    "right_forearm",
    "bat",
]


class TimingSettings(Model):
    """The order of the bursts of speed, tested against random timing."""

    nodes: list[Node] = Field(
        ["pelvis", "trunk", "left_upper_arm", "left_forearm", "bat"],
        min_length=3,
        json_schema_extra={"uniqueItems": True},
        description="Joints or segments that a chain may lead over; left is the leading side.",
    )
    before_s: float = Field(
        0.45,
        gt=0,
        le=3,
        description="How long before the peak of speed the swing's window begins, seconds.",
    )
    after_s: float = Field(
        0.3, gt=0, le=3, description="How long after the peak of speed the window ends, seconds."
    )
    smoothing_s: float = Field(
        0.2,
        ge=0,
        le=1,
        description="Savitzky-Golay window (order 2) before differentiating, seconds; 0 smooths nothing.",
    )
    max_lag_s: float = Field(
        0.15, gt=0, le=1, description="Longest lag between two parts, seconds."
    )
    theta: float = Field(0.5, ge=0, le=1, description="Least correlation of an edge.")
    alpha: float = Field(
        0.05,
        gt=0,
        lt=1,
        description="Share of random timings that may do as well as the clip, family-wise.",
    )
    surrogates: int = Field(1000, ge=100, le=100000, description="Number of random timings.")
    bootstraps: int = Field(
        200, ge=50, le=10000, description="Number of resamples for intervals and stability."
    )
    block_s: float = Field(
        0.1, gt=0, le=1, description="Length of a block of the bootstrap, seconds."
    )
    geometry_s: float = Field(
        0.012,
        ge=0,
        le=0.2,
        description="What projection adds to the interval of a lag (root of the sum of squares), seconds.",
    )
    flat_geometry_s: float = Field(
        0.04, ge=0, le=0.2, description="The same for a pose without depth, seconds."
    )
    max_gap_s: float = Field(
        0.1, ge=0, le=1, description="Longest gap in a track that is filled, seconds."
    )
    minimum_share: float = Field(
        0.8, gt=0, le=1, description="Share of the window in which a part must be seen."
    )
    minimum_confidence: float = Field(
        0.3, ge=0, le=1, description="Samples of less confidence are not used."
    )
    allow_proxy: bool = Field(
        False, description="Whether a bat that is only guessed from the arms may be a part."
    )
    seed: int = Field(0, ge=0, description="Seed of surrogates and resamples.")


class WhitepaperSettings(Model):
    """The published method."""

    window_s: float = Field(
        0.2, gt=0, le=2, description="Savitzky-Golay window before differentiating, seconds."
    )
    order: int = Field(2, ge=1, le=5, description="Order of the Savitzky-Golay polynomial.")
    max_lag_s: float = Field(0.4, gt=0, le=2, description="Longest lag between two parts, seconds.")
    theta: float = Field(0.4, ge=0, le=1, description="Least correlation of an edge.")
    alpha: float = Field(0.05, gt=0, lt=1, description="Significance level of an edge.")
    minimum_confidence: float = Field(
        0.3, ge=0, le=1, description="Samples of less confidence are not used."
    )


class ChainSettings(Model):
    """The kinetic chain."""

    method: Literal["timing", "whitepaper"] = Field(
        "timing",
        description="How the chain is found; whitepaper is the published method, for comparison.",
    )
    timing: TimingSettings = Field(
        default_factory=TimingSettings,
        description="The order of the bursts of speed, tested against random timing.",
    )
    whitepaper: WhitepaperSettings = Field(
        default_factory=WhitepaperSettings, description="The published method."
    )


class PairsSettings(Model):
    """Comparison of clips by dynamic time warping."""

    joints: list[str] = Field(
        [],
        json_schema_extra={"uniqueItems": True},
        description="The keypoints that are compared; empty for the twelve body joints.",
    )
    scale: dict[Literal["position", "velocity", "angle", "bat"], Annotated[float, Field(gt=0)]] = (
        Field(
            {"position": 0.1, "velocity": 0.35},
            min_length=1,
            description="What is compared, and the typical size that each kind is divided by so that they weigh alike. position: body heights, relative to the midpoint of the hips; velocity: body heights per second; angle: joint angles in degrees; bat: the tip in body heights, relative to the midpoint of the hips, passed over where nothing is swung.",
        )
    )
    band: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Half-width of the Sakoe-Chiba band as a share of the lengths; null for none.",
    )
    max_gap_s: float = Field(0.2, ge=0, description="Longest gap that is filled in, seconds.")
    minimum_share: float = Field(
        0.8, gt=0, le=1, description="Share of a clip that must be known in one stretch."
    )
    minimum_parts: float = Field(
        0.7,
        gt=0.5,
        le=1,
        description="Share of the joints that a clip must show in that stretch; above a half, so that any two clips have some in common.",
    )
    threads: int = Field(2, ge=1, description="Threads that compare.")
    shards: int = Field(
        1, ge=1, description="Jobs that share the pairs of an activity, for a cluster."
    )
    permutations: int = Field(
        2000,
        ge=99,
        description="Shuffles of the labels that the retrieval score is tested against.",
    )


class RepetitionsSettings(Model):
    """Repetitions of an exercise."""

    smoothing_s: float = Field(
        0.25,
        ge=0,
        le=2,
        description="Savitzky-Golay window over the postures, seconds; 0 smooths nothing.",
    )
    shortest_s: float = Field(0.6, gt=0, le=60, description="Shortest repetition, seconds.")
    least_amplitude: float = Field(
        0.12,
        gt=0,
        le=3,
        description="Smallest movement, root of the sum of squares over the joints, statures.",
    )
    depth: float = Field(
        0.5, gt=0, lt=1, description="Smallest half of a repetition, as a share of the typical one."
    )
    difference: float = Field(
        0.6,
        gt=0,
        le=2,
        description="Farthest that the postures of a repetition are from the typical ones, as a share of the amplitude.",
    )


class FormSettings(Model):
    """How the repetitions of exercises are judged."""

    min_confidence: float = Field(
        0.6,
        ge=0,
        le=1,
        description="Least median confidence of the keypoints by which a metric is judged.",
    )
    min_seen: float = Field(
        0.7, ge=0, le=1, description="Least share of a phase's frames in which they are seen."
    )
    min_probability: float = Field(
        0.75,
        ge=0.5,
        le=1,
        description="A value is called inside or outside of its range where that is at least so probable, its error taken as normal.",
    )
    min_weight: float = Field(
        0.4,
        ge=0,
        le=1,
        description="Least share of the metrics' weights that must be judged for a score.",
    )
