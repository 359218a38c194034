"""Interlaced footage: detecting it and its field order, and deinterlacing to one frame per field.

An interlaced frame holds two instants: one in its even lines, the other in its odd lines. Shown as
one image, moving edges are combed; shown in turn, the fields double the number of frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import av
import av.error
import av.filter
import numpy as np
from numpy.typing import NDArray

from kinepath.io.video.base import Image

PROGRESSIVE, TOP, BOTTOM = "progressive", "top", "bottom"

#: Width to which images are reduced before their lines are compared, pixels.
LOOK_WIDTH = 320
#: Number of frames with motion to examine.
_LOOKS = 60
#: Motion: minimum change between two frames, grey levels, and minimum fraction of the image.
_MOVES, _LEAST_SHARE = 12, 0.0005
#: Minimum ratios at which a frame votes for one field order, or for progressive: idet's 1.04 and
#: 1.5 are for sums over all lines, these for the moving parts.
_ORDER_RATIO, _PROGRESSIVE_RATIO = 1.3, 1.5
#: Line counts of interlaced formats (with and without hidden lines); scaling destroys fields.
_LINES = frozenset({480, 486, 512, 576, 608, 1080, 1088})
#: Minimum votes for a field order, and, without a flag, their minimum ratio to those against it.
_LEAST_VOTES, _UNFLAGGED_LEAD = 5, 4
#: Flagged footage is progressive only if at least this fraction of its moving frames votes for it.
_SURELY_PROGRESSIVE = 0.9


@dataclass
class FieldLook:
    """Detect from the frames themselves whether they consist of two fields, and in which order.

    The lines of one field fit between those of the other if both were captured at about the same
    time. As in ffmpeg's filter idet, the mean of every line's neighbours is compared with the line
    itself, with that of the previous frame and with that of the next frame; here only where there
    is motion.
    """

    votes: dict[str, int] = field(default_factory=lambda: {PROGRESSIVE: 0, TOP: 0, BOTTOM: 0})
    flagged: int = 0
    frames: int = 0
    _height: int = 0
    _kept: list[NDArray[np.int16]] = field(default_factory=list, repr=False)

    def add(self, picture: av.VideoFrame) -> None:
        """Examine the next frame, as decoded."""
        self.frames += 1
        self._height = picture.height
        self.flagged += bool(picture.interlaced_frame)
        if sum(self.votes.values()) >= _LOOKS or picture.height < 8:
            return
        width = min(picture.width, LOOK_WIDTH)
        grey: Image = picture.reformat(width=width, format="gray").to_ndarray()
        if self._kept and self._kept[-1].shape != grey.shape:
            self._kept.clear()
        self._kept = [*self._kept[-2:], grey.astype(np.int16)]
        if len(self._kept) == 3:
            found = _vote(*self._kept)
            if found:
                self.votes[found] += 1

    def order(self, reported: str | None) -> str:
        """Return the field order: progressive, top or bottom (first).

        Footage without the flag counts as interlaced only if it has the line count of a broadcast
        format.

        Parameters
        ----------
        reported : str or None
            The field order that the file states. If its frames are flagged as interlaced it is
            used unless they clearly show another.
        """
        fields = max((TOP, BOTTOM), key=lambda order: self.votes[order])
        against = max(n for order, n in self.votes.items() if order != fields)
        clear = self.votes[fields] >= max(_LEAST_VOTES, _UNFLAGGED_LEAD * against)
        if clear and (self.is_flagged or self._height in _LINES):
            return fields
        if not self.is_flagged:
            return PROGRESSIVE
        moving = sum(self.votes.values())
        if moving and self.votes[PROGRESSIVE] >= _SURELY_PROGRESSIVE * moving:
            return PROGRESSIVE
        return reported if reported in (TOP, BOTTOM) else TOP

    @property
    def is_flagged(self) -> bool:
        """Return whether most frames are flagged as interlaced."""
        return 2 * self.flagged > self.frames


def _vote(
    before: NDArray[np.int16], image: NDArray[np.int16], after: NDArray[np.int16]
) -> str | None:
    """Return a frame's vote; None where there is too little motion or it is ambiguous."""
    moves = np.abs(after[1:-1] - before[1:-1]) > _MOVES
    if moves.sum() < _LEAST_SHARE * moves.size:
        return None
    between = (image[:-2] + image[2:]) // 2

    def misfit(lines: NDArray[np.int16], first: int) -> int:
        off = np.abs(between - lines[1:-1])[first::2]
        return int(off[moves[first::2]].sum(dtype=np.int64)) + 1

    # The first of the inner lines is odd, hence in the bottom field.
    odd, even = 0, 1
    scores = {
        TOP: misfit(before, odd) + misfit(after, even),
        BOTTOM: misfit(before, even) + misfit(after, odd),
    }
    progressive = misfit(image, odd) + misfit(image, even)
    best, other = sorted(scores, key=lambda order: scores[order])
    # Progressive frames favour neither order. (Where motion reverses, both fields may look alike.)
    if scores[other] > _ORDER_RATIO * scores[best]:
        return best
    return PROGRESSIVE if scores[best] > _PROGRESSIVE_RATIO * progressive else None


def fields_in_turn(
    pictures: Iterable[tuple[av.VideoFrame, float]], order: str, step: float
) -> Iterator[tuple[av.VideoFrame, float]]:
    """Yield two full frames for every interlaced one, using ffmpeg's filter bwdif.

    Parameters
    ----------
    pictures : iterable of (frame, float)
        Decoded frames and their times, seconds.
    order : str
        ``"top"`` or ``"bottom"``: the field that was captured first.
    step : float
        Interval to assume after the last frame, seconds.

    Yields
    ------
    frame, time
        The second frame of each pair is halfway to the next pair.
    """
    weaver: _Weaver | None = None
    for picture, time in pictures:
        shape = (picture.width, picture.height, picture.format.name)
        if weaver is None or weaver.shape != shape:
            if weaver is not None:
                yield from weaver.rest(step)
            weaver = _Weaver(shape, order)
        yield from weaver.push(picture, time)
    if weaver is not None:
        yield from weaver.rest(step)


class _Weaver:
    """A filter graph for frames of one shape."""

    def __init__(self, shape: tuple[int, int, str], order: str) -> None:
        self.shape = shape
        width, height, kind = shape
        parity = {TOP: "tff", BOTTOM: "bff"}[order]
        self._graph = av.filter.Graph()
        self._graph.threads = 2
        # Frames are numbered to match each field to its frame; a field lasts half a number.
        source = self._graph.add_buffer(
            width=width, height=height, format=av.VideoFormat(kind), time_base=Fraction(1)
        )
        weave = self._graph.add("bwdif", f"mode=send_field:parity={parity}:deint=all")
        self._graph.link_nodes(source, weave, self._graph.add("buffersink")).configure()
        self._times: list[float] = []

    def push(self, picture: av.VideoFrame, time: float) -> Iterator[tuple[av.VideoFrame, float]]:
        picture.pts, picture.time_base = len(self._times), Fraction(1)
        self._times.append(time)
        self._graph.vpush(picture)
        yield from self._pull()

    def rest(self, step: float) -> Iterator[tuple[av.VideoFrame, float]]:
        self._times.append(self._times[-1] + step)
        self._graph.vpush(None)
        yield from self._pull()

    def _pull(self) -> Iterator[tuple[av.VideoFrame, float]]:
        while True:
            try:
                picture = self._graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            number, second = divmod(picture.pts, 2)
            time = self._times[number]
            if second:
                time = (time + self._times[min(number + 1, len(self._times) - 1)]) / 2
            yield picture, time
