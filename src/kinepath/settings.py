"""Checking configuration against a JSON schema, with messages that name the key and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from kinepath.errors import KinepathError


class SettingsError(KinepathError):
    """Configuration that the schema does not allow; one line per fault."""


def load_schema(path: str | Path) -> dict[str, Any]:
    """Read a JSON schema kept as YAML."""
    schema = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return dict(schema)


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


def _lines(fault: Any, name: str) -> list[str]:
    key = ".".join(str(part) for part in fault.absolute_path)
    where = f"{name}: {key}" if key else name
    if fault.validator == "additionalProperties" and isinstance(fault.schema, Mapping):
        known = list(fault.schema.get("properties", {}))
        unknown = [part for part in fault.instance if part not in known]
        return [f"{where}: unknown key {part!r}{_proposal(part, known)}" for part in unknown]
    return [f"{where}: {fault.message}"]


def _proposal(unknown: str, known: list[str]) -> str:
    similar = difflib.get_close_matches(str(unknown), known, n=1)
    return f"; did you mean {similar[0]!r}?" if similar else f"; known: {', '.join(known)}"
