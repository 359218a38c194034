"""Find the repetitions in one clip."""

from typing import Any

from kinepath.conform import analysed_time
from kinepath.drawing.figures import style
from kinepath.drawing.figures.reps import draw_reps
from kinepath.io import sequence
from kinepath.io.files import read_json, write_json
from kinepath.repetitions import analyse, corrected, report
from kinepath.runtime.job import running

snakemake: Any

settings = snakemake.params.settings
with running(snakemake.log[0], f"clip '{snakemake.wildcards.clip}'") as log:
    poses = sequence.read(snakemake.input.poses, "poses")
    conformed = read_json(snakemake.input.conformed)
    said = [
        {**each, **{end: analysed_time(conformed, each[end]) for end in ("start_s", "end_s")}}
        for each in snakemake.params.corrections or ()
    ]
    analysis = corrected(analyse(poses, settings), poses, said)
    facts = report(analysis, poses, snakemake.params.exercise, settings)
    log.info("%d repetitions%s", facts["count"], f" ({facts['note']})" if facts["note"] else "")
    figure = draw_reps(analysis, facts, poses, snakemake.params.label)
    style.save(figure, snakemake.output.png)
    write_json(snakemake.output.json, facts)
