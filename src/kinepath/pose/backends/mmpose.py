"""Pose by OpenMMLab's networks (mmpose, mmdet): top-down, optionally lifted, on CPU or CUDA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import numpy as np

from kinepath.io.video import Image
from kinepath.pose.base import PoseError
from kinepath.pose.topdown.boxes import Boxes
from kinepath.pose.topdown.checkpoint import layout_of, refuse_another_skeleton, source_facts
from kinepath.pose.topdown.lifting import Lifter, around_each, in_windows
from kinepath.pose.topdown.openmmlab import config_of, load_weights, prepare
from kinepath.pose.topdown.people import Person, TopDown
from kinepath.typing import Array

USES_GPU = True


def is_shortage(error: Exception) -> bool:
    """Return whether torch ran out of memory."""
    import torch

    told = ("not enough memory", "can't allocate memory")  # On the CPU it is a plain error.
    return isinstance(error, torch.OutOfMemoryError) or any(sign in str(error) for sign in told)


class _Detector:
    def __init__(self, model: Any, least: float) -> None:
        from mmdet.utils import get_test_pipeline_cfg
        from mmengine.dataset import Compose
        from mmpose.utils import adapt_mmdet_pipeline

        steps = get_test_pipeline_cfg(adapt_mmdet_pipeline(model.cfg.copy()))
        steps[0].type = "mmdet.LoadImageFromNDArray"
        self._prepared, self._model, self._least = Compose(steps), model, least

    def __call__(self, images: Sequence[Image]) -> list[Boxes]:
        found = _run(self._model, [self._prepared({"img": image, "img_id": 0}) for image in images])
        return [self._boxes(one.pred_instances) for one in found]

    def _boxes(self, instances: Any) -> Boxes:
        score = instances.scores.cpu().numpy().astype(np.float64)
        people = (instances.labels.cpu().numpy() == 0) & (score >= self._least)
        order = np.flatnonzero(people)[np.argsort(-score[people], kind="stable")]
        return Boxes(instances.bboxes.cpu().numpy().astype(np.float64)[order], score[order])


class _Poser:
    def __init__(self, model: Any, section: Mapping[str, Any]) -> None:
        from mmengine.dataset import Compose

        self._prepared = Compose(model.cfg.test_dataloader.dataset.pipeline)
        self._model, self.layout = model, layout_of(section)
        refuse_another_skeleton(self.layout, model.head.out_channels, "mmpose")

    def __call__(self, people: Sequence[Person]) -> list[tuple[Array, Array]]:
        found = _run(self._model, [self._prepared(self._told(person)) for person in people])
        return [
            (
                np.asarray(one.pred_instances.keypoints[0], dtype=np.float64),
                np.asarray(one.pred_instances.keypoint_scores[0], dtype=np.float64),
            )
            for one in found
        ]

    def _told(self, person: Person) -> dict[str, Any]:
        box = person.corners.astype(np.float32)[None]
        score = np.ones(1, dtype=np.float32)
        told = {"img": person.image, "bbox": box, "bbox_score": score}
        return {**told, **self._model.dataset_meta}


def _run(model: Any, items: Sequence[Any]) -> Any:
    """Run a model on a batch of inputs prepared by its pipeline."""
    import torch
    from mmengine.dataset import pseudo_collate

    with torch.no_grad():
        return model.test_step(pseudo_collate(items))


@contextmanager
def open_estimator(
    model_path: str, settings: Mapping[str, Any], *, still: bool = False
) -> Iterator[TopDown]:
    """Load the detector and the pose network.

    Parameters
    ----------
    model_path : str
        Not used: the section ``mmpose`` names the files.
    settings : mapping
        The section ``pose`` of the configuration, and ``device``.
    still : bool
        The images are unrelated: nobody is tracked.

    Raises
    ------
    PoseError
        If a configuration or checkpoint is missing, is not the intended one, is not trusted
        although required, or is for another skeleton; if CUDA was requested but is not available.
    """
    detector, poser = _networks(_frozen(settings["mmpose"]), settings["device"])
    software = f"mmpose {version('mmpose')}, torch {version('torch')}"
    yield TopDown(
        _Detector(detector, settings["min_detection_confidence"]),
        _Poser(poser, settings["mmpose"]),
        software,
        settings,
        is_shortage,
        still=still,
    )


def _frozen(section: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in section.items())


@lru_cache(maxsize=1)
def _networks(section: tuple[tuple[str, Any], ...], device: str) -> tuple[Any, Any]:
    """Load both networks once per process: tracking people opens backends repeatedly."""
    _started(device)
    from mmdet.apis import init_detector
    from mmpose.apis import init_model

    keys = dict(section)
    detector = init_detector(str(config_of(keys, "detector")), None, "coco", "cpu")
    load_weights(detector, keys, "detector")
    poser = init_model(str(config_of(keys, "estimator")), None, "cpu")
    load_weights(poser, keys, "estimator")
    return detector.to(device), poser.to(device)


def _started(device: str) -> None:
    prepare()
    import torch

    if device != "cpu" and not torch.cuda.is_available():
        raise PoseError(f"{device} was asked for, but torch {torch.__version__} finds no CUDA")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False


def open_lifter(settings: Mapping[str, Any]) -> Lifter | None:
    """Load MotionBERT or VideoPose3D; None where the configuration names no lifter.

    Raises
    ------
    PoseError
        If it is a different network, or its configuration or checkpoint cannot be used.
    """
    section, device = settings["mmpose"], settings["device"]
    if section["lifter"] is None:
        return None
    _started(device)
    import torch
    from mmpose.apis import init_model

    config = config_of(section, "lifter")
    model = init_model(str(config), None, "cpu")
    backbone = model.cfg.model.backbone
    if backbone.type not in ("DSTFormer", "TCN") or backbone.get("causal"):
        raise PoseError(
            f"pose.mmpose.lifter: {config.name} is neither MotionBERT nor VideoPose3D that sees"
            " the frames after"
        )
    load_weights(model, section, "lifter")
    model.to(device)

    def run(told: Array) -> Array:
        with torch.no_grad():
            given = torch.from_numpy(told.astype(np.float32)).to(device)
            lifted = model(given, None, mode="tensor")
        # A network also trained to estimate the global trajectory returns it as a second output.
        bodies = lifted[0] if isinstance(lifted, tuple) else lifted
        return np.asarray(bodies.cpu().numpy(), dtype=np.float64)

    if backbone.type == "DSTFormer":
        length = int(backbone.seq_len)
        return lambda sequence: in_windows(sequence, length, lambda one: run(one[None])[0])
    length = int(np.prod(backbone.kernel_sizes))
    return lambda sequence: around_each(sequence, length, lambda some: run(as_channels(some)))


def as_channels(windows: Array) -> Array:
    """Convert windows (windows, frames, 17, x, y and more) to VideoPose3D's input: x and y only.

    Returns
    -------
    ndarray, shape (windows, 34, frames)
    """
    return windows[..., :2].reshape(*windows.shape[:2], -1).swapaxes(1, 2)


def describe(model_path: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the networks' attributes for a keypoint file."""
    return source_facts(settings["mmpose"])
