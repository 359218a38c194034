from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kinepath.io.video import video_writer
from kinepath.site import (
    KINDS,
    Clip,
    Comparison,
    FailedClip,
    Form,
    Index,
    gather,
    write_clip,
    write_comparison,
    write_index,
)
from kinepath.site.curves import write_table
from kinepath.site.pages import FigureError

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


CURVES: dict[str, Any] = {
    "time_s": [0.0, 0.04],
    "panels": [
        {
            "title": "Speed",
            "unit": "m/s",
            "lines": [{"name": HOSTILE, "values": [1.5, None], "sd": [0.1, None]}],
        }
    ],
    "sources": ["observed", "interpolated"],
    "events": [],
    "figure": {"names": [], "edges": [], "flat": [], "space": None, "implement": None},
    "sequence": None,
    "repetitions": [],
}


@pytest.fixture
def video(tmp_path: Path) -> Path:
    with video_writer(tmp_path / "a.mp4", 64, 48, 25) as writer:
        for k in range(3):
            writer.write(np.full((48, 64, 3), 80 * k, dtype=np.uint8))
    return tmp_path / "a.mp4"


@pytest.fixture
def figure(tmp_path: Path) -> Path:
    cv2.imwrite(str(tmp_path / "figure.png"), np.full((20, 30, 3), 255, dtype=np.uint8))
    return tmp_path / "figure.png"


def hostile_clip(video: Path, figure: Path) -> Clip:
    return Clip(
        name="one",
        label=HOSTILE,
        activity=HOSTILE,
        videos=dict.fromkeys(KINDS, video),
        fps=25.0,
        event_s=0.04,
        athlete=HOSTILE,
        date=HOSTILE,
        facts=((HOSTILE, HOSTILE),),
        warnings=(HOSTILE,),
        remarks=(HOSTILE,),
        sources={"observed": 0.25, "pose_proxy": 0.75},
        verdict=HOSTILE,
        reason=HOSTILE,
        figures={"Kinetic chain": figure},
        form=Form(
            headline=HOSTILE,
            scored=True,
            sentences=(HOSTILE,),
            repetitions=(
                {
                    "number": 1,
                    "complete": True,
                    "by_sheet": True,
                    "start_s": 0.0,
                    "end_s": 0.04,
                    "score": HOSTILE,
                    "verdicts": ((HOSTILE, HOSTILE, "missed"),),
                },
            ),
            table=figure,
            drift=figure,
            video=video,
        ),
        data={"kinematics.h5": figure},
    )


