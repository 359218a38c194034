"""Clean the keypoint tracks of one clip."""

from typing import Any

from kinepath.clean import CHANGES, clean
from kinepath.conform.retime import to_grid
from kinepath.io import sequence
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    poses = to_grid(sequence.read(snakemake.input[0], "poses"))
    cleaned = clean(poses, snakemake.params.settings)
    for name, bit in CHANGES.items():
        log.info("%s: %d samples", name, int(((cleaned["changed"].values & bit) > 0).sum()))
    sequence.write(cleaned, snakemake.output[0], "poses")
