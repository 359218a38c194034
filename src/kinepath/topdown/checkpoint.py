"""Files of networks: are they there, and are they those that were meant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kinepath.files import sha256
from kinepath.pose import PoseError
from kinepath.topdown.layouts import LAYOUTS, Layout

ROLES = ("detector", "estimator", "lifter")


def checked(section: Mapping[str, Any], name: str, role: str, file_key: str | None = None) -> Path:
    """Give the path of a network's file.

    Parameters
    ----------
    section : mapping
        The backend's settings; ``{role}_sha256`` is the digest or None.
    name : str
        The backend.
    role : {"detector", "estimator", "lifter"}
    file_key : str, optional
        Where the section has the path; else it is under the role.

    Raises
    ------
    PoseError
        If no file is named, it is missing, or it has another digest.
    """
    file_key = file_key or role
    key = f"pose.{name}.{file_key}"
    if section[file_key] is None:
        raise PoseError(f"{key}: no file is named; the backend {name!r} needs one")
    path = Path(section[file_key])
    if not path.is_file():
        raise PoseError(f"{key}: {path}: no such file")
    wanted = section[f"{role}_sha256"]
    if wanted is not None and sha256(path) != wanted:
        raise PoseError(f"{key}: {path}: SHA-256 is {sha256(path)}, not {wanted}")
    return path


def digests(section: Mapping[str, Any]) -> dict[str, str]:
    """Give the digests of a backend's networks, as attributes of a keypoint file."""
    keys_of = {role: section.get(f"{role}_checkpoint", section[role]) for role in ROLES}
    named = {role: path for role, path in keys_of.items() if path is not None}
    found = {role: sha256(path) for role, path in named.items() if Path(path).is_file()}
    keys = {"estimator": "model_sha256"}
    return {keys.get(role, f"{role}_sha256"): digest for role, digest in found.items()}


def layout_of(section: Mapping[str, Any]) -> Layout:
    """Give the keypoints that a backend's network is said to give."""
    return LAYOUTS[section["skeleton"]]


def refuse_another_skeleton(layout: Layout, found: int, name: str) -> None:
    """Check that a network gives as many keypoints as its skeleton has.

    Raises
    ------
    PoseError
        If it does not; the message names skeletons that would fit.
    """
    if found == len(layout.keypoints):
        return
    fitting = [known.name for known in LAYOUTS.values() if len(known.keypoints) == found]
    advice = f"set pose.{name}.skeleton to {' or '.join(fitting)}" if fitting else "none fits it"
    raise PoseError(
        f"pose.{name}.skeleton is {layout.name} ({len(layout.keypoints)} keypoints),"
        f" but the network gives {found}; {advice}"
    )


def source_facts(section: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a keypoint file says of the networks and of the skeleton they were trained on."""
    layout = layout_of(section)
    return {
        **digests(section),
        "source_skeleton": layout.name,
        "missing_keypoints": " ".join(layout.missing()),
    }
