"""Write one clip upright, trimmed and at a constant frame rate."""

from typing import Any

from kinepath.conform import choose_window, conform
from kinepath.io.files import read_json, write_json
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    facts = read_json(snakemake.input.facts)
    conformed = conform(
        facts["file"],
        snakemake.output.video,
        facts,
        choose_window(facts, facts["proposed"]["start_s"], facts["proposed"]["end_s"]),
        fps=snakemake.params.settings["fps"],
        true_fps=snakemake.params.true_fps,
        crf=snakemake.params.settings["crf"],
    )
    log.info("%d frames at %.3f Hz", conformed["frames"], conformed["fps"])
    write_json(snakemake.output.facts, conformed)
