"""Write the table of all clips."""

from typing import Any

from kinepath.io import sequence
from kinepath.io.files import read_json
from kinepath.io.remarks import joined, remarks_of
from kinepath.runtime.job import running
from kinepath.workflow import summary

snakemake: Any

given = set(snakemake.input)


def content(path: str, kind: str | None = None) -> Any:
    if path not in given:
        return None
    return read_json(path) if kind is None else sequence.read(path, kind).attrs


with running(snakemake.log[0], "the table of clips") as log:
    rows = []
    for clip, of_sheet in snakemake.params.rows.items():
        found = [
            content(f"results/camera_shots/{clip}.json"),
            content(f"results/kinematics/{clip}.h5", "kinematics"),
            content(f"results/chain/{clip}.json"),
            content(f"results/form/{clip}.json"),
        ]
        rows.append(
            summary.row(
                clip,
                of_sheet,
                [failure for failure in snakemake.params.failures if failure["clip"] == clip],
                probed=content(f"results/probe/{clip}.json"),
                conformed=content(f"results/conformed/{clip}.json"),
                keypoints=content(f"results/keypoints/{clip}.h5", "poses"),
                kinematics=found[1],
                chain=found[2],
                form=found[3],
                warnings=joined(*(remarks_of(attrs) for attrs in found if attrs is not None)),
            )
        )
    summary.write(rows, snakemake.output[0])
    log.info("%d clips", len(rows))
