"""Cropping the surroundings of the hands from the frames of a clip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import cv2
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.bat.background import Plate, warped
from kinepath.bat.evidence import LENGTH_PX, HandView, view_side
from kinepath.bat.geometry import Hold, joint
from kinepath.io.video import Image
from kinepath.typing import Array

#: Thickness of limbs, metres, and the radius of the head.
_ARMS = {("shoulder", "elbow"): 0.12, ("elbow", "wrist"): 0.11}
_LEGS = {("hip", "knee"): 0.18, ("knee", "ankle"): 0.19, ("heel", "foot_index"): 0.1}
_HEAD_M = 0.13


def views(
    images: Iterable[Image],
    poses: xr.Dataset,
    grasp: Hold,
    length_m: float,
    backgrounds: Mapping[int, Plate],
    to_steady: Array,
    shot: NDArray[np.intp],
) -> Iterator[HandView | None]:
    """Yield the surroundings of the hands frame by frame; None where the hands are not seen."""
    limbs = Limbs(poses)
    side = view_side()
    for k, image in enumerate(images):
        if k >= len(shot):
            return
        if not (np.isfinite(grasp.grip[k]).all() and np.isfinite(grasp.pixels_per_m[k])):
            yield None
            continue
        to_view = view_matrix(grasp.grip[k], length_m * grasp.pixels_per_m[k])
        seen = warped(image, to_view, (side, side))
        plate = backgrounds.get(int(shot[k]))
        behind = seen
        if plate is not None and np.isfinite(to_steady[k]).all():
            matrix = to_view @ np.linalg.inv(plate.from_steady @ to_steady[k])
            behind = warped(plate.image, matrix, (side, side))
        arms, body = limbs.painted(k, to_view, LENGTH_PX / length_m)
        yield HandView(seen, behind, arms, body)


def view_matrix(grip: Array, length_px: float) -> Array:
    """Return the map (3, 3) from the image to the working image around a grip."""
    factor = LENGTH_PX / length_px
    shift = view_side() // 2 - factor * grip
    return np.array([[factor, 0, shift[0]], [0, factor, shift[1]], [0, 0, 1.0]])


class Limbs:
    """Paint the body's position according to the pose."""

    def __init__(self, poses: xr.Dataset) -> None:
        names = ["shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index"]
        self._joints = {
            (side, name): joint(poses, f"{side}_{name}")
            for side in ("left", "right")
            for name in names
        }
        self._head = joint(poses, "nose")

    def painted(self, frame: int, matrix: Array, pixels_per_m: float) -> tuple[Image, Image]:
        """Return masks of the arms and of the rest of the body in a working image."""
        side = view_side()
        arms, body = (np.zeros((side, side), dtype=np.uint8) for _ in range(2))
        for mask, segments in ((arms, _ARMS), (body, _LEGS)):
            for (start, end), thick in segments.items():
                for which in ("left", "right"):
                    ends = [self._place((which, n), frame, matrix) for n in (start, end)]
                    if np.isfinite(ends).all():
                        a, b = (tuple(int(v) for v in np.rint(p)) for p in ends)
                        cv2.line(mask, a, b, 255, max(1, round(thick * pixels_per_m)))
        corners = [("left", "shoulder"), ("right", "shoulder"), ("right", "hip"), ("left", "hip")]
        trunk = np.array([self._place(corner, frame, matrix) for corner in corners])
        if np.isfinite(trunk).all():
            hull = cv2.convexHull(np.rint(trunk).astype(np.int32))
            cv2.fillConvexPoly(body, hull, 255)
            cv2.polylines(body, [hull], True, 255, max(1, round(0.12 * pixels_per_m)))
        head = _moved(self._head[frame], matrix)
        if np.isfinite(head).all():
            centre = tuple(int(v) for v in np.rint(head))
            cv2.circle(body, centre, max(1, round(_HEAD_M * pixels_per_m)), 255, cv2.FILLED)
        return arms, body

    def _place(self, which: tuple[str, str], frame: int, matrix: Array) -> Array:
        return _moved(self._joints[which][frame], matrix)


def _moved(point: Array, matrix: Array) -> Array:
    moved = matrix[:2, :2] @ point + matrix[:2, 2]
    return np.asarray(np.clip(moved, -1000, 1000))
