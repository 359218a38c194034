"""Why a file cannot be opened as a video, in terms that its owner understands."""

from __future__ import annotations

import re
from pathlib import Path

from kinepath.io.video.base import VideoError
from kinepath.io.video.mp4 import top_boxes

_HEAD = 4096
_WEB_PAGE = re.compile(rb"\s*<(!doctype html|html|head|script)", re.IGNORECASE)
_POINTER = b"version https://git-lfs.github.com/spec/"


def unreadable(path: Path, reason: str) -> VideoError:
    """Return the error for a file that ffmpeg cannot open.

    Parameters
    ----------
    path : path
        The file.
    reason : str
        ffmpeg's message; it is reported if the file itself does not show what is wrong.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        return VideoError(
            f"{path}: cannot be opened ({error.strerror})", remedy="see to its permissions"
        )
    if not head:
        return VideoError(f"{path}: the file is empty (0 bytes)", remedy="copy it again")
    if head.startswith(_POINTER):
        return VideoError(
            f"{path}: a pointer of Git LFS in place of the video", remedy="run git lfs pull"
        )
    if _WEB_PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        return VideoError(
            f"{path}: a web page was saved in place of the video",
            remedy="download the video itself",
        )
    if is_text(head):
        return VideoError(
            f"{path}: this is text, not a video",
            remedy="put the path of the video file into the sheet",
        )
    kinds = {box.kind for box in top_boxes(path)}
    if kinds and b"moov" not in kinds:
        return VideoError(
            f"{path}: the index of the file (its box moov) is missing, so the recording or the"
            " copying of it was cut off",
            remedy="copy it from the camera again, or repair it with a tool such as untrunc and a"
            " whole file of the same camera",
        )
    return VideoError(
        f"{path}: cannot be read as video ({reason})",
        remedy="see whether a player shows it; if so, convert it to MP4 (H.264)",
    )


def is_text(head: bytes) -> bool:
    """Return whether the first bytes of a file are those of plain text."""
    try:
        text = head[: len(head) - 3 if len(head) == _HEAD else None].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter.isspace() for letter in text)
