"""Find the keypoints of one clip."""

from typing import Any

from kinepath.pose.keypoints import find_keypoints, find_keypoints_in
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    job = {
        "video": snakemake.input.video,
        "facts": snakemake.input.facts,
        "model": str(snakemake.input.model),
        "output": snakemake.output[0],
        "settings": snakemake.params.settings,
        "subject": snakemake.params.subject,
        "box": snakemake.params.box,
        "implement": snakemake.params.implement,
    }
    if snakemake.input.environment:
        find_keypoints_in(snakemake.input.environment, job, log)
    else:
        find_keypoints(job, log)
