"""Fail, because some clips could not be used."""

from typing import Any

from kinepath.errors import KinepathError
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], "the run"):
    raise KinepathError(f"went on without {', '.join(snakemake.params.clips)}; see the last lines")
