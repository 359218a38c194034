"""What a pose backend is: what it finds in a frame, and what it offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.body import skeleton
from kinepath.body.skeleton import Skeleton
from kinepath.errors import KinepathError
from kinepath.io.video import Image


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
        """Load what lifts, see :mod:`kinepath.pose.topdown.lifting`; None if nothing is to be."""
        ...


def skeleton_of(poses: xr.Dataset) -> Skeleton:
    """Return the skeleton that a pose data set says it has."""
    return skeleton.by_name(poses.attrs["skeleton"])
