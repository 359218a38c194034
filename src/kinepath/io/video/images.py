"""A folder of numbered images, as cameras write for a burst, read as a video."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import av
import av.error
import PIL.Image

from kinepath.io.proposals import missing
from kinepath.io.video.base import VideoError
from kinepath.io.video.orientation import Orientation

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"})
_EXIF_ORIENTATION = 0x0112


class ImageFolderError(VideoError):
    """A folder whose images do not form a video."""


def list_images(folder: str | Path) -> list[Path]:
    """List the images of a folder in the order of their numbers.

    The number is the last one in a file's name, so that IMG_2.JPG comes before IMG_10.JPG. Hidden
    files and files of other types are ignored.

    Raises
    ------
    ImageFolderError
        If there are no images, one has no number or two have the same number.
    """
    folder = Path(folder)
    found = [
        path
        for path in folder.iterdir()
        if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and path.is_file()
    ]
    if not found:
        kinds = ", ".join(sorted(suffix.lstrip(".") for suffix in _SUFFIXES))
        raise ImageFolderError(
            f"{folder}: a folder without images ({kinds})",
            remedy=missing(folder)[1],
        )
    numbered: dict[int, Path] = {}
    for path in sorted(found):
        number = _number(path)
        if number is None:
            raise ImageFolderError(
                f"{folder}: no number in the name of {path.name}",
                remedy="number the images in the order in which they were taken",
            )
        if number in numbered:
            raise ImageFolderError(
                f"{folder}: {numbered[number].name} and {path.name} have the same number",
                remedy="give each series, and each file format, a folder of its own",
            )
        numbered[number] = path
    return [numbered[number] for number in sorted(numbered)]


def gaps(images: list[Path]) -> list[tuple[Path, int]]:
    """Find gaps in the numbering: the image before each gap, and how many numbers are missing."""
    number = [_number(path) or 0 for path in images]
    steps = [after - before for before, after in pairwise(number)]
    usual = min(steps, default=1)
    return [
        (path, step // usual - 1)
        for path, step in zip(images, steps, strict=False)
        if step // usual > 1
    ]


def digest(images: list[Path]) -> str:
    """Return the SHA-256 digest of the contents of files, one after another, in hexadecimal."""
    total = hashlib.sha256()
    for path in images:
        total.update(path.read_bytes())
    return total.hexdigest()


def exif_orientation(path: Path) -> Orientation:
    """Read the orientation of an image from its EXIF data."""
    try:
        with PIL.Image.open(path) as image:
            return Orientation.from_exif(int(image.getexif().get(_EXIF_ORIENTATION, 1)))
    except (OSError, SyntaxError, TypeError, ValueError):
        return Orientation()


def decode(path: Path) -> av.VideoFrame | None:
    """Decode one image; return None if it is damaged."""
    try:
        # An open file: a name with a percent sign would be interpreted as a pattern.
        with path.open("rb") as stream, av.open(stream) as container:
            return next(container.decode(video=0), None)
    except (av.error.FFmpegError, ValueError, IndexError):
        return None


@dataclass
class ImageFolder:
    """The images of a folder, decoded one at a time at a frame rate.

    Parameters
    ----------
    path : path
        The folder.
    fps : float or None
        Rate at which the images were captured, hertz.

    Raises
    ------
    VideoError
        If the folder has no images, their order is ambiguous or no rate is passed.
    """

    path: Path
    fps: float | None
    damaged: int = field(default=0, init=False)
    file_start: float = field(default=0.0, init=False)

    container_format = "images"
    has_audio = False
    pixel_aspect = 1.0
    crop: ClassVar[tuple[int, int, int, int]] = (0, 0, 0, 0)
    reported_fields = None

    def __post_init__(self) -> None:
        self.images = list_images(self.path)
        if self.fps is None:
            raise ImageFolderError(
                f"{self.path}: a folder of {len(self.images)} images has no frame rate of its own",
                remedy="put the rate at which they were taken into the sheet's column fps",
            )
        self.stated_rate = self.fps
        self.stated_frames = len(self.images)
        self.stated_duration = len(self.images) / self.fps
        self.codec = self.images[0].suffix.lower().lstrip(".")
        self.metadata: dict[str, str] = {}
        self._size: tuple[int, int] | None = None

    @property
    def remarks(self) -> list[str]:
        """Return warnings about the folder; complete when all images are decoded."""
        said = []
        missing = gaps(self.images)
        if missing:
            total = sum(count for _, count in missing)
            said.append(
                f"{total} {'number is' if total == 1 else 'numbers are'} missing, the first after"
                f" {missing[0][0].name}: the images beside a gap are shown one frame apart, so what"
                " moves there seems too fast; add the missing ones, or put start_s and end_s around"
                " a part without gaps"
            )
        if self.damaged:
            count = "1 damaged image was"
            if self.damaged > 1:
                count = f"{self.damaged} damaged images were"
            said.append(f"{count} left out: movement there is not known; copy the images again")
        return said

    def close(self) -> None:
        """Do nothing: no file stays open between two images."""

    def pictures(self) -> Iterator[tuple[av.VideoFrame, float]]:
        """Yield the decoded images with their times; damaged ones are skipped and counted."""
        assert self.fps is not None
        for index, path in enumerate(self.images):
            picture = decode(path)
            if picture is None:
                self.damaged += 1
                continue
            self._orientation = exif_orientation(path)
            self._check_size(path, picture)
            yield picture, index / self.fps

    def orientation(self, picture: av.VideoFrame) -> Orientation:
        """Return the orientation of the last decoded image."""
        return self._orientation

    def _check_size(self, path: Path, picture: av.VideoFrame) -> None:
        size = self._orientation.size(picture.width, picture.height)
        self._size = self._size or size
        if size != self._size:
            raise ImageFolderError(
                f"{path}: {size[0]}x{size[1]} pixels, but the first image of the folder has"
                f" {self._size[0]}x{self._size[1]}",
                remedy="keep in the folder only the images of one recording, all of one size",
            )


def _number(path: Path) -> int | None:
    found = re.findall(r"[0-9]+", path.stem)
    return int(found[-1]) if found else None
