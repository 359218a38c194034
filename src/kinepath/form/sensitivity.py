"""Whether verdicts survive another smoothing of the keypoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xarray as xr

from kinepath.clean import clean
from kinepath.form.score import Score, Verdict
from kinepath.settings.motion import CleanSettings

#: The smoothing window as a multiple of the configured one.
VARIANTS = {"half": 0.5, "double": 2.0}


def smoothed_otherwise(
    keypoints: xr.Dataset, settings: CleanSettings | Mapping[str, Any]
) -> dict[str, xr.Dataset]:
    """Clean keypoints with half and with twice the smoothing window.

    Parameters
    ----------
    keypoints : xarray.Dataset
        As returned by the pose backend, on a uniform time grid.
    settings : CleanSettings or mapping
        Settings of the cleaning.

    Returns
    -------
    dict of str to xarray.Dataset
        Empty where the settings smooth nothing. A Butterworth filter's window is the inverse of
        its cut-off.
    """
    settings = CleanSettings.of(settings)
    if settings.smoothing == "none":
        return {}
    found = {}
    for name, factor in VARIANTS.items():
        if settings.smoothing == "butterworth":
            changed = {"smoothing_cutoff_hz": settings.smoothing_cutoff_hz / factor}
        else:
            changed = {"smoothing_window_s": settings.smoothing_window_s * factor}
        found[name] = clean(keypoints, settings.model_copy(update=changed))
    return found


def compare(
    verdicts: Mapping[str, Verdict], others: Mapping[str, tuple[Mapping[str, Verdict], Score]]
) -> dict[str, Any]:
    """Find the verdicts of a repetition that change with the smoothing.

    Parameters
    ----------
    verdicts : mapping of str to Verdict
        By metric, with the configured smoothing.
    others : mapping of str to (mapping of str to Verdict, Score)
        The same with other smoothing, by its name; empty where nothing is smoothed.

    Returns
    -------
    dict
        ``survives`` (None where nothing was compared), ``changed`` (metric to its verdicts by
        smoothing), ``scores`` by smoothing, ``reason``.
    """
    if not others:
        return {
            "survives": None,
            "changed": {},
            "scores": {},
            "reason": "nothing is smoothed, so there is no window to change",
        }
    changed = {
        name: {"set": verdict.verdict, **{k: told[name].verdict for k, (told, _) in others.items()}}
        for name, verdict in verdicts.items()
        if any(told[name].verdict != verdict.verdict for told, _ in others.values())
    }
    return {
        "survives": not changed,
        "changed": changed,
        "scores": {name: score.value for name, (_, score) in others.items()},
        "reason": None,
    }
