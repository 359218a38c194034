"""Get OpenMMLab's weights for one of its configurations."""

from pathlib import Path
from typing import Any

from kinepath.pose.topdown.modelzoo import obtain
from kinepath.runtime.environments import packages
from kinepath.runtime.job import running

snakemake: Any

configuration, output = snakemake.wildcards.configuration, snakemake.output[0]
with running(snakemake.log[0], f"weights of '{configuration}'") as log:
    digest = obtain(
        configuration,
        packages(snakemake.input.environment),
        output,
        Path(output).parents[1],
        snakemake.params.digest,
    )
    log.info("SHA-256 %s", digest)
