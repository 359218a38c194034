"""Write the first page."""

from pathlib import Path
from typing import Any

from kinepath.io.files import read_json
from kinepath.runtime.job import running
from kinepath.site import FailedClip, Index, gather, write_index

snakemake: Any

params = snakemake.params
probes = set(snakemake.input.probes)


def failed(clip: str) -> FailedClip:
    probed = f"results/probe/{clip}.json"
    failures = [failure for failure in params.failures if failure["clip"] == clip]
    return gather.failed(
        params.rows[clip], read_json(probed) if probed in probes else None, failures
    )


with running(snakemake.log[0], "the first page") as log:
    records = [read_json(path) for path in snakemake.input.records]
    shown = {record["clip"] for record in records}
    chains = snakemake.input.chains
    index = Index(
        title=params.settings["title"],
        records=tuple(records),
        failed=tuple(failed(clip) for clip in params.rows if clip not in shown),
        comparisons=tuple(params.comparisons.items()),
        versions=gather.versions(),
        montages=tuple(zip(params.montages, map(Path, snakemake.input.montages), strict=True)),
        figures={"Kinetic chains of all clips": Path(chains)} if chains else {},
    )
    write_index(index, Path(snakemake.output.page).parent)
    log.info("%d clips, %d failed", len(records), len(index.failed))
