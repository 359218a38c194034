"""Camera motion from the background around the person, and positions in a stabilised frame.

The background of each frame is related to that of the first frame of its camera shot by a
similarity (scale, rotation, translation), estimated by RANSAC from corners outside the person. It
models a camera that pans, tilts, rolls and zooms slightly about a fixed position; no single
similarity models a camera that moves past nearby objects, which the residual and the confidence
show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from kinepath.camera.tracking import Follower, Step
from kinepath.errors import KinepathError
from kinepath.io import sequence
from kinepath.io.video import Image
from kinepath.settings.motion import CameraSettings
from kinepath.typing import Array

#: State of the camera in a frame; values of the variable ``state``. ``unknown`` applies to a whole
#: camera shot without an estimate; ``lost`` to a single frame of a moving camera.
STATES = {"unknown": 0, "static": 1, "moving": 2, "lost": 3}

#: Margin around the keypoints, for limbs and bat, as a fraction of their box's height.
_PADDING = 0.25
#: Seconds without a match after which a new camera shot is assumed from the last match on.
_PATIENCE_S = 0.25
#: Minimum fraction of a shot's frames that must be matched.
_LEAST_MATCHED = 0.5


class CameraError(KinepathError):
    """A video and keypoints that do not match."""


def working_size(width: int, height: int, most: int) -> tuple[int, int]:
    """Return the size at which the background is tracked, at most ``most`` pixels wide."""
    factor = min(1.0, most / width)
    return max(1, round(width * factor)), max(1, round(height * factor))


def person_boxes(poses: xr.Dataset) -> Array:
    """Return bounding boxes of the person, with a margin.

    Parameters
    ----------
    poses : xarray.Dataset
        Poses of one or more individuals.

    Returns
    -------
    ndarray, shape (time, 4)
        Left, top, right, bottom in pixels, padded for limbs and the implement. A frame without
        keypoints has the box of the nearest frame with some; NaN where no frame has any.
    """
    order = ("time", "individuals", "keypoints", "space")
    points = poses["position"].transpose(*order).values.reshape(poses.sizes["time"], -1, 2)
    known = ~np.isnan(points).any(axis=2)
    low = np.where(known[..., None], points, np.inf).min(axis=1)
    high = np.where(known[..., None], points, -np.inf).max(axis=1)
    boxes = np.full((len(points), 4), np.nan)
    seen = np.flatnonzero(known.any(axis=1))
    if not seen.size:
        return boxes
    pad = _PADDING * (high[seen, 1] - low[seen, 1])[:, None]
    boxes[seen] = np.hstack([low[seen] - pad, high[seen] + pad])
    nearest = seen[np.abs(np.arange(len(points))[:, None] - seen).argmin(axis=1)]
    return np.asarray(boxes[nearest])


def estimate(
    images: Iterable[Image],
    poses: xr.Dataset,
    size: tuple[int, int],
    cuts_s: ArrayLike,
    settings: CameraSettings | Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Estimate the motion of the camera from the motion of the background.

    Parameters
    ----------
    images : iterable of ndarray of uint8, shape (height, width)
        The frames in grey, scaled down to :func:`working_size`; one is in memory at a time.
    poses : xarray.Dataset
        Keypoints of the same frames; corners are detected outside the person.
    size : tuple of int
        Width and height of the video, pixels.
    cuts_s : array_like
        Times of the first frames after cuts, seconds on the clock of ``poses``.
    settings : CameraSettings or mapping, optional
        ``features``, ``match_px`` (see :class:`kinepath.camera.tracking.Follower`) and
        ``static_px``: a camera that moves the image by less, in pixels of the working image,
        is static.

    Returns
    -------
    xarray.Dataset
        Over ``time``: ``scale``, ``rotation`` (radians), ``translation`` (time, space) of the
        similarity from the frame to the first frame of its ``shot``; NaN where unknown.
        ``residual`` (pixels, root mean square over the inliers), ``inliers`` (their number),
        ``confidence`` (their fraction of all corners searched for), ``state`` (see
        :data:`STATES`). Attributes: ``verdict`` (``static camera``, ``moving`` or ``unknown``),
        ``shots``, and ``note`` where something could not be found. A shot of a static camera has
        the identity.

    Raises
    ------
    CameraError
        If the number of frames differs from that of the poses.
    """
    time = poses["time"].values
    settings = CameraSettings.of(settings)
    walk = _Walk(time, person_boxes(poses), size, np.asarray(cuts_s, dtype=np.float64), settings)
    for image in images:
        walk.add(image)
    if len(walk.steps) != time.size:
        raise CameraError(f"{len(walk.steps)} frames in the video, {time.size} in the keypoints")
    return _dataset(poses, walk.steps, np.array(walk.shot), size, settings)


