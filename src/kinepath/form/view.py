"""The camera's view, from the sheet and from the body's apparent width."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from kinepath.typing import Array

#: Width between the joints over the length of the torso, seen from the front: shoulders
#: (biacromial breadth less the deltoids) and hips, on simulated athletes.
SHOULDERS, HIPS = 0.75, 0.36
#: Maximum angle from the side, or from the front, for the view of that name, degrees.
NEAR_DEG = 35.0
#: Angle assumed for a camera whose view is stated in the sheet but cannot be estimated, degrees.
TYPICAL_DEG = NEAR_DEG / 2
#: Upper quantile over time of the torso's apparent length: it is never lengthened by projection.
_QUANTILE = 0.9


@dataclass(frozen=True)
class View:
    """The view of the camera on the athlete.

    Parameters
    ----------
    name : str
        ``side``, ``front`` (also from behind), ``oblique`` or ``unknown``.
    source : str
        ``sheet`` or ``estimated``.
    from_side_deg : float or None
        Angle between the camera's direction and the athlete's left-right axis, estimated from the
        widths of shoulders and hips against the torso: 0 from the side, 90 from the front; None
        where they were not seen.
    note : str or None
        Set where sheet and estimate disagree, or nothing could be estimated.
    """

    name: str
    source: str
    from_side_deg: float | None
    note: str | None = None

    def off_deg(self, wanted: str) -> float | None:
        """Return the camera's angle from the ideal position for a view, degrees.

        For ``oblique`` this is 0: metrics that can be judged obliquely do not depend on it.
        """
        if wanted == "oblique":
            return 0.0
        if self.from_side_deg is None:
            return TYPICAL_DEG if self.source == "sheet" and wanted == self.name else None
        return self.from_side_deg if wanted == "side" else 90.0 - self.from_side_deg


def find_view(poses: xr.Dataset, stated: str | None) -> View:
    """Determine the camera's view.

    Parameters
    ----------
    poses : xarray.Dataset
        Cleaned poses of one individual.
    stated : str or None
        What the sheet states; words other than side, front, behind and oblique are ignored, as
        stated in the note.
    """
    angle = _from_side(poses)
    told = _plain(stated)
    if told is None:
        note = None if stated is None else f"the sheet's view {stated!r} is none that is known"
        if angle is None:
            why = "the view cannot be estimated: shoulders, hips and torso were not seen together"
            return View("unknown", "estimated", None, "; ".join(filter(None, [note, why])))
        return View(_name(angle), "estimated", angle, note)
    note = None
    if angle is not None and told != _name(angle):
        note = (
            f"the sheet says {told}, but shoulders and hips look {angle:.0f} degrees from the side"
            f" ({_name(angle)})"
        )
    return View(told, "sheet", angle, note)


def _plain(stated: str | None) -> str | None:
    words = {"behind": "front", "back": "front", "side": "side", "front": "front"}
    words["oblique"] = "oblique"
    return words.get((stated or "").strip().lower())


def _name(angle: float) -> str:
    if angle <= NEAR_DEG:
        return "side"
    return "front" if angle >= 90.0 - NEAR_DEG else "oblique"


def _from_side(poses: xr.Dataset) -> float | None:
    position = poses["position"].isel(individuals=0).transpose("keypoints", "time", "space")

    def at(name: str) -> Array:
        return np.asarray(position.sel(keypoints=name).values)

    left, right = at("left_shoulder"), at("right_shoulder")
    left_hip, right_hip = at("left_hip"), at("right_hip")
    torso = np.linalg.norm((left + right - left_hip - right_hip) / 2, axis=1)
    seen = np.isfinite(torso)
    if seen.sum() < 2:
        return None
    length = float(np.quantile(torso[seen], _QUANTILE))
    if length <= 0:
        return None
    shoulders = float(np.median(np.linalg.norm(left - right, axis=1)[seen])) / length / SHOULDERS
    hips = float(np.median(np.linalg.norm(left_hip - right_hip, axis=1)[seen])) / length / HIPS
    # The shoulders are the wider and more reliable of the two.
    share = min((2 * shoulders + hips) / 3, 1.0)
    return float(np.degrees(np.arcsin(share)))
