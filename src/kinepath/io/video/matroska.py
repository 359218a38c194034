"""The cropping stated by a Matroska or WebM file (RFC 9559), read without decoding it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_TRACKS, _TRACK, _TRACK_TYPE, _VIDEO = 0x1654AE6B, 0xAE, 0x83, 0xE0
_VIDEO_TRACK = b"\x01"
#: PixelCropLeft, PixelCropRight, PixelCropTop, PixelCropBottom.
_MARGINS = (0x54CC, 0x54DD, 0x54BB, 0x54AA)


def pixel_crop(path: str | Path, number: int) -> tuple[int, int, int, int] | None:
    """Return the cropping of the n-th video track (from 0).

    Returns
    -------
    tuple of int or None
        Pixels at the left, right, top and bottom; None where the file is not a Matroska file, has
        no such track or the track is not cropped.
    """
    length = Path(path).stat().st_size
    with Path(path).open("rb") as stream:
        head = next(_elements(stream, 0, length), None)
        if head is None or head[0] != _EBML:
            return None
        entries = [
            entry
            for segment in _of(stream, head[2], length, _SEGMENT)
            for tracks in _of(stream, *segment, _TRACKS)
            for entry in _of(stream, *tracks, _TRACK)
            if _value(stream, *entry, _TRACK_TYPE) == _VIDEO_TRACK
        ]
        for video in _of(stream, *entries[number], _VIDEO) if number < len(entries) else ():
            left, right, top, bottom = (
                int.from_bytes(_value(stream, *video, margin)) for margin in _MARGINS
            )
            return (left, right, top, bottom) if left + right + top + bottom else None
    return None


def _elements(stream: BinaryIO, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the ID and the start and end of the content of the elements between two positions."""
    while begin < end:
        stream.seek(begin)
        identity = _number(stream, keep_marker=True)
        size = _number(stream, keep_marker=False)
        # Position and size of the tracks are stated before the first cluster of frames.
        if identity is None or size is None or identity == _CLUSTER:
            return
        content = stream.tell()
        begin = min(content + size, end)
        yield identity, content, begin


def _number(stream: BinaryIO, *, keep_marker: bool) -> int | None:
    """Read a variable-length integer; all ones (unknown size) is returned as the maximum."""
    first = stream.read(1)
    if not first or not first[0]:
        return None
    length = 9 - first[0].bit_length()
    rest = stream.read(length - 1)
    head = first[0] if keep_marker else first[0] & (0xFF >> length)
    return int.from_bytes(bytes([head]) + rest) if len(rest) == length - 1 else None


def _of(stream: BinaryIO, begin: int, end: int, wanted: int) -> list[tuple[int, int]]:
    return [(at, to) for identity, at, to in _elements(stream, begin, end) if identity == wanted]


def _value(stream: BinaryIO, begin: int, end: int, wanted: int) -> bytes:
    for at, to in _of(stream, begin, end, wanted):
        stream.seek(at)
        return stream.read(min(to - at, 8))
    return b""
