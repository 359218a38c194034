"""The sentence that states the kinetic chain found, or why none was."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kinepath.chain.correlation import Lags
from kinepath.chain.result import Null
from kinepath.chain.signals import Signals
from kinepath.typing import Array, Mask

_LEAST_NODES = 3


def unfit(found: Signals, starts: Mask, ends: Mask, target: str) -> str | None:
    """Return why nothing can be judged; None if it can."""
    unseen = "; ".join(f"{_words(name)} {why}" for name, why in found.missing.items())
    if not ends.any():
        return f"The {target} cannot be followed through the swing ({unseen})."
    if not starts.any():
        return f"Neither legs nor pelvis can be followed through the swing ({unseen})."
    if len(found.names) < _LEAST_NODES:
        return f"Too few parts of the body can be followed through the swing ({unseen})."
    return None


def verdict(best: Sequence[str], null: Null, target: str) -> str:
    """Describe the significance of the best path."""
    chance = f"{100 * null.p:.1f} % of random {null.kind} do as well"
    if null.p <= null.alpha:
        aim = "bat" if target == "bat" else "hands; the bat was not seen"
        return f"The parts fire in order from {_words(best[0])} to the {aim}; {chance}."
    way = " → ".join(_words(name) for name in best)
    return f"The best order found, {way}, can well be chance: {chance}."


def unresolved(found: Signals, lags: Lags, below: Array, above: Array, path: Sequence[int]) -> str:
    """Describe the lag of a path that cannot be distinguished from zero."""
    pair = max(pairwise(path), key=lambda k: below[k] - lags.lag[k])
    lag, low, high = (1000 * values[pair] for values in (lags.lag, below, above))
    a, b = (_words(found.names[k]) for k in pair)
    return (
        f"Not resolvable at this frame rate: {a} leads {b} by {lag:.0f} ms, but the interval is"
        f" {lag - low:.0f} to {lag + high:.0f} ms and a frame lasts {1000 / found.fps:.0f} ms."
    )


def disorder(found: Signals, lags: Lags, target: str) -> str:
    """Describe the order in which the parts fire instead."""
    return f"No order leads from the lower body to the {target}: {_faults(found, lags)}."


def _faults(found: Signals, lags: Lags) -> str:
    """List the lags between neighbours, where a chain breaks."""
    names = found.names
    return ", ".join(
        f"{_words(names[i])} {_relation(lags.lag[i, i + 1])} {_words(names[i + 1])}"
        for i in range(len(names) - 1)
    )


def _relation(lag: float) -> str:
    """Format a lag in words.

    >>> _relation(0.02), _relation(-0.02)
    ('20 ms before', '20 ms after')
    """
    return f"{abs(1000 * lag):.0f} ms {'before' if lag >= 0 else 'after'}"


def _words(name: str) -> str:
    return name.replace("_", " ")
