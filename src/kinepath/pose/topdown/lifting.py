"""Lifting of keypoints from the image to space: windows for a lifting network, and metres.

The networks (VideoPose3D, Pavllo et al. 2019, arXiv:1811.11742; MotionBERT, Zhu et al. 2023,
arXiv:2210.06551) take Human3.6M's 17 points.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr

from kinepath.body.stature import stature_in_picture
from kinepath.io.sequence import values_of
from kinepath.pose.topdown.layouts import H36M_17, as_h36m
from kinepath.signal.gaps import bridged
from kinepath.typing import Array

#: Stature to which the lifted body is scaled, which an image does not determine.
STATURE_M = 1.75

#: From (frames, 17, 3), x, y (-1 to 1 over the image's width) and confidence, to (frames, 17, 3),
#: x right, y down, z away, at any scale.
Lifter = Callable[[Array], Array]


def lift(poses: xr.Dataset, lifter: Lifter) -> xr.Dataset:
    """Add ``position_3d`` to poses.

    Parameters
    ----------
    poses : xarray.Dataset
        One individual with BlazePose's keypoints; attributes ``frame_width``, ``frame_height``.
    lifter : callable
        See :data:`Lifter`.

    Returns
    -------
    xarray.Dataset
        ``position_3d`` is NaN for keypoints that Human3.6M does not have and in frames in which
        nobody was seen. The attribute ``scale_3d`` states the basis of the metres.
    """
    position, confidence = values_of(poses, "position"), values_of(poses, "confidence")
    seen = np.isfinite(position).any(axis=(1, 2))
    lifted = np.full((*position.shape[:2], 3), np.nan)
    if seen.any():
        points = lifter(
            _network_input(
                as_h36m(position),
                as_h36m(confidence[..., None])[..., 0],
                poses.attrs["frame_width"],
                poses.attrs["frame_height"],
            )
        )
        points = points - points[:, :1]
        stature = stature_in_picture(points.transpose(0, 2, 1), list(H36M_17.keypoints))
        if np.isfinite(stature) and stature > 0:
            lifted = H36M_17.to_blazepose(points * (STATURE_M / stature), np.nan)
            lifted[~seen] = np.nan
    result = poses.assign_coords(space_3d=["x", "y", "z"])
    result["position_3d"] = (
        ("time", "space_3d", "keypoints", "individuals"),
        lifted.transpose(0, 2, 1)[..., None],
        {"units": "m", "long_name": "keypoint position relative to the hips' midpoint"},
    )
    return result.assign_attrs(
        scale_3d=f"lifted from the picture; a stature of {STATURE_M} m is assumed"
    )


def _network_input(points: Array, confidence: Array, width: int, height: int) -> Array:
    """Fill missing samples from their neighbours in time, and scale to the image's width."""
    filled = bridged(points[..., :2])
    filled = np.where(np.isnan(filled), np.array([width / 2, height / 2]), filled)
    scaled = filled * (2 / width) - np.array([1.0, height / width])
    certainty = np.where(np.isfinite(points[..., 0]), confidence, 0.0)
    return np.concatenate([scaled, certainty[..., None]], axis=2)


def in_windows(sequence: Array, length: int, network: Lifter) -> Array:
    """Run a network that takes a fixed number of frames over a sequence of any length.

    Windows overlap by half, and each frame is taken from the window in which it is nearest to the
    middle. The first and last frames are repeated beyond the ends.

    Parameters
    ----------
    sequence : ndarray, shape (frames, 17, n)
        The network's input.
    length : int
        Frames per window.
    network : callable
        From (length, 17, n) to (length, 17, 3).

    Returns
    -------
    ndarray, shape (frames, 17, 3)
    """
    count, step = len(sequence), max(1, length // 2)
    before = (length - step) // 2
    lifted = np.empty((count, sequence.shape[1], 3))
    for start in range(0, count, step):
        window = np.clip(np.arange(start - before, start - before + length), 0, count - 1)
        taken = network(sequence[window])[before : before + step]
        lifted[start : start + step] = taken[: count - start]
    return lifted


def around_each(sequence: Array, length: int, network: Lifter, batch: int = 64) -> Array:
    """Run a network that estimates only the middle frame of its input.

    The first and last frames are repeated beyond the ends.

    Parameters
    ----------
    sequence : ndarray, shape (frames, 17, n)
        The network's input.
    length : int
        Frames that the network takes, odd.
    network : callable
        From (windows, length, 17, n) to (windows, 17, 3).
    batch : int
        Windows per call.

    Returns
    -------
    ndarray, shape (frames, 17, 3)
    """
    reach = np.arange(length) - length // 2
    middles = np.array_split(np.arange(len(sequence)), -(-len(sequence) // batch))
    windows = (np.clip(some[:, None] + reach, 0, len(sequence) - 1) for some in middles)
    return np.concatenate([network(sequence[window]) for window in windows])
