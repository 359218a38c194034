"""OpenMMLab's packages with a newer torch: stand-ins for missing parts, safe reading of files.

``mmcv`` has no wheel with its compiled operators for this torch, so ``mmcv-lite`` is installed; of
the operators the detectors use only ``nms``, which is implemented here.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

from kinepath.io.files import sha256
from kinepath.pose.base import PoseError
from kinepath.pose.topdown.checkpoint import checked

#: Declarations are lost with the object that declared them.
_KEPT: list[Any] = []


def prepare() -> None:
    """Make OpenMMLab's packages importable; to be called before importing any of them."""
    if "mmcv._ext" in sys.modules:
        return
    try:
        import torch
    except (ImportError, OSError) as error:
        raise PoseError(f"torch cannot be loaded ({error}); see docs/backends.md") from None
    if not torch.cuda.is_available():
        # A torchvision built for CUDA registers kernels for operators that it cannot load with a
        # torch for the CPU: they are declared first.
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _KEPT.append(library)
    operators = _Operators("mmcv._ext")
    # Without a loader: code that checks for the full mmcv finds that it is missing.
    operators.__spec__ = ModuleSpec("mmcv._ext", None)
    sys.modules["mmcv._ext"] = operators


class _Operators(types.ModuleType):
    """Stand-in for the compiled operators of mmcv."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def missing(*_: Any, **__: Any) -> None:
            raise PoseError(f"the network needs mmcv's operator {name!r}, which mmcv-lite lacks")

        return missing

    @staticmethod
    def nms(boxes: Any, scores: Any, iou_threshold: float, offset: int) -> Any:
        """Return the indices of the boxes left by non-maximum suppression, best score first."""
        import torch

        order = scores.argsort(descending=True, stable=True)
        boxes = boxes[order]
        low, high = boxes[:, None, :2], boxes[:, None, 2:]
        sides = torch.minimum(high, boxes[None, :, 2:]) - torch.maximum(low, boxes[None, :, :2])
        shared = (sides + offset).clamp(min=0).prod(dim=2)
        area = (boxes[:, 2:] - boxes[:, :2] + offset).prod(dim=1)
        covers = (shared / (area[:, None] + area[None] - shared) > iou_threshold).cpu()
        kept = torch.ones(len(boxes), dtype=torch.bool)
        for k in range(len(boxes)):
            if kept[k]:
                kept[k + 1 :] &= ~covers[k, k + 1 :]
        return order[kept.to(order.device)]


def config_of(section: Mapping[str, Any], role: str) -> Path:
    """Find a configuration by OpenMMLab's name or by its path.

    Parameters
    ----------
    section : mapping
        The section ``mmpose``; ``{role}`` is a path, or the name of one of the configurations
        included in mmpose and mmdet, without ``.py``.
    role : {"detector", "estimator", "lifter"}

    Raises
    ------
    PoseError
        If there is none.
    """
    import mmdet
    import mmpose

    name = section[role]
    if name is None:
        raise PoseError(f"pose.mmpose.{role}: no configuration is named")
    if Path(name).is_file():
        return Path(name)
    roots = [Path(package.__file__).parent / ".mim" for package in (mmpose, mmdet)]
    folders = [roots[0] / "demo" / "mmdetection_cfg", *(root / "configs" for root in roots)]
    for folder in folders:
        for path in sorted(folder.rglob(f"{name}.py")):
            return path
    raise PoseError(
        f"pose.mmpose.{role}: {name}: no such file, and no configuration of mmpose or mmdet has"
        " that name"
    )


def load_weights(model: Any, section: Mapping[str, Any], role: str) -> None:
    """Load the weights of a checkpoint into a model.

    A checkpoint that contains more than weights runs its author's code when read, so it is read
    completely only if its SHA-256 is listed under ``trusted``.

    Raises
    ------
    PoseError
        If the file is missing, not the intended one, not trusted although required, or of another
        network than the configuration's.
    """
    path = checked(section, "mmpose", role, f"{role}_checkpoint")
    content = _read(path, section["trusted"])
    state = content.get("state_dict", content) if isinstance(content, Mapping) else None
    if not isinstance(state, Mapping):
        raise PoseError(f"{path}: holds no weights")
    try:
        missing = [
            key
            for key in model.load_state_dict(state, strict=False).missing_keys
            if not key.startswith("data_preprocessor.")
        ]
    except RuntimeError as error:
        line = str(error).splitlines()[-1].strip()
        raise PoseError(f"{path}: does not fit pose.mmpose.{role} ({line})") from None
    if missing:
        raise PoseError(
            f"{path}: does not fit pose.mmpose.{role} (it lacks {len(missing)} arrays,"
            f" such as {missing[0]})"
        )


def _read(path: Path, trusted: Sequence[str]) -> Any:
    import pickle

    import torch

    digest = sha256(path)
    if digest in trusted:
        return torch.load(path, map_location="cpu", weights_only=False)
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise PoseError(
            f"{path}: holds more than weights, and reading that would run code; if you trust where"
            f" it came from, add {digest} to pose.mmpose.trusted"
        ) from None
    except (RuntimeError, EOFError, ValueError) as error:
        raise PoseError(f"{path}: cannot be read as a checkpoint ({error})") from None