class _Walk:
    """One pass over the frames, shot after shot."""

    def __init__(
        self,
        time: Array,
        boxes: Array,
        size: tuple[int, int],
        cuts: Array,
        settings: CameraSettings,
    ) -> None:
        self.steps: list[Step | None] = []
        self.shot: list[int] = []
        self._boxes, self._size, self._settings = boxes, size, settings
        first = np.searchsorted(time, cuts - 1e-6)
        self._cuts = set(first[(first > 0) & (first < time.size)].tolist())
        interval = float(np.median(np.diff(time))) if time.size > 1 else 1.0
        self._patience = max(1, round(_PATIENCE_S / interval))
        self._follower: Follower | None = None
        self._unmatched: list[tuple[int, Image]] = []

    def add(self, image: Image) -> None:
        """Match the next frame; start a new shot with it at a known cut."""
        k = len(self.steps)
        self.steps.append(None)
        self.shot.append(self.shot[-1] if self.shot else 0)
        if k in self._cuts:
            self._begin(k)
        self._match(k, image)

    def _match(self, k: int, image: Image) -> None:
        """Match a frame; after too long without a match start a new shot."""
        background = self._background(image.shape, k)
        if self._follower is None:
            height, width = image.shape
            pixel = self._size[0] / width, self._size[1] / height
            follower = Follower(pixel, self._settings)
            self.steps[k] = follower.start(image, background)
            self._follower = follower if self.steps[k] else None
            return
        self.steps[k] = self._follower.follow(image, background)
        if self.steps[k]:
            self._unmatched = []
            return
        self._unmatched.append((k, image))
        if len(self._unmatched) >= self._patience:
            again = self._unmatched
            self._begin(again[0][0])
            for frame in again:
                self._match(*frame)

    def _begin(self, k: int) -> None:
        """Start a new shot with a frame."""
        shot = self.shot[k] + 1
        self.shot[k:] = [shot] * (len(self.shot) - k)
        self._follower, self._unmatched = None, []

    def _background(self, shape: tuple[int, ...], k: int) -> Image:
        mask = np.full(shape[:2], 255, dtype=np.uint8)
        if k < len(self._boxes) and not np.isnan(self._boxes[k]).any():
            height, width = shape[:2]
            scale = np.array([width / self._size[0], height / self._size[1]] * 2)
            box = np.clip(self._boxes[k] * scale, 0, [width, height, width, height])
            left, top, right, bottom = np.rint(box).astype(int)
            mask[top:bottom, left:right] = 0
        return mask


def _dataset(
    poses: xr.Dataset,
    steps: list[Step | None],
    shot: NDArray[np.intp],
    size: tuple[int, int],
    settings: CameraSettings,
) -> xr.Dataset:
    found = np.array([step is not None for step in steps], dtype=bool)
    rows = np.full((len(steps), 6), np.nan)
    for k, step in enumerate(steps):
        if step is not None:
            move = step.similarity
            rows[k] = move.scale, move.rotation, *move.translation, step.residual, step.share
    inliers = np.array([step.inliers if step else 0 for step in steps], dtype=np.int32)
    state = np.full(len(steps), STATES["unknown"], dtype=np.int8)
    for number in np.unique(shot):
        mine = shot == number
        if mine.sum() < 2 or found[mine].mean() < _LEAST_MATCHED:
            rows[mine], inliers[mine] = np.nan, 0
            continue
        shift = _displacement(rows[mine & found], size)
        # Video pixels per pixel of the working image: the resolution limit of the tracker.
        limit = settings.static_px * max(1.0, size[0] / settings.width)
        if np.percentile(shift, 95) <= limit:
            state[mine] = STATES["static"]
            rows[mine & found, 4] = np.hypot(rows[mine & found, 4], shift)
            rows[mine, :4] = [1.0, 0.0, 0.0, 0.0]
        else:
            state[mine] = np.where(found[mine], STATES["moving"], STATES["lost"])
    return _labelled(poses, rows, inliers, state, shot, settings)


def _displacement(rows: Array, size: tuple[int, int]) -> Array:
    """Return the root mean square displacement of the image corners by each similarity, pixels."""
    width, height = size
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], dtype=np.float64)
    moved = _moved(corners[None], rows[:, :4])
    return np.asarray(np.sqrt(((moved - corners) ** 2).sum(axis=-1).mean(axis=-1)))


def _moved(points: Array, rows: Array) -> Array:
    """Apply similarities (time, 4) to points (time, n, 2)."""
    factor = (rows[:, 0] * np.exp(1j * rows[:, 1]))[:, None]
    numbers = (
        factor * (points[..., 0] + 1j * points[..., 1]) + (rows[:, 2] + 1j * rows[:, 3])[:, None]
    )
    return np.stack([numbers.real, numbers.imag], axis=-1)


