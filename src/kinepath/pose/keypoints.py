"""The job of finding the keypoints of one clip, here or in a pose backend's own environment."""

from __future__ import annotations

import json
import logging
import os
import subprocess
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from kinepath.io import sequence
from kinepath.io.files import read_json
from kinepath.io.remarks import KEY, as_attribute, remarks_of
from kinepath.io.video import read_frames
from kinepath.pose.backends import load_backend
from kinepath.pose.base import Estimator, LiftingBackend, PoseError
from kinepath.pose.estimation import estimate
from kinepath.pose.subject.following import following, following_nobody
from kinepath.pose.subject.identity import changes_of_person, words_of_change
from kinepath.pose.subject.opening import Opener, device_of, opener_of
from kinepath.pose.subject.path import Path
from kinepath.pose.subject.sampling import sample, sample_step
from kinepath.pose.subject.selection import Selection, select
from kinepath.pose.subject.swaps import without_swaps
from kinepath.pose.topdown.lifting import lift
from kinepath.runtime.environments import interpreter
from kinepath.runtime.job import Progress

_FAULT = "kinepath: error: "


def find_keypoints(job: Mapping[str, Any], log: logging.Logger) -> None:
    """Find the keypoints of a conformed clip and write them.

    Parameters
    ----------
    job : mapping
        ``video`` and ``facts`` (of the conformed clip), ``model``, ``output``: paths;
        ``settings`` and ``subject``: the sections ``pose`` and ``subject`` of the configuration;
        ``box``: the sheet's box around the athlete or None; ``implement``: whether one is swung.
    log : logging.Logger
        Where progress is logged.

    Raises
    ------
    KinepathError
        If the backend, its model or its device cannot be used as configured.
    """
    settings, subject, name = job["settings"], job["subject"], job["settings"]["backend"]
    backend = load_backend(name)
    device = device_of(settings)
    log.info("device: %s (%s)", device.name, device.reason)
    on_device = {**settings, "device": device.name}
    facts = read_json(job["facts"])
    opener = opener_of(settings, device, job["model"], subject["search_confidence"])
    opened, selection = _athlete(job, facts, opener, log)
    frames = (frame.image for frame in read_frames(job["video"]))
    with opened() as estimator:
        poses = estimate(frames, facts, estimator, Progress(log, facts["frames"], "frames"))
    if isinstance(backend, LiftingBackend) and (lifter := backend.open_lifter(on_device)):
        poses = lift(poses, lifter)
    counts = getattr(estimator, "counts", None)
    if selection.missing:
        poses.attrs["note"] = selection.missing
        # It states what "nobody is seen" means here, and what to do.
        poses.attrs[KEY] = as_attribute(remarks_of(facts), [selection.missing])
    elif counts is None:
        poses, counts = without_swaps(poses)
    changes = changes_of_person(read_frames(job["video"]), poses)
    poses.attrs["changes_of_person"] = json.dumps(changes)
    if changes:
        for warning in words_of_change(changes):
            log.warning("%s", warning)
        poses.attrs[KEY] = as_attribute(remarks_of(poses.attrs), words_of_change(changes))
    poses.attrs["subject"] = json.dumps(selection.report, sort_keys=True)
    for kind, count in (counts or {}).items():
        log.info("%s: %d frames", kind, count)
        poses.attrs[f"frames_{kind}"] = count
    poses.attrs |= dict(backend.describe(job["model"], settings))
    poses.attrs["backend"] = name
    poses.attrs["device"], poses.attrs["device_reason"] = device.name, device.reason
    poses.attrs["parameters"] = sequence.with_parameters(
        {"parameters": sequence.with_parameters({}, "subject", subject)}, "pose", settings
    )
    log.info("a person in %.0f %% of the frames", 100 * poses.attrs["person_share"])
    sequence.write(poses, job["output"], "poses")


def _athlete(
    job: Mapping[str, Any], facts: Mapping[str, Any], opener: Opener, log: logging.Logger
) -> tuple[Callable[[], AbstractContextManager[Estimator]], Selection]:
    """Choose the athlete; return the opener of an estimator that tracks them, and the choice."""
    subject, duration = job["subject"], facts["frames"] / facts["fps"]
    step = sample_step(duration, subject["rate_hz"], subject["most"])
    pictures = sample(read_frames(job["video"]), 0.0, duration, step)
    selection = select(
        pictures,
        opener,
        subject,
        box=job["box"],
        implement=job["implement"],
        begins_s=facts["time_s"][0],
        fits=facts["athlete_fits"],
    )
    if selection.missing:
        log.warning("%s", selection.missing)
        return partial(following_nobody, opener), selection
    log.info("the athlete: %s", selection.report["how"])
    if selection.track is None:
        return partial(opener, False), selection
    path = Path.along(selection.track, pictures.time, pictures.scale, subject["smoothing_s"])
    return partial(following, opener, path), selection


def find_keypoints_in(environment: str, job: Mapping[str, Any], log: logging.Logger) -> None:
    """Do :func:`find_keypoints` in another process, with a backend's own packages.

    Parameters
    ----------
    environment : path
        The marker written by :func:`kinepath.runtime.environments.build`.

    Raises
    ------
    PoseError
        With the other process's error line, or its last line if it failed unexpectedly.
    """
    command = [str(interpreter(environment)), "-m", "kinepath.pose", "find"]
    # Threads that busy-wait make a loaded machine many times slower.
    threads = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
    last = "no message"
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **threads, "OMP_WAIT_POLICY": "PASSIVE"},
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
