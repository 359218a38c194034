"""Warnings that accompany a clip: each stage passes on earlier ones and adds its own.

A remark is a sentence or two: what is wrong, what it means, and what can be done about it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

#: The attribute of a data set, and the key of a JSON file, that holds them.
KEY = "warnings"


def remarks_of(attrs: Mapping[str, Any]) -> list[str]:
    """Return the remarks from a data set's attributes or a JSON file's content."""
    found = attrs.get(KEY, [])
    return list(json.loads(found)) if isinstance(found, str) else list(found)


def joined(*groups: Iterable[str | None]) -> list[str]:
    """Return all remarks in order, without repetition."""
    return list(dict.fromkeys(remark for group in groups for remark in group if remark))


def as_attribute(*groups: Iterable[str | None]) -> str:
    """Return remarks in the form of a data set's attribute."""
    return json.dumps(joined(*groups), ensure_ascii=False)
