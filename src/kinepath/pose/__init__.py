"""Finding keypoints. A backend is a module of this package that offers :func:`open_estimator`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, Protocol, runtime_checkable

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath import sequence, skeleton
from kinepath.batches import ahead
from kinepath.errors import KinepathError
from kinepath.remarks import KEY, as_attribute, remarks_of
from kinepath.skeleton import Skeleton
from kinepath.video import Image

#: A person who is missed in fewer frames than the rest is nothing to warn of.
_SEEN_ENOUGH = 0.9


class PoseError(KinepathError):
    """A backend that cannot be used as configured."""


@dataclass(frozen=True)
class Detection:
    """A person in one frame.

    Parameters
    ----------
    position : ndarray, shape (keypoints, 2)
        Pixels, x right, y down.
    confidence : ndarray, shape (keypoints,)
        0 to 1.
    position_3d : ndarray, shape (keypoints, 3), or None
        Metres relative to the hips' midpoint, x right, y down, z away from the camera; None from
        a backend without depth.
    """

    position: NDArray[np.float64]
    confidence: NDArray[np.float64]
    position_3d: NDArray[np.float64] | None


class Estimator(Protocol):
    """An opened backend; it is shown the frames of one clip in order, or single pictures."""

    skeleton: Skeleton
    software: str

    def __call__(self, image: Image, time_s: float) -> Sequence[Detection]:
        """Find the people in the next frame, the surest first; none where nobody is seen."""
        ...


@runtime_checkable
class BatchEstimator(Protocol):
    """An opened backend that is faster with several frames at once."""

    #: How many it would like.
    batch: int

    def many(
        self, images: Sequence[Image], times: Sequence[float]
    ) -> Sequence[Sequence[Detection]]:
        """Find the people in the next frames."""
        ...


class Backend(Protocol):
    """What a module of this package offers."""

    #: Whether it can use a GPU; else it is only ever opened on the CPU.
    USES_GPU: bool

    def open_estimator(
        self, model_path: str, settings: Mapping[str, Any], *, still: bool = False
    ) -> AbstractContextManager[Estimator]:
        """Load the model, ready for the first frame, or for pictures that are not related.

        ``settings`` is the section ``pose`` with the ``device``, ``cpu`` or ``cuda:N``.
        """
        ...

    def describe(self, model_path: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a keypoint file says of the model: ``model_sha256``, and more at will."""
        ...


@runtime_checkable
class LiftingBackend(Protocol):
    """A backend that finds the third dimension afterwards, from the whole sequence."""

    def open_lifter(
        self, settings: Mapping[str, Any]
    ) -> Callable[[NDArray[np.float64]], NDArray[np.float64]] | None:
        """Load what lifts, see :mod:`kinepath.topdown.lifting`; None if nothing is to be."""
        ...


