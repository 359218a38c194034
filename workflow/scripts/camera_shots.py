"""Split one clip into camera shots and propose the one to analyse."""

from typing import Any

from kinepath.camera_shots import beyond, crossing, left_out, propose
from kinepath.drawing.figures.segments import write_contact_sheet
from kinepath.errors import KinepathError
from kinepath.io.files import read_json, write_json
from kinepath.pose.subject.opening import device_of, opener_of
from kinepath.runtime.job import running

snakemake: Any

params = snakemake.params
with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    facts = read_json(snakemake.input.facts)
    if not facts["usable"]:
        raise KinepathError(f"{facts['cause']}; {facts['remedy']}")
    device = device_of(params.pose)
    log.info("device: %s (%s)", device.name, device.reason)
    confidence = params.subject["search_confidence"]
    opener = opener_of(params.pose, device, snakemake.input.model, confidence)
    facts |= propose(
        facts,
        params.start_s,
        params.end_s,
        opener,
        params.settings,
        params.subject,
        implement=params.implement,
        exercise=params.exercise,
    )
    facts["warnings"] += beyond(facts, params.end_s)
    facts["warnings"] += crossing(facts, facts["proposed"])
    facts["warnings"] += left_out(facts, facts["proposed"], len(facts["segments"]))
    for warning in facts["warnings"]:
        log.warning("%s", warning)
    log.info("proposed: %s", facts["proposed"])
    write_json(snakemake.output.facts, facts)
    write_contact_sheet(facts, snakemake.output.sheet)
