"""How near the tracked bat is to the truth, on simulated clips and on tips labelled by hand.

    python benchmarks/bat.py --json

The keypoints are the pose model's, not the truth's; of small athletes it sees the part of the
picture around them, enlarged. Every frame counts, also where the tip is only inferred from the pose
or missing.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import xarray as xr
from bat_clips import (
    CACHE,
    CONFIG,
    MODEL,
    ROOT,
    Clip,
    camera_of,
    clips,
    facts_of,
    keypoints,
    takes,
)
from bat_peaks import (
    FOOTAGE,
    Contact,
    Peak,
    contact_of,
    labelled_contacts,
    peak_of,
    summed,
    summed_contacts,
)
from numpy.typing import NDArray
from report import Results
from report import main as report

from kinepath.bat import SOURCES, pixels_per_metre
from kinepath.bat.tracking import track
from kinepath.clean import clean
from kinepath.io import sequence
from kinepath.io.video import Image, read_frames, video_writer
from kinepath.pose.subject.selection import SubjectError
from kinepath.typing import Array

COUNTS = {"easy": 10, "hard": 12, "degraded": 12, "others": 9, "rates": 18}
QUICK = {"easy": 1, "hard": 1, "degraded": 1, "others": 1, "rates": 0}
LABELS = ROOT / "tests" / "real" / "bat_tips.tsv"
#: Shoulder joints' distance over stature, of the simulated body.
SHOULDERS = 0.2
#: Of each labelled clip: first and last second, and the box around the batter then (left, top,
#: right, bottom), by eye: what a user writes into the sheet.
REAL: dict[str, tuple[float, float, tuple[int, int, int, int]]] = {
    "cricket_ref/imran_khan_cover_drive": (4.8, 6.5, (272, 90, 320, 172)),
    "cricket_ref/imran_khan_down_the_ground": (4.2, 5.9, (354, 60, 400, 148)),
    "cricket_ref/imran_khan_hook_1": (9.6, 11.1, (322, 106, 378, 190)),
    "cricket_ref/imran_khan_hook_2": (9.4, 11.1, (276, 90, 330, 180)),
    "cricket_ref/imran_khan_inside_edge": (11.4, 13.1, (348, 66, 400, 150)),
    "cricket_ref/imran_khan_off_drive_50": (2.8, 4.5, (298, 186, 382, 312)),
    "cricket_ref/imran_khan_square_drive": (7.7, 9.3, (326, 76, 370, 148)),
    "cricket_net/ccs_leg4": (0.0, 3.2, (560, 85, 745, 640)),
    "cricket_net/ccs_leg6": (0.0, 3.4, (590, 80, 745, 640)),
    "cricket_net/ccs_scoop11": (0.0, 3.0, (515, 220, 705, 600)),
    "cricket_net/ccs_cut2": (1.0, 4.0, (480, 165, 665, 640)),
    "cricket_net/ccs_cut1": (1.0, 2.9, (410, 160, 630, 675)),
    "cricket_tv/ccs_pull2": (1.28, 2.3, (590, 105, 665, 260)),
    "cricket_tv/ccs_scoop5": (0.08, 1.8, (555, 2, 622, 160)),
}


def tracked(clip: Clip) -> tuple[xr.Dataset, float]:
    """Track the bat; give also the milliseconds per frame."""
    implement = CONFIG["implements"][clip.implement]
    settings = {**CONFIG["bat"], **implement, "handed": clip.truth.attrs.get("handed")}
    start = time.process_time()
    bat = track(
        lambda: (f.image for f in read_frames(clip.video)), clip.poses, clip.camera, settings
    )
    return bat, 1000 * (time.process_time() - start) / bat.sizes["time"]


def reference_tips(images: Iterable[Image], poses: xr.Dataset) -> Array:
    """Track as the reference implementation does: one Hough line, then optical flow of its end.

    In the first frame in which the wrists are seen the longest straight edge with one end near them
    is taken for the bat and its far end for the tip, which pyramidal Lucas-Kanade flow follows.
    """
    wrists = poses["position"].sel(keypoints=["left_wrist", "right_wrist"]).mean("keypoints")
    hands = wrists.isel(individuals=0).transpose("time", "space").values
    height = float(np.nanmedian(np.ptp(poses["position"].sel(space="y").values[..., 0], axis=1)))
    tips = np.full((len(hands), 2), np.nan)
    before: Image | None = None
    tip: NDArray[np.float32] | None = None
    for k, image in enumerate(images):
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        if tip is None and np.isfinite(hands[k]).all():
            tip = _hough_tip(grey, hands[k], height)
        elif tip is not None and before is not None:
            tip, _, _ = cv2.calcOpticalFlowPyrLK(before, grey, tip, None)
        if tip is not None:
            tips[k] = tip.ravel()
        before = grey
    return tips


def _hough_tip(grey: Image, hands: Array, height: float) -> NDArray[np.float32] | None:
    edges = cv2.Canny(grey, 50, 150)
    lines = cv2.HoughLinesP(edges, 1, np.pi / 180, 30, None, 0.15 * height, 0.03 * height)
    best, longest = None, 0.0
    for x0, y0, x1, y1 in [] if lines is None else lines.reshape(-1, 4):
        ends = np.array([[x0, y0], [x1, y1]], dtype=np.float64)
        away = np.linalg.norm(ends - hands, axis=1)
        length = float(np.linalg.norm(ends[1] - ends[0]))
        if away.min() < 0.2 * height and length > longest:
            best, longest = ends[away.argmax()], length
    return None if best is None else best.astype(np.float32).reshape(1, 1, 2)


def simulated(quick: bool) -> tuple[dict[str, list[Array]], list[Array], list[Peak]]:
    """Return errors (shoulder widths) by kind; error, confidence, source and time of every frame.

    And the peaks of speed.

    The frames are those with a cricket bat; what else is swung is a kind of its own.
    """
    errors: dict[str, list[Array]] = {}
    frames: list[Array] = []
    peaks: list[Peak] = []
    counts = QUICK if quick else COUNTS
    wanted = {name: t for kind, n in counts.items() for name, t in takes(kind, n).items()}
    for clip in clips(counts):
        bat, spent = tracked(clip)
        if (peak := peak_of(clip, bat, wanted[clip.name])) is not None:
            peaks.append(peak)
            told = "" if np.isnan(peak.value) else f" {peak.value:.1f}"
            print(
                f"{clip.name:36} peak {peak.kind}{told}, true {peak.true:.1f} statures/s,"
                f" {'' if peak.covered else 'not '}covered",
                file=sys.stderr,
            )
        tip = clip.truth["bat_tip"].values
        away = np.linalg.norm(bat["tip"].values - tip, axis=1) / clip.shoulder_width
        error = np.where(np.isnan(away), np.inf, away)
        errors.setdefault(clip.kind, []).append(error)
        columns = [error, bat["confidence"].values, bat["source"].values, np.full(len(tip), spent)]
        if clip.kind not in ("others", "rates"):
            frames.append(np.column_stack(columns))
        images = (f.image for f in read_frames(clip.video))
        theirs = np.linalg.norm(reference_tips(images, clip.poses) - tip, axis=1)
        theirs = np.nan_to_num(theirs / clip.shoulder_width, nan=np.inf)
        errors.setdefault(f"{clip.kind}, reference", []).append(theirs)
        print(
            f"{clip.name:36} {within(error, 0.25):6.3f} {within(error, 0.5):6.3f}"
            f" {np.median(error):7.3f} observed {np.mean(bat['source'].values == 1):.2f}"
            f" {spent:6.1f} ms | reference {within(theirs, 0.25):.3f} {within(theirs, 0.5):.3f}",
            file=sys.stderr,
            flush=True,
        )
    return errors, frames, peaks


def within(error: Array, limit: float) -> float:
    return float(np.mean(error < limit))


def labelled() -> Iterator[tuple[str, Array]]:
    """Yield the clips with labels, and time, x, y of each label."""
    if not FOOTAGE.is_dir():
        return
    with LABELS.open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    for name in REAL:
        mine = [[float(r[c]) for c in ("time_s", "x", "y")] for r in rows if r["clip"] == name]
        if mine and (FOOTAGE / f"{name}.mp4").is_file():
            yield name, np.array(mine)


def filmed(name: str, window: tuple[float, float], box: Sequence[int]) -> tuple[Clip, Array]:
    """Return a real clip with the pose model's keypoints, looked for in the box given by hand.

    And when its frames are shown in the raw video, seconds.
    """
    first, last = window
    frames = [f for f in read_frames(FOOTAGE / f"{name}.mp4") if first <= f.time <= last]
    instants = np.array([frame.time for frame in frames])
    height, width = (size - size % 2 for size in frames[0].image.shape[:2])
    fps = 1.0 / float(np.median(np.diff(instants)))
    CACHE.mkdir(parents=True, exist_ok=True)
    video = CACHE / f"{name.replace('/', '_')}_{first:g}_{last:g}.mp4"
    with video_writer(video, width, height, fps, crf=12) as writer:
        for frame in frames:
            writer.write(frame.image[:height, :width])
    target = video.with_suffix(".keypoints.h5")
    facts = facts_of(name.replace("/", "_"), (width, height), fps, instants)
    keypoints(video, facts, box, target)
    poses = sequence.read(target, "poses")
    cleaned = clean(poses, CONFIG["clean"])
    camera = camera_of(video, poses)
    return Clip(name, "real", "cricket_bat", video, xr.Dataset(), cleaned, camera), instants


@cache
def followed(
    name: str, window: tuple[float, float], box: tuple[int, ...]
) -> tuple[Clip, xr.Dataset, Array]:
    """Return a real clip, its bat, and the times of its frames; once for tips and contact."""
    clip, instants = filmed(name, window, box)
    return clip, tracked(clip)[0], instants


def contacts(quick: bool) -> list[Contact]:
    """Return how near contact is to its label in the filmed strokes."""
    found = []
    for label in list(labelled_contacts())[:: 15 if quick else 1]:
        try:
            clip, bat, instants = followed(label["clip"], label["window"], label["box"])
        except SubjectError as error:
            print(f"{label['clip']:36} {error}", file=sys.stderr)
            found.append(Contact(float("inf"), "no athlete", False))
            continue
        found.append(contact_of(label, clip, bat, instants))
    return found


def real(quick: bool) -> tuple[Array, Array, Array, Array]:
    """Return errors (shoulder widths), sources, confidences and half of the clips, by label."""
    errors, sources, sure, half = [], [], [], []
    for number, (name, labels) in enumerate(list(labelled())[:: 5 if quick else 1]):
        first, last, box = REAL[name]
        clip, bat, _ = followed(name, (first, last), box)
        width = SHOULDERS * CONFIG["bat"]["stature_m"]
        width *= pixels_per_metre(clip.poses, CONFIG["bat"]["stature_m"])
        frame = np.abs(bat["time"].values[None] - labels[:, :1]).argmin(axis=1)
        away = np.linalg.norm(bat["tip"].values[frame] - labels[:, 1:], axis=1) / width
        away = np.nan_to_num(away, nan=np.inf)
        errors.append(away)
        sources.append(bat["source"].values[frame])
        sure.append(bat["confidence"].values[frame])
        half.append(np.full(len(labels), number % 2))
        print(
            f"{name:42} {len(labels):3} labels, within 0.25 {within(away, 0.25):.2f},"
            f" 0.5 {within(away, 0.5):.2f}, median {np.median(away):.2f}, observed"
            f" {np.mean(sources[-1] == 1):.2f}",
            file=sys.stderr,
            flush=True,
        )
    if not errors:
        return np.empty(0), np.empty(0), np.empty(0), np.empty(0)
    return tuple(map(np.concatenate, (errors, sources, sure, half)))


def measure(quick: bool) -> Results:
    if not MODEL.is_file():
        raise SystemExit(f"snakemake {MODEL.relative_to(Path.cwd())} first")
    errors, frames, peaks = simulated(quick)
    every = np.concatenate(frames)
    results: dict[str, tuple[float | None, str]] = {}
    for kind in [kind for kind in QUICK if kind in errors]:
        ours = np.concatenate(errors[kind])
        theirs = np.concatenate(errors[f"{kind}, reference"])
        for limit, name in ((0.25, "025"), (0.5, "050")):
            words = f"{kind}: share of frames within {limit} shoulder widths"
            results[f"{kind}_{name}"] = within(ours, limit), words
            key = f"reference_method_{kind}_{name}"
            results[key] = within(theirs, limit), f"{words}, Hough and optical flow"
        results[f"{kind}_median_sw"] = float(np.median(ours)), f"{kind}: median error"
    seen = every[:, 2] == SOURCES["observed"]
    results["observed_share"] = float(seen.mean()), "share of frames observed"
    results["observed_025"] = within(every[seen, 0], 0.25), "of those, within 0.25"
    results["observed_050"] = within(every[seen, 0], 0.5), "of those, within 0.5"
    followed = every[:, 2] == SOURCES["interpolated"]
    if followed.any():
        results["interpolated_050"] = within(every[followed, 0], 0.5), "interpolated, within 0.5"
    tracked_frames = seen | followed
    for low in (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95):
        high = {0.8: 0.9, 0.9: 0.95, 0.95: 1.01}.get(low, low + 0.2)
        inside = tracked_frames & (every[:, 1] >= low) & (every[:, 1] < high)
        if inside.any():
            words = f"within 0.25 where the confidence is {low} to {min(high, 1.0):.2g}"
            results[f"right_at_{low}"] = within(every[inside, 0], 0.25), words
    results["ms_per_frame"] = float(every[:, 3].mean()), "processor time of the tracker"
    results |= summed(peaks) | summed_contacts(contacts(quick))
    away, sources, sure, half = real(quick)
    nothing = away.size == 0
    results["real_labels"] = float(away.size), "tips labelled by hand that were compared"
    results["real_median_sw"] = None if nothing else float(np.median(away)), "real: median error"
    for limit, name in ((0.25, "025"), (0.5, "050")):
        words = f"real: share of labels within {limit}"
        results[f"real_{name}"] = None if nothing else within(away, limit), words
    right = sources == SOURCES["observed"]
    results["real_observed_050"] = (
        within(away[right], 0.5) if right.any() else None,
        f"real: of the {int(right.sum())} observed ones, within 0.5",
    )
    results["real_observed_025"] = (
        within(away[right], 0.25) if right.any() else None,
        "real: of the observed ones, within 0.25",
    )
    for percent in (90, 95):
        surest = right & (sure >= percent / 100)
        results[f"real_conf{percent}_right"] = (
            within(away[surest], 0.25) if surest.any() else None,
            f"real: of the {int(surest.sum())} with a confidence from 0.{percent}, within 0.25",
        )
    for number in (0, 1):
        those = right & (half == number)
        if those.any():
            clips = f"real, {'every other clip' if number else 'the other half of the clips'}"
            results[f"real_half{number}_right"] = within(away[those], 0.25), f"{clips}: observed"
            results[f"real_half{number}_confidence"] = float(sure[those].mean()), "what was meant"
    return results


if __name__ == "__main__":
    report("The bat against the truth", measure)
