"""Draw the metrics of one clip's repetitions, and their drift."""

from typing import Any

from kinepath.drawing.figures import style
from kinepath.drawing.figures.form import draw_drift, draw_table
from kinepath.io.files import read_json
from kinepath.runtime.job import running

snakemake: Any

with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'"):
    form = read_json(snakemake.input[0])
    style.save(draw_table(form, snakemake.params.label), snakemake.output.table)
    style.save(draw_drift(form, snakemake.params.label), snakemake.output.drift)
