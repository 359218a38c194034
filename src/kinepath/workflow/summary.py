"""One row per clip: what was found of it, or why nothing was."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kinepath.io.files import replacing

#: Status of a clip that was analysed, but shows nobody.
NOBODY_SEEN = "nobody seen"
#: The columns, in their order. Empty cells are what does not apply or was not found.
COLUMNS = (
    "clip",
    "label",
    "activity",
    "athlete",
    "status",
    "failed_stage",
    "cause",
    "remedy",
    "warnings",
    "raw_fps",
    "fps",
    "frames",
    "from_s",
    "to_s",
    "person_share",
    "contact_s",
    "contact_early_s",
    "contact_late_s",
    "contact_source",
    "peak_of",
    "peak_time_s",
    "peak_kind",
    "peak_speed_statures_s",
    "peak_speed_sd_statures_s",
    "peak_speed_m_s",
    "peak_speed_at_least_statures_s",
    "peak_speed_at_least_m_s",
    "peak_note",
    "chain_verdict",
    "chain_path",
    "repetitions",
    "score",
    "score_share_judged",
)


def row(
    clip: str,
    of_sheet: Mapping[str, Any],
    failures: Iterable[Mapping[str, Any]],
    *,
    probed: Mapping[str, Any] | None = None,
    conformed: Mapping[str, Any] | None = None,
    keypoints: Mapping[str, Any] | None = None,
    kinematics: Mapping[str, Any] | None = None,
    chain: Mapping[str, Any] | None = None,
    form: Mapping[str, Any] | None = None,
    warnings: Sequence[str] = (),
) -> dict[str, Any]:
    """Make one clip's row.

    Parameters
    ----------
    clip : str
        Name of the clip.
    of_sheet : mapping
        ``label``, ``activity`` and ``athlete`` from the sheet.
    failures : iterable of mapping
        ``stage``, ``cause`` and ``remedy`` of each stage that failed.
    probed, conformed, chain, form : mapping, optional
        The stages' JSON; None where there is none.
    keypoints, kinematics : mapping, optional
        The attributes of the stages' files.
    warnings : sequence of str
        What is wrong with the clip although it was analysed.

    Returns
    -------
    dict
        By :data:`COLUMNS`. ``status`` is ``failed`` where nothing is known of the motion,
        ``partly`` where a later stage failed, ``nobody seen``, or ``analysed``.
    """
    failed = list(failures)
    if probed is not None and not probed["usable"]:
        failed = [{"stage": "probe", "cause": probed["cause"], "remedy": probed["remedy"]}]
    first = failed[0] if failed else {}
    found: dict[str, Any] = {
        "clip": clip,
        **{name: of_sheet[name] for name in ("label", "activity", "athlete")},
        "status": _status(failed, keypoints, kinematics),
        "failed_stage": first.get("stage"),
        "cause": first.get("cause"),
        "remedy": first.get("remedy"),
        "warnings": " | ".join(warnings),
    }
    if probed is not None:
        found["raw_fps"] = probed.get("fps_average")
    if conformed is not None:
        found |= {"fps": conformed["fps"], "frames": conformed["frames"]}
        found |= {"from_s": conformed["time_s"][0], "to_s": conformed["time_s"][-1]}
    if keypoints is not None:
        found["person_share"] = keypoints["person_share"]
    if kinematics is not None:
        found |= _swing(kinematics)
    if chain is not None:
        found |= {"chain_verdict": chain["verdict"], "chain_path": " > ".join(chain["path"])}
    if form is not None:
        score = form["set"]["score"]
        found |= {"repetitions": form["count"], "score": score["value"]}
        found["score_share_judged"] = score["judged"]
    return {name: found.get(name) for name in COLUMNS}


def write(rows: Iterable[Mapping[str, Any]], path: str | Path) -> None:
    """Write rows as a comma-separated table in UTF-8 that spreadsheets, pandas and R open.

    Numbers have a decimal point and up to six significant digits. A text that a spreadsheet would
    take for a formula gets an apostrophe before it.
    """
    with (
        replacing(path) as temporary,
        Path(temporary).open("w", encoding="utf-8-sig", newline="") as stream,
    ):
        table = csv.writer(stream)
        table.writerow(COLUMNS)
        for cells in rows:
            table.writerow([_cell(cells[name]) for name in COLUMNS])


def _status(
    failed: Sequence[Mapping[str, Any]],
    keypoints: Mapping[str, Any] | None,
    kinematics: Mapping[str, Any] | None,
) -> str:
    if kinematics is None:
        return "failed"
    if failed:
        return "partly"
    if keypoints is not None and not keypoints["person_share"]:
        return NOBODY_SEEN
    return "analysed"


def _swing(kinematics: Mapping[str, Any]) -> dict[str, Any]:
    contact = ("contact_s", "contact_early_s", "contact_late_s", "contact_source")
    return {name: kinematics.get(name) for name in contact} | {
        "peak_of": kinematics.get("peak_of"),
        "peak_time_s": kinematics.get("peak_time_s"),
        "peak_kind": kinematics.get("peak_kind"),
        "peak_speed_statures_s": kinematics.get("peak_speed"),
        "peak_speed_sd_statures_s": kinematics.get("peak_speed_sd"),
        "peak_speed_m_s": kinematics.get("peak_speed_m_s"),
        "peak_speed_at_least_statures_s": kinematics.get("peak_speed_at_least"),
        "peak_speed_at_least_m_s": kinematics.get("peak_speed_at_least_m_s"),
        "peak_note": kinematics.get("peak_reason") or kinematics.get("note"),
    }


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
    return f"{value:.6g}"
