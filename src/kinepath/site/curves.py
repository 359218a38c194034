"""The data of a clip's page: curves with their uncertainty, the figure, events, the sequence."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from kinepath.bat import SOURCES
from kinepath.body.skeleton import BLAZEPOSE, mirrored, side
from kinepath.io.files import replacing
from kinepath.io.sequence import values_of
from kinepath.typing import Array

#: Keypoints of the figure: the body without the details of face and hands.
FIGURE = tuple(
    name
    for name in BLAZEPOSE.keypoints
    if name == "nose"
    or not any(part in name for part in ("nose", "eye", "mouth", "pinky", "index", "thumb"))
    or "foot" in name
)
#: Maximum standard deviation of an angle that is drawn, degrees.
_VAGUE_DEG = 60.0
#: Joints whose angles are drawn, both sides in one panel.
_JOINTS = ("elbow", "shoulder", "hip", "knee")
#: Names of the events of a stroke.
_EVENTS = {
    "top_of_backlift_s": "top of backlift",
    "downswing_s": "start of downswing",
    "follow_through_s": "end of follow-through",
}


def clip_curves(
    kinematics: xr.Dataset,
    poses: xr.Dataset,
    *,
    strokes: Mapping[str, Any] | None = None,
    chain: Mapping[str, Any] | None = None,
    repetitions: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Collect the curves and figures of a clip's page.

    Parameters
    ----------
    kinematics : xarray.Dataset
        What :func:`kinepath.kinematics.kinematics` returns.
    poses : xarray.Dataset
        Cleaned poses of the same frames; ``position_3d`` allows a figure that can be rotated.
    strokes : mapping, optional
        From :func:`kinepath.events.find_events`.
    chain : mapping, optional
        The kinetic chain's JSON.
    repetitions : mapping, optional
        From :func:`kinepath.form.assess`.

    Returns
    -------
    dict
        Plain values for JSON, rounded; null where unknown, an angle also where its standard
        deviation is above 60 degrees. ``time_s`` is on the raw video's clock. ``mirrored``: a
        left-hander, whose figure and sequence are mirrored for comparison with others'; the curves
        name the true sides. ``panels``: ``title``, ``unit`` and ``lines``, each with ``name``,
        ``values`` and ``sd``; where the implement was interpolated its speed is a separate line.
        ``sources``: the source of the implement in each frame; null without one. ``figure``:
        keypoints by ``edges``; ``flat`` (the aligned pose, thousandths of a body height), ``space``
        (millimetres from the hips' midpoint, y down, z away) and ``implement`` (grip and tip, as
        ``flat``), concatenated frame by frame.
    """
    return {
        "time_s": rounded(kinematics["time"].values, 4),
        "mirrored": _is_mirrored(kinematics),
        "panels": clip_panels(kinematics),
        "sources": _sources(kinematics),
        "events": list(_events(strokes)),
        "figure": _figure(kinematics, poses),
        "sequence": _sequence(chain),
        "repetitions": [
            {name: entry[name] for name in ("number", "complete", "start_s", "end_s")}
            for entry in (repetitions or {}).get("repetitions", [])
        ],
    }


def clip_panels(kinematics: xr.Dataset) -> list[dict[str, Any]]:
    """Collect the curves of a clip: ``title``, ``unit`` and ``lines`` of each panel."""
    return [_speeds(kinematics), *_angles(kinematics), _trunk(kinematics)]


def flat_figure(kinematics: xr.Dataset) -> dict[str, Any]:
    """Collect the aligned figure of a clip, without depth: see :func:`clip_curves`."""
    there = {str(name) for name in kinematics["keypoints"].values}
    names = [name for name in FIGURE if name in there]
    edges = [
        [names.index(a), names.index(b), side(a) if side(a) == side(b) else "middle"]
        for a, b in BLAZEPOSE.segments
        if a in names and b in names and not {"nose"} & {a, b} and "ear" not in a + b
    ]
    found: dict[str, Any] = {
        "names": names,
        "edges": edges,
        "flat": _thousandths(values_of(kinematics, "position", names)),
        "space": None,
        "implement": None,
    }
    if "bat_tip" in kinematics:
        ends = [
            kinematics[name].transpose("time", "space").values for name in ("bat_grip", "bat_tip")
        ]
        guessed = kinematics["bat_source"].values == SOURCES["pose_proxy"]
        seen = np.where(guessed[:, None, None], np.nan, np.stack(ends, axis=1))
        found["implement"] = _thousandths(seen)
    return found


def write_table(curves: Mapping[str, Any], path: str | Path) -> None:
    """Write the curves as a comma-separated table, one row per frame, empty where unknown.

    Parameters
    ----------
    curves : mapping
        From :func:`clip_curves`.
    path : path
        Where to write.
    """
    columns: list[tuple[str, Sequence[float | str | None]]] = [("time_s", curves["time_s"])]
    if curves["sources"]:
        columns.append(("how the implement is known", curves["sources"]))
    for panel in curves["panels"]:
        for line in panel["lines"]:
            name = f"{panel['title']}, {line['name']} ({panel['unit']})"
            columns += [(name, line["values"]), (f"{name}, standard deviation", line["sd"])]
    with (
        replacing(path) as temporary,
        Path(temporary).open("w", encoding="utf-8-sig", newline="") as stream,
    ):
        table = csv.writer(stream)
        table.writerow([name for name, _ in columns])
        table.writerows(
            ["" if value is None else value for value in row]
            for row in zip(*(values for _, values in columns), strict=True)
        )


