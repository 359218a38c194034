"""Tracking the bat through a clip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.bat import gate, tracker
from kinepath.bat.background import Plate, plates, similarities
from kinepath.bat.detectors import Detector
from kinepath.bat.evidence import (
    DIRECTIONS,
    FEATURES,
    LENGTH_PX,
    LENGTHS,
    OFFSETS,
    REACH,
    Float,
    Palette,
    Polar,
    Rays,
    features,
    tip_step,
)
from kinepath.bat.geometry import SIDES, Hold, hold, joint, pixels_per_metre, unit
from kinepath.bat.network import Network
from kinepath.bat.palette import Learner, known_colour
from kinepath.bat.proxy import pose_proxy
from kinepath.bat.sources import SOURCES, dataset
from kinepath.bat.views import views
from kinepath.bat.weights import BLIND, CERTAINTY, INFORMED
from kinepath.camera import CameraError, steadied
from kinepath.io.sequence import carried_attrs, values_of, with_parameters
from kinepath.io.video import Image
from kinepath.signal.gaps import runs_of
from kinepath.typing import Array, Mask

#: Frames solved jointly, and overlap of the solutions: memory does not grow with the clip.
_BLOCK, _OVERLAP = 120, 30
#: Minimum margin of a frame from which the colours are learned.
_SURE = 6.0
_ANGLE: Array = np.arange(DIRECTIONS, dtype=np.float64) * (2 * np.pi / DIRECTIONS)
#: Hypotheses around the most likely one whose mean is the tip: directions and lengths.
_AROUND = (3, 1)
_OFFSETS: Array = np.array(OFFSETS, dtype=np.float64)
#: Score that a detector's box of full confidence adds to a hypothesis inside it; margin, lengths.
_TRUST, _ROOM = 6.0, 0.12
#: Penalty for an implement along one of the arms that hold it, within this angle, degrees: no wrist
#: folds back that far, but the edge of a sleeve or of a forearm looks like it.
_AGAINST, _ON_ARM_DEG = 4.0, 35.0
#: Maximum distance of palms on one grip, metres: a cricket bat's handle is 0.3 m long.
_ONE_GRIP_M = 0.35


def track(
    read: Callable[[], Iterable[Image]],
    poses: xr.Dataset,
    camera: xr.Dataset,
    settings: Mapping[str, Any],
    detector: Detector | None = None,
) -> xr.Dataset:
    """Find the bat.

    Parameters
    ----------
    read : callable
        Returns the frames of the conformed video from the first on, one at a time; it is called
        three times, five times where the hands are detected apart.
    poses : xarray.Dataset
        Cleaned poses.
    camera : xarray.Dataset
        The motion of the camera.
    settings : mapping
        Of the implement: ``name``, optional, for messages; ``length_m`` (from the hands to the
        tip), ``width_m``, ``hands`` (1 or 2), ``colour`` (blue, green, red, or None: learned); of
        the athlete: ``stature_m``, ``handed`` (or None); ``min_confidence``, ``max_gap_s``,
        ``least_observed``.
    detector : Detector, optional
        Contributes bounding boxes; see :mod:`kinepath.bat.detectors`.

    Returns
    -------
    xarray.Dataset
        ``tip`` and ``grip`` (time, space), pixels; ``confidence`` (time): the probability that the
        tip is within a quarter of a shoulder width of the truth, as fitted on simulated clips, and
        for a proxy the agreement of the arms; ``source`` (time). Attributes ``observed_share``
        (fraction of the frames in which hands are seen), ``implement`` (a word: bat, club),
        ``usable`` (1: that is at least ``least_observed``) and, where not, ``bat_note``.
    """
    if camera.sizes["time"] != poses.sizes["time"]:
        raise CameraError(
            f"the camera has {camera.sizes['time']} frames, the poses {poses.sizes['time']}"
        )
    scene = SearchSpace(poses, camera, settings)
    found = Found(poses.sizes["time"])
    if scene.visible.any():
        backgrounds = scene.backgrounds(read())
        if scene.torn.any():
            scene.hold_in_one_hand(read, backgrounds)

        def looks() -> Iterator[Look | None]:
            return scene.looks(read(), backgrounds, detector)

        palette = learned(looks(), scene, known_colour(settings["colour"]))
        for block in blocks(looks(), scene, palette):
            found.take(block, scene)
    return found.dataset(poses, scene, settings)


def learned(
    looks: Iterator[Look | None], scene: SearchSpace, palette: Palette | None = None
) -> Palette | None:
    """Learn the implement's colours from frames in which it is found reliably without them."""
    learner = Learner()
    for block in blocks(looks, scene, palette):
        for k in block.frames(_SURE):
            learner.add(*block.sighting(k))
    return learner.palette() or palette


