"""Tell what there is to know about one raw video before it is used."""

from typing import Any

from kinepath.conform import choose_window
from kinepath.errors import KinepathError
from kinepath.files import write_json
from kinepath.job import running
from kinepath.probe import probe

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    try:
        facts = probe(
            snakemake.params.path,
            snakemake.wildcards.clip,
            min_size=snakemake.params.settings["min_size"],
            cut_threshold=snakemake.params.settings["cut_threshold"],
        )
        choose_window(facts, snakemake.params.start_s, snakemake.params.end_s)
        facts |= {"usable": True, "cause": None, "remedy": None}
    except KinepathError as error:
        facts = {
            "clip": snakemake.wildcards.clip,
            "file": snakemake.params.path,
            "usable": False,
            "cause": str(error),
            "remedy": "give another",
            "warnings": [],
        }
    for warning in facts["warnings"]:
        log.warning("%s", warning)
    write_json(snakemake.output[0], facts)
