"""Checks of network files: whether they exist, and whether they are the intended ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kinepath.io.files import sha256
from kinepath.pose.base import PoseError
from kinepath.pose.topdown.layouts import LAYOUTS, Layout

ROLES = ("detector", "estimator", "lifter")
#: Folder in which a file named by its digest is searched for.
MODELS = Path("resources", "models")
_BY_DIGEST = "sha256:"


def checked(section: Mapping[str, Any], name: str, role: str, file_key: str | None = None) -> Path:
    """Return the path of a network's file.

    Parameters
    ----------
    section : mapping
        The backend's settings; ``{role}_sha256`` is the digest or None.
    name : str
        The backend.
    role : {"detector", "estimator", "lifter"}
    file_key : str, optional
        Key of the path in the section; by default the role.

    Raises
    ------
    PoseError
        If no file is named, it is missing, or it has another digest.
    """
    file_key = file_key or role
    key = f"pose.{name}.{file_key}"
    if section[file_key] is None:
        raise PoseError(f"{key}: no file is named; the backend {name!r} needs one")
    path = file_of(section[file_key])
    if path is None:
        raise PoseError(f"{key}: {section[file_key]}: no file in {MODELS} has this digest")
    if not path.is_file():
        raise PoseError(f"{key}: {path}: no such file")
    wanted = section[f"{role}_sha256"]
    if wanted is not None and sha256(path) != wanted:
        raise PoseError(f"{key}: {path}: SHA-256 is {sha256(path)}, not {wanted}")
    return path


def file_of(named: str) -> Path | None:
    """Return the file named by its path or by its digest, as ``sha256:HEX``.

    Returns
    -------
    Path or None
        None if no file in the folder of models has the digest.
    """
    if not named.startswith(_BY_DIGEST):
        return Path(named)
    digest = named.removeprefix(_BY_DIGEST)
    files = (path for path in sorted(MODELS.rglob("*")) if path.is_file())
    return next((path for path in files if sha256(path) == digest), None)


def digests(section: Mapping[str, Any]) -> dict[str, str]:
    """Return the digests of a backend's networks, as attributes of a keypoint file."""
    used = [role for role in ROLES if section[role] is not None]
    named = {role: section.get(f"{role}_checkpoint", section[role]) for role in used}
    files = {role: file_of(name) for role, name in named.items() if name is not None}
    found = {role: sha256(path) for role, path in files.items() if path and path.is_file()}
    keys = {"estimator": "model_sha256"}
    return {keys.get(role, f"{role}_sha256"): digest for role, digest in found.items()}


def layout_of(section: Mapping[str, Any]) -> Layout:
    """Return the keypoints that a backend's network returns according to the settings."""
    return LAYOUTS[section["skeleton"]]


def refuse_another_skeleton(layout: Layout, found: int, name: str) -> None:
    """Check that a network returns as many keypoints as its skeleton has.

    Raises
    ------
    PoseError
        If it does not; the message names skeletons that would match.
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
    """Return a keypoint file's attributes of the networks and of their training skeleton."""
    layout = layout_of(section)
    return {
        **digests(section),
        "source_skeleton": layout.name,
        "missing_keypoints": " ".join(layout.missing()),
    }
