"""Find the kinetic chain of one clip."""

from typing import Any

from kinepath import sequence
from kinepath.chain import find_chain
from kinepath.figures import style
from kinepath.figures.chain import draw_chain
from kinepath.files import write_json
from kinepath.job import running

snakemake: Any

clip = snakemake.wildcards.clip
with running(snakemake.log[0], f"clip '{clip}'") as log:
    kinematics = sequence.read(snakemake.input[0], "kinematics")
    result = find_chain(kinematics, snakemake.params.settings)
    log.info("%s: %s", result.verdict, result.reason)
    speed = kinematics["bat_speed"].values if "bat_speed" in kinematics else None
    figure = draw_chain(result, snakemake.params.label or clip, kinematics["time"].values, speed)
    style.save(figure, snakemake.output.png)
    style.save(figure, snakemake.output.svg)
    write_json(snakemake.output.chain, {"clip": clip, **result.to_json()})
