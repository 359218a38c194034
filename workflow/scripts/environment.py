"""Build an environment of its own for a pose backend."""

from typing import Any

from kinepath.runtime.environments import build
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"environment '{snakemake.wildcards.environment}'"):
    build(snakemake.input.pins, snakemake.output[0])
