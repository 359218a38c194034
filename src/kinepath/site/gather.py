"""From the results of a run to the text of the pages."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from kinepath.bat import source_shares
from kinepath.drawing.composite import contact_in_playback
from kinepath.events import CONTACT_SOURCES
from kinepath.form.score import score_words
from kinepath.io.remarks import joined, remarks_of
from kinepath.io.sheet.values import written_corrections
from kinepath.kinematics.peak import AT_LEAST, MEASURED, peak_words
from kinepath.site.content import Clip, FailedClip, Form

#: Minimum fraction of the points assessed for a score to be shown as a success.
_WELL_JUDGED = 0.8
#: Programs that the results depend on.
_PROGRAMS = ("kinepath", "mediapipe", "opencv-contrib-python", "numpy", "scipy", "xarray", "av")


def clip(
    row: Mapping[str, Any],
    probe: Mapping[str, Any],
    conformed: Mapping[str, Any],
    kinematics: xr.Dataset,
    chain: Mapping[str, Any] | None,
    *,
    videos: Mapping[str, Path],
    figures: Mapping[str, Path],
    form: Form | None = None,
    failures: Sequence[Mapping[str, Any]] = (),
    data: Mapping[str, Path] | None = None,
) -> Clip:
    """Collect the content of one clip's page.

    Parameters
    ----------
    row : mapping
        The clip's row of the sheet.
    probe, conformed : mapping
        Facts about the raw and the conformed video.
    kinematics : xarray.Dataset
        Its attributes state the time of contact and the peak speed.
    chain : mapping or None
        The kinetic chain; None where the activity has no implement.
    videos : mapping of str to path
        Videos by kind.
    figures : mapping of str to path
        Figures by their content.
    form : Form, optional
        The report on the repetitions of an exercise.
    failures : sequence of mapping
        ``stage``, ``cause``, ``remedy`` and ``log`` of the stages that failed.
    data : mapping of str to path, optional
        Files for download, by their name beside the page.

    Returns
    -------
    Clip
        Its ``warnings`` concern the athlete, the implement and the measurements; irregularities of
        the video file, and general limitations of the method, are in its ``remarks``.
    """
    facts = [("Athlete seen in", _percent(_seen(kinematics)))]
    if "bat_source" in kinematics:
        facts.append(("Contact", _contact(kinematics)))
        moving = kinematics.attrs.get("peak_of", kinematics.attrs.get("implement", "bat"))
        facts.append((f"Peak speed of the {moving.replace('_', ' ')}", _peak(kinematics)))
    odd = [remark for remark in remarks_of(probe) if remark not in probe["defects"]]
    general = joined(odd, (chain or {}).get("notes", ()))
    every = joined(
        map(_failure, failures),
        probe["defects"],
        form.warnings if form else (),
        remarks_of(kinematics.attrs),
        remarks_of(chain or {}),
    )
    return Clip(
        name=row["clip"],
        label=row["label"] or row["clip"],
        activity=row["activity"],
        athlete=row["athlete"],
        date=row["date"],
        videos=videos,
        fps=conformed["fps"],
        start_s=conformed["time_s"][0],
        raw_start_s=conformed["raw_time_s"][0],
        raw_pace=_raw_pace(conformed),
        size=(probe["width"], probe["height"]),
        height_m=kinematics.attrs.get("height_m"),
        event_s=contact_in_playback(kinematics.attrs, conformed),
        facts=(*facts, *_video_facts(probe, conformed)),
        warnings=tuple(remark for remark in every if remark not in general),
        remarks=tuple(general),
        sources=_sources(kinematics),
        verdict=_verdict(chain),
        found=bool(chain and chain["path"]),
        mirrored=bool(kinematics.attrs.get("mirrored", 0)),
        reason=chain["reason"] if chain else None,
        figures=figures,
        form=form,
        data=data or {},
        corrections=written_corrections(row["repetitions"] or ()),
    )


def record(
    page: Clip,
    kinematics: xr.Dataset,
    conformed: Mapping[str, Any],
    chain: Mapping[str, Any] | None,
    form: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return the clip's row of the table on the first page.

    Parameters
    ----------
    page : Clip
        The clip's page.
    kinematics, conformed, chain, form
        The page's sources; ``form`` as :func:`kinepath.form.assess` returns it.

    Returns
    -------
    dict
        Plain values for JSON; null where not applicable or not found.
    """
    attrs = kinematics.attrs
    score = form["set"]["score"] if form else {"value": None}
    peak = None
    if "peak_time_s" in attrs:
        kind = {MEASURED: "", AT_LEAST: "_at_least"}.get(attrs["peak_kind"])
        metres, statures = (
            None if kind is None else attrs.get(f"peak_speed{kind}{unit}") for unit in ("_m_s", "")
        )
        value, unit = (metres, "m/s") if metres is not None else (statures, "BH/s")
        peak = {
            "kind": attrs["peak_kind"],
            "value": value,
            "unit": unit,
            "of": attrs["peak_of"],
            "words": peak_words(attrs),
        }
    contact = None
    if "contact_s" in attrs:
        contact = {
            "time_s": attrs["contact_s"],
            "early_s": attrs["contact_early_s"],
            "late_s": attrs["contact_late_s"],
            "source": attrs["contact_source"],
        }
    seen = _seen(kinematics)
    return {
        "clip": page.name,
        "label": page.label,
        "activity": page.activity,
        "athlete": page.athlete,
        "date": page.date,
        "status": "analysed" if seen else "nobody seen",
        "seconds": conformed["frames"] / conformed["fps"],
        "fps": conformed["fps"],
        "seen": seen,
        "observed": page.sources.get("observed"),
        "contact": contact,
        "peak": peak,
        "sequence": chain["path"] if chain else None,
        "sequence_s": _sequence_times(chain, contact) if chain and contact else None,
        "repetitions": form["count"] if form else None,
        "repetitions_are_least": bool(form and form.get("count_is_minimum")),
        "score": score["value"],
        "score_sd": score["sd"] if score["value"] is not None else None,
        "judged": score["judged"] if score["value"] is not None else None,
        "warnings": len(page.warnings),
        "gravest": page.warnings[0] if page.warnings else None,
    }


