"""Write what there is to know about one raw video before it is used, or why it cannot be."""

from typing import Any

from kinepath.io.files import write_json
from kinepath.probe import report
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    facts = report(
        snakemake.params.path,
        snakemake.wildcards.clip,
        fps=snakemake.params.fps,
        start_s=snakemake.params.start_s,
        end_s=snakemake.params.end_s,
        min_size=snakemake.params.settings["min_size"],
        cut_threshold=snakemake.params.settings["cut_threshold"],
    )
    if not facts["usable"]:
        log.warning("not usable: %s; %s", facts["cause"], facts["remedy"])
    for warning in facts["warnings"]:
        log.warning("%s", warning)
    write_json(snakemake.output[0], facts)
