"""Summary of all comparisons of an activity: neighbours, a map, templates, and their reliability.

The measure throughout is the distance per point of the warping path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from kinepath.pairs.comparison import Pairs
from kinepath.pairs.features import Features
from kinepath.signal.dtw.barycentre import Barycentre, barycentre
from kinepath.typing import Array

_NEIGHBOURS = 5


def summarise(
    pairs: Pairs,
    labels: Mapping[str, str | None],
    athletes: Mapping[str, str | None],
    permutations: int,
) -> dict[str, Any]:
    """Summarise the comparisons.

    Parameters
    ----------
    pairs : Pairs
        The comparisons.
    labels, athletes : mapping of str to (str or None)
        The label and the athlete of each clip, where known.
    permutations : int
        Permutations of the labels, see :func:`retrieval`.

    Returns
    -------
    dict
        JSON-serialisable.
    """
    clips = pairs.clips
    place, explained = positions(pairs.per_step)
    return {
        "measure": "dynamic time warping distance per point of the warping path",
        "clips": list(clips),
        "excluded": pairs.excluded,
        "unseen": pairs.unseen,
        "neighbours": {
            clip: [
                {"clip": clips[k], "label": labels[clips[k]], "distance": float(row[k])}
                for k in _nearest(row, i)[:_NEIGHBOURS]
            ]
            for i, (clip, row) in enumerate(zip(clips, pairs.per_step, strict=True))
        },
        "labels": {
            label: _of_label(pairs, members) for label, members in members_of(pairs, labels).items()
        },
        "retrieval": retrieval(
            pairs.per_step, [labels[c] for c in clips], [athletes[c] for c in clips], permutations
        ),
        "map": {
            "explained": explained,
            "position": dict(zip(clips, place.tolist(), strict=True)),
        },
    }


def members_of(pairs: Pairs, labels: Mapping[str, str | None]) -> dict[str, list[int]]:
    """Return the indices of the clips of each label, labels in the order of their first clip."""
    members: dict[str, list[int]] = {}
    for k, clip in enumerate(pairs.clips):
        if label := labels[clip]:
            members.setdefault(label, []).append(k)
    return members


def medoid(distance: Array, members: Sequence[int]) -> int:
    """Return the member with the smallest summed distance to all; of equal ones the first."""
    return members[int(np.argmin(distance[np.ix_(members, members)].sum(axis=1)))]


def templates(
    pairs: Pairs,
    clips: Mapping[str, Features],
    labels: Mapping[str, str | None],
    band: float | None,
) -> dict[str, Barycentre]:
    """Average the clips of each label under time warping, starting from the label's medoid.

    Features that not all clips of the label show are NaN in the mean; a label whose clips have no
    features in common has none.
    """
    found = {}
    for label, members in members_of(pairs, labels).items():
        of_label = [clips[pairs.clips[k]] for k in members]
        columns = np.logical_and.reduce([clip.seen for clip in of_label])
        if not columns.any():
            continue
        start = clips[pairs.clips[medoid(pairs.per_step, members)]].values[:, columns]
        mean = barycentre([clip.values[:, columns] for clip in of_label], start, band)
        values = np.full((len(start), len(columns)), np.nan)
        values[:, columns] = mean.values
        found[label] = Barycentre(values, mean.cost)
    return found


def template_dataset(found: Mapping[str, Barycentre], parts: Sequence[str]) -> xr.Dataset:
    """Arrange templates as a data set for a file of kind ``pair-templates``.

    Parameters
    ----------
    found : mapping of str to Barycentre
        From :func:`templates`.
    parts : sequence of str, length d
        What each feature describes.
    """
    frames = max((len(template.values) for template in found.values()), default=0)
    values = np.full((len(found), frames, len(parts)), np.nan)
    for k, template in enumerate(found.values()):
        values[k, : len(template.values)] = template.values
    return xr.Dataset(
        {
            "template": (
                ("label", "frame", "feature"),
                values,
                {
                    "units": "1",
                    "long_name": "mean of the clips; NaN after its end and where one shows nothing",
                },
            )
        },
        coords={
            "label": np.array(list(found), dtype=object),
            "feature": np.array(list(parts), dtype=object),
        },
    )


def positions(distance: Array) -> tuple[Array, float]:
    """Embed clips in the plane so that their distances are preserved as well as possible.

    Classical multidimensional scaling (Torgerson 1952, doi:10.1007/BF02288916) of the square roots
    of the distances, as these are sums of squares.

    Parameters
    ----------
    distance : ndarray, shape (n, n)
        Symmetric, zero on the diagonal.

    Returns
    -------
    place : ndarray, shape (n, 2)
        The axis with the larger spread first; their directions carry no meaning.
    explained : float
        Fraction of the summed magnitudes of all eigenvalues due to the two axes, 0 to 1.
    """
    count = len(distance)
    place = np.zeros((count, 2))
    if count < 2:
        return place, 1.0
    centring = np.eye(count) - 1 / count
    values, vectors = np.linalg.eigh(-centring @ distance @ centring / 2)
    total = np.abs(values).sum()
    for axis in range(min(2, count - 1)):
        value, vector = values[-1 - axis], vectors[:, -1 - axis]
        # Either sign is valid; always choose the same one.
        sign = np.sign(vector[np.argmax(np.abs(vector))])
        place[:, axis] = sign * vector * np.sqrt(max(value, 0.0))
    kept = float(np.maximum(values[-2:], 0.0).sum())
    return place, kept / float(total) if total > 0 else 1.0


def retrieval(
    distance: Array,
    labels: Sequence[str | None],
    athletes: Sequence[str | None],
    permutations: int,
    seed: int = 0,
) -> dict[str, Any]:
    """Score how often the nearest clip has the same label, against permuted labels.

    The nearest clip is searched for among those of other athletes where every clip names its
    athlete and there are two or more; else among all other clips, and then a high score may only
    mean that clips of one athlete, day or camera are similar. Clips without a label are ignored.

    Parameters
    ----------
    distance : ndarray, shape (n, n)
        Symmetric.
    labels, athletes : sequence of (str or None), length n
        Of each clip.
    permutations : int
        Permutations of the labels: within each athlete if athletes are left out and any has clips
        of two labels, else over all clips. The nearest clips stay unchanged.
    seed : int
        Of the permutations.

    Returns
    -------
    dict
        ``score`` (fraction of clips, 0 to 1; None where nothing can be scored, with the
        ``reason``), ``findable`` (clips whose label recurs among those searched; the others
        count as misses), ``by_label``, ``left_out`` (``athlete`` or ``clip``), ``chance`` (mean
        score of permuted labels), ``p_value`` (fraction of permutations that score at least as
        high, including the real labels) and ``shuffled`` (``within athletes`` or ``all clips``).
    """
    rows = [k for k, label in enumerate(labels) if label]
    names = np.array([labels[k] or "" for k in rows])
    people = np.array([athletes[k] or "" for k in rows])
    by_athlete = bool(all(people)) and len(set(people.tolist())) > 1
    result: dict[str, Any] = {
        "left_out": "athlete" if by_athlete else "clip", "clips": len(rows), "score": None,
    }  # fmt: skip
    if len(set(names.tolist())) < 2:
        return result | {"reason": "fewer than two labels"}
    if len(rows) < 3:
        return result | {"reason": "fewer than three clips with a label"}
    same = people[:, None] == people if by_athlete else np.eye(len(rows), dtype=bool)
    findable = int(((names[:, None] == names) & ~same).any(axis=1).sum())
    if not findable:
        return result | {"reason": "no label occurs again where the nearest clip is looked for"}
    near = np.where(same, np.inf, distance[np.ix_(rows, rows)])
    nearest = np.argmin(near, axis=1)
    hits = names == names[nearest]
    blocks = [np.flatnonzero(people == name) for name in sorted(set(people.tolist()))]
    within = by_athlete and any(len(set(names[block].tolist())) > 1 for block in blocks)
    rng = np.random.default_rng(seed)
    scores = np.empty(permutations)
    for k in range(permutations):
        shuffled = names.copy()
        for block in blocks if within else [np.arange(len(rows))]:
            shuffled[block] = names[rng.permutation(block)]
        scores[k] = np.mean(shuffled == shuffled[nearest])
    score = float(hits.mean())
    return result | {
        "score": score,
        "findable": findable,
        "by_label": {str(n): float(hits[names == n].mean()) for n in dict.fromkeys(names.tolist())},
        "chance": float(scores.mean()),
        "p_value": float((1 + np.count_nonzero(scores >= score - 1e-12)) / (1 + permutations)),
        "permutations": permutations,
        "shuffled": "within athletes" if within else "all clips",
    }


def _of_label(pairs: Pairs, members: Sequence[int]) -> dict[str, Any]:
    """Return a label's clips, its medoid, and its clips' distances from it and from others."""
    centre = medoid(pairs.per_step, members)
    inner = pairs.per_step[np.ix_(members, members)][np.triu_indices(len(members), 1)]
    outer = np.delete(pairs.per_step[list(members)], list(members), axis=1)
    return {
        "clips": len(members),
        "medoid": pairs.clips[centre],
        "median_within": float(np.median(inner)) if inner.size else None,
        "median_to_others": float(np.median(outer)) if outer.size else None,
    }


def _nearest(row: Array, itself: int) -> list[int]:
    """Sort the other clips by distance; ties keep their order."""
    order = np.argsort(row, kind="stable")
    return [int(k) for k in order if k != itself]
