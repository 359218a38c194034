"""Find the keypoints of one clip."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from kinepath import sequence
from kinepath.files import read_json, sha256
from kinepath.job import Progress, running
from kinepath.pose import Estimator, estimate
from kinepath.subject.following import following, following_nobody
from kinepath.subject.opening import device_of, opener_of
from kinepath.subject.path import Path
from kinepath.subject.sampling import sample, sample_step
from kinepath.subject.selection import select
from kinepath.subject.swaps import without_swaps
from kinepath.video import read_frames

snakemake: Any

settings, subject = snakemake.params.settings, snakemake.params.subject
with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    facts = read_json(snakemake.input.facts)
    device = device_of(settings)
    log.info("device: %s (%s)", device.name, device.reason)
    opener = opener_of(settings, device, snakemake.input.model, subject["search_confidence"])

    step = sample_step(facts["frames"] / facts["fps"], subject["rate_hz"], subject["most"])
    pictures = sample(read_frames(snakemake.input.video), 0.0, facts["frames"] / facts["fps"], step)
    selection = select(
        pictures,
        opener,
        subject,
        box=snakemake.params.box,
        implement=snakemake.params.implement,
        begins_s=facts["time_s"][0],
    )
    if selection.missing:
        log.warning("%s", selection.missing)
        opened: Callable[[], AbstractContextManager[Estimator]] = partial(following_nobody, opener)
    elif selection.track is None:
        log.info("the athlete: %s", selection.report["how"])
        opened = partial(opener, False)
    else:
        log.info("the athlete: %s", selection.report["how"])
        path = Path.along(selection.track, pictures.time, pictures.scale, subject["smoothing_s"])
        opened = partial(following, opener, path)
    frames = (frame.image for frame in read_frames(snakemake.input.video))
    with opened() as estimator:
        poses = estimate(frames, facts, estimator, Progress(log, facts["frames"], "frames"))
    counts = getattr(estimator, "counts", None)
    if selection.missing:
        poses.attrs["note"] = selection.missing
    elif counts is None:
        poses, counts = without_swaps(poses)
    poses.attrs["subject"] = json.dumps(selection.report, sort_keys=True)
    for name, count in (counts or {}).items():
        log.info("%s: %d frames", name, count)
        poses.attrs[f"frames_{name}"] = count
    poses.attrs["backend"] = settings["backend"]
    poses.attrs["device"], poses.attrs["device_reason"] = device.name, device.reason
    poses.attrs["model_sha256"] = sha256(snakemake.input.model)
    poses.attrs["parameters"] = sequence.with_parameters(
        {"parameters": sequence.with_parameters({}, "subject", subject)}, "pose", settings
    )
    log.info("a person in %.0f %% of the frames", 100 * poses.attrs["person_share"])
    sequence.write(poses, snakemake.output[0], "poses")