def _sequence_times(chain: Mapping[str, Any], contact: Mapping[str, Any]) -> dict[str, list[float]]:
    """Return the time of each part whose peak was found, with its bounds, seconds from contact.

    The bounds combine the interval of the peak and that of contact, as independent errors.
    """
    found = {}
    for node in chain["nodes"]:
        time, interval = node["activation_time_s"], node["interval_s"]
        if time is None or interval is None:
            continue
        early = np.hypot(time - interval[0], contact["late_s"] - contact["time_s"])
        late = np.hypot(interval[1] - time, contact["time_s"] - contact["early_s"])
        from_contact = time - contact["time_s"]
        bounds = (from_contact, from_contact - early, from_contact + late)
        found[node["name"]] = [round(float(bound), 4) for bound in bounds]
    return found


def failed(
    row: Mapping[str, Any],
    probed: Mapping[str, Any] | None,
    failures: Sequence[Mapping[str, Any]],
) -> FailedClip:
    """Collect the content of the page of a clip that could not be analysed.

    Parameters
    ----------
    row : mapping
        The clip's row of the sheet.
    probed : mapping or None
        Facts about its raw video; None where even these could not be determined.
    failures : sequence of mapping
        ``stage``, ``cause``, ``remedy`` and ``log`` of the stages that failed.
    """
    known = [{"stage": "probe", "log": None, **probed}] if probed and not probed["usable"] else []
    first = next(iter([*known, *failures]))
    return FailedClip(
        name=row["clip"],
        label=row["label"] or row["clip"],
        activity=row["activity"],
        stage=first["stage"].replace("_", " "),
        cause=first["cause"],
        remedy=first["remedy"],
        log=first["log"],
        athlete=row["athlete"],
        date=row["date"],
    )


def _failure(failure: Mapping[str, Any]) -> str:
    log = f" (log: {failure['log']})" if failure["log"] else ""
    stage = failure["stage"].replace("_", " ")
    return f"the stage {stage} failed: {failure['cause']}; {failure['remedy']}{log}"


def form(found: Mapping[str, Any], *, table: Path, drift: Path, video: Path) -> Form:
    """Collect the report on the repetitions of one clip.

    Parameters
    ----------
    found : mapping
        From :func:`kinepath.form.assess`.
    table, drift, video : path
        Their figures and video.
    """
    score, count = found["set"]["score"], found["count"]
    minimum = "at least " if found.get("count_is_minimum") else ""
    counted = f"{minimum}{count} complete {_plural(count, 'repetition')}"
    counted += f" ({found['by_sheet']})" if found["by_sheet"] else ""
    judged = score["reason"] if score["value"] is None else f"score {score_words(score)}"
    lines = list(found["set"]["sentences"])
    lines += [sentence for entry in found["repetitions"] for sentence in entry["sentences"]]
    lines += [
        f"Repetition {entry['number']}: with other smoothing its verdict on"
        f" {', '.join(_title(found, name) for name in entry['sensitivity']['changed'])} changes."
        for entry in found["repetitions"]
        if entry["sensitivity"]["changed"]
    ]
    lines += [found["note"]] if found["note"] else []
    return Form(
        headline=f"{found['title']}: {counted}; {judged}",
        scored=score["value"] is not None and score["judged"] >= _WELL_JUDGED,
        sentences=tuple(lines),
        repetitions=tuple(_repetition(found, entry) for entry in found["repetitions"]),
        table=table,
        drift=drift,
        video=video,
        warnings=tuple(remarks_of(found)),
    )


