"""Sum up the kinetic chains of all clips."""

from typing import Any

from kinepath.chain.summary import common_axis, summarise, swing
from kinepath.drawing.figures import style
from kinepath.drawing.figures.chain_summary import draw_summary
from kinepath.io import sequence
from kinepath.io.files import read_json, write_json
from kinepath.runtime.job import running

snakemake: Any

settings = snakemake.params.settings
with running(snakemake.log[0], "the kinetic chains") as log:
    clips = snakemake.params.labels
    swings = {}
    for clip, path in zip(clips, snakemake.input.kinematics, strict=True):
        kinematics = sequence.read(path, "kinematics")
        found = swing(kinematics, settings["before_s"], settings["after_s"])
        if found is None:
            log.warning("clip %r: no swing is seen", clip)
        else:
            swings[clip] = found
    chains = {
        clip: read_json(path) for clip, path in zip(clips, snakemake.input.chains, strict=True)
    }
    summary = summarise(chains, clips, swings, settings["seed"])
    figure = draw_summary(summary, swings, common_axis(swings))
    style.save(figure, snakemake.output.png)
    write_json(snakemake.output.summary, summary)
