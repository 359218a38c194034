"""Skeletons: their keypoints, how these are connected, and which side each is on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Skeleton:
    """A named set of keypoints and the segments between them.

    Parameters
    ----------
    name : str
        The name by which keypoint files refer to it.
    keypoints : tuple of str
        Names in the order of the ``keypoints`` dimension. A keypoint of one side of the body
        begins with ``left_`` or ``right_``.
    segments : tuple of (str, str)
        The pairs of keypoints that are drawn connected, proximal end first.
    """

    name: str
    keypoints: tuple[str, ...]
    segments: tuple[tuple[str, str], ...]

    def index(self, keypoint: str) -> int:
        """Return the position of a keypoint along the ``keypoints`` dimension."""
        return self.keypoints.index(keypoint)

    def indices(self, keypoints: tuple[str, ...]) -> list[int]:
        """Return the positions of several keypoints along the ``keypoints`` dimension."""
        return [self.index(keypoint) for keypoint in keypoints]

    def mirror_order(self) -> NDArray[np.intp]:
        """Return the permutation that exchanges left and right keypoints.

        Returns
        -------
        ndarray of int, shape (keypoints,)
            ``keypoints[order[j]]`` is the counterpart of ``keypoints[j]`` on the other side;
            keypoints on the midline stay where they are.
        """
        return np.array([self.index(mirrored(name)) for name in self.keypoints], dtype=np.intp)


def mirrored(keypoint: str) -> str:
    """Return the name of the same keypoint on the other side of the body.

    >>> mirrored("left_knee"), mirrored("mouth_right"), mirrored("nose")
    ('right_knee', 'mouth_left', 'nose')
    """
    if "left" in keypoint:
        return keypoint.replace("left", "right")
    return keypoint.replace("right", "left")


def side(keypoint: str) -> str:
    """Return the side of the body that a keypoint is on: ``left``, ``right`` or ``middle``.

    >>> side("left_knee"), side("nose")
    ('left', 'middle')
    """
    for name in ("left", "right"):
        if name in keypoint:
            return name
    return "middle"


def _chain(*keypoints: str) -> tuple[tuple[str, str], ...]:
    return tuple(pairwise(keypoints))


def _both(*keypoints: str) -> tuple[tuple[str, str], ...]:
    return _chain(*(f"left_{k}" for k in keypoints)) + _chain(*(f"right_{k}" for k in keypoints))


def _sides(*keypoints: str) -> tuple[str, ...]:
    return tuple(f"{side}_{keypoint}" for keypoint in keypoints for side in ("left", "right"))


#: The 33 landmarks of BlazePose, in MediaPipe's order (Bazarevsky et al. 2020, arXiv:2006.10204).
BLAZEPOSE = Skeleton(
    name="blazepose-33",
    keypoints=(
        "nose",
        "left_eye_inner",
        "left_eye",
        "left_eye_outer",
        "right_eye_inner",
        "right_eye",
        "right_eye_outer",
        "left_ear",
        "right_ear",
        "mouth_left",
        "mouth_right",
        "left_shoulder",
        "right_shoulder",
        "left_elbow",
        "right_elbow",
        "left_wrist",
        "right_wrist",
        "left_pinky",
        "right_pinky",
        "left_index",
        "right_index",
        "left_thumb",
        "right_thumb",
        "left_hip",
        "right_hip",
        "left_knee",
        "right_knee",
        "left_ankle",
        "right_ankle",
        "left_heel",
        "right_heel",
        "left_foot_index",
        "right_foot_index",
    ),
    segments=(
        *_both("shoulder", "elbow", "wrist", "index"),
        *_both("hip", "knee", "ankle", "heel", "foot_index"),
        *_both("ankle", "foot_index"),
        *_both("shoulder", "hip"),
        ("left_shoulder", "right_shoulder"),
        ("left_hip", "right_hip"),
        *_both("ear", "eye"),
        ("left_eye", "nose"),
        ("right_eye", "nose"),
        ("mouth_left", "mouth_right"),
    ),
)

#: The 17 keypoints of the COCO data set, in its order (Lin et al. 2014, arXiv:1405.0312).
COCO17 = Skeleton(
    name="coco-17",
    keypoints=(
        "nose",
        *_sides("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle"),
    ),
    segments=(
        *_both("shoulder", "elbow", "wrist"),
        *_both("hip", "knee", "ankle"),
        *_both("shoulder", "hip"),
        ("left_shoulder", "right_shoulder"),
        ("left_hip", "right_hip"),
        *_both("ear", "eye"),
        ("left_eye", "nose"),
        ("right_eye", "nose"),
    ),
)

#: The 17 joints of Human3.6M, in the order that 3D pose estimation uses (Ionescu et al. 2014,
#: doi:10.1109/TPAMI.2013.248; Martinez et al. 2017, arXiv:1705.03098).
HUMAN36M = Skeleton(
    name="human36m-17",
    keypoints=(
        "root",
        *(f"right_{joint}" for joint in ("hip", "knee", "ankle")),
        *(f"left_{joint}" for joint in ("hip", "knee", "ankle")),
        *("belly", "neck", "nose", "head"),
        *(f"left_{joint}" for joint in ("shoulder", "elbow", "wrist")),
        *(f"right_{joint}" for joint in ("shoulder", "elbow", "wrist")),
    ),
    segments=(
        *_both("hip", "knee", "ankle"),
        *_both("shoulder", "elbow", "wrist"),
        ("root", "left_hip"),
        ("root", "right_hip"),
        *_chain("root", "belly", "neck", "nose", "head"),
        ("neck", "left_shoulder"),
        ("neck", "right_shoulder"),
    ),
)

#: The twelve joints that every pose backend returns and that the motion analysis relies on.
BODY_JOINTS: tuple[str, ...] = (
    "left_ankle",
    "right_ankle",
    "left_knee",
    "right_knee",
    "left_hip",
    "right_hip",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
)

_SKELETONS = {skeleton.name: skeleton for skeleton in (BLAZEPOSE, COCO17, HUMAN36M)}


def by_name(name: str) -> Skeleton:
    """Look up a skeleton by the name used in keypoint files.

    Raises
    ------
    KeyError
        If no skeleton has that name; the message lists the available ones.
    """
    try:
        return _SKELETONS[name]
    except KeyError:
        known = ", ".join(sorted(_SKELETONS))
        raise KeyError(f"no skeleton named {name!r}; there are: {known}") from None
