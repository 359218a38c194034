"""Find the kinetic chain of one clip."""

from typing import Any

from kinepath.chain import find_chain
from kinepath.chain.signals import swing_speed, with_depth
from kinepath.drawing.figures import style
from kinepath.drawing.figures.chain import draw_chain
from kinepath.io import sequence
from kinepath.io.files import write_json
from kinepath.io.remarks import KEY, joined, remarks_of
from kinepath.runtime.job import running

snakemake: Any

clip = snakemake.wildcards.clip
with running(snakemake.log[0], f"clip '{clip}'") as log:
    kinematics = sequence.read(snakemake.input.kinematics, "kinematics")
    kinematics = with_depth(kinematics, sequence.read(snakemake.input.poses, "poses"))
    result = find_chain(kinematics, snakemake.params.settings)
    log.info("%s: %s", result.verdict, result.reason)
    moving, speed = swing_speed(kinematics)
    label = snakemake.params.label or clip
    figure = draw_chain(result, label, kinematics["time"].values, speed, moving)
    style.save(figure, snakemake.output.png)
    style.save(figure, snakemake.output.svg)
    found = {"clip": clip, **result.to_json()}
    found[KEY] = joined(remarks_of(kinematics.attrs), result.notes)
    write_json(snakemake.output.chain, found)
