"""Cleaning keypoint tracks: swapped sides, outliers, gaps, smoothing; all changes are marked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.body.limbs import permutation
from kinepath.body.skeleton import BODY_JOINTS
from kinepath.body.stature import body_check, stature_in_picture
from kinepath.clean.breaks import cut_frames, skeleton_jumps
from kinepath.clean.filters import make_filter, smooth
from kinepath.clean.outliers import outliers
from kinepath.clean.plausible import implausible
from kinepath.clean.swaps import find_swaps, swap_log
from kinepath.io.remarks import KEY, as_attribute, remarks_of
from kinepath.io.sequence import carried_attrs, with_parameters
from kinepath.settings.motion import CleanSettings
from kinepath.signal.gaps import fill, fill_confidence, fill_uncertainty, run_length, short_gaps
from kinepath.signal.smoothing import savitzky_golay
from kinepath.typing import Array, Mask

__all__ = ["CHANGES", "LEAST_SCORE", "clean", "least_confidence"]

#: Changes made to a sample, as bits of the variable ``changed``.
CHANGES = {
    "low_confidence": 1,
    "filled": 2,
    "smoothed": 4,
    "repeated_frame": 8,
    "outlier": 16,
    "swapped": 32,
    "break": 64,
    "implausible": 128,
}


#: Score below which a keypoint counts as not seen, for networks whose confidence is a score.
LEAST_SCORE = 0.3
#: Fraction of frames with a joint removed above which a remark is made.
_MOSTLY = 0.5
#: Frames and order of the local polynomial whose residual is the jitter, and the averaging window
#: of the jitter, seconds.
_JITTER_FRAMES, _JITTER_ORDER, _JITTER_WINDOW_S = 5, 2, 0.2
#: Fraction of white noise variance left in that polynomial's residual: 1 - h_00 of its hat matrix.
_JITTER_KEPT = 18 / 35


def clean(
    dataset: xr.Dataset, settings: CleanSettings | Mapping[str, Any] | None = None
) -> xr.Dataset:
    """Clean a pose sequence.

    Where the sequence is discontinuous (a cut, a jump of the skeleton, see
    :mod:`kinepath.clean.breaks`) its parts are cleaned separately, and the first sample of
    every part but the first is removed, so that no derivative and no filled gap spans a break.

    In each part, in this order: limbs whose sides the pose model swapped are corrected; samples
    below the minimum confidence, those of duplicate frames, those in anatomically impossible
    places (:mod:`kinepath.clean.plausible`) and outliers are removed; gaps up to a length in
    seconds are filled by linear interpolation, longer ones stay NaN; each stretch without gaps is
    smoothed. ``position_3d`` is treated like ``position``.

    Parameters
    ----------
    dataset : xarray.Dataset
        Poses of one individual, as a backend returns them.
    settings : CleanSettings or mapping, optional
        ``min_confidence`` (0 to 1; None: see :func:`least_confidence`); ``swap_penalty``
        (statures, see :func:`kinepath.clean.swaps.find_swaps`; 0: no correction); ``outlier_s``
        (longest run of outliers; 0: no detection) and ``outlier_least`` (statures), see
        :func:`kinepath.clean.outliers.outliers`; ``max_gap_s``; and what
        :func:`kinepath.clean.filters.make_filter` takes.

    Returns
    -------
    xarray.Dataset
        The same variables, and over (time, keypoints, individuals): ``changed``, bits of
        :data:`CHANGES`, and ``jitter``, pixels: the scatter of samples around a smooth local
        movement, including the uncertainty of filled samples. The confidence of a filled
        sample is the lower of its neighbours'; that of a missing sample is 0. Attributes:
        ``swaps`` (JSON, see :func:`kinepath.clean.swaps.swap_log`), ``body_check`` (JSON, see
        :func:`kinepath.body.stature.body_check`), ``stature_px``, ``breaks`` (the first frames
        after breaks), ``warnings`` (see :mod:`kinepath.io.remarks`), and ``note`` where a
        requested step could not be done.
    """
    settings = CleanSettings.of(settings)
    stature = _stature(dataset["position"].values, dataset)
    cuts = cut_frames(dataset["time"].values, dataset.attrs.get("cuts_s", []))
    jumps = [k for k in skeleton_jumps(dataset, stature) if not {k - 1, k, k + 1} & {*cuts}]
    breaks = sorted({*cuts, *jumps})
    edges = [0, *breaks, dataset.sizes["time"]]
    done = [_clean_part(_part(dataset, *pair), settings) for pair in pairwise(edges)]
    cleaned = xr.concat([each.poses for each in done], "time") if breaks else done[0].poses
    for name in ("position", "position_3d", "confidence"):
        if name in dataset:
            cleaned[name].attrs = dataset[name].attrs
    _remove(cleaned, breaks)
    attrs = carried_attrs(dataset)
    attrs["ds_type"] = "poses"
    attrs["parameters"] = with_parameters(dataset.attrs, "clean", settings.parameters())
    attrs["swaps"] = json.dumps([swap for each in done for swap in each.swaps])
    attrs["stature_px"] = max(done, key=lambda each: each.poses.sizes["time"]).stature_px
    check = body_check(cleaned)
    attrs["body_check"] = json.dumps(check)
    if breaks:
        attrs["breaks"] = np.array(breaks, dtype=np.int64)
    if reason := _undone(dataset, cleaned, settings):
        attrs["note"] = "; ".join(filter(None, [attrs.get("note"), reason]))
    said = [_jump(float(dataset["time"][k])) for k in jumps]
    attrs[KEY] = as_attribute(
        _misshapen(check), remarks_of(dataset.attrs), said, _blanked(cleaned), [reason]
    )
    return cleaned.assign_attrs(attrs)


@dataclass(frozen=True)
class _Part:
    """A cleaned part without breaks, its log of swapped sides, and its stature."""

    poses: xr.Dataset
    swaps: list[dict[str, str | float]]
    stature_px: float


def least_confidence(dataset: xr.Dataset, settings: CleanSettings) -> float:
    """Return the confidence below which a keypoint counts as not seen.

    That of the settings; where they have none, :data:`LEAST_SCORE` for a network whose confidence
    is a score, and 0 for one that reports whether a keypoint is occluded (attribute
    ``confidence_kind`` is ``visibility``): occluded is not wrong. For batters 85 pixels tall on
    television half of the wrists with a visibility below 0.3 lie on the hands.
    """
    given = settings.min_confidence
    if given is not None:
        return float(given)
    return 0.0 if dataset.attrs.get("confidence_kind") == "visibility" else LEAST_SCORE


def _image_size(dataset: xr.Dataset) -> tuple[float, float] | None:
    if not {"frame_width", "frame_height"} <= dataset.attrs.keys():
        return None
    return float(dataset.attrs["frame_width"]), float(dataset.attrs["frame_height"])


def _part(dataset: xr.Dataset, start: int, end: int) -> xr.Dataset:
    """Return a range of frames, with frame numbers in attributes counted from its first."""
    repeated = np.atleast_1d(np.asarray(dataset.attrs.get("repeated", []), dtype=np.intp))
    inside = repeated[(repeated >= start) & (repeated < end)] - start
    return dataset.isel(time=slice(start, end)).assign_attrs(repeated=inside)


def _clean_part(dataset: xr.Dataset, settings: CleanSettings) -> _Part:
    fps = float(dataset.attrs["fps"])
    straight, swapped, swaps = _unswapped(dataset, settings)
    position, confidence = straight["position"].values, straight["confidence"].values
    repeated = np.zeros(confidence.shape[0], dtype=bool)
    repeated[np.asarray(dataset.attrs.get("repeated", []), dtype=np.intp)] = True
    missing = np.isnan(position).any(axis=1)
    least = least_confidence(dataset, settings)
    low = ~missing & ((confidence < least) | (confidence <= 0))
    again = ~missing & repeated[:, None, None]
    seen = ~(missing | low | again)
    stature = _stature(np.where(seen[:, None], position, np.nan), dataset)
    names = [str(name) for name in dataset["keypoints"].values]
    beyond = implausible(position[..., 0], names, stature, _image_size(dataset))[..., None]
    beyond &= ~missing
    seen &= ~beyond
    jumped = outliers(
        position,
        seen,
        round(settings.outlier_s * fps),
        settings.outlier_least * stature,
    )
    seen = seen & ~jumped
    filled = short_gaps(seen, round(settings.max_gap_s * fps))
    how = make_filter(settings, fps)

    cleaned = straight.copy()
    for name in ("position", "position_3d"):
        if name in dataset:
            values = fill(straight[name].values, seen, filled)
            cleaned[name] = dataset[name].copy(data=smooth(values, how))
    known = fill_confidence(confidence, seen, filled)
    cleaned["confidence"] = dataset["confidence"].copy(data=known)
    long_enough = run_length(seen | filled) >= how.shortest
    smoothed = (seen | filled) & long_enough & (how.shortest > 0)
    cleaned["changed"] = (
        dataset["confidence"].dims,
        _bits(
            low_confidence=low,
            filled=filled,
            smoothed=smoothed,
            repeated_frame=again,
            outlier=jumped,
            implausible=beyond,
            swapped=swapped,
        ),
        {
            "units": "1",
            "long_name": "what was done to the sample",
            "flag_masks": np.array(list(CHANGES.values()), dtype=np.uint8),
            "flag_meanings": " ".join(CHANGES),
        },
    )
    cleaned["jitter"] = (
        dataset["confidence"].dims,
        np.hypot(_jitter(position, seen, fps), fill_uncertainty(position, seen, filled)),
        {"units": "pixel", "long_name": "scatter of a coordinate around a smooth movement"},
    )
    return _Part(cleaned, swaps, stature)


def _remove(cleaned: xr.Dataset, breaks: list[int]) -> None:
    """Remove the samples of some frames, in place, and mark them."""
    for name in ("position", "position_3d", "jitter"):
        if name in cleaned:
            cleaned[name][{"time": breaks}] = np.nan
    cleaned["confidence"][{"time": breaks}] = 0.0
    cleaned["changed"][{"time": breaks}] = CHANGES["break"]


def _undone(dataset: xr.Dataset, cleaned: xr.Dataset, settings: CleanSettings) -> str | None:
    """Return what was requested and could not be done."""
    if dataset["position"].notnull().any() and not cleaned["position"].notnull().any():
        least = least_confidence(dataset, settings)
        return f"no keypoint reaches the least confidence of {least} where a body can have it"
    shortest = make_filter(settings, float(dataset.attrs["fps"])).shortest
    smoothed = (cleaned["changed"].values & CHANGES["smoothed"]).any()
    if shortest and not smoothed and cleaned["position"].notnull().any():
        return f"not smoothed: no stretch has {shortest} frames, the filter's shortest"
    return None


def _jump(time_s: float) -> str:
    return (
        f"the skeleton jumps at {time_s:.2f} s, as at a cut or where another person is taken for"
        " the athlete: motion is not followed across; look at the overlay there, and put start_s"
        " and end_s around one part, or the box around the athlete as subject in the sheet"
    )


def _misshapen(check: Mapping[str, Any]) -> list[str]:
    """Return a remark on a skeleton without human proportions."""
    if check["human_shaped"] is not False:
        return []
    return [
        f"{check['verdict']}: what rests on these segments is wrong or missing; look at the"
        " overlay, put the box around the athlete as subject in the sheet, or film all of the"
        " athlete, from the side on which the limbs are seen"
    ]


def _blanked(cleaned: xr.Dataset) -> list[str]:
    """Return a remark on body joints of which most samples were removed."""
    changed = cleaned["changed"].isel(individuals=0)
    causes = sum(CHANGES[cause] for cause in ("low_confidence", "outlier", "implausible"))
    removed = ((changed & causes) > 0) & (cleaned["confidence"].isel(individuals=0) == 0)
    share = removed.mean("time").to_series()
    joints = [name for name in BODY_JOINTS if name in share.index and share[name] > _MOSTLY]
    if not joints:
        return []
    named = ", ".join(f"{name.replace('_', ' ')} {100 * share[name]:.0f} %" for name in joints)
    return [
        f"not used because they are unsure, of all frames: {named}; what rests on them is missing"
        " or rests on few frames; film the athlete larger, or from the side on which they are seen"
    ]


def _unswapped(
    dataset: xr.Dataset, settings: CleanSettings
) -> tuple[xr.Dataset, Mask, list[dict[str, str | float]]]:
    """Correct swapped sides; return the samples that were swapped, and the log."""
    names = [str(name) for name in dataset["keypoints"].values]
    position, confidence = dataset["position"].values, dataset["confidence"].values
    swapped = np.zeros(confidence.shape, dtype=bool)
    if settings.swap_penalty == 0:
        return dataset, swapped, []
    exchanged = find_swaps(
        position[..., 0],
        confidence[..., 0],
        names,
        fps=float(dataset.attrs["fps"]),
        stature=_stature(position, dataset),
        penalty=settings.swap_penalty,
    )
    order = permutation(exchanged, names)
    swapped |= (order != np.arange(len(names)))[..., None]
    straight = dataset.copy()
    for name in ("position", "position_3d", "confidence"):
        if name in dataset:
            index = order[..., None] if name == "confidence" else order[:, None, :, None]
            values = np.take_along_axis(dataset[name].values, index, axis=-2)
            straight[name] = dataset[name].copy(data=values)
    return straight, swapped, swap_log(exchanged, dataset["time"].values)


def _stature(position: Array, dataset: xr.Dataset) -> float:
    return stature_in_picture(position[..., 0], [str(name) for name in dataset["keypoints"].values])


def _jitter(position: Array, seen: Mask, fps: float) -> Array:
    """Return the running root mean square residual of a coordinate from local polynomials.

    NaN where a sample is not seen; 0 where too few neighbours are seen for an estimate.
    """
    frames = position.shape[0]
    half = _JITTER_FRAMES // 2
    square = np.full(seen.shape, np.nan)
    if frames >= _JITTER_FRAMES:
        known = np.where(seen[:, None], position, np.nan)
        left = known - savitzky_golay(known, _JITTER_FRAMES, _JITTER_ORDER)
        square[half:-half] = (left**2).mean(axis=1)[half:-half] / _JITTER_KEPT
    width = round(_JITTER_WINDOW_S * fps / 2)
    told = np.isfinite(square)
    edges = np.clip(np.arange(frames)[:, None] + np.array([-width, width + 1]), 0, frames)

    def running(values: Array) -> Array:
        total = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
        return np.asarray(total[edges[:, 1]] - total[edges[:, 0]])

    count = running(told.astype(np.float64))
    mean = running(np.where(told, square, 0.0)) / np.maximum(count, 1)
    return np.where(seen, np.sqrt(np.maximum(mean, 0.0)), np.nan)


def _bits(**masks: Mask) -> NDArray[np.uint8]:
    total = np.zeros(next(iter(masks.values())).shape, dtype=np.uint8)
    for name, mask in masks.items():
        total |= np.where(mask, np.uint8(CHANGES[name]), np.uint8(0))
    return total
