"""What all settings have in common."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from kinepath.errors import KinepathError

#: The default of a key that may be left out, but has no null.
LEFT_OUT: Any = None


class SettingsError(KinepathError):
    """Settings that the models or the schema do not allow."""


class Model(BaseModel):
    """A group of settings: defaults, bounds and units are those of its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, regex_engine="python-re")

    @classmethod
    def of(cls, given: Self | Mapping[str, Any] | None) -> Self:
        """Return settings from what a caller gave.

        Parameters
        ----------
        given : Model, mapping or None
            A mapping may leave out fields, which then have their defaults; None stands for the
            defaults of all.

        Raises
        ------
        SettingsError
            If a key is unknown or a value out of bounds.
        """
        if isinstance(given, cls):
            return given
        try:
            return cls.model_validate(cls.defaults() if given is None else given)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise SettingsError(f"{cls.__name__}: {where}: {first['msg']}") from None

    def parameters(self) -> dict[str, Any]:
        """Return what was given as plain values, for the ``parameters`` of a result."""
        return self.model_dump(exclude_unset=True)

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
