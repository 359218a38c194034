"""The pages in a real browser: videos in step, curves on their clock, no label that acts."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kinepath.io.sheet.values import corrections
from kinepath.io.video import video_writer
from kinepath.site import (
    KINDS,
    Clip,
    Comparison,
    FailedClip,
    Form,
    Index,
    write_clip,
    write_comparison,
    write_index,
)
from tests.unit.test_site import record

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium or its driver is not installed"),
]

LABEL = 'Cut / "late" & <b>hard</b>'
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
#: What the wait for a page ends with: all videos that are shown have a frame.
READY = (
    "return document.readyState === 'complete' && [...document.querySelectorAll('video')].every("
    "(v) => v.error || v.hidden || v.readyState >= 2 || !v.offsetParent)"
)


def moving_square(path: Path, fps: float, frames: int) -> Path:
    with video_writer(path, 96, 64, fps) as writer:
        for index in range(frames):
            image = np.full((64, 96, 3), 40, dtype=np.uint8)
            image[20:44, index % 72 : index % 72 + 24] = 220
            writer.write(image)
    return path


def curves(fps: float, frames: int) -> dict[str, Any]:
    """A clip in which one knee bends, and three points stand in space."""
    times = [round(10 + k / fps, 4) for k in range(frames)]
    knee: list[float | None] = [90.0 + k % 60 for k in range(frames)]
    knee[5] = None
    line = {"name": f"left knee {HOSTILE}", "values": knee, "sd": [2.0] * frames}
    figure = {
        "names": ["left_hip", "left_knee", "left_ankle"],
        "edges": [[0, 1, "left"], [1, 2, "left"]],
        "flat": [0, 0, 10, 250, 0, 500] * frames,
        "space": [0, 0, 0, 10, 400, 50, 0, 800, 0] * frames,
        "implement": None,
    }
    return {
        "time_s": times,
        "panels": [{"title": "Knee angle", "unit": "°", "lines": [line]}],
        "sources": None,
        "events": [{"name": "contact", "time_s": 11.0, "early_s": 10.9, "late_s": 11.1}],
        "figure": figure,
        "sequence": None,
        "repetitions": [],
    }


def mean(steps: dict[str, Any]) -> dict[str, Any]:
    """The mean of the first two clips, onto which the first is warped as onto the second."""
    data = curves(50.0, 90)
    data["time_s"] = [k / 50.0 for k in range(90)]
    data["figure"]["flat"] = [v for k in range(90) for v in (0, 0, 10, 250, 5 * k, 500)]
    return {
        **data,
        **{"label": LABEL, "fps": 50.0, "start_s": 0.0, "event_s": 1.2, "clips": ["one", "two"]},
        "warps": {"one": {**steps, "start_s": [10.0, 0.0]}},
    }


def form(folder: Path) -> Form:
    """The first of two repetitions; the other one is unfinished."""
    figure = folder / "figure.png"
    cv2.imwrite(str(figure), np.full((20, 30, 3), 255, dtype=np.uint8))
    repetition = {
        "number": 1,
        "complete": True,
        "by_sheet": False,
        "start_s": 10.2,
        "end_s": 11.0,
        "score": None,
    }
    repetitions = ({**repetition, "verdicts": (("depth", "70°", "missed"),)},)
    return Form(
        "Squat", False, ("Too shallow.",), repetitions, figure, figure, folder / "three.mp4"
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    site = folder / "site"
    records: list[dict[str, Any]] = []
    for name, fps, frames, event in CLIPS:
        video = moving_square(folder / f"{name}.mp4", fps, frames)
        clip = Clip(
            name=name,
            label=f"{name} {HOSTILE}",
            activity="batting",
            videos=dict.fromkeys(KINDS, video),
            fps=fps,
            start_s=10.0,
            raw_start_s=10.0,
            size=(1920, 1280),
            event_s=event,
            warnings=(f"a warning {HOSTILE}",),
            remarks=("a remark",),
            sources={"observed": 1.0},
            facts=(("Athlete seen in", "100 % of the frames"),),
        )
        if event is None:
            # Filmed in slow motion, by half.
            clip = replace(
                clip,
                form=form(folder),
                raw_pace=2.0,
                corrections="is 12-13.5",
            )
        write_clip(clip, curves(fps, frames), "Test", site)
        early = -0.1 - 0.02 * len(records)
        times = {"pelvis": [early, early - 0.03, early + 0.03], "left_forearm": [-0.04, -0.1, 0.0]}
        shown = {"label": LABEL, "athlete": f"A {HOSTILE}", "seen": frames / 150, "fps": fps}
        records.append(record(name, **shown, sequence_s=times))
    broken = folder / "broken.mp4"
    shutil.copy(folder / "one.mp4", broken)
    clip = Clip("broken", "broken", "batting", {"overlay": broken}, 25.0)
    write_clip(clip, curves(25.0, 100), "Test", site)
    (site / "clips/broken/overlay.mp4").write_bytes(b"this is no video")
    # The second clip stands still while the first goes on by 20 frames, then both go on.
    steps = {"per_step": 0.5, "steps": "1" * 20 + "0" * 70, "start_s": [10.0, 10.0]}
    steps |= {
        "groups": {"legs": 0.7, "arms": 0.3},
        "unseen": ["bat"],
        "phases": [{"phase": "swing", "share": 1.0}],
    }
    grid = dict.fromkeys(KINDS, folder / "two.mp4")
    names = tuple((name, f"{name} {HOSTILE}") for name, *_ in CLIPS)
    comparison = Comparison("batting", grid, 50.0, 1.2, names)
    write_comparison(comparison, {"one": {"two": steps}}, {LABEL: mean(steps)}, "Test", site)
    failed = FailedClip("lost", f"lost {HOSTILE}", "batting", "probe", "no such file", "copy it")
    write_index(Index("Test", tuple(records), (failed,), (("batting", 3),), {}), site)
    return site


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def driver(browser: Any) -> Any:
    """The browser as it was when it began."""
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.get("about:blank")
    for log in ("browser", "performance"):
        browser.get_log(log)
    return browser


def visit(driver: Any, site: Path, page: str, fragment: str = "") -> None:
    driver.get((site / page).as_uri() + fragment)
    until(driver, READY)


@pytest.fixture
def pair(driver: Any, site: Path) -> Any:
    """The page that compares the first two clips."""
    visit(driver, site, "compare.html", "#a=one&b=two&by=contact")
    until(driver, "return document.querySelectorAll('video').length === 2")
    until(driver, READY)
    return driver


@pytest.fixture
def page(driver: Any, site: Path) -> Any:
    """The page of the first clip."""
    visit(driver, site, "clips/one.html")
    until(driver, "return document.querySelector('#curves .cursor') !== null")
    return driver


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


def choose(driver: Any, selector: str, value: str) -> None:
    driver.execute_script(
        "const s = document.querySelector(arguments[0]); s.value = arguments[1];"
        "s.dispatchEvent(new Event('input', {bubbles: true}));"
        "s.dispatchEvent(new Event('change', {bubbles: true}))",
        selector,
        value,
    )


def text(driver: Any, selector: str) -> str:
    return str(driver.execute_script(f"return document.querySelector('{selector}').textContent"))


def clock(driver: Any) -> float:
    return float(driver.execute_script("return Number(document.getElementById('scrub').value)"))


def drifts(driver: Any) -> dict[str, float]:
    return {source: float(drift) for source, drift, _ in driver.execute_script(DRIFT)}


def settled(driver: Any) -> dict[str, float]:
    """Wait until no video is seeking, and give by how many frames each is off."""
    time.sleep(0.1)
    until(driver, "return [...document.querySelectorAll('video')].every((v) => !v.seeking)")
    return drifts(driver)


def complaints(driver: Any) -> list[str]:
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]


# --- videos in step ------------------------------------------------------------------------------


def test_two_clips_play_in_step(pair: Any) -> None:
    click(pair, "#play")
    time.sleep(1.0)
    samples = []
    for _ in range(5):
        time.sleep(0.1)
        samples.append(drifts(pair))
    assert len(samples[0]) == 2
    worst = {source: np.median([abs(s[source]) for s in samples]) for source in samples[0]}
    assert max(worst.values()) < 1, worst
    click(pair, "#play")
    time.sleep(0.3)
    stopped = clock(pair)
    time.sleep(0.3)
    assert clock(pair) == stopped
    assert all(paused for _, _, paused in pair.execute_script(DRIFT))
    assert max(abs(drift) for drift in settled(pair).values()) <= 1


def test_slow_motion_stays_in_step(pair: Any) -> None:
    pair.execute_script("document.getElementById('speed').value = '0.25'")
    click(pair, "#play")
    time.sleep(0.5)
    before, start = clock(pair), time.monotonic()
    time.sleep(1.0)
    pace = (clock(pair) - before) / (time.monotonic() - start)
    assert pace == pytest.approx(0.25, rel=0.15)
    assert max(abs(drift) for drift in drifts(pair).values()) < 1


def test_scrubbing_and_stepping_move_every_video(pair: Any) -> None:
    scrub(pair, -0.5)
    assert max(abs(drift) for drift in settled(pair).values()) <= 1
    scrub(pair, 0.3)
    assert max(abs(drift) for drift in settled(pair).values()) <= 1
    press(pair, "ArrowRight")
    settled(pair)
    assert clock(pair) == pytest.approx(0.32, abs=1e-6)
    press(pair, "ArrowLeft")
    press(pair, "ArrowLeft")
    settled(pair)
    assert clock(pair) == pytest.approx(0.28, abs=1e-6)


def test_the_space_bar_plays_and_pauses(pair: Any) -> None:
    for words in ("Pause", "Play"):
        press(pair, " ")
        until(pair, f"return document.querySelector('#play span').textContent === '{words}'")


def test_playing_ends_or_loops_between_the_marks(pair: Any) -> None:
    end = pair.execute_script("return Number(document.getElementById('scrub').max)")
    start = pair.execute_script("return Number(document.getElementById('scrub').min)")
    assert start == pytest.approx(-2.0, abs=0.05)
    scrub(pair, end - 0.1)
    click(pair, "#play")
    until(pair, "return document.querySelector('#play span').textContent === 'Play'")
    assert clock(pair) == pytest.approx(end)
    for key, time_s in (("a", 0.2), ("b", 0.6)):
        scrub(pair, time_s)
        press(pair, key)
    click(pair, "#play")
    for _ in range(8):
        time.sleep(0.15)
        assert 0.15 <= clock(pair) <= 0.65


def test_phase_follows_the_warping_path(pair: Any) -> None:
    choose(pair, "#by", "phase")
    until(pair, "return location.hash.includes('by=phase')")
    until(pair, READY)
    assert text(pair, "#state") == ""
    # For 20 frames (0.8 s) of the first clip the second stands; then one frame for one.
    for raw_s, partner_s in ((0.4, 0.0), (0.8, 0.0), (2.0, 0.6)):
        scrub(pair, raw_s - 2.0)
        settled(pair)
        shown = pair.execute_script("return document.querySelectorAll('video')[1].currentTime")
        assert shown == pytest.approx(partner_s, abs=0.05)
    assert "legs" in text(pair, "#groups") and "70 %" in text(pair, "#groups")
    assert "does not show it: bat." in text(pair, "#distance")


def test_a_clip_is_compared_with_the_mean_of_its_label(pair: Any) -> None:
    choose(pair, "#b", f"mean/batting/{LABEL}")
    until(pair, "return document.querySelector('#mean canvas') !== null")
    choose(pair, "#by", "phase")
    until(pair, "return location.hash.includes('by=phase') && kinepath.player.time === -2")
    assert text(pair, "#mean figcaption") == f"{LABEL}, mean of 2 clips, the first among them"
    assert text(pair, "#state") == ""
    assert "70 %" in text(pair, "#groups")
    read = "return document.querySelector('#mean canvas').toDataURL()"
    pictures = []
    # While the first clip goes on by 20 frames (0.8 s) the mean stands; then it moves, too.
    for raw_s in (0.2, 0.7, 2.0):
        scrub(pair, raw_s - 2.0)
        settled(pair)
        time.sleep(0.1)
        pictures.append(pair.execute_script(read))
    assert pictures[0] == pictures[1] != pictures[2]
    assert not complaints(pair)
    # The address names the label, whatever it is.
    address = pair.current_url
    pair.get("about:blank")
    pair.get(address)
    until(pair, "return document.querySelector('#mean canvas') !== null")
    assert pair.execute_script("return document.getElementById('b').value").endswith(LABEL)


def test_the_address_says_what_is_compared(pair: Any, site: Path) -> None:
    choose(pair, "#b", "three")
    until(pair, "return location.hash === '#a=one&b=three&by=contact'")
    click(pair, "#exchange")
    until(pair, "return location.hash === '#a=three&b=one&by=contact'")
    choose(pair, "#by", "phase")
    until(pair, "return document.getElementById('state').textContent.startsWith('No warping')")


def test_the_grid_of_an_activity_plays(driver: Any, site: Path) -> None:
    visit(driver, site, "comparisons/batting.html")
    click(driver, '.tabs [data-kind="skeleton"]')
    click(driver, "#play")
    time.sleep(0.6)
    assert [source for source, *_ in driver.execute_script(DRIFT)] == ["batting/skeleton.mp4"]
    assert complaints(driver) == []


# --- a clip's page -------------------------------------------------------------------------------


def test_another_kind_of_video_is_shown_at_the_same_time(page: Any) -> None:
    scrub(page, 0.5)
    assert list(settled(page)) == ["one/overlay.mp4"]
    click(page, '.tabs [data-kind="video"]')
    until(page, READY)
    time.sleep(0.2)
    shown = settled(page)
    assert list(shown) == ["one/video.mp4"]
    assert abs(shown["one/video.mp4"]) <= 1
    assert clock(page) == pytest.approx(0.5)


def test_charts_keep_their_height_when_the_window_changes(page: Any) -> None:
    read = "return document.getElementById('curves').clientHeight"
    before = page.execute_script(read)
    assert before > 150
    for width in (700, 1200):
        page.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )
        time.sleep(0.4)
        assert page.execute_script(read) == before


def test_a_click_in_the_curves_moves_the_video(page: Any) -> None:
    wanted = page.execute_script(
        """
        const chart = document.getElementById("curves"), box = chart.getBoundingClientRect();
        const { xaxis, _size: size } = chart._fullLayout;
        const across = box.left + size.l + xaxis.d2p(13);
        const place = { clientX: across, clientY: box.top + size.t + 20 };
        chart.dispatchEvent(new PointerEvent("pointerdown", { ...place, bubbles: true }));
        window.dispatchEvent(new PointerEvent("pointerup", { ...place, bubbles: true }));
        return 13 - 12;
        """
    )
    until(page, f"return Math.abs(document.getElementById('scrub').value - {wanted}) < 0.02")
    left = page.execute_script(
        "const c = document.getElementById('curves'), l = c._fullLayout;"
        "return parseFloat(c.querySelector('.cursor').style.left) - l._size.l - l.xaxis.d2p(13)"
    )
    assert abs(left) < 2
    assert text(page, "#clock") == "13.00 s (contact +1.00)"


def test_the_figure_turns(page: Any) -> None:
    read = "return document.querySelector('#figure canvas').toDataURL()"
    before = page.execute_script(read)
    page.execute_script(
        "document.querySelector('#figure canvas').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true, cancelable: true}))"
    )
    assert page.execute_script(read) != before


def test_the_page_says_what_to_write_into_the_sheet(page: Any) -> None:
    scrub(page, -0.48)
    time.sleep(0.1)
    click(page, '[data-say="contact"]')
    assert text(page, ".said code") == "contact_s = 11.52"
    click(page, '[data-say="part"]')
    assert "Mark the part first" in text(page, ".said")
    for key, time_s in (("a", -1.0), ("b", 1.0)):
        scrub(page, time_s)
        time.sleep(0.1)
        press(page, key)
    click(page, '[data-say="part"]')
    assert text(page, ".said code") == "start_s = 11   end_s = 13"


def test_the_page_says_what_is_a_repetition_and_what_is_none(driver: Any, site: Path) -> None:
    visit(driver, site, "clips/three.html")
    until(driver, "return document.querySelector('#curves .cursor') !== null")
    click(driver, ".repetitions .none")
    # On the clock of a player of the raw video, which shows everything half as fast.
    assert text(driver, ".said code") == "repetitions = is 12-13.5; not 10.4-12"
    for key, time_s in (("a", 1.5), ("b", 2.25)):
        scrub(driver, time_s)
        time.sleep(0.1)
        press(driver, key)
    click(driver, '[data-say="is"]')
    assert text(driver, ".said code") == "repetitions = is 12-13.5; not 10.4-12; is 13-14.5"
    click(driver, '[data-say="not"]')
    cell = text(driver, ".said code")
    assert cell == "repetitions = is 12-13.5; not 10.4-12; not 13-14.5"
    assert corrections(cell.removeprefix("repetitions = "))[-1]["end_s"] == 14.5


def test_a_box_is_told_in_pixels_of_the_raw_video(page: Any) -> None:
    click(page, '[data-say="box"]')
    page.execute_script(
        """
        const canvas = document.getElementById("box"), box = canvas.getBoundingClientRect();
        canvas.setPointerCapture = () => {};
        for (const [kind, x, y] of [["down", 0.25, 0.5], ["move", 0.3, 0.6], ["up", 0.5, 0.75]]) {
          const place = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
          canvas.dispatchEvent(new PointerEvent(`pointer${kind}`, { ...place, bubbles: true }));
        }
        """
    )
    assert text(page, ".said code") == "subject = 480 640 960 960   start_s = 10.000"
    assert text(page, "#clock").startswith("10.00 s")


def test_a_video_that_fails_says_so(driver: Any, site: Path) -> None:
    visit(driver, site, "clips/broken.html")
    until(driver, "return !document.querySelector('.failure').hidden")


def test_an_athletes_strokes_are_pooled(driver: Any, site: Path) -> None:
    visit(driver, site, "athletes/1.html")
    until(driver, "return document.querySelector('#parts .plot-container') !== null")
    read = "const { data, layout } = document.getElementById('parts'); return [data, layout.shapes]"
    (dots,), shapes = driver.execute_script(read)
    assert sorted(dots["x"]) == [-140, -120, -100, -40, -40, -40]
    # The medians of the two parts, and contact.
    assert [shape["x0"] for shape in shapes] == [-120, -40, 0]
    ticks = "return document.getElementById('parts').layout.yaxis.ticktext"
    assert driver.execute_script(ticks) == ["pelvis", "left forearm"]


# --- the first page ------------------------------------------------------------------------------


def shown_rows(driver: Any) -> list[str]:
    return list(
        driver.execute_script(
            "return [...document.querySelectorAll('#clips tbody tr')].map("
            "(r) => r.id || r.textContent)"
        )
    )


def test_the_table_is_sorted_searched_filtered_and_grouped(driver: Any, site: Path) -> None:
    visit(driver, site, "index.html")
    whole = ["clip-lost", "clip-one", "clip-two", "clip-three"]
    assert shown_rows(driver) == whole
    click(driver, 'th[data-key="seen"] button')
    assert shown_rows(driver)[:3] == ["clip-three", "clip-one", "clip-two"]
    click(driver, 'th[data-key="seen"] button')
    assert shown_rows(driver)[:3] == ["clip-two", "clip-one", "clip-three"]
    choose(driver, "#search", "TWO")
    assert shown_rows(driver) == ["clip-two"]
    assert text(driver, "#count") == "1 of 4"
    choose(driver, "#search", "")
    choose(driver, '[data-filter="verdict"]', "failed")
    assert shown_rows(driver) == ["clip-lost"]
    choose(driver, '[data-filter="verdict"]', "")
    choose(driver, "#group", "athlete")
    assert [row for row in shown_rows(driver) if not row.startswith("clip-")] == [
        f"A {HOSTILE} (3)",
        "no athlete (1)",
    ]


PAGES = (
    "index.html",
    "compare.html",
    "clips/one.html",
    "comparisons/batting.html",
    "athletes/1.html",
)


@pytest.mark.parametrize("name", PAGES)
def test_hostile_labels_are_inert_and_nothing_is_fetched(
    driver: Any, site: Path, name: str
) -> None:
    visit(driver, site, name)
    time.sleep(0.5)
    assert "Test" in driver.title
    assert not driver.execute_script("return document.querySelector('img[src=x]')")
    assert driver.execute_script("return document.body.textContent.includes(arguments[0])", HOSTILE)
    addresses = [
        message["params"]["request"]["url"]
        for entry in driver.get_log("performance")
        if (message := json.loads(entry["message"])["message"])["method"]
        == "Network.requestWillBeSent"
        and message["params"]["documentURL"].startswith("file:")  # not the browser's own pages
    ]
    assert addresses
    assert {address.split(":")[0] for address in addresses} <= {"file", "data", "blob"}
    assert complaints(driver) == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [390, 1200])
def test_everybody_can_use_it(driver: Any, site: Path, name: str, width: int) -> None:
    """No page is wider than a phone, and axe finds nothing to complain of."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    visit(driver, site, name)
    time.sleep(0.3)
    wide = driver.execute_script(
        "return [...document.querySelectorAll('body *')].filter((e) => e.offsetParent"
        " && !e.closest('.table, .chart, .skip')"
        " && e.getBoundingClientRect().right > innerWidth + 1)"
        ".map((e) => e.tagName + '.' + e.className)"
    )
    assert wide == []
    driver.execute_script(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found = driver.execute_async_script(
        "const done = arguments[0];"
        "axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations.map("
        "(v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).join(', '))))"
    )
    assert found == []
