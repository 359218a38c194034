"""Whether memory grows with a clip: peak of the stages that read video, long over short."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from report import Results, main

from kinepath.io.video import ffmpeg_binary
from kinepath.runtime.models import obtain
from kinepath.synth import Scenario, write_clip

STAGES = """
import json, re, sys
from pathlib import Path
from kinepath import camera
from kinepath.bat.tracking import track
from kinepath.clean import clean
from kinepath.conform import choose_window, conform
from kinepath.pose.estimation import estimate
from kinepath.pose.backends import load_backend
from kinepath.probe import probe
from kinepath.settings import Settings
from kinepath.io.video import read_frames, read_grey
def peak_mb():
    # The peak that getrusage gives would count the parent process from before the exec.
    told = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+)", told)[1]) / 1024
source, model = sys.argv[1:]
config = Settings.defaults()
facts = probe(source, "a", min_size=32, cut_threshold=0.08)
conformed = source + ".conformed.mp4"
window = choose_window(facts, None, None)
told = conform(source, conformed, facts, window, fps=None, true_fps=None, crf=16)
settings = {"device": "cpu", "min_detection_confidence": 0.5, "min_tracking_confidence": 0.5}
with load_backend("mediapipe").open_estimator(model, settings) as estimator:
    poses = estimate((frame.image for frame in read_frames(conformed)), told, estimator)
before = peak_mb()
poses = clean(poses, config["clean"])
size = told["width"], told["height"]
grey = read_grey(conformed, camera.working_size(*size, config["camera"]["width"]))
moved = camera.estimate(grey, poses, size, [], config["camera"])
bat = {**config["bat"], **config["implements"]["cricket_bat"], "handed": "right"}
track(lambda: (frame.image for frame in read_frames(conformed)), poses, moved, bat)
print(json.dumps([before, peak_mb()]))
"""


def peaks_mb(source: Path, model: Path) -> tuple[float, float]:
    """Return the peak megabytes of a process up to the keypoints of a clip, and up to its bat."""
    done = subprocess.run(
        [sys.executable, "-c", STAGES, str(source), str(model)],
        check=True,
        capture_output=True,
        text=True,
    )
    pose, bat = json.loads(done.stdout)
    return float(pose), float(bat)


def measure(quick: bool) -> Results:
    """Measure on a simulated clip and on the same clip many times over."""
    short, middle, long = (1, 1, 2) if quick else (1, 8, 20)
    width, height = (480, 270) if quick else (1280, 720)
    peaks: dict[int, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model, clip = folder / "m.task", folder / "once.mp4"
        obtain("full", model)
        write_clip(Scenario("hook", fps=25, width=width, height=height), clip, folder / "truth.h5")
        for count in dict.fromkeys((short, middle, long)):
            video = folder / f"{count}.mp4"
            loop = ["-loglevel", "error", "-stream_loop", str(count - 1), "-i", clip, "-c", "copy"]
            subprocess.run([ffmpeg_binary(), *loop, video], check=True)
            peaks[count] = peaks_mb(video, model)
    return {
        "peak_long_vs_short": (
            peaks[long][0] / peaks[short][0],
            f"peak memory up to the keypoints, of a clip {long} times as long",
        ),
        "bat_long_vs_middle": (
            peaks[long][1] / peaks[middle][1],
            f"the same up to the bat, {long} against {middle} times as long",
        ),
        "short_mb": (peaks[short][0], "peak up to the keypoints of the short clip, megabytes"),
        "long_mb": (peaks[long][0], "of the long one"),
        "bat_short_mb": (peaks[short][1], "peak up to the bat of the short clip"),
        "bat_long_mb": (peaks[long][1], "of the long one"),
    }


if __name__ == "__main__":
    main("Memory", measure)
