"""Differences between two pose backends on one clip."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from kinepath.body.stature import stature_in_picture
from kinepath.errors import KinepathError
from kinepath.io.sequence import values_of
from kinepath.typing import Array

#: Keypoints farther apart than this do not mark the same point of the body, statures.
APART = 0.1
#: A keypoint with a lower confidence counts as not seen.
_SURE = 0.3


class AgreementError(KinepathError):
    """Keypoint files that cannot be compared."""


def compare(one: xr.Dataset, other: xr.Dataset) -> dict[str, Any]:
    """Compare the keypoints that two backends found in one clip.

    Parameters
    ----------
    one, other : xarray.Dataset
        Poses of the same conformed video.

    Returns
    -------
    dict
        JSON-serialisable. ``clip``; ``backends``; ``frames``; ``stature_px``, the unit of distances
        (median of both; None where nobody is seen); ``people``: frames in which ``both``, only
        ``first``, only ``second`` and ``neither`` saw somebody; ``keypoints``: for each one that
        both provide, ``seen_by_both`` (fraction of frames), ``median`` and ``p95`` of the distance
        and the mean offset ``dx``, ``dy`` of the second from the first, statures, None where never
        seen by both; ``only_in_first`` and ``only_in_second``: keypoints that the other never
        provides; ``stretches``: where the median distance of the body exceeds :data:`APART`, start
        and end in seconds, the largest distance and the keypoint farthest apart there.

    Raises
    ------
    AgreementError
        If they come from different videos.
    """
    if one.attrs["source_sha256"] != other.attrs["source_sha256"] or not np.array_equal(
        one["time"], other["time"]
    ):
        raise AgreementError("the two files are not of the same frames of the same clip")
    if list(one["keypoints"].values) != list(other["keypoints"].values):
        raise AgreementError("the two files have keypoints of different names")
    names = [str(name) for name in one["keypoints"].values]
    first, second = _seen(one), _seen(other)
    statures = [stature_in_picture(p.transpose(0, 2, 1), names) for p in (first, second)]
    known = [stature for stature in statures if np.isfinite(stature) and stature > 0]
    stature = float(np.median(known)) if known else None
    offset = (second - first) / (stature or 1.0)
    gives = [np.asarray(np.isfinite(p[..., 0]).any(axis=0)) for p in (first, second)]
    common = [k for k in range(len(names)) if gives[0][k] and gives[1][k]]
    return {
        "clip": one.attrs["clip"],
        "backends": [one.attrs["backend"], other.attrs["backend"]],
        "frames": len(one["time"]),
        "stature_px": stature,
        "people": _people(first, second),
        "keypoints": {names[k]: _differences(offset[:, k]) for k in common},
        "only_in_first": [
            n for n, a, b in zip(names, gives[0], gives[1], strict=True) if a and not b
        ],
        "only_in_second": [
            n for n, a, b in zip(names, gives[0], gives[1], strict=True) if b and not a
        ],
        "stretches": _stretches(offset[:, common], one["time"].values, [names[k] for k in common]),
    }


def _seen(poses: xr.Dataset) -> Array:
    """Return positions (time, keypoints, 2), NaN where the backend's confidence was low."""
    position = values_of(poses, "position").copy()
    position[values_of(poses, "confidence") < _SURE] = np.nan
    return np.asarray(position, dtype=np.float64)


def _people(first: Array, second: Array) -> dict[str, int]:
    a, b = (np.isfinite(p).any(axis=(1, 2)) for p in (first, second))
    return {
        "both": int((a & b).sum()),
        "first": int((a & ~b).sum()),
        "second": int((b & ~a).sum()),
        "neither": int((~a & ~b).sum()),
    }


def _differences(offset: Array) -> dict[str, float | None]:
    distance = np.linalg.norm(offset, axis=1)
    both = np.isfinite(distance)
    if not both.any():
        return dict.fromkeys(("median", "p95", "dx", "dy")) | {"seen_by_both": 0.0}
    dx, dy = offset[both].mean(axis=0)
    return {
        "seen_by_both": _rounded(both.mean()),
        "median": _rounded(np.median(distance[both])),
        "p95": _rounded(np.quantile(distance[both], 0.95)),
        "dx": _rounded(dx),
        "dy": _rounded(dy),
    }


def _rounded(value: float) -> float:
    return round(float(value), 4)


def _stretches(offset: Array, time: Array, names: list[str]) -> list[dict[str, Any]]:
    distance = np.linalg.norm(offset, axis=2)
    some = np.isfinite(distance).any(axis=1)
    typical = np.zeros(len(time))
    typical[some] = np.nanmedian(distance[some], axis=1)
    apart = np.concatenate([[False], typical > APART, [False]])
    starts, ends = np.flatnonzero(apart[1:] > apart[:-1]), np.flatnonzero(apart[:-1] > apart[1:])
    return [
        {
            "from_s": _rounded(time[start]),
            "to_s": _rounded(time[end - 1]),
            "largest": _rounded(typical[start:end].max()),
            "farthest": names[int(np.nanargmax(np.nanmax(distance[start:end], axis=0)))],
        }
        for start, end in zip(starts, ends, strict=True)
    ]


def table(found: dict[str, Any]) -> str:
    """Format a comparison as text."""
    first, second = found["backends"]
    people = found["people"]
    lines = [
        f"{found['clip']}: {first} and {second}, {found['frames']} frames",
        f"somebody seen by both {people['both']}, only {first} {people['first']},"
        f" only {second} {people['second']}, neither {people['neither']}",
        "",
        f"{'keypoint':18}{'both':>7}{'median':>9}{'95 %':>9}{'right':>9}{'down':>9}",
    ]
    for name, row in found["keypoints"].items():
        cells = (row["median"], row["p95"], row["dx"], row["dy"])
        told = "".join(f"{'-' if cell is None else f'{cell:.3f}':>9}" for cell in cells)
        lines.append(f"{name:18}{row['seen_by_both']:7.0%}{told}")
    lines.append(f"(distances in statures: {found['stature_px'] or 0:.0f} pixels)")
    for key, name in (("only_in_first", first), ("only_in_second", second)):
        if found[key]:
            lines.append(f"only {name} gives: {', '.join(found[key])}")
    lines += [
        f"apart from {stretch['from_s']:.2f} to {stretch['to_s']:.2f} s: by up to"
        f" {stretch['largest']:.2f} statures, farthest {stretch['farthest']}"
        for stretch in found["stretches"]
    ]
    return "\n".join(lines)
