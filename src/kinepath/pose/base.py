"""The interface of pose backends: what they detect in a frame, and what they provide."""

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
    """A loaded backend; it is called with the frames of one clip in order, or single images."""

    skeleton: Skeleton
    software: str

    def __call__(self, image: Image, time_s: float) -> Sequence[Detection]:
        """Find the people in the next frame, most confident first; empty if nobody is seen."""
        ...


@runtime_checkable
class BatchEstimator(Protocol):
    """A loaded backend that is faster on batches of frames."""

    #: Preferred batch size.
    batch: int

    def many(
        self, images: Sequence[Image], times: Sequence[float]
    ) -> Sequence[Sequence[Detection]]:
        """Find the people in each of the next frames."""
        ...


class Backend(Protocol):
    """The interface of a backend module."""

    #: Whether it can use a GPU; if not, it is always opened on the CPU.
    USES_GPU: bool

    def open_estimator(
        self, model_path: str, settings: Mapping[str, Any], *, still: bool = False
    ) -> AbstractContextManager[Estimator]:
        """Load the model, ready for the first frame, or for unrelated images.

        ``settings`` is the section ``pose`` with the ``device``, ``cpu`` or ``cuda:N``.
        """
        ...

    def describe(self, model_path: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the model's attributes for a keypoint file: ``model_sha256``, optionally more."""
        ...


@runtime_checkable
class LiftingBackend(Protocol):
    """A backend that estimates the third dimension afterwards, from the whole sequence."""

    def open_lifter(
        self, settings: Mapping[str, Any]
    ) -> Callable[[NDArray[np.float64]], NDArray[np.float64]] | None:
        """Load the lifter, see :mod:`kinepath.pose.topdown.lifting`; None if lifting is off."""
        ...


def skeleton_of(poses: xr.Dataset) -> Skeleton:
    """Return the skeleton that a pose data set states."""
    return skeleton.by_name(poses.attrs["skeleton"])
