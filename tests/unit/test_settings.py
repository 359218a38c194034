from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from kinepath.settings import (
    Settings,
    SettingsError,
    check,
    check_mentions,
    completed,
    defaults,
    grid_settings,
    load_schema,
    montage_settings,
)
from kinepath.settings.__main__ import contents
from kinepath.settings.generate import explained_defaults
from kinepath.settings.motion import CleanSettings

SCHEMA = load_schema("config/schemas/config.schema.yaml")
CONFIG = Path("config/config.yaml")


@pytest.fixture
def config() -> dict[str, Any]:
    return completed(yaml.safe_load(CONFIG.read_text(encoding="utf-8")), defaults(Path.cwd()))


def test_the_shipped_configuration_is_valid(config: dict[str, Any]) -> None:
    check(config, SCHEMA)


def test_an_unknown_key_is_an_error_with_a_proposal(config: dict[str, Any]) -> None:
    config["clean"]["min_confidnce"] = 0.5
    with pytest.raises(SettingsError, match=r"config: clean: unknown key 'min_confidnce'; did you"):
        check(config, SCHEMA)


def test_every_fault_has_a_line(config: dict[str, Any]) -> None:
    config["pose"]["device"] = "gpu"
    config["conform"]["crf"] = 99
    config["probe"]["min_size"] = 0
    with pytest.raises(SettingsError) as caught:
        check(config, SCHEMA)
    told = str(caught.value).splitlines()
    assert len(told) == 3
    assert any("config: pose.device: 'gpu' is not allowed. " in line for line in told)
    assert any("config: probe.min_size: 0 is less than the minimum of 2" in line for line in told)


def test_names_that_are_mentioned_must_be_there(config: dict[str, Any]) -> None:
    rows: dict[str, dict[str, Any]] = {
        clip: {"activity": activity, "repetitions": None, "contact_s": None}
        for clip, activity in (("hook", "batting"), ("cut", "batting"), ("sit", "squat"))
    }
    check_mentions(config, rows)
    config["activities"]["golf"] = {"implement": "hockey_stick"}
    config["align"]["reference"] = {"batting": "hok"}
    config["composites"]["grids"] = {"best": ["hook", "pull"], "both": ["cut", "sit"]}
    config["composites"]["montages"] = {"may": {"clips": ["hook", "drive"]}}
    config["composites"]["grid_settings"] = {
        "bests": {"columns": 2},
        "batting": {"by": "start"},
        "both": {"by": "phase"},
    }
    with pytest.raises(SettingsError) as caught:
        check_mentions(config, rows)
    told = str(caught.value).splitlines()
    assert told[0].startswith("config: activities.golf.implement: there is no 'hockey_stick'")
    assert told[1] == "config: align.reference.batting: there is no 'hok'; did you mean 'hook'?"
    assert told[2].startswith("config: composites.grids.best[1]: there is no 'pull'")
    assert told[3].startswith("config: composites.grid_settings.bests: there is no 'bests'")
    assert "did you mean 'best'?" in told[3]
    assert told[4].startswith("config: composites.montages.may.clips[1]: there is no 'drive'")
    assert "composites.grids.both: clips of batting and squat have no phase in common" in told[5]
    assert len(told) == 6


def test_what_contradicts_the_sheet_is_refused(config: dict[str, Any]) -> None:
    rows: dict[str, dict[str, Any]] = {
        "hook": {"activity": "batting", "repetitions": [{}], "contact_s": 1.0},
        "sit": {"activity": "squat", "repetitions": [{}], "contact_s": 1.0},
    }
    config["align"]["reference"] = {"batting": "sit", "bating": "hook"}
    config["composites"]["grids"] = {"one": ["hook"]}
    config["composites"]["grid_settings"] = {"one": {"by": "phase"}}
    with pytest.raises(SettingsError) as caught:
        check_mentions(config, rows)
    told = str(caught.value).splitlines()
    assert told[0].startswith("sheet: clip 'hook', column 'repetitions': batting has no exercise")
    assert told[1].startswith("sheet: clip 'sit', column 'contact_s': squat has no implement")
    assert told[2].startswith("config: align.reference.batting: 'sit' is a clip of squat")
    assert told[3] == "config: align.reference.bating: no such activity; did you mean 'batting'?"
    assert told[4].startswith("config: composites.grids.one: one clip is in step with nothing")
    assert len(told) == 5


