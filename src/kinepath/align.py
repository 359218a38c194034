"""Procrustes alignment: bring every clip into one frame and one unit of length.

A similarity (scale, rotation, translation) maps a reference pose to the clip,

    min over s, R in SO(2), t of  sum_{t,j} w_j(t) || x_j(t) - (s R ref_j(t) + t) ||^2,

weighted by confidence and summed over all frames and keypoints; its inverse brings the clip into
the reference's frame. The plane is read as complex numbers, where ``s R`` is one factor
``a = s exp(i angle)``: the minimum is a weighted complex regression, and a reflection, which would
exchange left- and right-handers unnoticed, cannot be written down at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from kinepath import sequence
from kinepath.clean.body import stature_in_picture
from kinepath.errors import KinepathError
from kinepath.skeleton import BODY_JOINTS, mirrored

Array = NDArray[np.float64]

_LEAST_POINTS = 3


class AlignmentError(KinepathError):
    """Points that determine no similarity, or data sets that do not fit together."""


@dataclass(frozen=True)
class Similarity:
    """A similarity of the plane, ``p -> scale R(rotation) p + translation``; never a reflection.

    Parameters
    ----------
    scale : float
        Units of the target per unit of the reference, above 0.
    rotation : float
        Radians, from the x axis towards the y axis (clockwise on the screen, where y is down).
    translation : tuple of float
        Units of the target.
    """

    scale: float
    rotation: float
    translation: tuple[float, float]

    def apply(self, points: ArrayLike) -> Array:
        """Map points of shape (..., 2); NaN stays NaN."""
        return _to_points(_to_complex(points) * self._factor + complex(*self.translation))

    def inverse(self) -> Similarity:
        """Return the similarity that undoes this one."""
        shift = -complex(*self.translation) / self._factor
        return Similarity(1.0 / self.scale, -self.rotation, (shift.real, shift.imag))

    def matrix(self) -> Array:
        """Return the homogeneous matrix, shape (3, 3)."""
        a, (x, y) = self._factor, self.translation
        return np.array([[a.real, -a.imag, x], [a.imag, a.real, y], [0.0, 0.0, 1.0]])

    @property
    def _factor(self) -> complex:
        return complex(self.scale * np.exp(1j * self.rotation))


def fit(reference: ArrayLike, target: ArrayLike, weights: ArrayLike | None = None) -> Similarity:
    """Find the similarity that maps a reference to a target with the least weighted squares.

    Parameters
    ----------
    reference : array_like, shape (N, 2), (J, 2) or (T, J, 2)
        A static (J, 2) pose is compared with every frame of a (T, J, 2) target. NaN is missing.
    target : array_like, shape (N, 2) or (T, J, 2)
        NaN is missing.
    weights : array_like, shape (N,) or (T, J), optional
        At least 0, such as confidences; 1 by default. NaN counts as 0.

    Returns
    -------
    Similarity

    Raises
    ------
    AlignmentError
        If fewer than 3 points have a weight and both positions, or the points lie in one place.

    Notes
    -----
    The closed form of Umeyama (1991, doi:10.1109/34.88573) restricted to rotations of the plane.
    """
    source, goal, weight = _usable(reference, target, weights)
    if len(weight) < _LEAST_POINTS:
        raise AlignmentError(f"{len(weight)} usable points; {_LEAST_POINTS} are needed")
    source_mean = np.average(source, weights=weight)
    goal_mean = np.average(goal, weights=weight)
    centred, moved = source - source_mean, goal - goal_mean
    spread, goal_spread = (float(np.sum(weight * np.abs(p) ** 2)) for p in (centred, moved))
    product = np.sum(weight * np.conj(centred) * moved)
    # What rounding leaves of points in one place must not be taken for a shape.
    rounding = [np.sum(weight) * (1e-12 * np.max(np.abs(p))) ** 2 for p in (source, goal)]
    together = np.abs(product) > 1e-12 * np.sqrt(spread * goal_spread)
    if spread <= rounding[0] or goal_spread <= rounding[1] or not together:
        raise AlignmentError("the points lie in one place or have no direction in common")
    factor = product / spread
    shift = goal_mean - factor * source_mean
    return Similarity(
        float(np.abs(factor)), float(np.angle(factor)), (float(shift.real), float(shift.imag))
    )


def residual(
    similarity: Similarity,
    reference: ArrayLike,
    target: ArrayLike,
    weights: ArrayLike | None = None,
) -> float:
    """Return the weighted root mean square distance that is left, in units of the reference.

    The other parameters are those of :func:`fit`.
    """
    source, goal, weight = _usable(reference, target, weights)
    left = _to_complex(similarity.inverse().apply(_to_points(goal))) - source
    return float(np.sqrt(np.average(np.abs(left) ** 2, weights=weight)))


def resample_phase(values: ArrayLike, frames: int) -> Array:
    """Resample a sequence to another number of frames by linear phase.

    The first and last frames correspond, and time runs evenly between them.

    Parameters
    ----------
    values : array_like, shape (T, ...)
        A sample between two others is NaN where one of them is.
    frames : int
        How many frames to give.

    Returns
    -------
    ndarray, shape (frames, ...)
    """
    array = np.asarray(values, dtype=np.float64)
    phase = np.linspace(0.0, len(array) - 1, frames)
    before = np.floor(phase).astype(np.intp)
    after = np.ceil(phase).astype(np.intp)
    fraction = (phase - before).reshape(-1, *[1] * (array.ndim - 1))
    return np.where(
        fraction == 0.0, array[before], (1 - fraction) * array[before] + fraction * array[after]
    )


def align(
    dataset: xr.Dataset,
    reference: ArrayLike,
    keypoints: Sequence[str] = BODY_JOINTS,
    *,
    bat: xr.Dataset | None = None,
    mirror: bool = False,
    correspondence: str = "phase",
) -> xr.Dataset:
    """Bring a clip into the frame of a reference.

    Parameters
    ----------
    dataset : xarray.Dataset
        A pose data set (see :func:`kinepath.sequence.poses`) of one individual.
    reference : array_like, shape (K, 2) or (T, K, 2)
        All the data set's keypoints, in its order, in statures: a static pose, or a sequence.
    keypoints : sequence of str
        The keypoints that the similarity is fitted to.
    bat : xarray.Dataset, optional
        The bat of the same frames (``tip``, ``grip``, ``confidence``, ``source``).
    mirror : bool
        Flip x and exchange left and right keypoints first, so that a left-hander can be compared
        with right-handers. The transform then refers to the flipped pixels (x negated).
    correspondence : str
        How the frames of a sequence are found that belong together; see
        :func:`in_correspondence`.

    Returns
    -------
    xarray.Dataset
        ``position`` and ``confidence``, ``bat_*`` if a bat is given, and the transform from the
        reference to the clip as attributes ``scale``, ``rotation_rad``, ``translation_x``,
        ``translation_y``, with ``residual`` (root mean square, statures) and ``mirrored``. Where
        no similarity can be determined all of them are NaN and the attribute ``note`` says why.
        Where it can, ``stature`` is the athlete's by the body's segments, in the unit of
        ``position``: a batter who crouches is fitted to a standing body at 0.85 of the true scale.

    Raises
    ------
    AlignmentError
        If there is more than one individual, or the bat or the reference is of another shape.
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
    """Return position (T, K, 2) and confidence (T, K) of the one individual of a pose data set.

    With ``mirror`` x is negated and left and right keypoints are exchanged.

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
    """Put the frames of a reference and a clip side by side.

    Parameters
    ----------
    reference : ndarray, shape (J, 2) or (T, J, 2)
        A static pose goes with every frame.
    target : ndarray, shape (U, J, 2)
        The clip.
    weights : ndarray, shape (U, J)
        Its confidences.
    how : str
        ``phase``: the first and last frames correspond and time runs evenly between them;
        ``dtw``: by dynamic time warping of the positions, which takes turns with the similarity.

    Returns
    -------
    reference, target, weights : ndarray
        Arguments for :func:`fit`, frame by frame.

    Raises
    ------
    AlignmentError
        If nothing is known in both, or there is no such correspondence.
    """
    if how not in ("phase", "dtw"):
        raise AlignmentError(f"no correspondence {how!r}; there are: phase, dtw")
    if reference.ndim == 2:
        return reference, target, weights
    evenly = resample_phase(reference, len(target)), target, weights
    if how == "phase":
        return evenly
    # Loaded where needed: it brings the compiler.
    from kinepath.correspondence import warped_pairs

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
    """Add the bat, brought into the same frame."""
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


def _usable(
    reference: ArrayLike, target: ArrayLike, weights: ArrayLike | None
) -> tuple[NDArray[np.complex128], NDArray[np.complex128], Array]:
    """Return the pairs of points that count, flat, with their weights."""
    goal = _to_complex(target)
    source = np.broadcast_to(_to_complex(reference), goal.shape)
    weight = np.ones(goal.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    counts = np.isfinite(source) & np.isfinite(goal) & (weight > 0)
    return source[counts], goal[counts], weight[counts]


def _to_complex(points: ArrayLike) -> NDArray[np.complex128]:
    array = np.asarray(points, dtype=np.float64)
    return np.asarray(array[..., 0] + 1j * array[..., 1])


def _to_points(numbers: NDArray[np.complex128]) -> Array:
    return np.stack([numbers.real, numbers.imag], axis=-1)
