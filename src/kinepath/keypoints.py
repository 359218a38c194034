"""The job of finding the keypoints of one clip, here or in a pose backend's own environment."""

from __future__ import annotations

import json
import logging
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kinepath import sequence
from kinepath.device import choose, visible_gpus
from kinepath.environments import interpreter
from kinepath.files import read_json
from kinepath.job import Progress
from kinepath.pose import LiftingBackend, PoseError, estimate, load_backend
from kinepath.topdown.lifting import lift
from kinepath.video import read_frames

_FAULT = "kinepath: error: "


def find_keypoints(job: Mapping[str, Any], log: logging.Logger) -> None:
    """Find the keypoints of a conformed clip and write them.

    Parameters
    ----------
    job : mapping
        ``video`` and ``facts`` (of the conformed clip), ``model``, ``output``: paths;
        ``settings``: the section ``pose`` of the configuration.
    log : logging.Logger
        Where progress is told.

    Raises
    ------
    KinepathError
        If the backend, its model or its device cannot be used as configured.
    """
    settings, name = job["settings"], job["settings"]["backend"]
    backend = load_backend(name)
    device = choose(settings["device"], name, backend.USES_GPU, visible_gpus())
    log.info("device: %s (%s)", device.name, device.reason)
    opened = settings | {"device": device.name}
    facts = read_json(job["facts"])
    frames = (frame.image for frame in read_frames(job["video"]))
    with backend.open_estimator(job["model"], opened) as estimator:
        poses = estimate(frames, facts, estimator, Progress(log, facts["frames"], "frames"))
    if isinstance(backend, LiftingBackend) and (lifter := backend.open_lifter(opened)):
        poses = lift(poses, lifter)
    poses.attrs |= dict(backend.describe(job["model"], settings))
    poses.attrs["backend"] = name
    poses.attrs["device"], poses.attrs["device_reason"] = device.name, device.reason
    poses.attrs["parameters"] = sequence.with_parameters({}, "pose", settings)
    log.info("a person in %.0f %% of the frames", 100 * poses.attrs["person_share"])
    sequence.write(poses, job["output"], "poses")


def find_keypoints_in(environment: str | Path, job: Mapping[str, Any], log: logging.Logger) -> None:
    """Do :func:`find_keypoints` in another process, with a backend's own packages.

    Parameters
    ----------
    environment : path
        What :func:`kinepath.environments.build` wrote.

    Raises
    ------
    PoseError
        With the other process's one line, or its last line if it failed unexpectedly.
    """
    command = [str(interpreter(environment)), "-m", "kinepath.pose", "find"]
    last = "no message"
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stderr is not None
        try:
            process.stdin.write(json.dumps(dict(job)))
            process.stdin.close()
            for line in process.stderr:
                last = line.strip() or last
                log.info("%s", line.rstrip())
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        expected = last.startswith(_FAULT)
        raise PoseError(last.removeprefix(_FAULT) if expected else f"unexpected failure: {last}")
