"""Conversion of poses between skeletons: BlazePose-33 to COCO-17 to Human3.6M-17.

Every joint of the target skeleton is a weighted mean of joints of the source. COCO's keypoints are
all among BlazePose's. Human3.6M's are COCO's or midpoints of them, as in the 3D pose estimators
that take COCO keypoints as input (Zhu et al. 2023, MotionBERT, arXiv:2210.06551): the
root is the midpoint of the hips, the neck that of the shoulders, the belly that of root and neck,
the head that of the eyes.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.body.gravity import gravity_aligned
from kinepath.body.skeleton import BLAZEPOSE, COCO17, HUMAN36M, Skeleton, by_name
from kinepath.errors import KinepathError
from kinepath.typing import Array

__all__ = ["ConversionError", "convert", "gravity_aligned"]


#: Joints of Human3.6M that COCO does not have, and the COCO joints of which they are the mean.
_MEANS: dict[str, tuple[str, ...]] = {
    "root": ("left_hip", "right_hip"),
    "belly": ("left_hip", "right_hip", "left_shoulder", "right_shoulder"),
    "neck": ("left_shoulder", "right_shoulder"),
    "head": ("left_eye", "right_eye"),
}
_ORDER = (BLAZEPOSE, COCO17, HUMAN36M)


class ConversionError(KinepathError):
    """A skeleton that is unknown, or that cannot be derived from the source skeleton."""


def convert(poses: xr.Dataset, to: Skeleton | str) -> xr.Dataset:
    """Convert poses to another skeleton.

    Parameters
    ----------
    poses : xarray.Dataset
        See :func:`kinepath.io.sequence.poses`; the attribute ``skeleton`` names its skeleton.
    to : Skeleton or str
        The target skeleton, or its name.

    Returns
    -------
    xarray.Dataset
        ``position`` and, if present, ``position_3d``: NaN where any source joint of a
        joint is missing. ``confidence``: the minimum of the source joints', 0 where missing.
        ``changed``: the union of their bits. ``jitter``: that of the mean, with theirs taken as
        independent. In Human3.6M ``position_3d`` is relative to the root in every frame. Other
        variables over ``keypoints`` are dropped.

    Raises
    ------
    ConversionError
        If a skeleton is unknown, the keypoints are not those of the skeleton, or the target
        skeleton has joints that the source does not determine.
    """
    source, target = _skeleton(poses.attrs.get("skeleton", "")), _skeleton(to)
    names = tuple(str(name) for name in poses["keypoints"].values)
    if names != source.keypoints:
        raise ConversionError(f"the keypoints are not those of {source.name}, in its order")
    weights = _weights(source, target)
    made_from = weights > 0
    converted = poses.drop_dims("keypoints").assign_coords(keypoints=list(target.keypoints))
    confidence = _along_keypoints(poses["confidence"])
    least = np.where(made_from, confidence[..., None, :], np.inf).min(axis=-1)
    missing = np.zeros(least.shape, dtype=bool)
    for name in ("position", "position_3d"):
        if name in poses:
            values = _weighted(_along_keypoints(poses[name]), weights)
            if name == "position_3d" and target is HUMAN36M:
                values = values - values[..., target.index("root"), None]
            missing |= (name == "position") & np.isnan(values).any(axis=-3)
            converted[name] = _like(poses[name], values)
    converted["confidence"] = _like(poses["confidence"], np.where(missing, 0.0, least))
    if "changed" in poses:
        bits = np.where(made_from, _along_keypoints(poses["changed"])[..., None, :], 0)
        every = np.bitwise_or.reduce(bits.astype(np.uint8), axis=-1)
        converted["changed"] = _like(poses["changed"], every)
    if "jitter" in poses:
        square = _weighted(_along_keypoints(poses["jitter"]) ** 2, weights**2)
        converted["jitter"] = _like(poses["jitter"], np.sqrt(square))
    return converted.assign_attrs(skeleton=target.name)


def _skeleton(which: Skeleton | str) -> Skeleton:
    try:
        return by_name(which if isinstance(which, str) else which.name)
    except KeyError as error:
        raise ConversionError(str(error.args[0])) from None


def _weights(source: Skeleton, target: Skeleton) -> Array:
    """Return the weight (target joints, source joints) of each source joint in each target."""
    first, last = _ORDER.index(source), _ORDER.index(target)
    if last < first:
        raise ConversionError(f"{target.name} has joints that {source.name} does not tell")
    weights = np.eye(len(source.keypoints))
    for before, after in zip(_ORDER[first:last], _ORDER[first + 1 : last + 1], strict=True):
        step = np.zeros((len(after.keypoints), len(before.keypoints)))
        for row, name in enumerate(after.keypoints):
            parts = _MEANS.get(name, (name,))
            step[row, before.indices(parts)] = 1.0 / len(parts)
        weights = step @ weights
    return weights


def _along_keypoints(values: xr.DataArray) -> NDArray[np.float64]:
    """Return values with the individuals second to last and the keypoints last."""
    first = [dim for dim in values.dims if dim not in ("keypoints", "individuals")]
    return np.asarray(values.transpose(*first, "individuals", "keypoints").values)


def _like(original: xr.DataArray, values: Array) -> tuple[tuple[str, ...], Array, dict[str, str]]:
    """Return values, keypoints last, with the dimensions and attributes of the original."""
    dims = [str(dim) for dim in original.dims if dim not in ("keypoints", "individuals")]
    ordered = (*dims, "keypoints", "individuals")
    return ordered, np.moveaxis(values, -1, -2), dict(original.attrs)


def _weighted(values: Array, weights: Array) -> Array:
    """Return the weighted means (..., target joints); NaN where a joint with a weight is NaN."""
    missing = np.isnan(values)
    total = np.where(missing, 0.0, values) @ weights.T
    lacking = missing.astype(np.float64) @ (weights > 0).T.astype(np.float64) > 0
    return np.asarray(np.where(lacking, np.nan, total))
