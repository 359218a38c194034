"""How far a project is: which stage of which clip is done, and what failed with the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from kinepath.io.files import read_json
from kinepath.workflow import outcome

#: The stages that are told of, and what each leaves.
STAGES = {
    "probe": "results/probe/{clip}.json",
    "shots": "results/camera_shots/{clip}.json",
    "pose": "results/keypoints/{clip}.h5",
    "clean": "results/clean/{clip}.h5",
    "bat": "results/bat/{clip}.h5",
    "kinematics": "results/kinematics/{clip}.h5",
    "chain": "results/chain/{clip}.json",
    "repetitions": "results/reps/{clip}.json",
    "form": "results/form/{clip}.json",
    "videos": "results/overlays/{clip}.mp4",
}
#: Stages of activities in which something is swung, and of exercises.
_SWUNG, _REPEATED = ("bat", "chain"), ("repetitions", "form")
#: Headings that leave room for the clips' names in a terminal of 80 columns.
_SHORT = {"kinematics": "motion", "repetitions": "reps"}
DONE, OPEN, FAILED, NONE = "done", "open", "failed", ""


@dataclass(frozen=True)
class Fault:
    """What failed of a clip, or of what concerns several (``clip`` is then empty)."""

    clip: str
    stage: str
    cause: str
    remedy: str


def states(
    rows: Sequence[Mapping[str, str]], activities: Mapping[str, Mapping[str, Any]], folder: Path
) -> dict[str, dict[str, str]]:
    """Tell of every clip and stage whether it is done, open, failed, or not of this activity."""
    failed = {(fault.clip, fault.stage) for fault in faults(rows, folder)}
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        clip, activity = row["clip"], activities.get(row["activity"], {})
        found[clip] = {}
        for stage, pattern in STAGES.items():
            unasked = (stage in _SWUNG and not activity.get("implement")) or (
                stage in _REPEATED and not activity.get("exercise")
            )
            there = (folder / pattern.format(clip=clip)).is_file()
            state = NONE if unasked else DONE if there else OPEN
            found[clip][stage] = FAILED if (clip, stage) in failed else state
    return found


def faults(rows: Sequence[Mapping[str, str]], folder: Path) -> list[Fault]:
    """Return what the last run and the probes say has failed."""
    ledger = outcome.Ledger.read(folder / outcome.LEDGER)
    found = [Fault(f.clip or "", _stage(f.stage), f.cause, f.remedy) for f in ledger.failures]
    known = {fault.clip for fault in found}
    for row in rows:
        probed = folder / STAGES["probe"].format(clip=row["clip"])
        if row["clip"] not in known and probed.is_file():
            facts = read_json(probed)
            if not facts["usable"]:
                found.append(Fault(row["clip"], "probe", facts["cause"], facts["remedy"]))
    return found


def _stage(rule: str) -> str:
    names = {"camera_shots": "shots", "reps": "repetitions", "overlay_video": "videos"}
    return names.get(rule, rule)


def table(found: Mapping[str, Mapping[str, str]]) -> Table:
    """Put the states into a table for the terminal."""
    marks = {DONE: "[green]✓[/]", OPEN: "·", FAILED: "[red]✗[/]", NONE: ""}
    told = Table(caption="✓ done   · open   ✗ failed", padding=(0, 0))
    told.add_column("clip", overflow="ellipsis")
    for stage in STAGES:
        told.add_column(_SHORT.get(stage, stage), justify="center", no_wrap=True)
    for clip, stages in found.items():
        told.add_row(clip, *(marks[state] for state in stages.values()))
    return told
