"""Find the strokes of one clip, and when the ball is met."""

from typing import Any

from kinepath.conform import analysed_time
from kinepath.events import find_events
from kinepath.io import sequence
from kinepath.io.files import read_json, write_json
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    facts, given = read_json(snakemake.input.conformed), snakemake.params.contact_s
    if given is not None:
        given = analysed_time(facts, given)
    found = find_events(
        sequence.read(snakemake.input.poses, "poses"),
        sequence.read(snakemake.input.bat, "bat"),
        read_json(snakemake.input.sound)["clicks"],
        given,
    )
    for stroke in found["strokes"]:
        contact = stroke["contact"]
        log.info("contact at %.2f s, by %s", contact["time_s"], contact["source"])
    if found["note"]:
        log.warning("%s", found["note"])
    write_json(snakemake.output[0], {"clip": facts["clip"], **found})