def test_a_grid_has_its_own_settings_over_those_of_all(config: dict[str, Any]) -> None:
    config["composites"]["grid_settings"] = {"best": {"columns": 2, "by": "phase"}}
    best = grid_settings(config["composites"], "best")
    assert best == {"columns": 2, "by": "phase", "ends": "pad"}
    assert grid_settings(config["composites"], "batting")["by"] == "contact"
    config["composites"]["montages"] = {"best_of_may": {"clips": ["hook"], "fade_s": 1.0}}
    may = montage_settings(config["composites"], "best_of_may")
    assert (may["title"], may["fade_s"], may["title_s"]) == ("best of may", 1.0, 2.0)


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


def test_what_is_generated_is_what_the_models_say() -> None:
    """`make settings` writes it again."""
    for path, text in contents().items():
        assert path.read_text(encoding="utf-8") == text, path


def test_the_defaults_are_valid_and_new_each_time() -> None:
    first, second = Settings.defaults(), Settings.defaults()
    check(first, SCHEMA)
    Settings.model_validate(first)
    first["chain"]["timing"]["nodes"].append("bat")
    first["activities"]["batting"]["implement"] = None
    assert second == Settings.defaults() != first


def test_the_explained_defaults_are_the_defaults() -> None:
    text = explained_defaults()
    assert yaml.safe_load(text) == Settings.defaults()
    assert all("  # " in line for line in text.splitlines())


def test_only_what_differs_need_be_given() -> None:
    found = completed({"clean": {"max_gap_s": 0.2}}, defaults(Path.cwd()))
    assert found["clean"] == {**Settings.defaults()["clean"], "max_gap_s": 0.2}
    activities = completed({"activities": {"batting": {}}}, defaults(Path.cwd()))["activities"]
    assert activities["batting"] == {} and activities["squat"] == {"exercise": "squat"}
    longer = completed({"implements": {"golf_club": {"length_m": 1.1}}}, defaults(Path.cwd()))
    assert longer["implements"]["golf_club"]["length_m"] == 1.1
    assert longer["implements"]["golf_club"]["hands"] == 2
    assert longer["implements"]["cricket_bat"] == Settings.defaults()["implements"]["cricket_bat"]


def test_a_value_out_of_bounds_is_refused_by_model_and_schema_alike() -> None:
    for section, key, value in (
        ("clean", "max_gap_s", -1),
        ("conform", "crf", 52),
        ("pose", "device", "gpu"),
        ("segments", "most", 1.5),
        ("composites", "tile_width", 33),
        ("pairs", "band", 2),
    ):
        given = Settings.defaults()
        given[section][key] = value
        with pytest.raises(SettingsError, match=f"{section}.{key}"):
            check(given, SCHEMA)
        with pytest.raises(ValidationError, match=f"{section}.{key}"):
            Settings.model_validate(given)


def test_a_function_takes_a_model_a_mapping_or_nothing() -> None:
    assert CleanSettings.of(None) == CleanSettings() == CleanSettings.of({})
    assert CleanSettings.of(None).parameters() == CleanSettings.defaults()
    some = CleanSettings(max_gap_s=0.2)
    assert CleanSettings.of(some) is some
    assert CleanSettings.of({"max_gap_s": 0.2}) == some
    # What was left out is not recorded as if it had been asked for.
    assert some.parameters() == {"max_gap_s": 0.2}
    with pytest.raises(SettingsError, match="CleanSettings: max_gap: "):
        CleanSettings.of({"max_gap": 0.2})
    with pytest.raises(SettingsError, match=r"max_gap_s: .* greater than or equal to 0"):
        CleanSettings.of({"max_gap_s": -1})
