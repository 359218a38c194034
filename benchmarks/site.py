"""The pages in headless Chromium: how large they are, how soon they answer, how well in step."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from report import Results, main
from selenium import webdriver

from kinepath.io.video import video_writer
from kinepath.site import KINDS, Clip, Index, write_clip, write_index

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--window-size=1400,1000")
FPS, FRAMES = 50, 120
# By how many frames each video that is shown is off the page's clock.
DRIFT = """
const clock = Number(document.getElementById("scrub").value);
return [...document.querySelectorAll("video")].filter((v) => v.offsetParent).map((v) => {
  const wanted = Math.min(Math.max(clock + Number(v.dataset.event), 0), v.duration);
  return Math.abs(v.currentTime - wanted) * Number(v.dataset.fps);
});
"""


def record(number: int) -> dict[str, Any]:
    """Make up the table's row of a clip."""
    return {
        "clip": f"clip_{number}",
        "label": f"Cover drive {number % 8}",
        "activity": "batting",
        "athlete": f"Athlete {number % 25}",
        "date": f"2026-{1 + number % 12:02d}-{1 + number % 28:02d}",
        "status": "analysed",
        "seconds": 2.4,
        "fps": 50.0,
        "seen": 1 - (number % 7) / 20,
        "observed": 1 - (number % 9) / 15,
        "contact": {"time_s": 1.4, "early_s": 1.3, "late_s": 1.5, "source": "sound"},
        "peak": {
            "kind": "measured",
            "value": 20 + number % 11,
            "unit": "m/s",
            "of": "bat tip",
            "words": f"{20 + number % 11}.0 ± 1.1 m/s",
        },
        "sequence": ["pelvis", "trunk", "bat"] if number % 3 else [],
        "repetitions": None,
        "repetitions_are_least": False,
        "score": None,
        "score_sd": None,
        "judged": None,
        "warnings": number % 3,
        "gravest": "the athlete is seen in 80 % of the frames only" if number % 3 else None,
    }


def curves() -> dict[str, Any]:
    """Make up the curves of a clip: six panels and a figure in space."""
    rng = np.random.default_rng(0)
    times = (np.arange(FRAMES) / FPS).round(4).tolist()
    lines = [
        {"name": f"{side} line", "values": rng.normal(90, 9, FRAMES).round(2).tolist(),
         "sd": [3.0] * FRAMES}
        for side in ("left", "right")
    ]  # fmt: skip
    names = [f"point_{k}" for k in range(19)]
    return {
        "time_s": times,
        "panels": [{"title": f"Angle {k}", "unit": "°", "lines": lines} for k in range(6)],
        "sources": None,
        "events": [],
        "figure": {
            "names": names,
            "edges": [[k, k + 1, "left"] for k in range(18)],
            "flat": rng.integers(-900, 900, FRAMES * 19 * 2).tolist(),
            "space": rng.integers(-900, 900, FRAMES * 19 * 3).tolist(),
            "implement": None,
        },
        "sequence": None,
        "repetitions": [],
    }


def index_of(count: int, folder: Path) -> None:
    """Write the first page of so many clips, with a thumbnail each."""
    write_index(Index("Season", tuple(map(record, range(count))), (), (), {}), folder)
    image = np.random.default_rng(1).integers(0, 255, (9, 16, 3)).astype(np.uint8)
    image = np.asarray(cv2.resize(image, (160, 90), interpolation=cv2.INTER_CUBIC))
    thumbnail = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 75])[1].tobytes()
    for number in range(count):
        media = folder / "clips" / f"clip_{number}"
        media.mkdir(parents=True)
        (media / "thumbnail.jpg").write_bytes(thumbnail)


def clips_of(folder: Path) -> None:
    """Write the pages of two clips."""
    for number in range(2):
        video = folder / f"{number}.mp4"
        with video_writer(video, 1280, 720, FPS) as writer:
            for k in range(FRAMES):
                image = np.full((720, 1280, 3), 60, dtype=np.uint8)
                image[300:420, 8 * k : 8 * k + 200] = 220
                writer.write(image)
        clip = Clip(
            f"clip_{number}", "Cover drive", "batting", dict.fromkeys(KINDS, video), FPS,
            event_s=1.4 - 0.3 * number, sources={"observed": 1.0},
        )  # fmt: skip
        write_clip(clip, curves(), "Season", folder / "site")


def browser() -> Any:
    """Start Chromium without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome")
    for flag in FLAGS:
        options.add_argument(flag)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    return webdriver.Chrome(options=options, service=service)


def seconds_to(driver: Any, page: Path, condition: str) -> float:
    """Time from asking for a page until a condition holds in it, the median of three."""
    taken = []
    for _ in range(3):
        driver.get("about:blank")
        start = time.perf_counter()
        driver.get(page.as_uri())
        while not driver.execute_script(f"return Boolean({condition})"):
            time.sleep(0.01)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def size_mb(folder: Path) -> float:
    """Return the size of all files in a folder, in 1e6 bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def measure(quick: bool) -> Results:
    """Measure on made-up clips."""
    results: dict[str, tuple[float | None, str]] = {}
    driver = browser()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for count in (20,) if quick else (200, 2000):
                site = folder / str(count)
                index_of(count, site)
                page = size_mb(site / "clips") + (site / "index.html").stat().st_size / 1e6
                assets = ("style.css", "table.js")
                page += sum((site / "assets" / name).stat().st_size for name in assets) / 1e6
                results[f"index_{count}_mb"] = page, f"first page of {count} clips, its thumbnails"
                ready = "document.querySelector('.filters:not([hidden])')"
                words = f"until the table of {count} clips can be sorted, seconds"
                results[f"index_{count}_s"] = seconds_to(driver, site / "index.html", ready), words
            clips_of(folder)
            index_of(2, folder / "two")
            for path in ("assets", "media", "compare.html"):
                shutil.move(folder / "two" / path, folder / "site" / path)
            drawn = "document.querySelector('#curves .cursor')"
            page = folder / "site/clips/clip_0.html"
            results["clip_s"] = seconds_to(driver, page, drawn), "until a clip's curves are drawn"
            results["clip_mb"] = (
                size_mb(folder / "site/clips/clip_0"),
                "a clip of 2.4 s, three videos",
            )
            compare = (folder / "site/compare.html").as_uri()
            driver.get(f"{compare}#a=clip_0&b=clip_1&by=contact")
            while driver.execute_script("return document.querySelectorAll('video').length") < 2:
                time.sleep(0.05)
            driver.execute_script("document.getElementById('loop').click()")
            driver.execute_script("document.getElementById('play').click()")
            time.sleep(1)
            drift = []
            for _ in range(5 if quick else 30):
                time.sleep(0.1)
                drift += driver.execute_script(DRIFT)
            results["drift_frames"] = (
                float(np.quantile(drift, 0.9)),
                "two clips in step: 90 % of the time off by less, frames",
            )
    finally:
        driver.quit()
    return results


if __name__ == "__main__":
    main("The pages in a browser", measure)
