"""Drawing of one clip: its athlete, its bat and its caption, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinepath.body.skeleton import Skeleton, by_name
from kinepath.drawing.draw import BAT, draw_bat, draw_skeleton, draw_trail, person_sizes
from kinepath.drawing.text import PALE, draw_caption, draw_notice
from kinepath.errors import KinepathError
from kinepath.io import sequence
from kinepath.io.sequence import values_of
from kinepath.io.video import Image
from kinepath.typing import Array

_BAT_VARIABLES = ("grip", "tip", "confidence", "source")


class PainterError(KinepathError):
    """Data that do not match the video that they are to be drawn on."""


@dataclass(frozen=True)
class Bat:
    """The bat in every frame.

    Parameters
    ----------
    grip, tip : ndarray, shape (time, 2)
        Pixels; NaN where there is none.
    confidence : ndarray, shape (time,)
        0 to 1.
    source : ndarray of int, shape (time,)
        0 none, 1 observed, 2 interpolated, 3 inferred from the pose.
    """

    grip: Array
    tip: Array
    confidence: Array
    source: NDArray[np.int8]


@dataclass(frozen=True)
class ClipPainter:
    """Everything that is drawn of one clip, frame by frame.

    Parameters
    ----------
    position : ndarray, shape (time, keypoints, 2)
        Pixels; NaN where missing.
    confidence : ndarray, shape (time, keypoints)
        0 to 1; 0 where missing.
    time : ndarray, shape (time,)
        Presentation time in seconds, which the caption shows.
    skeleton : Skeleton
        The keypoints' names and segments.
    label : str
        What the caption calls the clip.
    fps : float
        Frame rate, hertz.
    trail_s : float
        Length of the trail of the bat's tip, seconds.
    bat : Bat, optional
        The bat, where the activity has one.
    """

    position: Array
    confidence: Array
    time: Array
    skeleton: Skeleton
    label: str
    fps: float
    trail_s: float = 0.3
    bat: Bat | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sizes", person_sizes(self.position, self.fps))

    @classmethod
    def of(
        cls, poses: xr.Dataset, bat: xr.Dataset | None, *, label: str, trail_s: float
    ) -> ClipPainter:
        """Build the scene from a pose data set and a bat data set.

        Raises
        ------
        PainterError
            If the two differ in their number of frames.
        """
        if bat is not None and bat.sizes["time"] != poses.sizes["time"]:
            raise PainterError(
                f"the bat has {bat.sizes['time']} frames, the poses {poses.sizes['time']}"
            )
        return cls(
            position=values_of(poses, "position"),
            confidence=values_of(poses, "confidence"),
            time=poses["time"].to_numpy(),
            skeleton=by_name(poses.attrs["skeleton"]),
            label=label,
            fps=float(poses.attrs["fps"]),
            trail_s=trail_s,
            bat=None if bat is None else Bat(*(bat[v].to_numpy() for v in _BAT_VARIABLES)),
        )

    def require(self, frames: int) -> None:
        """Raise :class:`PainterError` unless the scene has this number of frames."""
        if len(self.time) != frames:
            raise PainterError(f"the video has {frames} frames, the poses {len(self.time)}")

    def paint(self, image: Image, frame: int, *, halo: bool = False) -> Image:
        """Draw one frame of the scene on an image, and return the image."""
        size = float(self._sizes[frame])  # type: ignore[attr-defined]
        facts = [(f"{self.time[frame]:.2f} s   {frame + 1}/{len(self.time)}", PALE)]
        if np.isfinite(self.position[frame]).all(axis=1).any():
            position, confidence = self.position[frame], self.confidence[frame]
            draw_skeleton(image, position, confidence, self.skeleton, size=size, halo=halo)
        else:
            draw_notice(image, "no person seen")
        if self.bat is not None and (source := int(self.bat.source[frame])) in BAT:
            self._paint_bat(image, self.bat, frame, size, halo)
            colour, words = BAT[source]
            facts.append((words, colour))
        return draw_caption(image, self.label, facts)

    def _paint_bat(self, image: Image, bat: Bat, frame: int, size: float, halo: bool) -> None:
        past = slice(max(0, frame - round(self.trail_s * self.fps)), frame + 1)
        draw_trail(image, bat.tip[past], bat.source[past], size=size)
        draw_bat(
            image,
            bat.grip[frame],
            bat.tip[frame],
            float(bat.confidence[frame]),
            int(bat.source[frame]),
            size=size,
            halo=halo,
        )


def read_painter(
    poses: str | Path, bat: str | Path | None, *, label: str, trail_s: float
) -> ClipPainter:
    """Read the scene of one clip from its pose file and, where it has one, its bat file.

    Raises
    ------
    SequenceError
        If a file is not of the expected kind.
    PainterError
        If the two differ in their number of frames.
    """
    return ClipPainter.of(
        sequence.read(poses, "poses"),
        None if bat is None else sequence.read(bat, "bat"),
        label=label,
        trail_s=trail_s,
    )
