from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kinepath.settings import SettingsError, check, check_mentions, load_schema

SCHEMA = load_schema("config/schemas/config.schema.yaml")
CONFIG = Path("config/config.yaml")


@pytest.fixture
def config() -> dict[str, Any]:
    return copy.deepcopy(yaml.safe_load(CONFIG.read_text(encoding="utf-8")))


def test_the_shipped_configuration_is_valid(config: dict[str, Any]) -> None:
    check(config, SCHEMA)


def test_an_unknown_key_is_an_error_with_a_proposal(config: dict[str, Any]) -> None:
    config["clean"]["min_confidnce"] = 0.5
    with pytest.raises(SettingsError, match=r"config: clean: unknown key 'min_confidnce'; did you"):
        check(config, SCHEMA)


def test_every_fault_has_a_line(config: dict[str, Any]) -> None:
    config["pose"]["device"] = "gpu"
    config["conform"]["crf"] = 99
    del config["probe"]["min_size"]
    with pytest.raises(SettingsError) as caught:
        check(config, SCHEMA)
    told = str(caught.value).splitlines()
    assert len(told) == 3
    assert any("config: pose.device: 'gpu' does not match" in line for line in told)
    assert any("config: probe: 'min_size' is a required property" in line for line in told)


def test_names_that_are_mentioned_must_be_there(config: dict[str, Any]) -> None:
    rows: dict[str, dict[str, Any]] = {"hook": {}, "cut": {}}
    check_mentions(config, rows)
    config["activities"]["golf"] = {"implement": "hockey_stick"}
    config["align"]["reference"] = {"batting": "hok"}
    config["composites"]["grids"] = {"best": ["hook", "pull"]}
    with pytest.raises(SettingsError) as caught:
        check_mentions(config, rows)
    told = str(caught.value).splitlines()
    assert told[0].startswith("config: activities.golf.implement: there is no 'hockey_stick'")
    assert told[1] == "config: align.reference.batting: there is no 'hok'; did you mean 'hook'?"
    assert told[2].startswith("config: composites.grids.best[1]: there is no 'pull'")
    assert len(told) == 3


def objects(schema: dict[str, Any], path: str = "config") -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, schema
    for name, part in schema.get("properties", {}).items():
        yield from objects(part, f"{path}.{name}")
    for key in ("additionalProperties", "items"):
        if isinstance(schema.get(key), dict):
            yield from objects(schema[key], f"{path}.*")


def test_the_schema_refuses_unknown_keys_and_explains_every_key() -> None:
    for path, schema in objects(SCHEMA):
        if "properties" in schema:
            assert schema["additionalProperties"] is False, path
            for name, part in schema["properties"].items():
                assert part.get("description"), f"{path}.{name}"


def test_every_key_of_the_configuration_has_a_comment() -> None:
    """One line says what it is: behind the key, or in the section's heading line."""
    lines = CONFIG.read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for line in lines
        if line.startswith("  ") and not line.startswith("   ") and "#" not in line
        and not line.rstrip().endswith(":") and "{" not in line
    ]  # fmt: skip
    assert bare == []
