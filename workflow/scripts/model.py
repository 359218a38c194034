"""Get the pose model."""

from typing import Any

from kinepath.runtime.job import running
from kinepath.runtime.models import obtain

snakemake: Any

variant = snakemake.wildcards.variant
with running(snakemake.log[0], f"pose model '{variant}'") as log:
    digest = obtain(
        variant,
        snakemake.output[0],
        own=snakemake.params.own if variant == "own" else None,
        digest=snakemake.params.digest,
    )
    log.info("SHA-256 %s", digest)
