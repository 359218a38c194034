"""What clips are called in pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


def names(labels: Mapping[str, str | None]) -> list[str]:
    """Name clips by their labels, and those that share one by label and clip.

    >>> names({"a": "Hook", "b": "Cut", "c": "Hook", "d": None})
    ['Hook · a', 'Cut', 'Hook · c', 'd']
    """
    count = Counter(labels.values())
    return [
        clip if not label else f"{label} · {clip}" if count[label] > 1 else label
        for clip, label in labels.items()
    ]
