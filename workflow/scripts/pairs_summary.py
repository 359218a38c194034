"""Tell what the comparisons of an activity say, in figures and words."""

from typing import Any

from kinepath import pairs
from kinepath.drawing.figures import style
from kinepath.drawing.figures.likeness import draw_map, draw_tree, scored
from kinepath.drawing.figures.pairs import draw_matrix
from kinepath.drawing.naming import names
from kinepath.io import sequence
from kinepath.io.files import write_json
from kinepath.pairs import summary
from kinepath.runtime.job import running

snakemake: Any

activity, params, output = snakemake.wildcards.activity, snakemake.params, snakemake.output
with running(snakemake.log[0], f"activity '{activity}'") as log:
    found = pairs.load(snakemake.input.pairs)
    files = zip(params.clips, snakemake.input.kinematics, strict=True)
    clips, _ = pairs.usable(
        ((clip, sequence.read(path, "kinematics")) for clip, path in files), params.settings
    )
    labels = dict(zip(params.clips, params.labels, strict=True))
    athletes = dict(zip(params.clips, params.athletes, strict=True))
    told = summary.summarise(found, labels, athletes, params.settings["permutations"])
    templates = summary.templates(found, clips, labels, params.settings["band"])
    for label, template in templates.items():
        told["labels"][label]["template_cost"] = list(template.cost)
    parts = next((clip.parts for clip in clips.values()), ())
    sequence.write(summary.template_dataset(templates, parts), output.templates, "pair-templates")
    write_json(output.summary, {"activity": activity} | told)
    log.info(scored(told["retrieval"]))
    called = dict(zip(labels, names(labels), strict=True))
    style.save(draw_matrix(found, activity, called), output.matrix)
    style.save(draw_tree(found, activity, labels), output.tree)
    style.save(draw_map(found, activity, labels, told), output.map)
