"""Pairwise comparison of the clips of one activity by dynamic time warping."""

from kinepath.pairs.cache import Cache
from kinepath.pairs.comparison import Pairs, compare, fill, load, prune, save, shard_keys
from kinepath.pairs.features import (
    GROUPS,
    ComparisonError,
    Features,
    UnusableClipError,
    features,
    group_of,
    shared,
    speeds,
    usable,
)

__all__ = [
    "GROUPS",
    "Cache",
    "ComparisonError",
    "Features",
    "Pairs",
    "UnusableClipError",
    "compare",
    "features",
    "fill",
    "group_of",
    "load",
    "prune",
    "save",
    "shard_keys",
    "shared",
    "speeds",
    "usable",
]