def record(name: str, **given: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(
        ("athlete", "date", "observed", "contact", "peak", "sequence", "repetitions", "score",
         "score_sd", "judged", "gravest")
    )  # fmt: skip
    return {
        **nothing,
        "clip": name,
        "label": name,
        "activity": "batting",
        "status": "analysed",
        "seconds": 2.0,
        "seen": 1.0,
        "repetitions_are_least": False,
        "warnings": 0,
        **given,
    }


HOSTILE_RECORD = record(
    "one",
    label=HOSTILE,
    activity=HOSTILE,
    athlete=HOSTILE,
    date="2026-05-01",
    observed=0.5,
    contact={"time_s": 1.0, "early_s": 0.9, "late_s": 1.2, "source": "sound"},
    peak={"kind": "at least", "value": 7.0, "unit": "m/s", "of": "bat tip", "words": HOSTILE},
    sequence=[HOSTILE, "bat"],
    gravest=HOSTILE,
    warnings=3,
)


def local_references(page: Page) -> set[str]:
    return {
        str(attrs[name])
        for _, attrs in page.elements
        for name in ("src", "href", "poster")
        if attrs.get(name) and not str(attrs[name]).startswith(("#", "data:"))
    }


def test_a_hostile_clip_is_text(video: Path, figure: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    page = Page(write_clip(hostile_clip(video, figure), CURVES, HOSTILE, site).read_text("utf-8"))
    assert page.text.count(HOSTILE) > 15
    assert not [attrs for _, attrs in page.elements if "onerror" in attrs]
    assert all(script["src"] for script in page.all("script"))
    data = (site / "clips/one/data.js").read_text("utf-8")
    assert json.loads(data.split(" = ", 1)[1].rstrip(";\n"))["label"] == HOSTILE


def test_a_clips_folder_holds_all_that_its_page_shows(
    video: Path, figure: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    old = site / "clips/one/old.mp4"
    old.parent.mkdir(parents=True)
    old.touch()
    path = write_clip(hostile_clip(video, figure), CURVES, "Title", site)
    write_index(Index("Title", (record("one"),), (), (), {}), site)
    shown = local_references(Page(path.read_text("utf-8")))
    assert not old.exists()
    missing = [name for name in shown if not (path.parent / name.split("#")[0]).is_file()]
    assert missing == []
    assert {path.name for path in (site / "clips/one").iterdir()} == {
        *("overlay.mp4", "skeleton.mp4", "video.mp4", "form.mp4"),
        *("overlay.jpg", "skeleton.jpg", "video.jpg", "form.jpg", "thumbnail.jpg"),
        *(
            "kinetic-chain.webp",
            "metrics.webp",
            "drift.webp",
            "data.js",
            "curves.csv",
            "kinematics.h5",
        ),
    }


def test_a_figure_that_is_no_image_is_named(video: Path, figure: Path, tmp_path: Path) -> None:
    figure.write_bytes(b"no image")
    with pytest.raises(FigureError, match=r"figure\.png: no image"):
        write_clip(hostile_clip(video, figure), CURVES, "Title", tmp_path)


def test_nothing_outside_is_asked_for(video: Path, figure: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    write_clip(hostile_clip(video, figure), CURVES, "Title", site)
    write_index(Index("Title", (HOSTILE_RECORD,), (), (("batting", 2),), {}), site)
    own = [path for path in site.rglob("*") if path.suffix in (".html", ".js", ".css")]
    assert len(own) > 8
    for path in own:
        if path.name != "plotly.min.js":
            text = path.read_text("utf-8")
            assert not re.search(r"https?:|//[a-z]+\.[a-z]|@import|url\(", text), path


def test_videos_say_when_their_event_is(video: Path, figure: Path, tmp_path: Path) -> None:
    clip = hostile_clip(video, figure)
    page = Page(write_clip(clip, CURVES, "Title", tmp_path).read_text("utf-8"))
    assert {shown["data-event"] for shown in page.all("video")} == {"0.04"}
    page = Page(write_clip(replace(clip, event_s=None), CURVES, "T", tmp_path).read_text("utf-8"))
    assert {shown["data-event"] for shown in page.all("video")} == {"0"}


def test_the_same_content_makes_the_same_bytes(video: Path, figure: Path, tmp_path: Path) -> None:
    def contents() -> dict[str, bytes]:
        write_clip(hostile_clip(video, figure), CURVES, "Title", tmp_path / "site")
        return {p.name: p.read_bytes() for p in (tmp_path / "site").rglob("*") if p.is_file()}

    assert contents() == contents()


def test_a_pose_proxy_is_called_one(video: Path, figure: Path, tmp_path: Path) -> None:
    page = Page(write_clip(hostile_clip(video, figure), CURVES, "T", tmp_path).read_text("utf-8"))
    assert "inferred from the pose, not seen (pose_proxy) 75 %" in page.text


def test_curves_are_a_table_that_can_be_read(tmp_path: Path) -> None:
    write_table(CURVES, tmp_path / "curves.csv")
    table = pd.read_csv(tmp_path / "curves.csv")
    assert list(table.columns) == [
        "time_s",
        "how the implement is known",
        f"Speed, {HOSTILE} (m/s)",
        f"Speed, {HOSTILE} (m/s), standard deviation",
    ]
    assert table["time_s"].tolist() == [0.0, 0.04]
    assert table.iloc[:, 1].tolist() == ["observed", "interpolated"]
    assert table.iloc[:, 2].tolist() == pytest.approx([1.5, float("nan")], nan_ok=True)


def test_the_first_page_lists_all_clips_and_those_that_failed(tmp_path: Path) -> None:
    failed = FailedClip("two", HOSTILE, "batting", "probe", HOSTILE, HOSTILE, HOSTILE)
    index = Index(HOSTILE, (HOSTILE_RECORD,), (failed,), (("batting", 2),), {"kinepath": HOSTILE})
    page = Page(write_index(index, tmp_path).read_text("utf-8"))
    assert page.text.count(HOSTILE) >= 11
    assert not [attrs for _, attrs in page.elements if "onerror" in attrs]
    rows = {row.get("id"): row for row in page.all("tr")}
    assert rows["clip-one"]["data-verdict"] == "with warnings"
    assert rows["clip-two"]["class"] == "failed"
    assert "1 of 2" in page.text
    athlete = Page((tmp_path / "athletes/1.html").read_text("utf-8"))
    assert HOSTILE in athlete.text
    assert {path.name for path in (tmp_path / "athletes").iterdir()} == {"1.html", "1.js"}
    assert "compare.html" not in {link["href"] for link in page.all("a")}


def test_a_page_of_comparisons_shows_the_grid_and_the_figures(
    video: Path, figure: Path, tmp_path: Path
) -> None:
    clips = (("one", HOSTILE), ("two", "two"))
    grid = dict.fromkeys(KINDS, video)
    comparison = Comparison("batting", grid, 25.0, 0.04, clips, {"Distances": figure})
    path = write_comparison(
        comparison, {"one": {"two": {"steps": "012"}}}, {HOSTILE: {}}, HOSTILE, tmp_path
    )
    page = Page(path.read_text("utf-8"))
    assert HOSTILE in page.text
    assert len(page.all("video")) == 3
    assert "../clips/two.html" in {link["href"] for link in page.all("a")}
    script = (path.parent / "batting/one.js").read_text("utf-8")
    assert '["one"] = {"two":{"steps":"012"}}' in script
    empty = Comparison("batting", {}, 0.0, None, clips)
    assert not Page(write_comparison(empty, {}, {}, "T", tmp_path).read_text("utf-8")).all("video")


ROW = {
    "clip": "one",
    "label": None,
    "activity": "batting",
    "athlete": "A",
    "date": "2026-05-01",
    "repetitions": [{"counts": False, "start_s": 4.0, "end_s": 6.25}],
}
PROBE = {
    "file": "raw/one.mov",
    "width": 640,
    "height": 360,
    "codec": "h264",
    "variable_rate": True,
    "fps_average": 29.9,
    "duration_s": 12.5,
    "cuts_s": [3.0],
    "defects": ["2 damaged packets"],
    "warnings": ["2 damaged packets", "the frame rate varies"],
}
CONFORMED = {
    "fps": 10.0,
    "frames": 4,
    "time_s": [5.0, 5.1, 5.2, 5.3],
    "raw_time_s": [5.0, 5.4, 5.8, 6.2],
}
CHAIN = {
    "path": ["left_knee", "pelvis", "bat"],
    "reason": "Three joints follow each other.",
    "notes": [],
    "warnings": ["2 damaged packets", "half of the bat is inferred from the pose"],
    "reaches_hands": False,
    "nodes": [
        {"name": "pelvis", "activation_time_s": 5.05, "interval_s": [5.0, 5.1]},
        {"name": "bat", "activation_time_s": None, "interval_s": None},
    ],
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
    assert card.raw_start_s == 5.0
    assert card.raw_pace == pytest.approx(4.0)
    assert card.corrections == "not 4-6.25"
    facts = dict(card.facts)
    between = "between 5.10 and 5.30 s (90 %)"
    assert facts["Contact"] == f"5.20 s, {between}, from the sound of impact and the motion"
    assert facts["Peak speed of the bat tip"] == (
        "7.2 ± 0.5 m/s at 5.20 s, in the image plane at the athlete's distance"
    )
    assert facts["Athlete seen in"] == "75 % of the frames"
    assert facts["Raw frame rate"] == "variable, on average 29.90 Hz"
    assert facts["Raw duration"] == "12.50 s, 1 cut"
    assert card.verdict == "Kinetic chain: left knee → pelvis → bat"
    assert card.found
    assert card.sources == {
        "observed": 0.25,
        "interpolated": 0.0,
        "pose_proxy": 0.5,
        "none": 0.25,
    }
    assert card.warnings == ("2 damaged packets", "half of the bat is inferred from the pose")
    assert card.remarks == ("the frame rate varies",)


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
    assert card.sources == {}
    assert "Peak speed of the bat tip" not in dict(card.facts)


def test_a_card_tells_of_the_repetitions() -> None:
    score: dict[str, Any] = {"value": 93.4, "sd": 5.2, "judged": 0.615, "reason": None}
    metric = {"value": 71.2, "sd": 3.0, "unit": "deg", "verdict": "missed"}
    entry = {
        "number": 1,
        "complete": True,
        "by_sheet": False,
        "start_s": 0.5,
        "end_s": 2.0,
        "score": score,
        "metrics": {"depth": metric},
        "sentences": ["Too shallow."],
        "sensitivity": {"changed": {"depth": {}}},
    }
    found = {
        "title": "Squat",
        "count": 1,
        "by_sheet": None,
        "set": {"score": score, "sentences": ["It drifts."]},
        "repetitions": [entry],
        "metrics": {"depth": {"title": "Depth of the hips"}},
        "note": None,
    }
    paths = {name: Path(name) for name in ("table", "drift", "video")}
    form = gather.form(found, **paths)
    score_words = "score 93 ± 5 of 100, with 62 % of the points judged"
    assert form.headline == f"Squat: 1 complete repetition; {score_words}"
    assert not form.scored  # 62 % of the points are not most of them
    smoothing = "Repetition 1: with other smoothing its verdict on depth of the hips changes."
    assert form.sentences == ("It drifts.", "Too shallow.", smoothing)
    assert form.repetitions[0]["score"] == score_words.removeprefix("score ")
    assert form.repetitions[0]["verdicts"] == (("Depth of the hips", "71.2 ± 3.0 °", "missed"),)
    score |= {"value": None, "reason": "too little could be judged"}
    form = gather.form({**found, "note": "a note"}, **paths)
    assert form.headline == "Squat: 1 complete repetition; too little could be judged"
    assert form.sentences[-1] == "a note"
    said = gather.form({**found, "by_sheet": "1 counted by the sheet"}, **paths)
    assert said.headline.startswith("Squat: 1 complete repetition (1 counted by the sheet);")
    least = gather.form({**found, "count_is_minimum": True, "warnings": ["cut"]}, **paths)
    assert least.headline.startswith("Squat: at least 1 complete repetition;")
    assert least.warnings == ("cut",)


def test_a_row_of_the_first_page_holds_numbers() -> None:
    motion = kinematics(
        contact_s=5.2,
        contact_early_s=5.1,
        contact_late_s=5.3,
        contact_source="sound",
        peak_time_s=5.2,
        peak_of="bat tip",
        peak_kind="at least",
        peak_speed_at_least=3.0,
        peak_speed_at_least_m_s=5.4,
        peak_reason="the peak is too narrow",
        height_m=1.8,
    )
    card = gathered(motion, CHAIN)
    found = gather.record(card, motion, CONFORMED, CHAIN, None)
    assert found["seen"] == 0.75 and found["observed"] == 0.25
    assert found["seconds"] == pytest.approx(0.4)
    assert found["contact"] == {"time_s": 5.2, "early_s": 5.1, "late_s": 5.3, "source": "sound"}
    words = "at least 5.4 m/s"
    assert found["peak"] == {
        "kind": "at least", "value": 5.4, "unit": "m/s", "of": "bat tip", "words": words,
    }  # fmt: skip
    assert found["sequence"] == CHAIN["path"]
    # Of the two parts one was not seen; times count from contact.
    # The bounds are those of peak and contact together, 0.05 and 0.1 s.
    wide = round(float(np.hypot(0.05, 0.1)), 4)
    assert found["sequence_s"] == {
        "pelvis": [-0.15, pytest.approx(-0.15 - wide), pytest.approx(-0.15 + wide)]
    }
    assert found["warnings"] == 2
    assert found["gravest"] == "2 damaged packets"
    assert found["repetitions"] is found["score"] is None


def test_a_row_says_that_nobody_was_seen_and_what_is_least() -> None:
    motion = kinematics().drop_vars("bat_source")
    motion["confidence"][:] = 0.0
    card = gathered(motion, None)
    score = {"value": 90.0, "sd": 4.0, "judged": 1.0}
    form = {"count": 3, "count_is_minimum": True, "set": {"score": score}}
    found = gather.record(card, motion, CONFORMED, None, form)
    assert found["status"] == "nobody seen"
    assert found["repetitions"] == 3 and found["repetitions_are_least"]
    assert (found["score"], found["score_sd"], found["judged"]) == (90.0, 4.0, 1.0)
    assert found["peak"] is found["contact"] is found["observed"] is found["sequence"] is None


def test_versions_are_those_of_the_programs() -> None:
    assert gather.versions()["kinepath"]
