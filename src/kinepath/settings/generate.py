"""What is written from the models: the JSON schema, the reference page, the explained defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from kinepath.settings.model import Model
from kinepath.settings.project import Settings

#: Keywords of a JSON schema that bound a value, and how the reference page writes them.
_BOUNDS = {
    "minimum": "from {}",
    "exclusiveMinimum": "above {}",
    "maximum": "to {}",
    "exclusiveMaximum": "below {}",
    "multipleOf": "a multiple of {}",
}


def json_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a whole configuration.

    Pydantic's own, with references resolved and with ``type: [number, "null"]`` where it writes
    ``anyOf``, so that a fault's message names the one thing that is wrong.
    """
    whole = Settings.model_json_schema()
    found = _plain(whole, whole.get("$defs", {}))
    found.pop("$defs", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "title": "Configuration of kinepath",
    }


def explained_defaults() -> str:
    """Return the defaults as YAML, each with its description as a comment."""
    return "\n".join(_explained(Settings, json_schema(), "")) + "\n"


def reference() -> str:
    """Return the page that lists all settings, in Markdown."""
    lines = [
        "# Settings",
        "",
        "All keys of `config/config.yaml` with their defaults. A project's file holds only what"
        " differs; `kinepath settings` prints the",
        "defaults as YAML. An unknown key is refused with the nearest known one, a value outside of"
        " its bounds with the bound.",
        "",
        "This page is written from the models in `src/kinepath/settings` by `make settings`.",
    ]
    lines += ["", "## At the top", "", *_rows_and_groups(Settings, json_schema(), 2)]
    return "\n".join(lines) + "\n"


def _plain(part: Any, known: Mapping[str, Any]) -> Any:
    """Resolve references, merge ``anyOf`` with null, and leave out titles and defaults."""
    if isinstance(part, list):
        return [_plain(each, known) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        rest = {key: value for key, value in part.items() if key != "$ref"}
        return _plain({**known[part["$ref"].rsplit("/", 1)[1]], **rest}, known)
    names = part.get("properties")
    found = {
        key: _plain(value, known)
        for key, value in part.items()
        if key not in ("title", "default", "anyOf", "properties")
    }
    if names is not None:
        found["properties"] = {name: _plain(value, known) for name, value in names.items()}
    if "anyOf" in part:
        some, null = (_plain(each, known) for each in part["anyOf"])
        assert null == {"type": "null"}
        found = {**some, **found, "type": [some["type"], "null"]}
        if "enum" in some:
            found["enum"] = [*some["enum"], None]
    return found


def _group(model: type[Model], name: str) -> type[Model]:
    group = model.model_fields[name].default_factory
    assert isinstance(group, type) and issubclass(group, Model)
    return group


def _is_group(model: type[Model], name: str) -> bool:
    return model.model_fields[name].default_factory is not None


def _explained(model: type[Model], schema: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, default in model.defaults().items():
        part = schema["properties"][name]
        if _is_group(model, name):
            yield f"{indent}{name}:  # {part['description']}"
            yield from _explained(_group(model, name), part, indent + "  ")
        else:
            yield f"{indent}{name}: {_flow(default)}  # {part['description']}"


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("...\n").strip()


def _rows_and_groups(model: type[Model], schema: Mapping[str, Any], level: int) -> Iterator[str]:
    """Write a table of single keys, then a section of each group, with a heading of a level."""
    groups = [name for name in model.model_fields if _is_group(model, name)]
    yield from ("| key | default | allowed | what |", "|---|---|---|---|")
    for name, default in model.defaults().items():
        if name in groups:
            continue
        part = schema["properties"][name]
        cells = (f"`{name}`", f"`{_flow(default)}`", _allowed(part), part["description"])
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    for name in groups:
        part = schema["properties"][name]
        yield from ("", f"{'#' * level} {name}", "", str(part["description"]), "")
        yield from _rows_and_groups(_group(model, name), part, level + 1)


def _allowed(part: Mapping[str, Any]) -> str:
    kinds = part.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    if "enum" in part:
        return ", ".join(f"`{'null' if value is None else value}`" for value in part["enum"])
    words = {"string": "text", "array": "a list", "object": "a mapping", "boolean": "true, false"}
    of = part.get("items", part)
    bounds = " ".join(words.format(of[key]) for key, words in _BOUNDS.items() if key in of)
    named = [words.get(kind, kind) for kind in kinds if kind != "null"]
    text = " ".join(filter(None, [*named, bounds]))
    return f"{text}, or `null`" if "null" in kinds else text
