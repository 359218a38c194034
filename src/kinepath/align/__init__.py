"""Procrustes alignment: transform every clip to common coordinates and a common unit of length.

A similarity (scale, rotation, translation) maps a reference pose to the clip,

    min over s, R in SO(2), t of  sum_{t,j} w_j(t) || x_j(t) - (s R ref_j(t) + t) ||^2,

weighted by confidence and summed over all frames and keypoints (see
:mod:`kinepath.signal.similarity`); its inverse maps the clip to the reference's coordinates.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from kinepath.body.skeleton import BODY_JOINTS, mirrored
from kinepath.body.stature import stature_in_picture
from kinepath.io import sequence
from kinepath.signal.similarity import AlignmentError, Similarity, fit, resample_phase, residual
from kinepath.typing import Array


def align(
    dataset: xr.Dataset,
    reference: ArrayLike,
    keypoints: Sequence[str] = BODY_JOINTS,
    *,
    bat: xr.Dataset | None = None,
    mirror: bool = False,
    correspondence: str = "phase",
) -> xr.Dataset:
    """Align a clip with a reference.

    Parameters
    ----------
    dataset : xarray.Dataset
        A pose data set (see :func:`kinepath.io.sequence.poses`) of one individual.
    reference : array_like, shape (K, 2) or (T, K, 2)
        All keypoints of the data set, in its order, in statures: a static pose, or a sequence.
    keypoints : sequence of str
        The keypoints that the similarity is fitted to.
    bat : xarray.Dataset, optional
        The bat of the same frames (``tip``, ``grip``, ``confidence``, ``source``).
    mirror : bool
        Flip x and swap left and right keypoints first, so that a left-hander can be compared
        with right-handers. The transform then refers to the flipped pixels (x negated).
    correspondence : str
        How corresponding frames of a sequence are found; see :func:`in_correspondence`.

    Returns
    -------
    xarray.Dataset
        ``position`` and ``confidence``, ``bat_*`` if a bat is passed, and the transform from the
        reference to the clip as attributes ``scale``, ``rotation_rad``, ``translation_x``,
        ``translation_y``, with ``residual`` (root mean square, statures) and ``mirrored``. Where
        no similarity can be determined all of them are NaN and the attribute ``note`` states why.
        Otherwise ``stature`` is the athlete's from the body segments, in the unit of ``position``:
        a crouching batter is fitted to a standing body at 0.85 of the true scale.

    Raises
    ------
    AlignmentError
        If there is more than one individual, or the bat or the reference has another shape.
    """
    names = [str(name) for name in dataset["keypoints"].values]
    position, confidence = points_of(dataset, mirror=mirror)
    template = _checked(reference, len(names))
    chosen = [names.index(name) for name in keypoints]
    attrs = sequence.carried_attrs(dataset) | {"mirrored": int(mirror)}
    if template.ndim == 3:
        attrs["correspondence"] = correspondence
    try:
        arguments = in_correspondence(
            template[..., chosen, :], position[:, chosen], confidence[:, chosen], correspondence
        )
        similarity = fit(*arguments)
        left = residual(similarity, *arguments)
    except AlignmentError as error:
        similarity = Similarity(np.nan, np.nan, (np.nan, np.nan))
        left = np.nan
        reason = f"not aligned: {error}"
        attrs["note"] = "; ".join(filter(None, [attrs.get("note"), reason]))
    back = similarity.inverse()
    aligned = sequence.poses(
        np.moveaxis(back.apply(position), 2, 1)[..., np.newaxis],
        confidence[..., np.newaxis],
        dataset["time"].values,
        names,
        fps=dataset.attrs["fps"],
        clip=dataset.attrs["clip"],
        individuals=[str(name) for name in dataset["individuals"].values],
    )
    aligned["position"].attrs = {
        "units": "stature",
        "long_name": "keypoint position in the frame of the reference",
    }
    attrs |= {
        "scale": similarity.scale,
        "rotation_rad": similarity.rotation,
        "translation_x": similarity.translation[0],
        "translation_y": similarity.translation[1],
        "residual": left,
    }
    stature = stature_in_picture(position.transpose(0, 2, 1), names) / similarity.scale
    if np.isfinite(stature):
        attrs["stature"] = float(stature)
    aligned = aligned.assign_attrs(attrs)
    return aligned if bat is None else _with_bat(aligned, bat, back, mirror)


def points_of(dataset: xr.Dataset, *, mirror: bool = False) -> tuple[Array, Array]:
    """Return position (T, K, 2) and confidence (T, K) of a pose data set's only individual.

    With ``mirror`` x is negated and left and right keypoints are swapped.

    Raises
    ------
    AlignmentError
        If there is more than one individual.
    """
    if dataset.sizes["individuals"] != 1:
        raise AlignmentError(f"{dataset.sizes['individuals']} individuals; one is needed")
    order = ("time", "keypoints", "space", "individuals")
    position = dataset["position"].transpose(*order).values[..., 0]
    confidence = dataset["confidence"].transpose("time", "keypoints", "individuals").values[..., 0]
    if mirror:
        names = [str(name) for name in dataset["keypoints"].values]
        exchanged = [names.index(mirrored(name)) for name in names]
        position, confidence = position[:, exchanged] * [-1.0, 1.0], confidence[:, exchanged]
    return position, confidence


def in_correspondence(
    reference: Array, target: Array, weights: Array, how: str
) -> tuple[Array, Array, Array]:
    """Bring the frames of a reference and a clip into correspondence.

    Parameters
    ----------
    reference : ndarray, shape (J, 2) or (T, J, 2)
        A static pose corresponds to every frame.
    target : ndarray, shape (U, J, 2)
        The clip.
    weights : ndarray, shape (U, J)
        Its confidences.
    how : str
        ``phase``: the first and last frames correspond and time is linear between them;
        ``dtw``: by dynamic time warping of the positions, alternating with the similarity.

    Returns
    -------
    reference, target, weights : ndarray
        Arguments for :func:`fit`, frame by frame.

    Raises
    ------
    AlignmentError
        If nothing is known in both, or ``how`` is unknown.
    """
    if how not in ("phase", "dtw"):
        raise AlignmentError(f"no correspondence {how!r}; there are: phase, dtw")
    if reference.ndim == 2:
        return reference, target, weights
    evenly = resample_phase(reference, len(target)), target, weights
    if how == "phase":
        return evenly
    # Imported where needed: it loads the compiler.
    from kinepath.signal.correspondence import warped_pairs

    def paired(pairs: NDArray[np.intp]) -> tuple[Array, Array, Array]:
        return reference[pairs[:, 0]], target[pairs[:, 1]], weights[pairs[:, 1]]

    def into_reference(pairs: NDArray[np.intp] | None) -> Array:
        similarity = fit(*(evenly if pairs is None else paired(pairs)))
        return similarity.inverse().apply(target)

    pairs = warped_pairs(reference, target, into_reference)
    if pairs is None:
        raise AlignmentError("no keypoint is known both in the clip and in the reference")
    return paired(pairs)


def _checked(reference: ArrayLike, keypoints: int) -> Array:
    template = np.asarray(reference, dtype=np.float64)
    if template.ndim not in (2, 3) or template.shape[-2:] != (keypoints, 2):
        raise AlignmentError(
            f"a reference of {keypoints} keypoints in the plane is needed; got {template.shape}"
        )
    return template


def _with_bat(aligned: xr.Dataset, bat: xr.Dataset, back: Similarity, mirror: bool) -> xr.Dataset:
    """Add the bat, transformed to the same coordinates."""
    if bat.sizes["time"] != aligned.sizes["time"]:
        raise AlignmentError(
            f"the bat has {bat.sizes['time']} frames, the pose {aligned.sizes['time']}"
        )
    flip = np.array([-1.0, 1.0]) if mirror else np.ones(2)
    for end in ("tip", "grip"):
        points = back.apply(bat[end].transpose("time", "space").values * flip)
        attrs = bat[end].attrs | {"units": "stature"}
        aligned[f"bat_{end}"] = (("time", "space"), points, attrs)
    for name in ("confidence", "source"):
        aligned[f"bat_{name}"] = (("time",), bat[name].values, bat[name].attrs)
    stages = [json.loads(d.attrs.get("parameters", "{}")) for d in (aligned, bat)]
    carried = {"usable": "bat_usable", "bat_note": "bat_note", "implement": "implement"}
    aligned.attrs |= {ours: bat.attrs[name] for name, ours in carried.items() if name in bat.attrs}
    return aligned.assign_attrs(parameters=json.dumps(stages[0] | stages[1], sort_keys=True))
