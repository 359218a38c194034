"""Tell what there is to know about one raw video before it is used."""

from typing import Any

from kinepath.conform import choose_window
from kinepath.files import write_json
from kinepath.job import running
from kinepath.probe import probe

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    facts = probe(
        snakemake.params.path,
        snakemake.wildcards.clip,
        min_size=snakemake.params.settings["min_size"],
        cut_threshold=snakemake.params.settings["cut_threshold"],
    )
    # A window outside of the video is said here, before any costly work.
    choose_window(facts, snakemake.params.start_s, snakemake.params.end_s)
    for warning in facts["warnings"]:
        log.warning("%s", warning)
    write_json(snakemake.output[0], facts)
