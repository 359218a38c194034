"""The page in a real browser: all videos in step, nothing from outside, no label that acts."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinepath.composite import Tile, grid, lead
from kinepath.site import KINDS, Activity, Clip, Composite, SiteContent, build
from kinepath.video import video_writer

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium or its driver is not installed"),
]

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"> Schläge"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,900",
)
#: Name, frame rate, frames and event of each clip.
CLIPS = (("one", 25.0, 100, 2.0), ("two", 50.0, 150, 1.2), ("three", 30.0, 75, None))

# For each video that is shown: by how many frames it is off the clock of the page.
DRIFT = """
const clock = Number(document.getElementById("scrub").value);
return [...document.querySelectorAll("video")].filter((v) => v.offsetParent).map((v) => {
  const wanted = Math.min(Math.max(clock + Number(v.dataset.event), 0), v.duration);
  return [v.getAttribute("src"), (v.currentTime - wanted) * Number(v.dataset.fps), v.paused];
});
"""


def moving_square(path: Path, fps: float, frames: int) -> Path:
    with video_writer(path, 96, 64, fps) as writer:
        for index in range(frames):
            image = np.full((64, 96, 3), 40, dtype=np.uint8)
            image[20:44, index % 72 : index % 72 + 24] = 220
            writer.write(image)
    return path


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    clips = []
    for name, fps, frames, event in CLIPS:
        video = moving_square(folder / f"{name}.mp4", fps, frames)
        videos = dict.fromkeys(KINDS, video)
        clips.append(Clip(name, f"{name} {HOSTILE}", "batting", videos, fps, event))
    (folder / "broken.mp4").write_bytes(b"this is no video")
    broken = Clip("broken", "broken", "batting", {"video": folder / "broken.mp4"}, 25.0)
    tiles = [Tile(clip.videos["video"], clip.label, clip.event_s) for clip in clips]
    grid(tiles, folder / "grid.mp4", tile_width=96, tile_height=64)
    composite = Composite(
        "batting",
        dict.fromkeys(KINDS, folder / "grid.mp4"),
        50.0,
        lead([clip.event_s for clip in clips]),
        tuple(clip.label for clip in clips),
    )
    activity = Activity("batting", (*clips, broken))
    return build(SiteContent("Test", (), (composite,), (activity,), {}), folder / "site")


@pytest.fixture
def browser(page: Path, tmp_path: Path) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        driver.get(page.as_uri())
        until(
            driver,
            "return [...document.querySelectorAll('video')].every("
            "(v) => v.error || v.hidden || v.readyState >= 2 || !v.offsetParent)",
        )
        yield driver
    finally:
        driver.quit()


def until(driver: Any, condition: str, timeout_s: float = 10.0) -> None:
    end = time.monotonic() + timeout_s
    while not driver.execute_script(condition):
        assert time.monotonic() < end, f"not within {timeout_s} s: {condition}"
        time.sleep(0.05)


def click(driver: Any, selector: str) -> None:
    driver.execute_script("document.querySelector(arguments[0]).click()", selector)


def press(driver: Any, key: str) -> None:
    driver.execute_script(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: arguments[0], bubbles: true, cancelable: true}))",
        key,
    )


def scrub(driver: Any, value: float) -> None:
    driver.execute_script(
        "const s = document.getElementById('scrub'); s.value = arguments[0];"
        "s.dispatchEvent(new Event('input', {bubbles: true}))",
        value,
    )


def clock(driver: Any) -> float:
    return float(driver.execute_script("return Number(document.getElementById('scrub').value)"))


def drifts(driver: Any) -> dict[str, float]:
    return {source: float(drift) for source, drift, _ in driver.execute_script(DRIFT)}


def settled(driver: Any) -> dict[str, float]:
    """Wait until no video is seeking, and give by how many frames each is off."""
    time.sleep(0.1)
    until(driver, "return [...document.querySelectorAll('video')].every((v) => !v.seeking)")
    return drifts(driver)


def test_play_all_plays_every_video_in_step(browser: Any) -> None:
    click(browser, "#play")
    time.sleep(1.2)
    samples = []
    for _ in range(5):
        time.sleep(0.1)
        samples.append(drifts(browser))
    assert len(samples[0]) == 10
    worst = {source: np.median([abs(s[source]) for s in samples]) for source in samples[0]}
    assert max(worst.values()) < 1, worst
    playing = [paused for _, _, paused in browser.execute_script(DRIFT)].count(False)
    assert playing >= 7
    click(browser, "#play")
    time.sleep(0.3)
    stopped = clock(browser)
    time.sleep(0.3)
    assert clock(browser) == stopped
    assert all(paused for _, _, paused in browser.execute_script(DRIFT))
    assert max(abs(drift) for drift in settled(browser).values()) <= 1


def test_slow_motion_stays_in_step(browser: Any) -> None:
    browser.execute_script("document.getElementById('speed').value = '0.25'")
    click(browser, "#play")
    time.sleep(0.5)
    before, start = clock(browser), time.monotonic()
    time.sleep(1.0)
    pace = (clock(browser) - before) / (time.monotonic() - start)
    assert pace == pytest.approx(0.25, rel=0.15)
    assert max(abs(drift) for drift in drifts(browser).values()) < 1


def test_scrubbing_and_stepping_move_every_video(browser: Any) -> None:
    scrub(browser, -0.5)
    assert max(abs(drift) for drift in settled(browser).values()) <= 1
    scrub(browser, 0.3)
    assert max(abs(drift) for drift in settled(browser).values()) <= 1
    press(browser, "ArrowRight")
    settled(browser)
    assert clock(browser) == pytest.approx(0.32, abs=1e-6)
    press(browser, "ArrowLeft")
    press(browser, "ArrowLeft")
    settled(browser)
    assert clock(browser) == pytest.approx(0.28, abs=1e-6)


def test_the_space_bar_plays_and_pauses(browser: Any) -> None:
    for words in ("Pause", "Play all"):
        press(browser, " ")
        until(browser, f"return document.querySelector('#play span').textContent === '{words}'")


def test_playing_ends_or_loops(browser: Any) -> None:
    end = browser.execute_script("return Number(document.getElementById('scrub').max)")
    start = browser.execute_script("return Number(document.getElementById('scrub').min)")
    assert start == pytest.approx(-2.0, abs=0.05)
    scrub(browser, end - 0.1)
    click(browser, "#play")
    until(browser, "return document.querySelector('#play span').textContent === 'Play all'")
    assert clock(browser) == pytest.approx(end)
    click(browser, "#loop")
    scrub(browser, end - 0.1)
    click(browser, "#play")
    time.sleep(0.6)
    assert start <= clock(browser) < start + 1.0


def test_one_clip_can_be_played_alone(browser: Any) -> None:
    click(browser, "#clip-two .focus")
    time.sleep(0.4)
    playing = {source for source, _, paused in browser.execute_script(DRIFT) if not paused}
    assert playing == {f"media/clip-two-{kind}.mp4" for kind in KINDS}


def test_a_hostile_label_is_inert_and_nothing_is_fetched(browser: Any) -> None:
    assert browser.title == "Test"
    assert HOSTILE in browser.execute_script("return document.querySelector('h3 ~ p').textContent")
    assert not browser.execute_script("return document.querySelectorAll('img').length")
    click(browser, "#play")
    time.sleep(0.3)
    addresses = [
        message["params"]["request"]["url"]
        for entry in browser.get_log("performance")
        if (message := json.loads(entry["message"])["message"])["method"]
        == "Network.requestWillBeSent"
        and message["params"]["documentURL"].startswith("file:")  # not the browser's own pages
    ]
    assert addresses
    assert {address.split(":")[0] for address in addresses} <= {"file", "data"}
    complaints = [
        entry["message"]
        for entry in browser.get_log("browser")
        if entry["level"] == "SEVERE" and "broken" not in entry["message"]
    ]
    assert complaints == []


def test_a_video_that_fails_says_so(browser: Any) -> None:
    shown = "return !document.querySelector('#clip-broken .failure').hidden"
    until(browser, shown)
    failures = browser.execute_script(
        "return [...document.querySelectorAll('.failure')].filter((f) => !f.hidden).length"
    )
    assert failures == 1
