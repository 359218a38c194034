"""Whether memory grows with a clip: peak of the conform and pose stages, long over short."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from report import Results, main

from kinepath.models import obtain
from kinepath.synth import Scenario, write_clip
from kinepath.video import ffmpeg_binary

STAGES = """
import re, sys
from pathlib import Path
from kinepath.conform import choose_window, conform
from kinepath.pose import estimate, load_backend
from kinepath.probe import probe
from kinepath.video import read_frames
source, model = sys.argv[1:]
facts = probe(source, "a", min_size=32, cut_threshold=0.08)
conformed = source + ".conformed.mp4"
window = choose_window(facts, None, None)
told = conform(source, conformed, facts, window, fps=None, true_fps=None, crf=16)
settings = {"device": "cpu", "min_detection_confidence": 0.5, "min_tracking_confidence": 0.5}
with load_backend("mediapipe").open_estimator(model, settings) as estimator:
    estimate((frame.image for frame in read_frames(conformed)), told, estimator)
# The peak that getrusage gives would count the parent process from before the exec.
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""


def peak_mb(source: Path, model: Path) -> float:
    """Give the peak megabytes of a process that conforms a clip and finds its keypoints."""
    done = subprocess.run(
        [sys.executable, "-c", STAGES, str(source), str(model)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def measure(quick: bool) -> Results:
    """Measure on a simulated clip and on the same clip many times over."""
    times = 4 if quick else 20
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model, short, long = folder / "m.task", folder / "short.mp4", folder / "long.mp4"
        obtain("full", model)
        write_clip(Scenario("hook", fps=25), short, folder / "truth.h5")
        loop = ["-loglevel", "error", "-stream_loop", str(times - 1), "-i", short, "-c", "copy"]
        subprocess.run([ffmpeg_binary(), *loop, long], check=True)
        small, large = peak_mb(short, model), peak_mb(long, model)
    return {
        "peak_long_vs_short": (large / small, f"peak memory of a clip {times} times as long"),
        "short_mb": (small, "peak of the short clip, megabytes"),
        "long_mb": (large, "peak of the long clip, megabytes"),
    }


if __name__ == "__main__":
    main("Memory", measure)
