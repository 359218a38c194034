"""Find the clicks in the sound of one clip."""

from typing import Any

from kinepath.io.files import read_json, write_json
from kinepath.runtime.job import running
from kinepath.sound import listen

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    facts = read_json(snakemake.input.conformed)
    heard = listen(facts["source"], facts)
    log.info("%d clicks%s", len(heard["clicks"]), f" ({heard['note']})" if heard["note"] else "")
    write_json(snakemake.output[0], heard)
