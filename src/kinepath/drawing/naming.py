"""Names of clips in images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


def names(labels: Mapping[str, str | None]) -> list[str]:
    """Return the names of clips: their labels, or label and clip where several have the same.

    >>> names({"a": "Hook", "b": "Cut", "c": "Hook", "d": None})
    ['Hook · a', 'Cut', 'Hook · c', 'd']
    """
    count = Counter(labels.values())
    return [
        clip if not label else f"{label} · {clip}" if count[label] > 1 else label
        for clip, label in labels.items()
    ]
