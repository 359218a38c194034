"""The configuration, the sheet of clips, and what the rules look up in them."""

from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.io import contains_wildcard

from kinepath.runtime import code as dependencies
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
from kinepath.workflow import HOME, pages, plan
from kinepath.workflow.project import Project

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


def bat_detector():
    """Name the module of the bat detector that the configuration asks for; nothing without one."""
    chosen = config["bat"]["detector"]
    return [f"kinepath.bat.detectors.{chosen['backend']}"] if chosen else []


def of_implement(pattern):
    """Give an input that only clips in which something is swung have; others have nothing."""
    return lambda wildcards: (
        pattern.format(clip=wildcards.clip)
        if project.has_implement(wildcards.clip)
        else []
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
