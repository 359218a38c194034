"""Peaks of speed of simulated clips against the truth, and contact of filmed ones by label."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from bat_clips import ROOT, Clip, Take

from kinepath.align import align
from kinepath.body.anthropometry import standing_pose
from kinepath.camera import steadied
from kinepath.events import analysed_contact, find_events
from kinepath.kinematics import kinematics
from kinepath.kinematics.peak import AT_LEAST, MEASURED, NOT_MEASURABLE
from kinepath.sound import listen
from kinepath.synth import simulate
from kinepath.typing import Array

FOOTAGE = ROOT.parent / "shared" / "clips"
CONTACTS = ROOT / "tests" / "real" / "contacts.tsv"
#: Standard deviations to both sides of a measured peak that are its 95 % interval.
SIDES = 1.96


@dataclass(frozen=True)
class Peak:
    """The peak of speed of a clip as it was told, and the true one; statures/s."""

    kind: str
    value: float
    sd: float
    true: float

    @property
    def error(self) -> float:
        """Relative error of a measured peak; NaN of others."""
        return abs(self.value / self.true - 1) if self.kind == MEASURED else float("nan")

    @property
    def covered(self) -> bool:
        """Whether the truth lies within the interval, or above the bound."""
        if self.kind == MEASURED:
            return abs(self.value - self.true) <= SIDES * self.sd
        return self.kind == NOT_MEASURABLE or self.value <= self.true


def peak_of(clip: Clip, bat: xr.Dataset, take: Take) -> Peak | None:
    """Derive the peak as the workflow does; None where there is no motion."""
    events = find_events(clip.poses, bat)
    plane = align(
        steadied(clip.poses, clip.camera), standing_pose(), bat=steadied(bat, clip.camera)
    )
    told = kinematics(plane, None, clip.poses, events).attrs
    if "peak_kind" not in told:
        return None
    kind = str(told["peak_kind"])
    names = {MEASURED: "peak_speed", AT_LEAST: "peak_speed_at_least"}
    value = float(told[names[kind]]) if kind in names else float("nan")
    part = "hands" if told["peak_of"] == "hands" else "tip"
    return Peak(kind, value, float(told.get("peak_speed_sd", np.nan)), true_peak(take, part))


def true_peak(take: Take, part: str) -> float:
    """Compute the greatest speed in the plane of the image at the athlete's distance, statures/s.

    Of the tip or of the middle of the wrists, as a still camera of the same place and lens sees it.
    """
    still = replace(take, fps=1000.0, pan_deg=0.0, zoom=1.0, shake_px=0.0)
    truth = simulate(still).truth
    if part == "tip":
        track = truth["bat_tip"].values
    else:
        wrists = truth["position"].sel(keypoints=["left_wrist", "right_wrist"])
        track = wrists.mean("keypoints").isel(individuals=0).transpose("time", "space").values
    camera = still.camera()
    stature = take.stature_m * camera.widest_focal / camera.distance
    return float(np.linalg.norm(np.diff(track, axis=0), axis=1).max() * 1000.0 / stature)


def summed(peaks: list[Peak]) -> dict[str, tuple[float | None, str]]:
    errors = [peak.error for peak in peaks if peak.kind == MEASURED]
    bounds = [peak.value / peak.true for peak in peaks if peak.kind == AT_LEAST]
    return {
        "peaks": (float(len(peaks)), "simulated clips with a peak of speed"),
        "peaks_measured": (float(len(errors)), "of them measured"),
        "peaks_at_least": (float(len(bounds)), "of them bounded from below"),
        "peak_error_median": (
            float(np.median(errors)) if errors else None,
            "median relative error of the measured ones, in the image's plane",
        ),
        "peak_bound_median": (
            float(np.median(bounds)) if bounds else None,
            "median of bound over truth",
        ),
        "peak_covered": (
            float(np.mean([peak.covered for peak in peaks])) if peaks else None,
            "truth within the 95 % interval, or above the bound",
        ),
    }


def labelled_contacts() -> Iterator[dict[str, Any]]:
    """Yield clip, window, box and contact of the filmed strokes whose contact was labelled."""
    if not FOOTAGE.is_dir():
        return
    with CONTACTS.open(encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            if (FOOTAGE / f"{row['clip']}.mp4").is_file():
                sides = ("left", "top", "right", "bottom")
                yield {
                    "clip": row["clip"],
                    "window": (float(row["start_s"]), float(row["end_s"])),
                    "box": tuple(int(row[side]) for side in sides),
                    "contact_s": float(row["contact_s"]),
                    "within_s": float(row["within_s"]),
                }


@dataclass(frozen=True)
class Contact:
    """How far from its label a contact is, seconds, how it is known, and whether it is covered."""

    late: float
    source: str
    covered: bool


def contact_of(label: dict[str, Any], clip: Clip, bat: xr.Dataset, time: Array) -> Contact:
    """Find contact as the workflow does; infinitely late where there is no stroke."""
    rate = float(clip.poses.attrs["fps"])
    facts = {"clip": clip.name, "time_s": time, "raw_time_s": time, "fps": rate}
    clicks = listen(FOOTAGE / f"{label['clip']}.mp4", facts)["clicks"]
    poses, followed = (each.assign_coords(time=time) for each in (clip.poses, bat))
    found = analysed_contact(find_events(poses, followed, clicks))
    if found is None:
        return Contact(float("inf"), "no stroke", False)
    late = found["time_s"] - label["contact_s"]
    slack = label["within_s"]
    covered = found["early_s"] - slack <= label["contact_s"] <= found["late_s"] + slack
    print(
        f"{label['clip']:36} contact {1000 * late:+5.0f} ms, by {found['source']},"
        f" interval {found['early_s']:.2f} to {found['late_s']:.2f} s",
        file=sys.stderr,
        flush=True,
    )
    return Contact(late, str(found["source"]), covered)


def summed_contacts(found: list[Contact]) -> dict[str, tuple[float | None, str]]:
    away = np.abs([contact.late for contact in found])
    result: dict[str, tuple[float | None, str]] = {
        "contact_error_ms_median": (
            1000 * float(np.median(away)) if found else None,
            "filmed strokes: median error of contact, ms",
        ),
        "contact_within_40ms": (
            float(np.mean(away <= 0.04)) if found else None,
            f"of {len(found)} filmed strokes, contact within 40 ms",
        ),
        "contact_covered": (
            float(np.mean([contact.covered for contact in found])) if found else None,
            "contact within its 90 % interval",
        ),
    }
    for source in ("sound", "motion"):
        own = np.abs([contact.late for contact in found if contact.source == source])
        words = f"of the {own.size} known by {source}, median error, ms"
        median = 1000 * float(np.median(own)) if own.size else None
        result[f"contact_error_ms_median_{source}"] = median, words
    return result
