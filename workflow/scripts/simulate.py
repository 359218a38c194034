"""Simulate an athlete: a clip whose truth is known."""

from typing import Any

from kinepath.runtime.job import running
from kinepath.synth import Scenario, write_clip

snakemake: Any

name = snakemake.wildcards.scenario

with running(snakemake.log[0], f"simulated clip '{name}'"):
    scenario = Scenario(clip=name, **snakemake.params.scenario)
    write_clip(scenario, snakemake.output.video, snakemake.output.truth)
