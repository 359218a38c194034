"""Judge the repetitions of one clip."""

from typing import Any

from kinepath.conform.retime import to_grid
from kinepath.form import assess, read_exercise
from kinepath.form.sensitivity import smoothed_otherwise
from kinepath.io import sequence
from kinepath.io.files import read_json, write_json
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    params = snakemake.params
    keypoints = to_grid(sequence.read(snakemake.input.keypoints, "poses"))
    form = assess(
        sequence.read(snakemake.input.poses, "poses"),
        read_json(snakemake.input.repetitions),
        read_exercise(snakemake.input.exercise[0], params.schema),
        view=params.view,
        settings=params.settings,
        otherwise=smoothed_otherwise(keypoints, params.clean),
    )
    for entry in form["repetitions"]:
        for sentence in entry["sentences"]:
            log.info("%s", sentence)
    write_json(snakemake.output[0], form)