def _speeds(kinematics: xr.Dataset) -> dict[str, Any]:
    metres = "height_m" in kinematics.attrs
    suffix, unit = ("_m", "m/s") if metres else ("", "body heights/s")
    if "bat_speed" in kinematics:
        implement = kinematics.attrs.get("implement", "bat").replace("_", " ")
        source = kinematics["bat_source"].values
        lines = []
        for name, words in (("bat_speed", f"{implement} tip"), ("hand_speed", "hands")):
            values = kinematics[f"{name}{suffix}"].values.astype(float)
            sd = kinematics[f"{name}{suffix}_sd"].values
            if name == "hand_speed":
                lines.append(_line(words, values, sd))
                continue
            for origin, called in (("observed", words), ("interpolated", f"{words}, interpolated")):
                own = np.where(source == SOURCES[origin], values, np.nan)
                if origin == "observed" or np.isfinite(own).any():
                    lines.append(_line(called, own, sd))
        return {"title": "Speed", "unit": unit, "lines": lines}
    height = float(kinematics.attrs.get("height_m", 1.0))
    one = kinematics.isel(individuals=0)
    lines = [
        _line(
            f"{mirrored(name) if _is_mirrored(kinematics) else name} wrist",
            height * one["speed"].sel(keypoints=f"{name}_wrist").values,
            height * one["velocity_sd"].sel(keypoints=f"{name}_wrist").values,
        )
        for name in ("left", "right")
    ]
    return {"title": "Speed", "unit": unit, "lines": lines}


def _angles(kinematics: xr.Dataset) -> Iterator[dict[str, Any]]:
    known = set(kinematics["joint"].values)
    for joint in _JOINTS:
        names = [f"{name}_{joint}" for name in ("left", "right") if f"{name}_{joint}" in known]
        lines = [
            _angle(
                (mirrored(name) if _is_mirrored(kinematics) else name).replace("_", " "),
                kinematics["joint_angle"].sel(joint=name).values,
                kinematics["joint_angle_sd"].sel(joint=name).values,
            )
            for name in names
        ]
        yield {"title": f"{joint.capitalize()} angle", "unit": "°", "lines": lines}


def _trunk(kinematics: xr.Dataset) -> dict[str, Any]:
    names = {"trunk_lean": "lean", "hip_shoulder_separation": "hip–shoulder separation"}
    lines = [
        _angle(words, kinematics[name].values, kinematics[f"{name}_sd"].values)
        for name, words in names.items()
    ]
    return {"title": "Trunk", "unit": "°", "lines": lines}


def _angle(name: str, values: Array, sd: Array) -> dict[str, Any]:
    known = np.nan_to_num(sd, nan=np.inf) <= _VAGUE_DEG
    return _line(name, np.where(known, values, np.nan), np.where(known, sd, np.nan))


def _sources(kinematics: xr.Dataset) -> list[str] | None:
    if "bat_source" not in kinematics:
        return None
    names = {code: name for name, code in SOURCES.items()}
    return [names[code] for code in kinematics["bat_source"].values.tolist()]


def _is_mirrored(kinematics: xr.Dataset) -> bool:
    return bool(kinematics.attrs.get("mirrored", 0))


def _line(name: str, values: ArrayLike, sd: ArrayLike) -> dict[str, Any]:
    return {"name": name, "values": rounded(values, 3), "sd": rounded(sd, 3)}


def _events(strokes: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Name the events of the analysed stroke, and the contacts of the others."""
    if not strokes:
        return
    for index, stroke in enumerate(strokes["strokes"]):
        contact, analysed = stroke["contact"], index == strokes["analysed"]
        yield {
            "name": "contact" if analysed else "another stroke",
            "time_s": contact["time_s"],
            "early_s": contact["early_s"],
            "late_s": contact["late_s"],
        }
        if analysed:
            # Simultaneous events have one line, and one name.
            for time in dict.fromkeys(stroke[key] for key in _EVENTS):
                if time is not None:
                    names = [name for key, name in _EVENTS.items() if stroke[key] == time]
                    yield {"name": ", ".join(names), "time_s": time}


def _figure(kinematics: xr.Dataset, poses: xr.Dataset) -> dict[str, Any]:
    found = flat_figure(kinematics)
    if "position_3d" in poses:
        values = values_of(poses, "position_3d", found["names"])
        found["space"] = _thousandths(values) if np.isfinite(values).any() else None
    return found


def _sequence(chain: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if chain is None:
        return None
    return {
        "path": chain["path"],
        "nodes": [
            {name: node[name] for name in ("name", "activation_time_s", "interval_s", "why")}
            for node in chain["nodes"]
        ],
        "edges": [
            {name: edge[name] for name in ("from", "to", "c", "lag_s", "lag_interval_s")}
            for edge in chain["edges"]
        ],
        "speeds": chain.get("speeds"),
    }


def _thousandths(values: Array) -> list[int | None]:
    return [
        None if not np.isfinite(value) else round(1000 * float(value)) for value in values.ravel()
    ]


def rounded(values: ArrayLike, digits: int = 3) -> list[float | None]:
    """Return values in one list, rounded for the pages; None where there is none."""
    numbers: Iterable[float] = np.asarray(values, dtype=np.float64).ravel().tolist()
    return [round(value, digits) if np.isfinite(value) else None for value in numbers]
