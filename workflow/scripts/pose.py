"""Find the keypoints of one clip."""

from typing import Any

from kinepath import sequence
from kinepath.device import choose, visible_gpus
from kinepath.files import read_json, sha256
from kinepath.job import Progress, running
from kinepath.pose import estimate, load_backend
from kinepath.video import read_frames

snakemake: Any

settings = snakemake.params.settings
with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    backend = load_backend(settings["backend"])
    device = choose(settings["device"], settings["backend"], backend.USES_GPU, visible_gpus())
    log.info("device: %s (%s)", device.name, device.reason)
    facts = read_json(snakemake.input.facts)
    frames = (frame.image for frame in read_frames(snakemake.input.video))
    with backend.open_estimator(
        snakemake.input.model, settings | {"device": device.name}
    ) as estimator:
        poses = estimate(frames, facts, estimator, Progress(log, facts["frames"], "frames"))
    poses.attrs["backend"] = settings["backend"]
    poses.attrs["device"], poses.attrs["device_reason"] = device.name, device.reason
    poses.attrs["model_sha256"] = sha256(snakemake.input.model)
    poses.attrs["parameters"] = sequence.with_parameters({}, "pose", settings)
    log.info("a person in %.0f %% of the frames", 100 * poses.attrs["person_share"])
    sequence.write(poses, snakemake.output[0], "poses")
