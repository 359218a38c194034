"""The boxes of MP4 and MOV files (ISO/IEC 14496-12): completeness and cropping."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

#: Length of the fields before the boxes in a video track's sample entry, bytes.
_VISUAL_ENTRY = 78
_PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_FIRST = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


@dataclass(frozen=True)
class Box:
    """A box of an MP4 or MOV file (ISO/IEC 14496-12).

    Parameters
    ----------
    kind : bytes
        Its four-character type.
    begin, end : int
        Position of its content in the file, bytes; the end may lie beyond the file's.
    """

    kind: bytes
    begin: int
    end: int


def boxes(stream: BinaryIO, begin: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two positions of an MP4 or MOV file, up to the first invalid one."""
    while begin + 8 <= end:
        stream.seek(begin)
        head = stream.read(16)
        if len(head) < 8:
            return
        size, kind = struct.unpack(">I4s", head[:8])
        header = 8
        if size == 1 and len(head) == 16:
            header, (size,) = 16, struct.unpack(">Q", head[8:])
        elif size == 0:
            size = end - begin
        if size < header or not kind.isascii():
            return
        yield Box(kind, begin + header, begin + size)
        begin += size


def top_boxes(path: str | Path) -> list[Box]:
    """Return the top-level boxes of an MP4 or MOV file; none for a file of another type."""
    with Path(path).open("rb") as stream:
        found = list(boxes(stream, 0, Path(path).stat().st_size))
    return found if found and found[0].kind in _FIRST else []


def bytes_missing(path: str | Path) -> int:
    """Return the number of bytes missing at the end of an MP4 or MOV file; 0 if unknown."""
    found = top_boxes(path)
    return max(0, found[-1].end - Path(path).stat().st_size) if found else 0


def clean_aperture(path: str | Path, track: int) -> tuple[int, int, int, int] | None:
    """Return the cropping of a track by its clean aperture (box ``clap``).

    Parameters
    ----------
    path : path
        An MP4 or MOV file; any other has none.
    track : int
        The track's number in the file.

    Returns
    -------
    tuple of int or None
        Pixels at the left, right, top and bottom; None where the file has no such box or the
        aperture does not lie within the image.
    """
    with Path(path).open("rb") as stream:
        for trak in _below(stream, top_boxes(path), b"trak"):
            inside = list(boxes(stream, trak.begin, trak.end))
            if _track_number(stream, inside) == track:
                for stsd in _below(stream, inside, b"stsd"):
                    return _aperture(stream, stsd)
    return None


def _below(stream: BinaryIO, found: list[Box], kind: bytes) -> Iterator[Box]:
    """Yield the boxes of a type, descending through the boxes that only contain boxes."""
    for box in found:
        if box.kind == kind:
            yield box
        elif box.kind in _PARENTS:
            yield from _below(stream, list(boxes(stream, box.begin, box.end)), kind)


def _track_number(stream: BinaryIO, inside: list[Box]) -> int | None:
    for box in inside:
        if box.kind == b"tkhd":
            stream.seek(box.begin)
            head = stream.read(24)
            at = 20 if head[:1] == b"\x01" else 12
            return int.from_bytes(head[at : at + 4]) if len(head) == 24 else None
    return None


def _aperture(stream: BinaryIO, stsd: Box) -> tuple[int, int, int, int] | None:
    for entry in boxes(stream, stsd.begin + 8, stsd.end):
        stream.seek(entry.begin + 24)
        size = stream.read(4)
        for box in boxes(stream, entry.begin + _VISUAL_ENTRY, entry.end):
            if box.kind != b"clap":
                continue
            stream.seek(box.begin)
            content = stream.read(32)
            if len(size) + len(content) < 36:
                return None
            return _margins(struct.unpack(">2H", size), struct.unpack(">2I2I2i2i", content))
    return None


def _margins(size: tuple[int, ...], clap: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    """Return the cropped pixels; the offsets are those of the aperture's centre."""
    margins: list[int] = []
    for k, whole in enumerate(size):
        (kept, kept_by), (moved, moved_by) = clap[2 * k : 2 * k + 2], clap[2 * k + 4 : 2 * k + 6]
        if not (kept_by and moved_by):
            return None
        before = int((whole - kept / kept_by) / 2 + moved / moved_by)
        after = whole - before - int(kept / kept_by)
        if min(before, after) < 0 or before + after >= whole:
            return None
        margins += [before, after]
    return margins[0], margins[1], margins[2], margins[3]
