"""Drawing and composing: the grid against ffmpeg's plain xstack, and skeletons a second."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from report import Results, main

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.drawing.composite import Tile, grid
from kinepath.drawing.draw import draw_skeleton
from kinepath.drawing.text import canvas
from kinepath.io.video import ffmpeg_binary, video_writer
from kinepath.synth import Scenario, simulate

TILES, SIZE, COLUMNS, TILE = 6, (1280, 720), 3, (640, 360)


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """Time some work several times."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def xstack(paths: list[Path], output: Path) -> None:
    """Put videos side by side as plainly as ffmpeg can, with the same encoder settings."""
    scaled = ";".join(f"[{k}:v]scale={TILE[0]}:{TILE[1]}[v{k}]" for k in range(len(paths)))
    places = "|".join(
        f"{k % COLUMNS * TILE[0]}_{k // COLUMNS * TILE[1]}" for k in range(len(paths))
    )
    inputs = "".join(f"[v{k}]" for k in range(len(paths)))
    graph = f"{scaled};{inputs}xstack=inputs={len(paths)}:layout={places}"
    command = [ffmpeg_binary(), "-loglevel", "error", "-y"]
    for path in paths:
        command += ["-i", str(path)]
    command += ["-filter_complex", graph, "-c:v", "libx264", "-preset", "veryfast"]
    command += ["-crf", "20", "-pix_fmt", "yuv420p", "-threads", "2", str(output)]
    subprocess.run(command, check=True)


def measure(quick: bool) -> Results:
    """Measure on the simulated athlete's skeleton."""
    frames, runs = (40, 1) if quick else (120, 3)
    truth = simulate(Scenario("hook", fps=50)).truth.isel(individuals=0)
    position = truth["position"].transpose("time", "keypoints", "space").values[:frames]
    certain = np.ones(position.shape[1])

    def drawn() -> None:
        for points in position:
            draw_skeleton(canvas(*SIZE), points, certain, BLAZEPOSE)

    fps = len(position) / median_seconds(drawn, runs)
    with tempfile.TemporaryDirectory() as name:
        paths = [Path(name, f"{k}.mp4") for k in range(TILES)]
        for path in paths:
            with video_writer(path, *SIZE, 50) as writer:
                for points in position:
                    image = canvas(*SIZE)
                    writer.write(draw_skeleton(image, points, certain, BLAZEPOSE))
        tiles = [Tile(path, path.stem, 1.0) for path in paths]
        output = Path(name, "out.mp4")
        ours = median_seconds(lambda: grid(tiles, output, columns=COLUMNS), runs)
        plain = median_seconds(lambda: xstack(paths, output), runs)
    return {
        "grid_vs_xstack": (ours / plain, "seconds of a labelled, synchronised grid over xstack's"),
        "skeleton_fps": (fps, "skeletons drawn a second on a new canvas of 1280 by 720"),
    }


if __name__ == "__main__":
    main("Videos", measure)
