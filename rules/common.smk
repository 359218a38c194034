"""The configuration, the sheet of clips, and what the rules look up in them."""

from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.io import contains_wildcard, expand

from kinepath.runtime import code as dependencies
from kinepath.drawing import naming
from kinepath.errors import KinepathError
from kinepath.settings import (
    check,
    check_mentions,
    completed,
    defaults,
    grid_settings,
    load_schema,
    montage_settings,
)
from kinepath.settings.generate import json_schema
from kinepath.io.sheet import read_sheet
from kinepath.workflow import HOME, plan

for folder in (HOME, Path.cwd()):
    if contains_wildcard(str(folder)):
        raise WorkflowError(
            f"{folder}: Snakemake cannot work in a folder with braces in its name, which it takes"
            " for wildcards; rename it"
        )

SCHEMAS = HOME / "config" / "schemas"
SCRIPTS = HOME / "workflow" / "scripts"

# In place: the rules look their settings up in this very object.
config.update(completed(config, defaults(HOME)))
try:
    check(config, json_schema())
    CLIPS = read_sheet(
        config["sheet"],
        load_schema(SCHEMAS / "clips.schema.yaml"),
        config["activities"],
    )
    check_mentions(config, CLIPS)
except KinepathError as error:
    raise WorkflowError(str(error)) from None


wildcard_constraints:
    clip="[A-Za-z0-9_-]+",
    # The names themselves: "batting_templates" in a path is no activity.
    activity="|".join(config["activities"]) or "none",


def code(script, *modules):
    """Digest the package modules that a script uses: a changed module reruns its stages."""
    return dependencies.digest(SCRIPTS / script, *modules)


def clips_of(activity):
    """Name the clips of an activity, in the sheet's order."""
    return [clip for clip, row in CLIPS.items() if row["activity"] == activity]


def has_implement(clip):
    """Tell whether a bat or the like is swung in a clip."""
    return config["activities"][CLIPS[clip]["activity"]].get("implement") is not None


def implement_of(clip):
    """Give the settings of the implement that is swung in a clip, and its name."""
    name = config["activities"][CLIPS[clip]["activity"]]["implement"]
    return {**config["implements"][name], "name": name}


def exercise_of(clip):
    """Name the exercise that a clip's activity is, or None."""
    return config["activities"][CLIPS[clip]["activity"]].get("exercise")


def exercise_files(wildcards):
    """Give the file of the exercise that is done in a clip, and the one that it extends."""
    return EXERCISES[exercise_of(wildcards.clip)]


def bat_detector():
    """Name the module of the bat detector that the configuration asks for; nothing without one."""
    chosen = config["bat"]["detector"]
    return [f"kinepath.bat.detectors.{chosen['backend']}"] if chosen else []


def of_implement(pattern):
    """Give an input that only clips in which something is swung have; others have nothing."""
    return lambda wildcards: (
        pattern.format(clip=wildcards.clip) if has_implement(wildcards.clip) else []
    )


def column(name):
    """Give a look-up of one column of the sheet, for use as a rule's parameter."""
    return lambda wildcards: CLIPS[wildcards.clip][name]


def tracked(path, name):
    """Give a path by which Snakemake can follow a file: its own, or that of a link to it.

    Braces in a path are wildcards to Snakemake, angle brackets path variables, and there is no
    way to write them otherwise. Links must be there before Snakemake first looks into their folder.
    """
    if not contains_wildcard(str(path)) and "<" not in str(path):
        return str(path)
    return plan.link(path, name, ".snakemake/kinepath")


def is_simulated(path):
    """Tell whether a path is one that the simulated athlete's rule makes."""
    where = Path(path)
    return (
        where.parent == Path("resources/clips/simulated")
        and where.suffix == ".mp4"
        and where.stem in config["simulate"]["clips"]
    )


def made(pattern, clips=None):
    """Name the clips (of all, unless said otherwise) for which a file can be made."""
    chosen = CLIPS if clips is None else clips
    return [
        clip
        for clip in chosen
        if clip not in UNUSABLE and pattern.format(clip=clip) not in UNMADE
    ]


def per_clip(pattern, clips=None):
    """Expand a pattern over the clips for which its file can be made."""
    return expand(pattern, clip=made(pattern, clips))


def can_be_made(paths):
    """Name those of some files that can be made, whatever they concern."""
    return [path for path in paths if path not in UNMADE]


def compared(activity):
    """Name the clips of an activity that can be compared."""
    return made("results/kinematics/{clip}.h5", clips_of(activity))


def names_of(clips):
    """Name clips as pictures do: by their labels, and where these are not told apart, by both."""
    return naming.names({clip: CLIPS[clip]["label"] for clip in clips})


def columns_of(clips, name):
    """Give one column of the sheet for clips, in their order."""
    return [CLIPS[clip][name] for clip in clips]


IMPLEMENT_CLIPS = [clip for clip in CLIPS if has_implement(clip)]
EXERCISE_CLIPS = [clip for clip in CLIPS if exercise_of(clip)]
EXERCISES = {
    name: [
        tracked(path, f"exercises/{path.stem}")
        for path in plan.exercise_files(Path(config["exercises"]) / f"{name}.yaml")
    ]
    for name in dict.fromkeys(map(exercise_of, EXERCISE_CLIPS))
}
ACTIVITIES = [activity for activity in config["activities"] if clips_of(activity)]
