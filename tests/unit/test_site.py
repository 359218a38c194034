from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from kinepath.site import KINDS, Activity, Clip, Composite, Form, SiteContent, build, gather

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&{{ 7 * 7 }}"


class Page(HTMLParser):
    """Collects the elements and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture
def content(tmp_path: Path) -> SiteContent:
    def file(name: str) -> Path:
        path = tmp_path / "results" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
        return path

    clips = tuple(
        Clip(
            name=name,
            label=HOSTILE,
            activity="batting",
            videos={kind: file(f"{name}_{kind}.mp4") for kind in KINDS},
            fps=25.0,
            event_s=event,
            athlete=HOSTILE,
            facts=((HOSTILE, HOSTILE),),
            warnings=(HOSTILE,),
            bat_sources={"observed": 0.25, "pose_proxy": 0.75},
            verdict=HOSTILE,
            reason=HOSTILE,
            figures={"Kinetic chain": file(f"{name}_corrpath.png")},
            form=Form(
                headline=HOSTILE,
                scored=True,
                sentences=(HOSTILE,),
                table=file("one_form.png"),
                drift=file("one_form_drift.png"),
                video=file("one_form.mp4"),
            )
            if name == "one"
            else None,
        )
        for name, event in (("one", 1.5), ("two", None))
    )
    composite = Composite(
        "batting", {kind: file(f"c_{kind}.mp4") for kind in KINDS}, 25.0, 1.5, (HOSTILE,)
    )
    matrix = file("batting_matrix.png")
    return SiteContent(
        title=HOSTILE,
        overview=(("clips", HOSTILE),),
        composites=(composite,),
        activities=(Activity("batting", clips, matrix, {"map": file("batting_map.png")}),),
        versions={"kinepath": HOSTILE},
        chains=file("summary.png"),
    )


def test_a_hostile_label_is_text(content: SiteContent, tmp_path: Path) -> None:
    page = Page(build(content, tmp_path / "site").read_text(encoding="utf-8"))
    assert page.text.count(HOSTILE) > 10
    assert not [attrs for _, attrs in page.elements if "onerror" in attrs]
    assert {image["src"] for image in page.all("img")} == {
        "media/clip-one-kinetic-chain.png",
        "media/clip-two-kinetic-chain.png",
        "media/clip-one-form-1.png",
        "media/clip-one-form-2.png",
        "media/activity-batting-matrix.png",
        "media/activity-batting-map.png",
        "media/chains.png",
    }
    assert len(page.all("script")) == 1


def test_the_folder_holds_all_that_the_page_shows(content: SiteContent, tmp_path: Path) -> None:
    index = build(content, tmp_path / "site")
    page = Page(index.read_text(encoding="utf-8"))
    shown = {
        str(attrs[name])
        for _, attrs in page.elements
        for name in ("src", "href")
        if attrs.get(name) and not str(attrs[name]).startswith(("#", "data:"))
    }
    assert shown == {f"media/{path.name}" for path in (index.parent / "media").iterdir()}
    copied = index.parent / "media" / "clip-two-overlay.mp4"
    assert copied.read_bytes() == b"two_overlay.mp4"
    assert not copied.is_symlink()


def test_nothing_outside_is_asked_for(content: SiteContent, tmp_path: Path) -> None:
    text = build(content, tmp_path / "site").read_text(encoding="utf-8")
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\(", text)


def test_videos_say_when_their_event_is(content: SiteContent, tmp_path: Path) -> None:
    page = Page(build(content, tmp_path / "site").read_text(encoding="utf-8"))
    events = {str(video["src"]): video["data-event"] for video in page.all("video")}
    assert len(events) == 10
    assert float(events["media/clip-one-skeleton.mp4"] or "nan") == 1.5
    assert float(events["media/clip-two-skeleton.mp4"] or "nan") == 0


def test_a_second_build_drops_what_is_gone(content: SiteContent, tmp_path: Path) -> None:
    first = build(content, tmp_path / "site").read_bytes()
    (tmp_path / "site" / "media" / "old.mp4").touch()
    assert build(content, tmp_path / "site").read_bytes() == first
    assert not (tmp_path / "site" / "media" / "old.mp4").exists()


def test_a_pose_proxy_is_called_one(content: SiteContent, tmp_path: Path) -> None:
    page = Page(build(content, tmp_path / "site").read_text(encoding="utf-8"))
    assert "inferred from the pose, not seen (pose_proxy) 75 %" in page.text


ROW = {"clip": "one", "label": None, "activity": "batting", "athlete": "A"}
PROBE = {
    "file": "raw/one.mov",
    "width": 640,
    "height": 360,
    "codec": "h264",
    "variable_rate": True,
    "fps_average": 29.9,
    "duration_s": 12.5,
    "cuts_s": [3.0],
    "warnings": ["2 damaged packets"],
}
CONFORMED = {"fps": 10.0, "frames": 4, "time_s": [5.0, 5.1, 5.2, 5.3]}
CHAIN = {
    "path": ["left_knee", "pelvis", "bat"],
    "reason": "Three joints follow each other.",
    "notes": [],
    "warnings": ["2 damaged packets", "half of the bat is inferred from the pose"],
    "reaches_hands": False,
}


def kinematics(**attrs: Any) -> xr.Dataset:
    confidence = np.zeros((4, 3, 1))
    confidence[:3, 0] = 0.5
    return xr.Dataset(
        {
            "confidence": (("time", "keypoints", "individuals"), confidence),
            "bat_source": ("time", np.array([1, 3, 3, 0], dtype=np.int8)),
        },
        attrs=attrs,
    )


def gathered(motion: xr.Dataset, chain: dict[str, Any] | None) -> Clip:
    return gather.clip(ROW, PROBE, CONFORMED, motion, chain, videos={}, figures={})


def test_a_card_tells_what_was_found() -> None:
    motion = kinematics(
        contact_s=5.2,
        contact_early_s=5.1,
        contact_late_s=5.3,
        contact_source="sound",
        peak_time_s=5.2,
        peak_of="bat tip",
        peak_kind="measured",
        peak_speed=4.0,
        peak_speed_sd=0.25,
        height_m=1.8,
    )
    card = gathered(motion, CHAIN)
    assert card.label == "one"
    assert card.event_s == pytest.approx(0.2)
    facts = dict(card.facts)
    between = "between 5.10 and 5.30 s (90 %)"
    assert facts["Contact"] == f"5.20 s, {between}, from the sound of impact and the motion"
    assert facts["Peak speed of the bat tip"] == (
        "7.2 ± 0.5 m/s at 5.20 s, in the picture's plane at the athlete's distance"
    )
    assert facts["Athlete seen in"] == "75 % of the frames"
    assert facts["Raw frame rate"] == "variable, on average 29.90 Hz"
    assert facts["Raw duration"] == "12.50 s, 1 cut"
    assert card.verdict == "Kinetic chain: left knee → pelvis → bat"
    assert card.found
    assert card.bat_sources == {
        "observed": 0.25,
        "interpolated": 0.0,
        "pose_proxy": 0.5,
        "none": 0.25,
    }
    assert card.warnings == ("2 damaged packets", "half of the bat is inferred from the pose")


def test_a_card_tells_what_was_not_found() -> None:
    none = {"path": [], "reason": "No joint leads another.", "notes": [], "reaches_hands": False}
    card = gathered(kinematics(warnings='["no bat motion"]'), none)
    assert card.event_s is None
    assert dict(card.facts)["Peak speed of the bat"] == "not found"
    assert card.verdict == "No kinetic chain"
    assert not card.found
    assert card.reason == "No joint leads another."
    assert "no bat motion" in card.warnings


def test_a_card_without_a_bat_is_silent_about_it() -> None:
    card = gathered(kinematics().drop_vars("bat_source"), None)
    assert card.verdict is None
    assert card.bat_sources == {}
    assert "Peak speed of the bat tip" not in dict(card.facts)


def test_a_card_tells_of_the_repetitions() -> None:
    score: dict[str, Any] = {"value": 93.4, "sd": 5.2, "judged": 0.615, "reason": None}
    entry = {"number": 1, "sentences": ["Too shallow."], "sensitivity": {"changed": {"depth": {}}}}
    found = {
        "title": "Squat",
        "count": 1,
        "set": {"score": score, "sentences": ["It drifts."]},
        "repetitions": [entry],
        "metrics": {"depth": {"title": "Depth of the hips"}},
        "note": None,
    }
    paths = {name: Path(name) for name in ("table", "drift", "video")}
    form = gather.form(found, **paths)
    score_words = "score 93 ± 5 of 100, with 62 % of the points judged"
    assert form.headline == f"Squat: 1 complete repetition; {score_words}"
    assert form.scored
    smoothing = "Repetition 1: with other smoothing its verdict on depth of the hips changes."
    assert form.sentences == ("It drifts.", "Too shallow.", smoothing)
    score |= {"value": None, "reason": "too little could be judged"}
    form = gather.form({**found, "note": "a note"}, **paths)
    assert form.headline == "Squat: 1 complete repetition; too little could be judged"
    assert form.sentences[-1] == "a note"
    least = gather.form({**found, "count_is_minimum": True, "warnings": ["cut"]}, **paths)
    assert least.headline.startswith("Squat: at least 1 complete repetition;")
    assert least.warnings == ("cut",)


def test_the_overview_counts() -> None:
    contact = {"contact_s": 5.2, "contact_early_s": 5.1, "contact_late_s": 5.3}
    found = gathered(kinematics(**contact, contact_source="sound"), CHAIN)
    missing = gathered(kinematics(), {**CHAIN, "path": []})
    short = gathered(kinematics(), {**CHAIN, "reaches_hands": True})
    assert "to the hands, the bat was not seen" in str(short.verdict)
    three = gather.overview([Activity("batting", (found, missing, short))], 150.0)
    assert dict(three)["kinetic chains found"] == "2 of 3 (1 to the hands only)"
    rows = gather.overview([Activity("batting", (found, missing))], 150.0)
    assert dict(rows) == {
        "clips": "2",
        "athlete": "1",
        "analysed": "2.5 min",
        "strokes found": "1 of 2",
        "kinetic chains found": "1 of 2",
    }
    assert gather.versions()["kinepath"]