def _title(found: Mapping[str, Any], name: str) -> str:
    title = str(found["metrics"][name]["title"])
    return title[:1].lower() + title[1:]


def _repetition(found: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    score = entry["score"]
    return {
        **{name: entry[name] for name in ("number", "complete", "start_s", "end_s", "by_sheet")},
        "score": None if score["value"] is None else score_words(score),
        "verdicts": tuple(
            (found["metrics"][name]["title"], _value(metric), metric["verdict"] or "no range")
            for name, metric in entry["metrics"].items()
        ),
    }


def _value(metric: Mapping[str, Any]) -> str:
    if metric["value"] is None:
        return "–"
    # Decimals down to the second significant digit of the standard deviation.
    sd = metric["sd"]
    worth = abs(metric["value"]) / 100 if sd is None else sd
    decimals = int(np.clip(1 - np.floor(np.log10(max(worth, 1e-9))), 0, 4))
    spread = "" if sd is None else f" ± {sd:.{decimals}f}"
    unit = {"deg": "°", "statures": "BH"}.get(metric["unit"], metric["unit"])
    return f"{metric['value']:.{decimals}f}{spread} {unit}".rstrip()


def versions() -> dict[str, str]:
    """Return the versions of the programs that the results depend on."""
    return {"Python": platform.python_version()} | {name: version(name) for name in _PROGRAMS}


def _video_facts(
    probe: Mapping[str, Any], conformed: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    pace = "variable, on average " if probe["variable_rate"] else ""
    cuts = len(probe["cuts_s"])
    return (
        ("File", Path(probe["file"]).name),
        ("Raw video", f"{probe['width']} × {probe['height']}, {probe['codec']}"),
        ("Raw frame rate", f"{pace}{probe['fps_average']:.2f} Hz"),
        ("Raw duration", f"{probe['duration_s']:.2f} s, {cuts} {_plural(cuts, 'cut')}"),
        ("Analysed", f"{conformed['time_s'][0]:.2f} to {conformed['time_s'][-1]:.2f} s"),
        ("Analysed frames", f"{conformed['frames']} at {conformed['fps']:.2f} Hz"),
    )


def _raw_pace(conformed: Mapping[str, Any]) -> float:
    """Return the seconds of raw video playback per second of the conformed video."""
    raw, shown = conformed["raw_time_s"], conformed["time_s"]
    return (raw[-1] - raw[0]) / (shown[-1] - shown[0]) if len(shown) > 1 else 1.0


def _seen(kinematics: xr.Dataset) -> float:
    """Return the fraction of frames in which any keypoint was seen."""
    confidence = kinematics["confidence"].transpose("time", ...).to_numpy()
    return float(np.mean((confidence > 0).reshape(len(confidence), -1).any(axis=1)))


def _contact(kinematics: xr.Dataset) -> str:
    attrs = kinematics.attrs
    if "contact_s" not in attrs:
        return "no stroke found"
    between = f"between {attrs['contact_early_s']:.2f} and {attrs['contact_late_s']:.2f} s (90 %)"
    return f"{attrs['contact_s']:.2f} s, {between}, {CONTACT_SOURCES[attrs['contact_source']]}"


def _peak(kinematics: xr.Dataset) -> str:
    attrs = kinematics.attrs
    if "peak_time_s" not in attrs:
        return "not found"
    where = "in the image plane at the athlete's distance"
    words = f"{peak_words(attrs)} at {attrs['peak_time_s']:.2f} s, {where}"
    return words if attrs["peak_kind"] == MEASURED else f"{words}: {attrs['peak_reason']}"


def _sources(kinematics: xr.Dataset) -> dict[str, float]:
    if "bat_source" not in kinematics:
        return {}
    shares = source_shares(kinematics["bat_source"].to_numpy())
    return {name: shares[name] for name in ("observed", "interpolated", "pose_proxy", "none")}


def _verdict(chain: Mapping[str, Any] | None) -> str | None:
    if chain is None:
        return None
    if not chain["path"]:
        return "No kinetic chain"
    path = " → ".join(name.replace("_", " ") for name in chain["path"])
    if chain["reaches_hands"]:
        return f"Kinetic chain to the hands, the bat was not seen: {path}"
    return f"Kinetic chain: {path}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} % of the frames"


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
