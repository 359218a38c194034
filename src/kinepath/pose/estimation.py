"""Running a pose backend over the frames of a clip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.io import sequence
from kinepath.io.remarks import KEY, as_attribute, remarks_of
from kinepath.io.video import Image
from kinepath.pose.base import BatchEstimator, Detection, Estimator, PoseError
from kinepath.runtime.batches import ahead

#: No warning where the person is seen in at least this fraction of the frames.
_SEEN_ENOUGH = 0.9


def estimate(
    frames: Iterable[Image],
    facts: Mapping[str, Any],
    estimator: Estimator,
    report: Callable[[int], None] = lambda done: None,
) -> xr.Dataset:
    """Run a backend over the frames of a clip, one at a time.

    Parameters
    ----------
    frames : iterable of ndarray, shape (height, width, 3)
        The conformed video; only a few frames are in memory at a time.
    facts : mapping
        What :func:`kinepath.conform.conform` returned for the video.
    estimator : Estimator
        A loaded backend.
    report : callable, optional
        Called with the number of frames done.

    Returns
    -------
    xarray.Dataset
        Poses with NaN position and confidence 0 in frames without a person, and ``source_time``
        (time), seconds: when each frame's image was captured, on the clock of ``time``. The
        attribute ``person_share`` is the fraction of frames with a person; ``note`` states if there
        is none.

    Raises
    ------
    PoseError
        If the video does not have the expected number of frames.
    """
    time = np.asarray(facts["time_s"], dtype=np.float64)
    count, joints = time.size, len(estimator.skeleton.keypoints)
    position = np.full((count, joints, 2), np.nan)
    position_3d = np.full((count, joints, 3), np.nan)
    confidence = np.zeros((count, joints))
    seen = np.zeros(count, dtype=bool)
    done = 0
    for k, people in enumerate(_shown(estimator, frames, time - time[0])):
        done = k + 1
        if done > count:
            break
        for found in people[:1]:
            seen[k] = True
            confidence[k] = np.clip(found.confidence, 0.0, 1.0)
            position[k] = np.where(confidence[k, :, None] > 0, found.position, np.nan)
            if found.position_3d is not None:
                position_3d[k] = found.position_3d
        report(done)
    if done != count:
        raise PoseError(f"the conformed video has {done} frames, {count} were expected")
    attrs = {
        "source_software": estimator.software,
        "skeleton": estimator.skeleton.name,
        "source_sha256": facts["source_sha256"],
        "person_share": float(seen.mean()),
        "repeated": np.array(facts["repeated"], dtype=np.int64),
        "cuts_s": np.array(facts.get("cuts_s", []), dtype=np.float64),
        KEY: as_attribute(remarks_of(facts), _unseen(time, seen)),
        "frame_width": facts["width"],
        "frame_height": facts["height"],
    }
    if not seen.any():
        attrs["note"] = "no person seen in any frame"
    poses = sequence.poses(
        _axes(position),
        confidence[..., None],
        time,
        estimator.skeleton.keypoints,
        fps=facts["fps"],
        clip=facts["clip"],
        position_3d=None if np.isnan(position_3d).all() and seen.any() else _axes(position_3d),
        attrs=attrs,
    )
    poses["source_time"] = (
        "time",
        np.asarray(facts["source_time_s"], dtype=np.float64),
        {"units": "seconds", "long_name": "time at which the picture that is shown was taken"},
    )
    return poses


def _unseen(time: NDArray[np.float64], seen: NDArray[np.bool_]) -> list[str]:
    """Return a remark where a person is seen in only some of the frames."""
    if not seen.any():
        return [
            "nobody is seen in any frame, so nothing was measured; use a video that shows the"
            " athlete whole and larger, or give the box around them as subject in the sheet"
        ]
    share = float(seen.mean())
    if share > _SEEN_ENOUGH:
        return []
    first, last = time[np.flatnonzero(seen)[[0, -1]]]
    return [
        f"a person is seen in {100 * share:.0f} % of the frames only, from {first:.2f} to"
        f" {last:.2f} s: nothing is measured in the others; put start_s and end_s around the part"
        " in which the athlete is in view"
    ]


def _shown(
    estimator: Estimator, frames: Iterable[Image], time: NDArray[np.float64]
) -> Iterator[Sequence[Detection]]:
    """Run an estimator on the frames, in batches decoded on another thread if it supports them."""
    if isinstance(estimator, BatchEstimator):
        # More frames than expected end the loop, and need no time stamp.
        timed = zip(frames, chain(time, repeat(float(time[-1]))), strict=False)
        for batch in ahead(timed, estimator.batch):
            yield from estimator.many([image for image, _ in batch], [float(t) for _, t in batch])
        return
    for k, image in enumerate(frames):
        yield estimator(image, time[k]) if k < time.size else ()


def _axes(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Reorder (time, keypoints, space) to (time, space, keypoints, one individual)."""
    return points.transpose(0, 2, 1)[..., None]
