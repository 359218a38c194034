"""Checking configuration against a JSON schema, with messages that name the key and the remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from kinepath.io.proposals import proposal
from kinepath.settings.model import SettingsError
from kinepath.settings.project import Settings

#: Sections of named entries that count as they are written, not as changes of the default's entry.
_OPEN = ("activities", "clips", "reference", "grids", "grid_settings", "montages")


def load_schema(path: str | Path) -> dict[str, Any]:
    """Read a JSON schema kept as YAML."""
    schema = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return dict(schema)


def defaults(home: Path) -> dict[str, Any]:
    """Return the settings that hold where a project gives none.

    Parameters
    ----------
    home : path
        The folder of the workflow's own files, in which the exercises lie.
    """
    found = Settings.defaults()
    found["exercises"] = str(home / found["exercises"])
    return found


def completed(settings: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what settings leave out.

    Parameters
    ----------
    settings : mapping
        What a user's file says. Of its sections single keys may be given; an entry of
        ``activities``, ``align.reference`` and the like counts as it is written.
    given : mapping
        The settings that hold otherwise, see :func:`defaults`.

    Returns
    -------
    dict
        All settings, those given in their order, then what only the user's file has.
    """
    found: dict[str, Any] = dict(given)
    for key, value in settings.items():
        known = given.get(key)
        if key in _OPEN and isinstance(known, Mapping) and isinstance(value, Mapping):
            found[key] = {**known, **value}
        elif isinstance(known, Mapping) and isinstance(value, Mapping):
            found[key] = completed(value, known)
        else:
            found[key] = value
    return found


def check(settings: Mapping[str, Any], schema: Mapping[str, Any], name: str = "config") -> None:
    """Check settings against a JSON schema.

    Parameters
    ----------
    settings : mapping
        What to check, such as the contents of ``config/config.yaml``.
    schema : mapping
        A JSON schema (draft 2020-12).
    name : str
        What the messages call the settings.

    Raises
    ------
    SettingsError
        With one line for each fault, naming the key and what is wrong with it. For an unknown
        key the most similar known one is proposed.
    """
    validator = jsonschema.Draft202012Validator(dict(schema))
    faults = sorted(validator.iter_errors(dict(settings)), key=lambda fault: list(fault.path))
    if faults:
        raise SettingsError("\n".join(line for fault in faults for line in _lines(fault, name)))


def check_mentions(settings: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Check that what settings mention by name is there.

    Parameters
    ----------
    settings : mapping
        The configuration; it must satisfy its schema.
    rows : mapping
        The sheet of clips, by clip.

    Raises
    ------
    SettingsError
        If an activity's implement has no settings, or a clip that is mentioned is not in the sheet;
        one line for each.
    """
    mentioned = {
        f"activities.{name}.implement": (activity.get("implement"), settings["implements"])
        for name, activity in settings["activities"].items()
        if activity.get("implement") is not None
    }
    mentioned |= {
        f"align.reference.{activity}": (clip, rows)
        for activity, clip in settings["align"]["reference"].items()
        if clip != "mean"
    }
    mentioned |= {
        f"composites.grids.{name}[{k}]": (clip, rows)
        for name, clips in settings["composites"]["grids"].items()
        for k, clip in enumerate(clips)
    }
    grids = settings["composites"]["grids"]
    mentioned |= {
        f"composites.grid_settings.{name}": (name, [*grids, *settings["activities"]])
        for name in settings["composites"]["grid_settings"]
    }
    mentioned |= {
        f"composites.montages.{name}.clips[{k}]": (clip, rows)
        for name, montage in settings["composites"]["montages"].items()
        for k, clip in enumerate(montage["clips"])
    }
    faults = [
        f"config: {key}: there is no {name!r}{proposal(name, known)}"
        for key, (name, known) in mentioned.items()
        if name not in known
    ]
    faults += _misplaced(settings["activities"], rows)
    for activity, clip in settings["align"]["reference"].items():
        if activity not in settings["activities"]:
            hint = proposal(activity, settings["activities"])
            faults.append(f"config: align.reference.{activity}: no such activity{hint}")
        elif clip in rows and rows[clip]["activity"] != activity:
            faults.append(
                f"config: align.reference.{activity}: {clip!r} is a clip of"
                f" {rows[clip]['activity']}; choose one of {activity}"
            )
    for name, clips in grids.items():
        if grid_settings(settings["composites"], name)["by"] != "phase":
            continue
        if len(clips) < 2:
            faults.append(
                f"config: composites.grids.{name}: one clip is in step with nothing; add another"
                " one, or choose another `by`"
            )
        kinds = {rows[clip]["activity"] for clip in clips if clip in rows}
        if len(kinds) > 1:
            faults.append(
                f"config: composites.grids.{name}: clips of {' and '.join(sorted(kinds))} have no"
                " phase in common; choose clips of one activity, or another `by`"
            )
    if faults:
        raise SettingsError("\n".join(faults))


def _misplaced(
    activities: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Yield a line for each cell of the sheet that has no meaning for what is done in the clip."""
    wanted = {"repetitions": "exercise", "contact_s": "implement"}
    for clip, row in rows.items():
        for column, kind in wanted.items():
            if row[column] is not None and activities[row["activity"]].get(kind) is None:
                yield (
                    f"sheet: clip {clip!r}, column {column!r}: {row['activity']} has no {kind};"
                    " leave the cell empty, or correct the activity"
                )


def grid_settings(composites: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return how a grid is laid out: its own settings over those of all.

    Parameters
    ----------
    composites : mapping
        The section of that name, completed.
    name : str
        A grid, or the activity whose grid it is.

    Returns
    -------
    dict
        ``columns``, ``by`` and ``ends``.
    """
    shared = {key: composites[key] for key in ("columns", "by", "ends")}
    return {**shared, **composites["grid_settings"].get(name, {})}


def montage_settings(composites: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return how a montage is made, what is left out filled in.

    Parameters
    ----------
    composites : mapping
        The section of that name, completed.
    name : str
        The montage.

    Returns
    -------
    dict
        ``clips``, ``title``, ``show``, ``title_s``, ``fade_s`` and ``inset``.
    """
    usual = {"title": name.replace("_", " "), "show": "overlays", "title_s": 2.0, "fade_s": 0.5}
    return {**usual, "inset": True, **composites["montages"][name]}


def _lines(fault: Any, name: str) -> list[str]:
    key = ".".join(str(part) for part in fault.absolute_path)
    where = f"{name}: {key}" if key else name
    if fault.validator == "additionalProperties" and isinstance(fault.schema, Mapping):
        known = list(fault.schema.get("properties", {}))
        unknown = [part for part in fault.instance if part not in known]
        return [f"{where}: unknown key {part!r}{proposal(part, known)}" for part in unknown]
    if fault.validator == "pattern" and "description" in fault.schema:
        return [f"{where}: {fault.instance!r} is not allowed. {fault.schema['description']}"]
    return [f"{where}: {fault.message}"]