def backends() -> list[str]:
    """Name the backends there are."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in names if not name.startswith("_"))


def load_backend(name: str) -> Backend:
    """Import a backend by its name.

    Raises
    ------
    PoseError
        If there is no such backend.
    """
    if name not in backends():
        raise PoseError(f"no pose backend {name!r}; there are: {', '.join(backends())}")
    module: Any = importlib.import_module(f"{__name__}.{name}")
    backend: Backend = module
    return backend


def estimate(
    frames: Iterable[Image],
    facts: Mapping[str, Any],
    estimator: Estimator,
    report: Callable[[int], None] = lambda done: None,
) -> xr.Dataset:
    """Run a backend over the frames of a clip, one at a time.

    Parameters
    ----------
    frames : iterable of ndarray, shape (height, width, 3)
        The conformed video; only a few frames at a time are held.
    facts : mapping
        What :func:`kinepath.conform.conform` told of the video.
    estimator : Estimator
        An opened backend.
    report : callable, optional
        Is told the number of frames done.

    Returns
    -------
    xarray.Dataset
        Poses with NaN position and confidence 0 in frames without a person, and ``source_time``
        (time), seconds: when each frame's picture was taken, on the clock of ``time``. The
        attribute
        ``person_share`` is the share of frames with one; ``note`` says so if there is none.

    Raises
    ------
    PoseError
        If the video has another number of frames than it should.
    """
    time = np.asarray(facts["time_s"], dtype=np.float64)
    count, joints = time.size, len(estimator.skeleton.keypoints)
    position = np.full((count, joints, 2), np.nan)
    position_3d = np.full((count, joints, 3), np.nan)
    confidence = np.zeros((count, joints))
    seen = np.zeros(count, dtype=bool)
    done = 0
    for k, people in enumerate(_shown(estimator, frames, time - time[0])):
        done = k + 1
        if done > count:
            break
        for found in people[:1]:
            seen[k] = True
            confidence[k] = np.clip(found.confidence, 0.0, 1.0)
            position[k] = np.where(confidence[k, :, None] > 0, found.position, np.nan)
            if found.position_3d is not None:
                position_3d[k] = found.position_3d
        report(done)
    if done != count:
        raise PoseError(f"the conformed video has {done} frames, {count} were expected")
    attrs = {
        "source_software": estimator.software,
        "skeleton": estimator.skeleton.name,
        "source_sha256": facts["source_sha256"],
        "person_share": float(seen.mean()),
        "repeated": np.array(facts["repeated"], dtype=np.int64),
        "cuts_s": np.array(facts.get("cuts_s", []), dtype=np.float64),
        KEY: as_attribute(remarks_of(facts), _unseen(time, seen)),
        "frame_width": facts["width"],
        "frame_height": facts["height"],
    }
    if not seen.any():
        attrs["note"] = "no person seen in any frame"
    poses = sequence.poses(
        _axes(position),
        confidence[..., None],
        time,
        estimator.skeleton.keypoints,
        fps=facts["fps"],
        clip=facts["clip"],
        position_3d=None if np.isnan(position_3d).all() and seen.any() else _axes(position_3d),
        attrs=attrs,
    )
    poses["source_time"] = (
        "time",
        np.asarray(facts["source_time_s"], dtype=np.float64),
        {"units": "seconds", "long_name": "time at which the picture that is shown was taken"},
    )
    return poses


def _unseen(time: NDArray[np.float64], seen: NDArray[np.bool_]) -> list[str]:
    """Return a remark where a person is seen in some of the frames only."""
    if not seen.any():
        return [
            "nobody is seen in any frame, so nothing was measured; use a video that shows the"
            " athlete whole and larger, or give the box around them as subject in the sheet"
        ]
    share = float(seen.mean())
    if share > _SEEN_ENOUGH:
        return []
    first, last = time[np.flatnonzero(seen)[[0, -1]]]
    return [
        f"a person is seen in {100 * share:.0f} % of the frames only, from {first:.2f} to"
        f" {last:.2f} s: nothing is measured in the others; put start_s and end_s around the part"
        " in which the athlete is in view"
    ]


def _shown(
    estimator: Estimator, frames: Iterable[Image], time: NDArray[np.float64]
) -> Iterator[Sequence[Detection]]:
    """Show an estimator the frames, in batches that another thread decodes if it likes that."""
    if isinstance(estimator, BatchEstimator):
        # Frames beyond those expected end the work, and need no time of their own.
        timed = zip(frames, chain(time, repeat(float(time[-1]))), strict=False)
        for batch in ahead(timed, estimator.batch):
            yield from estimator.many([image for image, _ in batch], [float(t) for _, t in batch])
        return
    for k, image in enumerate(frames):
        yield estimator(image, time[k]) if k < time.size else ()


def _axes(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Reorder (time, keypoints, space) to (time, space, keypoints, one individual)."""
    return points.transpose(0, 2, 1)[..., None]


def skeleton_of(poses: xr.Dataset) -> Skeleton:
    """Return the skeleton that a pose data set says it has."""
    return skeleton.by_name(poses.attrs["skeleton"])