def rays(angle: Array, length: Array) -> NDArray[np.complex128]:
    """Return the points (offsets, 1, ...) at a length along all offset rays, from the grip."""
    beside = _OFFSETS.reshape(-1, 1, *(1,) * np.ndim(angle))
    return np.asarray(np.exp(1j * angle) * (length + 1j * beside))


class SearchSpace:
    """What is known before the bat is searched for."""

    def __init__(
        self,
        poses: xr.Dataset,
        camera: xr.Dataset,
        settings: Mapping[str, Any],
    ) -> None:
        self.blind, self.informed = (Network.of(w, len(FEATURES)) for w in (BLIND, INFORMED))
        self.fps = float(poses.attrs["fps"])
        self._poses, self._length_m = poses, settings["length_m"]
        self.to_steady = similarities(camera)
        self.shot: NDArray[np.intp] = camera["shot"].values.astype(np.intp)
        scale = pixels_per_metre(steadied(poses, camera), settings["stature_m"])
        zoom = np.hypot(self.to_steady[:, 0, 0], self.to_steady[:, 1, 0])
        per_m = scale / np.where(np.isfinite(zoom), zoom, 1.0)
        self.grasp: Hold = hold(poses, per_m, settings["hands"], settings["handed"])
        #: Frames in which the hands are detected too far apart for one grip.
        self.torn: Mask = self.grasp.apart > _ONE_GRIP_M
        #: Probability that the hand with the grip is the one that holds the implement.
        self.sure_of_hand: Array = np.ones(self.torn.size)
        self.length_px = settings["length_m"] * per_m
        self.reach = REACH * self.length_px
        self.plate_scale = LENGTH_PX / (settings["length_m"] * scale) if scale > 0 else np.nan
        self.rays = Rays(settings["width_m"] / settings["length_m"])
        self.visible = np.isfinite(self.grasp.grip).all(axis=1) & np.isfinite(per_m)
        wrists = [f"{side}_wrist" for side in SIDES]
        self.hands = values_of(poses, "confidence", wrists).max(axis=1)
        arms = [joint(poses, f"{side}_elbow") - joint(poses, f"{side}_wrist") for side in SIDES]
        self.arms: Array = np.nan_to_num(unit(np.stack(arms, axis=2)))

    def backgrounds(self, images: Iterable[Image]) -> dict[int, Plate]:
        """Compute the background of every camera shot."""
        around = self.grasp.grip, self.reach, self.plate_scale
        return plates(images, self.to_steady, self.shot, *around)

    def hold_in_one_hand(
        self, read: Callable[[], Iterable[Image]], backgrounds: Mapping[int, Plate]
    ) -> None:
        """Move the grip from between separate hands to one of them.

        One hand has let go, or belongs to another person: in each run of such frames the implement
        is held by the hand at which it is seen better, by its shape alone.
        """
        both, seen = self.grasp, []
        singles = [hold(self._poses, both.pixels_per_m, 1, side) for side in SIDES]
        for single in singles:
            self.grasp = replace(
                single, grip=np.where(self.torn[:, None], single.grip, np.nan), apart=both.apart
            )
            scores = np.zeros(self.torn.size)
            for frame, look in enumerate(self.looks(read(), backgrounds)):
                if look is not None:
                    scores[frame] = self.blind(self.features(look, frame, None)).max()
            seen.append(scores)
        held = np.zeros(self.torn.size, dtype=np.intp)
        for start, stop in runs_of(self.torn):
            better = float((seen[1] - seen[0])[start:stop].mean())
            held[start:stop] = int(better > 0)
            self.sure_of_hand[start:stop] = 1 / (1 + np.exp(-abs(better)))
        self.grasp = replace(
            both,
            **{
                part: np.where(
                    self.torn[:, None],
                    np.where(held[:, None], getattr(singles[1], part), getattr(singles[0], part)),
                    getattr(both, part),
                )
                for part in ("grip", "forearm", "knuckles", "hands")
            },
        )

    def looks(
        self,
        images: Iterable[Image],
        backgrounds: Mapping[int, Plate],
        detector: Detector | None = None,
    ) -> Iterator[Look | None]:
        """Sample the rays of every frame; None where the hands are not seen."""
        boxes: list[Array] = []

        def shown() -> Iterator[Image]:
            for image in images:
                boxes[:] = [np.empty((0, 5)) if detector is None else detector(image)]
                yield image

        for view in views(
            shown(),
            self._poses,
            self.grasp,
            self._length_m,
            backgrounds,
            self.to_steady,
            self.shot,
        ):
            yield None if view is None else Look(self.rays.sample(view), boxes[0])

    def scores(self, look: Look, frame: int, palette: Palette | None) -> Float:
        """Return the log-probability of every hypothesis of a frame."""
        weighed = self.blind if palette is None else self.informed
        score = weighed(self.features(look, frame, palette))
        score += self._boxed(look.boxes, frame)
        score -= _AGAINST * self._on_an_arm(frame)[:, None]
        score -= score.max()
        return np.asarray(score - np.log(np.exp(score).sum()), dtype=np.float32)

    def features(self, look: Look, frame: int, palette: Palette | None) -> Float:
        """Return the features of all hypotheses of a frame."""
        grasp = self.grasp
        pose = grasp.forearm[frame], grasp.knuckles[frame], grasp.hands[frame], grasp.apart[frame]
        return features(look.polar, self.rays, palette, *pose)

    def tips(self, frame: int) -> Array:
        """Return the tips (offsets, 1, directions, lengths, 2) of a frame's hypotheses, pixels."""
        ray = rays(_ANGLE[:, None], LENGTHS) * self.length_px[frame]
        return np.asarray(np.stack([ray.real, ray.imag], axis=-1) + self.grasp.grip[frame])

    def _on_an_arm(self, frame: int) -> Float:
        """Return which directions lie along an arm, from the hand to the elbow and beyond."""
        ray = np.stack([np.cos(_ANGLE), np.sin(_ANGLE)], axis=1)
        along = (ray @ self.arms[frame]).max(axis=1)
        return np.asarray(along > np.cos(np.radians(_ON_ARM_DEG)), dtype=np.float32)

    def _boxed(self, boxes: Array, frame: int) -> Float:
        """Return the score that a detector's boxes add to a frame's hypotheses, for any fan."""
        tips, room = self.tips(frame), _ROOM * self.length_px[frame]
        gain = np.zeros(tips.shape[:-1], dtype=np.float32)
        for *corners, score in boxes:
            low, high = np.array(corners[:2]) - room, np.array(corners[2:]) + room
            inside = np.ones_like(gain, dtype=bool)
            for points in (tips, 0.5 * (tips + self.grasp.grip[frame])):
                inside &= ((points > low) & (points < high)).all(axis=-1)
            gain = np.maximum(gain, np.where(inside, _TRUST * score, 0.0)).astype(np.float32)
        return gain


