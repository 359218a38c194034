"""From the results of a run to the words of the page."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from kinepath.bat import source_shares
from kinepath.composite import playback_time
from kinepath.events import CONTACT_SOURCES
from kinepath.form.score import score_words
from kinepath.kinematics.peak import MEASURED, peak_words
from kinepath.remarks import joined, remarks_of
from kinepath.site import Activity, Clip, FailedClip, Form

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
) -> Clip:
    """Put together what the page says of one clip.

    Parameters
    ----------
    row : mapping
        The clip's row of the sheet.
    probe, conformed : mapping
        Facts about the raw and about the conformed video.
    kinematics : xarray.Dataset
        Its attributes say when the bat was fastest, where it was.
    chain : mapping or None
        The kinetic chain; None where the activity has no bat.
    videos : mapping of str to path
        Videos by kind.
    figures : mapping of str to path
        Pictures by what they show.
    form : Form, optional
        What is told of the repetitions of an exercise.
    failures : sequence of mapping
        ``stage``, ``cause``, ``remedy`` and ``log`` of the stages that failed.
    """
    contact = kinematics.attrs.get("contact_s")
    event = None
    if contact is not None:
        event = playback_time(conformed["time_s"], contact, conformed["fps"])
    facts = [*_video_facts(probe, conformed), ("Athlete seen in", _percent(_seen(kinematics)))]
    if "bat_source" in kinematics:
        facts.append(("Contact", _contact(kinematics)))
        moving = kinematics.attrs.get("peak_of", kinematics.attrs.get("implement", "bat"))
        facts.append((f"Peak speed of the {moving}", _peak(kinematics)))
    notes = joined(
        map(_failure, failures),
        remarks_of(probe),
        remarks_of(kinematics.attrs),
        remarks_of(chain or {}),
        form.warnings if form else (),
    )
    return Clip(
        name=row["clip"],
        label=row["label"] or row["clip"],
        activity=row["activity"],
        athlete=row["athlete"],
        videos=videos,
        fps=conformed["fps"],
        event_s=event,
        facts=tuple(facts),
        warnings=tuple(notes),
        bat_sources=_bat_sources(kinematics),
        verdict=_verdict(chain),
        found=bool(chain and chain["path"]),
        short=bool(chain and chain["reaches_hands"]),
        reason=chain["reason"] if chain else None,
        figures=figures,
        form=form,
    )


def failed(
    row: Mapping[str, Any],
    probed: Mapping[str, Any] | None,
    failures: Sequence[Mapping[str, Any]],
) -> FailedClip:
    """Put together what the page says of a clip that could not be analysed.

    Parameters
    ----------
    row : mapping
        The clip's row of the sheet.
    probed : mapping or None
        Facts about its raw video; None where even those could not be found.
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
    )


def _failure(failure: Mapping[str, Any]) -> str:
    log = f" (log: {failure['log']})" if failure["log"] else ""
    stage = failure["stage"].replace("_", " ")
    return f"the stage {stage} failed: {failure['cause']}; {failure['remedy']}{log}"


def form(found: Mapping[str, Any], *, table: Path, drift: Path, video: Path) -> Form:
    """Put together what the page says of the repetitions of one clip.

    Parameters
    ----------
    found : mapping
        From :func:`kinepath.form.assess`.
    table, drift, video : path
        Pictures and video of them.
    """
    score, count = found["set"]["score"], found["count"]
    minimum = "at least " if found.get("count_is_minimum") else ""
    counted = f"{minimum}{count} complete {_plural(count, 'repetition')}"
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
        scored=score["value"] is not None,
        sentences=tuple(lines),
        table=table,
        drift=drift,
        video=video,
        warnings=tuple(remarks_of(found)),
    )


def _title(found: Mapping[str, Any], name: str) -> str:
    title = str(found["metrics"][name]["title"])
    return title[:1].lower() + title[1:]


def overview(activities: Sequence[Activity], seconds: float) -> tuple[tuple[str, str], ...]:
    """Count what was analysed; ``seconds`` is the length of all conformed videos together."""
    clips = [clip for activity in activities for clip in activity.clips]
    athletes = {clip.athlete for clip in clips if clip.athlete}
    judged = [clip for clip in clips if clip.verdict]
    counts = [(_plural(len(clips), "clip"), str(len(clips)))]
    if athletes:
        counts.append((_plural(len(athletes), "athlete"), str(len(athletes))))
    counts.append(("analysed", f"{seconds / 60:.1f} min" if seconds >= 120 else f"{seconds:.1f} s"))
    swung = [clip for clip in clips if clip.bat_sources]
    if swung:
        strokes = sum(clip.event_s is not None for clip in swung)
        counts.append(("strokes found", f"{strokes} of {len(swung)}"))
    if judged:
        found, hands = (sum(getattr(clip, name) for clip in judged) for name in ("found", "short"))
        only = f" ({hands} to the hands only)" if hands else ""
        counts.append(("kinetic chains found", f"{found} of {len(judged)}{only}"))
    return tuple(counts)


def versions() -> dict[str, str]:
    """Give the versions of the programs that the results depend on."""
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


def _seen(kinematics: xr.Dataset) -> float:
    """Give the share of frames in which any keypoint was seen."""
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
    where = "in the picture's plane at the athlete's distance"
    words = f"{peak_words(attrs)} at {attrs['peak_time_s']:.2f} s, {where}"
    return words if attrs["peak_kind"] == MEASURED else f"{words}: {attrs['peak_reason']}"


def _bat_sources(kinematics: xr.Dataset) -> dict[str, float]:
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
