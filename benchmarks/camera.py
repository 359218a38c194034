"""How steady the steady frame is: points fixed in the world against their simulated truth.

    python benchmarks/camera.py --json

prints a table on standard error and one JSON object on standard output; --quick takes smaller
pictures of fewer scenarios.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kinepath import camera
from kinepath.io import sequence
from kinepath.io.video import VideoReader, read_grey
from kinepath.settings import defaults
from kinepath.synth import Scenario, write_clip

ROOT = Path(__file__).parents[1]
FIELDS = ("verdict", "raw_median_pct", "median_pct", "p95_pct", "confidence", "frames_per_s")
#: Cameras that do more than those of the demo's clips.
SCENARIOS: dict[str, dict[str, Any]] = {
    "static": {"pan_deg": 0.0, "zoom": 1.0, "shake_px": 0.0},
    "shake": {"pan_deg": 0.0, "zoom": 1.0, "shake_px": 12.0},
    "pan": {"pan_deg": 8.0, "zoom": 1.0, "shake_px": 1.5},
    "zoom": {"pan_deg": 0.0, "zoom": 1.35, "shake_px": 1.5},
    "pan, zoom and shake": {"pan_deg": -6.0, "zoom": 1.2, "shake_px": 8.0},
    "grain and blur": {"pan_deg": 5.0, "zoom": 1.15, "shake_px": 4.0, "grain": 8.0, "shutter": 0.9},
}


def measured(video: Path, truth_path: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """Compare the steady positions of the world's fixed points with those in the first frame."""
    truth = sequence.read(truth_path, "truth")
    with VideoReader(video) as reader:
        size = reader.shown_size(next(reader.pictures())[0])
    working = camera.working_size(*size, settings["width"])
    start = time.process_time()
    found = camera.estimate(read_grey(video, working), truth, size, [], settings)
    spent = time.process_time() - start
    points = truth["background_point"].transpose("time", "point", "space").values
    height = np.ptp(truth["position"].sel(space="y").values[0])
    # The nose to the toes of one who stands is about 0.93 statures.
    percent = 100.0 / (height / 0.93)

    def error(positions: Any) -> Any:
        return percent * np.linalg.norm(positions - points[0], axis=-1)

    after = error(camera.steady(points, found))
    return {
        "verdict": found.attrs["verdict"],
        "raw_median_pct": round(float(np.median(error(points))), 3),
        "median_pct": round(float(np.median(after)), 3),
        "p95_pct": round(float(np.percentile(after, 95)), 3),
        "confidence": round(float(found["confidence"].median()), 2),
        "frames_per_s": round(len(points) / spent, 1),
    }


def rendered(settings: dict[str, Any], *, quick: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    size = {"width": 640, "height": 360} if quick else {"width": 1280, "height": 720}
    chosen = list(SCENARIOS.items())[:: 2 if quick else 1]
    for name, motion in chosen:
        scenario = Scenario("cover_drive", fps=25.0, duration_s=2.4, **{**size, **motion})
        with tempfile.TemporaryDirectory() as folder:
            video, truth = Path(folder, "a.mp4"), Path(folder, "a.h5")
            write_clip(scenario, video, truth)
            yield name, measured(video, truth, settings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    config = defaults(ROOT)
    rows: dict[str, dict[str, Any]] = {}
    clips = sorted((ROOT / "resources" / "clips" / "simulated").glob("*.truth.h5"))
    for truth in clips[:2] if arguments.quick else clips:
        name = truth.name.removesuffix(".truth.h5")
        rows[name] = measured(truth.with_name(f"{name}.mp4"), truth, config["camera"])
    rows.update(rendered(config["camera"], quick=arguments.quick))
    print(" | ".join(("clip", *FIELDS)), file=sys.stderr)
    for name, row in rows.items():
        print(" | ".join((name, *(str(row[field]) for field in FIELDS))), file=sys.stderr)
    worst = max(row["median_pct"] for row in rows.values())
    if arguments.json:
        print(json.dumps({"steady_error_pct": worst, "clips": rows}))


if __name__ == "__main__":
    main()
