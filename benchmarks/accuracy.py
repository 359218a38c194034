"""How near cleaned keypoints, angles and speeds are to the truth.

Simulated: true keypoints of swings degraded as pose models do it, and clips whose pictures the pose
model saw. Filmed, where they are at hand: a person with truth from many cameras, and batsmen on
television whose hands were labelled by eye.
The pose model must be there (``snakemake resources/models/pose_landmarker_full.task``).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from bat_clips import CONFIG, ROOT, facts_of, keypoints

from kinepath.body.skeleton import BODY_JOINTS
from kinepath.body.stature import stature_in_picture
from kinepath.clean import clean
from kinepath.io import sequence
from kinepath.io.video import read_frames, video_writer
from kinepath.kinematics import JOINT_ANGLES, derivative, joint_angle, kinematics
from kinepath.kinematics.peak import LEAST_PEAK_FRAMES, peak_width
from kinepath.synth import SHOTS, Scenario, simulate, write_clip
from kinepath.synth.noise import Noise, degrade
from kinepath.typing import Array

FOOTAGE = ROOT.parent / "shared" / "clips"
POSE_GT = FOOTAGE / "pose_gt"
HANDS = ROOT.parent / "shared" / "labels" / "hands_cricket_ref.tsv"
#: How far a wrist may be from the hand, share of the athlete's height in the image.
HAND = 0.13
#: Around the athlete at the first label: left, top, right, bottom, pixels.
BOXES = {
    "cover_drive": (252, 78, 340, 184),
    "down_the_ground": (376, 62, 422, 130),
    "hook_1": (300, 93, 400, 203),
    "off_drive_50": (264, 167, 416, 331),
}
SETTINGS = CONFIG["clean"]
#: Angles of which the file itself says less are left out of a second figure, degrees.
SURE_DEG = 30.0
FRAME_RATES = (25, 30, 60, 120)
NOTHING = {"min_confidence": 0.0, "swap_penalty": 0, "outlier_s": 0, "max_gap_s": 0}
SMOOTHINGS: dict[str, dict[str, Any]] = {
    "not cleaned": {**NOTHING, "smoothing": "none"},
    "cleaned, not smoothed": {"smoothing": "none"},
    **{
        f"Savitzky-Golay {seconds} s, order {order}": {
            "smoothing": "savitzky_golay",
            "smoothing_window_s": seconds,
            "smoothing_order": order,
        }
        for seconds, order in ((0.1, 2), (0.15, 2), (0.2, 2), (0.2, 4))
    },
    **{
        f"Butterworth {hertz} Hz": {"smoothing": "butterworth", "smoothing_cutoff_hz": hertz}
        for hertz in (6.0, 8.0, 10.0, 12.0)
    },
}


def angles(position: xr.DataArray) -> Array:
    where = position.isel(individuals=0).transpose("time", "keypoints", "space")
    points = [[where.sel(keypoints=name).values for name in n] for n in JOINT_ANGLES.values()]
    return np.stack([joint_angle(*three) for three in points], axis=1)


def hand_speed(poses: xr.Dataset) -> Array:
    wrists = poses["position"].isel(individuals=0).sel(keypoints=["left_wrist", "right_wrist"])
    middle = wrists.mean("keypoints", skipna=False).transpose("time", "space").values
    return np.asarray(np.linalg.norm(derivative(middle, poses["time"].values), axis=1))


def stature(poses: xr.Dataset) -> float:
    names = [str(name) for name in poses["keypoints"].values]
    return stature_in_picture(poses["position"].values[..., 0], names)


class Track:
    """A simulated swing: truth, what a pose model might see, and its speed peak."""

    def __init__(self, number: int, shot: str, fps: float) -> None:
        scenario: dict[str, Any] = {
            "shot": shot,
            "seed": number,
            "handed": ("left", "right")[number % 2],
            "pan_deg": (-2.0, 0.0, 3.0)[number % 3],
            "zoom": (1.0, 1.1)[number // 2 % 2],
            "swing_width_s": (0.03, 0.05)[number // 3 % 2],
            "shake_px": 0.0,
        }
        self.fps = fps
        self.truth = simulate(Scenario(fps=fps, **scenario)).truth
        self.stature = stature(self.truth)
        fine = simulate(Scenario(fps=1000, **scenario)).truth
        speed = hand_speed(fine)
        self.peak_time = float(fine["time"].values[speed.argmax()])
        self.peak_speed = float(speed.max())
        self.seed = number

    def measure(self, settings: Mapping[str, Any], noise: Noise) -> dict[str, float]:
        """Degrade the truth, clean it, and compare."""
        seen = degrade(self.truth, self.stature, noise, self.seed)
        cleaned = clean(seen, settings)
        ours = in_statures(cleaned, self.stature)
        told = kinematics(ours, None, ours)
        error = told["joint_angle"].values - angles(self.truth["position"])
        sure = told["joint_angle_sd"].values < SURE_DEG
        speed, time = hand_speed(cleaned), cleaned["time"].values
        near = np.where(np.abs(time - self.peak_time) < 0.12, speed, np.nan)
        known = np.isfinite(near).any()
        best = int(np.nanargmax(near)) if known else 0
        return {
            "square": float(np.nanmean(error**2)),
            "sure_square": float(np.nanmean(error[sure] ** 2)),
            "sure": float(sure.sum() / np.isfinite(error).sum()),
            "kept": float(near[best] / self.peak_speed) if known else np.nan,
            "late_ms": 1000 * float(time[best] - self.peak_time) if known else np.nan,
            "frames": peak_width(speed, best) if known else 0.0,
            "missing": float(np.isnan(error).mean()),
        }


def tracks(quick: bool) -> list[Track]:
    shots = list(SHOTS)
    count = len(shots) if not quick else 3
    chosen = [(fps, shot) for fps in FRAME_RATES for shot in shots[:count]]
    return [Track(number, shot, fps) for number, (fps, shot) in enumerate(chosen)]


def noise_part(quick: bool) -> dict[str, Any]:
    swings = tracks(quick)
    clean_truth = Noise(0.0, 0.0, 1.0, outlier_rate=0.0, swap_rate=0.0, dropout_rate=0.0)
    say(f"\n{len(swings)} simulated swings, true keypoints degraded (kinepath.synth.noise.Noise)")
    say("hands' speed peak: median kept (worst), timing error; per frame rate\n")
    say(f"{'':32}{'angles':>8}" + "".join(f"{f'{fps} fps':>24}" for fps in FRAME_RATES))
    result: dict[str, Any] = {}
    default: list[dict[str, float]] = []
    rows: dict[str, dict[str, Any]] = {"default settings": {}} | ({} if quick else SMOOTHINGS)
    for name, changed in {**rows, "default, without noise": {}}.items():
        noise = clean_truth if "without noise" in name else Noise()
        found = [swing.measure({**SETTINGS, **changed}, noise) for swing in swings]
        rates = [by_rate(swings, found, fps) for fps in FRAME_RATES]
        angle = rms(found)
        cells = "".join(
            f"{r['angle']:5.1f}° {r['kept']:4.2f} ({r['worst']:4.2f}){r['late']:4.0f} ms"
            for r in rates
        )
        say(f"{name:32}{angle:7.2f}°{cells}")
        if name == "default settings":
            default = found
            result["angle_rmse_deg"] = angle
            for fps, rate in zip(FRAME_RATES, rates, strict=True):
                result[f"angle_rmse_deg_{fps}"] = rate["angle"]
                result[f"peak_kept_{fps}"] = rate["kept"]
                result[f"peak_kept_worst_{fps}"] = rate["worst"]
                result[f"peak_timing_ms_{fps}"] = rate["late"]
            result["angle_rmse_deg_sure"] = float(
                np.sqrt(np.mean([f["sure_square"] for f in found]))
            )
            result["angles_sure_share"] = float(np.mean([f["sure"] for f in found]))
            result["angles_missing_share"] = float(np.mean([f["missing"] for f in found]))
        if name == "not cleaned":
            result["angle_rmse_deg_not_cleaned"] = angle
    say(
        f"\nthe {result['angles_sure_share']:.0%} of angles whose own standard deviation is below"
        f" {SURE_DEG:.0f}°: {result['angle_rmse_deg_sure']:.2f}°"
    )
    resolved = np.array([f["frames"] >= LEAST_PEAK_FRAMES for f in default])
    kept = np.array([f["kept"] for f in default])
    result["peaks_resolved_share"] = float(resolved.mean())
    result["peak_kept_where_resolved"] = float(np.median(kept[resolved]))
    result["peaks_below_90_unflagged"] = int((resolved & (kept < 0.9)).sum())
    result["peaks_below_90_flagged"] = int((~resolved & ~(kept >= 0.9)).sum())
    result["peaks_above_90_flagged"] = int((~resolved & (kept >= 0.9)).sum())
    result["tracks"] = len(swings)
    say(
        f"\npeaks under 90 %: {result['peaks_below_90_flagged']} flagged as not resolved,"
        f" {result['peaks_below_90_unflagged']} not; {result['peaks_above_90_flagged']} flagged"
        " though above"
    )
    say("\nangle error by the size of the slow error (coordinate, share of stature)")
    for slow in (0.0, 0.004, 0.01, 0.02):
        found = [swing.measure(SETTINGS, Noise(slow=slow)) for swing in swings]
        result[f"angle_rmse_deg_slow_{slow}"] = rms(found)
        say(f"{100 * slow:6.1f} %{rms(found):8.2f}°")
    return result


def by_rate(swings: list[Track], found: list[dict[str, float]], fps: float) -> dict[str, float]:
    own = [f for swing, f in zip(swings, found, strict=True) if swing.fps == fps]
    kept = [f["kept"] for f in own if np.isfinite(f["kept"])]
    late = [abs(f["late_ms"]) for f in own if np.isfinite(f["late_ms"])]
    return {
        "angle": rms(own),
        "kept": float(np.median(kept)),
        "worst": float(min(kept)),
        "late": float(np.median(late)),
    }


def rms(found: list[dict[str, float]]) -> float:
    return float(np.sqrt(np.mean([f["square"] for f in found])))


def seen_by_the_model(
    video: Path, box: Sequence[float] | None = None, *, implement: bool = True
) -> xr.Dataset:
    """Return the keypoints as the workflow finds them, before they are cleaned."""
    with tempfile.TemporaryDirectory() as folder:
        frames = list(read_frames(video))
        height, width = frames[0].image.shape[:2]
        time = np.array([frame.time for frame in frames])
        fps = (len(time) - 1) / (time[-1] - time[0])
        target = Path(folder) / "keypoints.h5"
        facts = facts_of(video.stem, (width, height), fps, time)
        keypoints(video, facts, box, target, implement=implement)
        return sequence.read(target, "poses")


def rendered(quick: bool) -> Iterator[tuple[str, xr.Dataset, xr.Dataset]]:
    """Yield name, truth and seen keypoints of the rendered clips."""
    made = sorted((ROOT / "resources" / "clips" / "simulated").glob("*.mp4"))
    for video in made[:2] if quick else made:
        truth = sequence.read(video.with_suffix(".truth.h5"), "truth")
        yield video.stem, truth, seen_by_the_model(video)
    if quick and made:
        return
    harder = (("hook", 25, "left"), ("cover_drive", 30, "right"), ("square_drive", 60, "left"))
    for number, (shot, fps, handed) in enumerate((*harder, ("off_drive", 120, "right"))):
        scenario = Scenario(
            shot, fps=fps, handed=handed, seed=50 + number, shutter=0.8, grain=6.0, pan_deg=3.0
        )
        with tempfile.TemporaryDirectory() as folder:
            video = Path(folder) / f"{shot}_{fps}.mp4"
            write_clip(scenario, video, video.with_suffix(".h5"))
            yield (
                video.stem,
                sequence.read(video.with_suffix(".h5"), "truth"),
                seen_by_the_model(video),
            )


def rendered_part(quick: bool) -> dict[str, Any]:
    say("\nrendered clips through the pose model and the cleaning\n")
    say(f"{'':20}{'keypoints (sw)':>16}{'angles':>9}{'peak kept':>11}{'not human-shaped':>19}")
    joints = list(BODY_JOINTS)
    errors, squares, scores, kept = [], [], [], []
    for name, truth, seen in rendered(quick):
        cleaned = clean(seen, SETTINGS)
        size = stature(truth)
        gap = (cleaned["position"] - truth["position"]).sel(keypoints=joints).isel(individuals=0)
        shoulders = truth["position_3d"].sel(keypoints=["left_shoulder", "right_shoulder"])
        metres = float(np.linalg.norm(shoulders.diff("keypoints").values, axis=1).mean())
        width = metres * size / float(truth.attrs["stature_m"])
        error = np.linalg.norm(gap.transpose("time", "keypoints", "space").values, axis=2) / width
        ours, true = in_statures(cleaned, size), in_statures(truth, size)
        told = kinematics(ours, None, ours)
        angle = told["joint_angle"].values - kinematics(true)["joint_angle"].values
        # The fastest that is known of; of hands that are never seen there is nothing.
        fastest = [np.fmax.reduce(hand_speed(poses)) for poses in (cleaned, truth)]
        ratio = float(fastest[0] / fastest[1])
        errors.append(error.ravel())
        squares.append(float(np.nanmean(angle**2)))
        scores.append((angle / told["joint_angle_sd"].values).ravel())
        kept.append(ratio)
        shape = json.loads(cleaned.attrs["body_check"])["verdict"]
        say(
            f"{name:20}{np.nanmedian(error):16.3f}{np.sqrt(squares[-1]):8.1f}°{ratio:11.2f}"
            f"   {'' if 'human-shaped' in shape else shape}"
        )
    score = np.concatenate(scores)
    score = score[np.isfinite(score)]
    result = {
        "keypoint_error_sw": float(np.nanmedian(np.concatenate(errors))),
        "angle_rmse_rendered_deg": float(np.sqrt(np.mean(squares))),
        "angle_within_two_sd": float((np.abs(score) < 2).mean()),
        "peak_kept_rendered": float(np.nanmedian(kept)),
        "peaks_rendered": int(np.isfinite(kept).sum()),
        "rendered": len(kept),
    }
    say(f"\nangles within two of their standard deviations: {result['angle_within_two_sd']:.0%}")
    return result


def in_statures(poses: xr.Dataset, size: float) -> xr.Dataset:
    own = [name for name in poses.data_vars if not str(name).startswith("bat_")]
    scaled = poses[own].assign_attrs(scale=size)
    scaled["position"] = poses["position"] / size
    return scaled


def filmed_part() -> dict[str, Any]:
    """Measure a filmed person of whom both views have truth, before and after cleaning."""
    result: dict[str, Any] = {}
    for camera in ("02", "03"):
        video = POSE_GT / f"pose2sim_single_cam{camera}.mp4"
        if not video.is_file():
            say(f"\nno filmed clip {video.stem} here")
            result[f"cam{camera}_after_clean_pct"] = None
            continue
        seen = seen_by_the_model(video, implement=False)
        cleaned = clean(seen, SETTINGS)
        truth = markers(video, seen.sizes["time"])
        before, after = (filmed_errors(poses, truth) for poses in (seen, cleaned))
        say(f"\nfilmed clip {video.stem}, median error as % of body height, seen and cleaned\n")
        for name, error in after.items():
            say(f"{name:20}{np.nanmedian(before[name]):8.1f} %{np.nanmedian(error):8.1f} %")
        for label, errors in (("before", before), ("after", after)):
            median = float(np.nanmedian(np.concatenate(list(errors.values()))))
            result[f"cam{camera}_{label}_clean_pct"] = median
            kept = np.mean(np.isfinite(np.stack([errors[f"{s}_wrist"] for s in ("left", "right")])))
            say(f"{label + ' cleaning':20}{median:8.1f} %   wrists known in {kept:.0%} of frames")
        late = result[f"cam{camera}_lag_ms"] = lag_of(cleaned, truth)
        say(f"{'':20}the keypoints come {late:.0f} ms late")
    return result


def lag_of(poses: xr.Dataset, truth: Mapping[str, Array]) -> float:
    """Return by how much the keypoints come late, to the frame, milliseconds."""

    def off(lag: int) -> float:
        earlier = poses.assign(position=poses["position"].shift(time=-lag))
        return float(np.nanmedian(list(filmed_errors(earlier, truth).values())))

    return 1000 * min(range(-6, 7), key=off) / float(poses.attrs["fps"])


def markers(video: Path, frames: int) -> dict[str, Array]:
    """Read where the markers are in each frame (time, 2), pixels."""
    truth: dict[str, Array] = {}
    with (POSE_GT / f"{video.stem}_gt2d_reprojected.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            track = truth.setdefault(row["marker"], np.full((frames, 2), np.nan))
            track[int(row["frame"])] = float(row["x_px"]), float(row["y_px"])
    return truth


def filmed_errors(poses: xr.Dataset, truth: Mapping[str, Array]) -> dict[str, Array]:
    """Return the distances of keypoints from their markers (time), % of body height."""
    names = [str(name) for name in poses["keypoints"].values]
    pairs = {name: marker(name) for name in names if marker(name) in truth}
    size = stature_in_picture(np.stack([truth[pairs[name]] for name in pairs], axis=2), list(pairs))
    one = poses["position"].isel(individuals=0).transpose("time", "space", "keypoints")
    return {
        name: 100 * np.linalg.norm(one.sel(keypoints=name).values - truth[other], axis=1) / size
        for name, other in pairs.items()
    }


def labelled_part() -> dict[str, Any]:
    """Count the frames in which both wrists lie on the hands that were labelled by eye."""
    if not HANDS.is_file():
        say("\nno labelled hands here")
        return {"wrists_after_clean": None}
    labels: dict[str, list[tuple[float, float, float]]] = {}
    with HANDS.open(encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            point = float(row["time_s"]), float(row["x_px"]), float(row["y_px"])
            labels.setdefault(row["clip"], []).append(point)
    say("\nboth wrists on the hands, frames of television clips: seen and cleaned\n")
    right = {"before": 0, "after": 0}
    for clip, points in labels.items():
        source = FOOTAGE / "cricket_ref" / f"imran_khan_{clip}.mp4"
        with tempfile.TemporaryDirectory() as folder:
            video = Path(folder) / f"{clip}.mp4"
            times = [time for time, _, _ in points]
            start = cut_out(source, min(times) - 0.1, max(times) + 0.1, video)
            seen = seen_by_the_model(video, BOXES[clip])
        reach = HAND * stature(seen)
        counts = {
            "before": on_the_hands(seen, points, start, reach),
            "after": on_the_hands(clean(seen, SETTINGS), points, start, reach),
        }
        say(f"{clip:20}{counts['before']:4}{counts['after']:4} of {len(points)}")
        right = {name: right[name] + count for name, count in counts.items()}
    total = sum(map(len, labels.values()))
    say(f"{'all':20}{right['before']:4}{right['after']:4} of {total}")
    return {f"wrists_{name}_clean": count for name, count in right.items()} | {"hands": total}


def cut_out(source: Path, start_s: float, end_s: float, target: Path) -> float:
    """Write the frames between two times; give the time of the first."""
    frames = [frame for frame in read_frames(source) if start_s <= frame.time <= end_s]
    height, width = (side // 2 * 2 for side in frames[0].image.shape[:2])
    fps = (len(frames) - 1) / (frames[-1].time - frames[0].time)
    with video_writer(target, width, height, fps, crf=12) as writer:
        for frame in frames:
            writer.write(frame.image[:height, :width])
    return frames[0].time


def on_the_hands(
    poses: xr.Dataset,
    points: Sequence[tuple[float, float, float]],
    start_s: float,
    reach: float,
) -> int:
    """Count the frames with both wrists within so many pixels of the label."""
    one = poses["position"].isel(individuals=0).transpose("time", "space", "keypoints")
    found = 0
    for time_s, x, y in points:
        frame = one.sel(time=time_s - start_s, method="nearest")
        wrists = frame.sel(keypoints=["left_wrist", "right_wrist"]).values
        found += bool((np.linalg.norm(wrists - [[x], [y]], axis=0) < reach).all())
    return found


def marker(keypoint: str) -> str:
    """Name the marker that a keypoint is compared with; its head is another point's."""
    side, _, part = keypoint.partition("_")
    names = {"foot_index": "BigToe"}
    if side not in ("left", "right") or part in ("eye", "ear"):
        return ""
    return side[0].upper() + names.get(part, part.capitalize())


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--quick", action="store_true", help="fewer clips, under a minute")
    options = parser.parse_args()
    result = noise_part(options.quick) | rendered_part(options.quick) | filmed_part()
    result |= {} if options.quick else labelled_part()
    if options.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