@dataclass(frozen=True)
class Look:
    """The samples of one frame along the rays, and a detector's boxes."""

    polar: Polar
    boxes: Array


@dataclass
class Block:
    """A stretch of frames solved jointly; ``first`` to ``last`` of it are its own."""

    start: int
    first: int
    last: int
    looks: list[Look | None]
    scores: list[Float | None]
    course: tracker.Course = field(init=False)

    def solved(self, fps: float) -> Block:
        """Find the most likely trajectory."""
        shape = (len(tracker.velocities(fps)), DIRECTIONS, len(LENGTHS))
        evidence = np.zeros((len(self.scores), *shape), dtype=np.float32)
        for k, scores in enumerate(self.scores):
            if scores is not None:
                evidence[k] = tracker.by_velocity(scores.max(axis=0), fps)
        self.course = tracker.course(evidence, fps)
        return self

    def frames(self, margin: float) -> Iterator[int]:
        """Yield the indices of own frames with a sharp and reliable detection."""
        for k in range(self.first - self.start, self.last - self.start):
            known = self.scores[k] is not None
            if known and self.course.margin[k] > margin and self._place(k)[1] == 0:
                yield k

    def sighting(self, k: int) -> tuple[Float, int, int]:
        """Return the colours seen, and the direction and length of the bat in them."""
        look, offset, direction, length = self._seen(k)
        return look.polar.colour[offset], direction, length

    def covered(self, k: int) -> float:
        """Return the fraction of the bat in front of the body."""
        look, offset, direction, length = self._seen(k)
        return float(look.polar.body[offset, direction, : tip_step(length)].mean())

    def _seen(self, k: int) -> tuple[Look, int, int, int]:
        """Return the samples, and the offset, direction and length of the bat in them."""
        look = self.looks[k]
        assert look is not None
        offset, _ = self._place(k)
        return look, offset, int(self.course.direction[k]), int(self.course.length[k])

    def _place(self, k: int) -> tuple[int, int]:
        """Return the offset and fan of the most likely hypothesis on the trajectory."""
        scores = self.scores[k]
        assert scores is not None
        place = scores[:, :, self.course.direction[k], self.course.length[k]]
        offset, fan = np.unravel_index(int(place.argmax()), place.shape)
        return int(offset), int(fan)


def blocks(
    looks: Iterator[Look | None], scene: SearchSpace, palette: Palette | None
) -> Iterator[Block]:
    """Solve for the frames block by block, each with overlap to its neighbours."""
    seen: list[Look | None] = []
    scores: list[Float | None] = []
    start = first = 0
    ended = False
    while not ended:
        while len(seen) < first - start + _BLOCK + _OVERLAP and not ended:
            try:
                look = next(looks)
            except StopIteration:
                ended = True
                break
            k = start + len(seen)
            seen.append(look)
            scores.append(None if look is None else scene.scores(look, k, palette))
        last = start + len(seen) if ended else first + _BLOCK
        if last > first:
            yield Block(start, first, last, list(seen), list(scores)).solved(scene.fps)
        keep = max(last - _OVERLAP - start, 0)
        del seen[:keep], scores[:keep]
        start, first = start + keep, last


