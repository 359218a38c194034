"""What all settings have in common."""

from __future__ import annotations

import copy
from typing import Any

from pydantic import BaseModel, ConfigDict

#: The default of a key that may be left out, but has no null.
LEFT_OUT: Any = None


class Model(BaseModel):
    """A group of settings: defaults, bounds and units are those of its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, regex_engine="python-re")

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """Return the defaults of all fields as plain values, a new copy each time."""
        found = {}
        for name, field in cls.model_fields.items():
            group = field.default_factory
            if isinstance(group, type) and issubclass(group, Model):
                found[name] = group.defaults()
            else:
                found[name] = _plain(field.default)
        return found


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.model_dump(exclude_unset=True)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return copy.deepcopy(value)