def _labelled(
    poses: xr.Dataset,
    rows: Array,
    inliers: NDArray[np.int32],
    state: NDArray[np.int8],
    shot: NDArray[np.intp],
    settings: CameraSettings,
) -> xr.Dataset:
    def over_time(values: ArrayLike, units: str, long_name: str) -> Any:
        return "time", values, {"units": units, "long_name": long_name}

    confidence = np.nan_to_num(rows[:, 5], nan=0.0)
    dataset = xr.Dataset(
        {
            "scale": over_time(rows[:, 0], "1", "scale from the frame to its shot's first"),
            "rotation": over_time(rows[:, 1], "rad", "rotation from the frame to its shot's first"),
            "translation": (
                ("time", "space"),
                rows[:, 2:4],
                {"units": "pixel", "long_name": "translation from the frame to its shot's first"},
            ),
            "residual": over_time(rows[:, 4], "pixel", "rms distance of matches that agree"),
            "inliers": over_time(inliers, "1", "number of background matches that agree"),
            "confidence": over_time(confidence, "1", "share of the background that agrees"),
            "shot": over_time(shot.astype(np.int32), "1", "number of the shot, from 0"),
            "state": over_time(state, "1", "what is known of the camera"),
        },
        coords={"time": sequence.time_coordinate(poses["time"].values), "space": ["x", "y"]},
    )
    dataset["state"].attrs |= {
        "flag_values": np.array(list(STATES.values()), dtype=np.int8),
        "flag_meanings": " ".join(STATES),
    }
    attrs = {name: poses.attrs[name] for name in ("fps", "clip", "source_sha256", "time_unit")
             if name in poses.attrs}  # fmt: skip
    return dataset.assign_attrs(
        attrs
        | {"shots": int(np.unique(shot).size), "verdict": _verdict(state)}
        | _note(state)
        | {"parameters": sequence.with_parameters({}, "camera", settings.parameters())}
    )


def _verdict(state: NDArray[np.int8]) -> str:
    if (state == STATES["moving"]).any():
        return "moving"
    return "static camera" if (state == STATES["static"]).any() else "unknown"


def _note(state: NDArray[np.int8]) -> dict[str, str]:
    shares = {name: float(np.mean(state == STATES[name])) for name in ("unknown", "lost")}
    reasons = {
        "unknown": "too little of the background is recognised in {:.0f} % of the frames;"
        " positions are left as they are there; film with the camera on a stand",
        "lost": "the background of a moving camera is lost in {:.0f} % of the frames;"
        " positions are missing there; film with the camera on a stand",
    }
    said = [reasons[name].format(100 * share) for name, share in shares.items() if share > 0]
    return {"note": "; ".join(said)} if said else {}


def steady(points: ArrayLike, camera: xr.Dataset) -> Array:
    """Return positions in the coordinates of the first frame of their camera shot.

    Parameters
    ----------
    points : array_like, shape (time, ..., 2)
        Pixels of the video.
    camera : xarray.Dataset
        From :func:`estimate`, of the same frames.

    Returns
    -------
    ndarray, shape (time, ..., 2)
        Unchanged where the camera is static or unknown; NaN where a moving camera is lost.
    """
    positions = np.asarray(points, dtype=np.float64)
    if len(positions) != camera.sizes["time"]:
        raise CameraError(f"{len(positions)} positions over {camera.sizes['time']} frames")
    moving = np.isin(camera["state"].values, [STATES["moving"], STATES["lost"]])
    result = positions.copy()
    shift = camera["translation"].transpose("time", "space").values
    rows = np.column_stack([camera["scale"].values, camera["rotation"].values, shift])
    flat = positions[moving].reshape(int(moving.sum()), prod(positions.shape[1:-1]), 2)
    result[moving] = _moved(flat, rows[moving]).reshape(positions[moving].shape)
    return result


def steadied(dataset: xr.Dataset, camera: xr.Dataset) -> xr.Dataset:
    """Return a data set with its positions stabilised.

    Parameters
    ----------
    dataset : xarray.Dataset
        Variables with the dimensions ``time`` and ``space`` are pixels.
    camera : xarray.Dataset
        From :func:`estimate`, of the same frames.

    Returns
    -------
    xarray.Dataset
        Where a moving camera is lost positions are NaN and confidence is 0. The attributes
        ``camera`` and, where there is one, ``camera_note`` state what is known of the camera.
    """
    result = dataset.copy()
    lost = camera["state"].values == STATES["lost"]
    for name, variable in dataset.data_vars.items():
        axes = variable.dims
        if {"time", "space"} <= set(axes):
            ordered = variable.transpose("time", ..., "space")
            values = ordered.copy(data=steady(ordered.values, camera))
            result[name] = values.transpose(*axes)
        elif name == "confidence":
            result[name] = variable.where(xr.DataArray(~lost, dims="time"), 0.0)
    said = {"camera": camera.attrs["verdict"]}
    if "note" in camera.attrs:
        said["camera_note"] = camera.attrs["note"]
    return result.assign_attrs(said)