class Found:
    """Collect the tips of all frames."""

    def __init__(self, frames: int) -> None:
        self.offset, self.aside = (np.full((frames, 2), np.nan) for _ in range(2))
        self.margin, self.score, self.turn, self.body = (np.zeros(frames) for _ in range(4))

    def take(self, block: Block, scene: SearchSpace) -> None:
        """Add a block's own frames."""
        course = block.course
        for frame in range(block.first, block.last):
            k = frame - block.start
            scores = block.scores[k]
            direction, length = course.direction[k], course.length[k]
            ray, aside = np.exp(1j * _ANGLE[direction]) * LENGTHS[length], 0j
            if scores is not None:
                near = _neighbourhood(scores, int(direction), int(length))
                ray, aside, self.score[frame] = near
                self.body[frame] = block.covered(k)
            self.offset[frame] = ray.real, ray.imag
            self.aside[frame] = aside.real, aside.imag
            self.margin[frame], self.turn[frame] = course.margin[k], course.turn[k]

    def tips(self, scene: SearchSpace) -> Array:
        """Return the tips (time, 2), pixels."""
        return np.asarray(scene.grasp.grip + self.offset * scene.length_px[:, None])

    def grips(self, scene: SearchSpace) -> Array:
        """Return the grips (time, 2), shifted sideways onto the bat's line, pixels."""
        return np.asarray(scene.grasp.grip + self.aside * scene.length_px[:, None])

    def signs(self, scene: SearchSpace) -> Array:
        """Return the features of the tips' confidence; see :func:`kinepath.bat.gate.signs`."""
        seen = self.margin, self.score, self.turn
        return gate.signs(*seen, scene.hands, scene.grasp.apart, self.body)

    def dataset(
        self, poses: xr.Dataset, scene: SearchSpace, settings: Mapping[str, Any]
    ) -> xr.Dataset:
        """Assess the tips and return the data set."""
        tip, grip = self.tips(scene), self.grips(scene)
        sure = gate.on_footage(gate.certainty(self.signs(scene), CERTAINTY))
        confidence = np.where(scene.visible, sure * scene.sure_of_hand, 0.0)
        source = gate.judged(confidence, scene.visible, scene.fps, settings)
        proxy = pose_proxy(poses, settings)
        unknown = source == SOURCES["none"]
        source[unknown] = proxy["source"].values[unknown]
        tip[unknown] = proxy["tip"].values[unknown]
        grip[unknown] = proxy["grip"].values[unknown]
        confidence[unknown] = proxy["confidence"].values[unknown]
        share = _share(source, scene.visible)
        word = str(settings.get("name", "bat")).rpartition("_")[2]
        attrs = carried_attrs(poses) | {
            "parameters": with_parameters(poses.attrs, "bat", settings),
            "implement": word,
            "observed_share": share,
            "usable": int(share >= settings["least_observed"]),
        }
        if not attrs["usable"]:
            reason = (
                f"the {word} was observed in {100 * share:.0f} % of the frames, fewer than"
                f" {100 * settings['least_observed']:.0f} %: no result rests on it; film it against"
                " a plain background, larger, or with a shorter exposure"
            )
            attrs["bat_note"] = reason
        return dataset(poses, tip, grip, confidence, source).assign_attrs(attrs)


def _share(source: NDArray[np.int8], visible: NDArray[np.bool_]) -> float:
    return float(np.mean(source[visible] == SOURCES["observed"])) if visible.any() else 0.0


def _neighbourhood(scores: Float, direction: int, length: int) -> tuple[complex, complex, float]:
    """Return mean tip, mean grip and log-probability of the hypotheses around one."""
    half, longer = _AROUND
    turns = np.arange(direction - half, direction + half + 1) % DIRECTIONS
    lengths = np.arange(max(length - longer, 0), min(length + longer + 1, len(LENGTHS)))
    part = scores[:, :, turns][..., lengths].astype(np.float64)
    fan = int(part.max(axis=(0, 2, 3)).argmax())
    weight = np.exp(part[:, fan] - part[:, fan].max())
    weight /= weight.sum()
    tips, grips = (rays(_ANGLE[turns][:, None], at)[:, 0] for at in (LENGTHS[lengths], np.zeros(1)))
    tip, grip = complex((weight * tips).sum()), complex((weight * grips).sum())
    return tip, grip, float(np.log(np.exp(part).sum() + 1e-12))
