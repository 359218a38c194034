from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from kinepath.camera_shots import beyond, crossing, propose, split
from kinepath.drawing.figures.segments import contact_sheet
from kinepath.io.video import video_writer
from kinepath.pose.subject import selection
from kinepath.probe import probe
from kinepath.probe.cuts import find_cuts
from tests.unit.test_subject import BoxSeer, Scene, box_opener, picture

SETTINGS = {"shortest_s": 0.5, "searched": 1, "most": 20}
SUBJECT = {
    **{"tiles": [1.0], "searched": 1, "rate_hz": 12.5, "most": 20, "least_score": 0.1},
    "whole_picture": 0.45,
}


@contextmanager
def closed(still: bool) -> Iterator[BoxSeer]:
    raise AssertionError("nobody needs to be looked for")
    yield BoxSeer()


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An empty ground for a second, a person for a second, an empty bright one for a second."""
    path = tmp_path_factory.mktemp("cuts") / "a.mp4"
    with video_writer(path, 640, 360, 25, crf=10) as writer:
        for k in range(75):
            person: Scene = {240: (300 + 10 * np.sin(k), 180, 150)} if 25 <= k < 50 else {}
            image = picture(person)
            writer.write(np.clip(image + np.uint8(60 * (k // 25)), 0, 255) if not person else image)
    told = probe(path, "a", min_size=32, cut_threshold=0.08)
    # The grounds differ by less than a cut between real ones.
    told["cuts_s"] = [1.0, 2.0]
    return told


def test_a_clip_is_split_at_its_cuts(facts: dict[str, Any]) -> None:
    bounds = [(round(w.start, 2), round(w.end, 2)) for w in split(facts)]
    assert bounds == [(0.0, 0.96), (1.0, 1.96), (2.0, 2.96)]
    assert [(w.start, w.end) for w in split(facts | {"cuts_s": []})] == [(0.0, 2.96)]


def test_the_shot_with_a_person_is_proposed(facts: dict[str, Any]) -> None:
    told = propose(facts, None, None, box_opener, SETTINGS, SUBJECT, implement=False)
    assert told["proposed"]["segment"] == 1
    assert (told["proposed"]["start_s"], told["proposed"]["end_s"]) == (1.0, 1.96)
    assert "pixels tall" in told["proposed"]["reason"] and told["proposed"]["sure"] > 0.5
    assert [segment.get("why_not") for segment in told["segments"]] == [
        "nobody seen",
        None,
        "nobody seen",
    ]
    sheet = contact_sheet(facts | told)
    assert sheet.shape[1] == 990 and sheet.shape[0] > 3 * 135


@pytest.mark.parametrize(
    ("start", "end", "cuts", "expected", "reason"),
    [
        (0.4, None, [1.0], (0.4, 2.96), "the window in the sheet"),
        (None, None, [], (0.0, 2.96), "no cuts: the whole clip"),
    ],
)
def test_nobody_is_looked_for_without_need(
    facts: dict[str, Any],
    start: float | None,
    end: float | None,
    cuts: list[float],
    expected: tuple[float, float],
    reason: str,
) -> None:
    told = propose(facts | {"cuts_s": cuts}, start, end, closed, SETTINGS, SUBJECT, implement=True)[
        "proposed"
    ]
    assert (told["start_s"], told["end_s"]) == expected
    assert told["reason"] == reason and told["sure"] is None


def test_the_only_shot_that_lasts_is_proposed_without_a_search(facts: dict[str, Any]) -> None:
    lasting = {**SETTINGS, "shortest_s": 1.5}
    told = propose(facts | {"cuts_s": [1.0]}, None, None, closed, lasting, SUBJECT, implement=True)[
        "proposed"
    ]
    assert (told["start_s"], told["end_s"], told["segment"]) == (1.0, 2.96, 1)
    assert told["reason"] == "the only camera shot of 1.5 s or more"


def test_beside_one_who_is_large_and_fits_nobody_is_looked_for(
    facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def searched(sample: Any, numbers: list[int], *others: Any) -> list[Any]:
        assert sample.time[0] != 1.0, "the person is large and alone there"
        return []

    monkeypatch.setattr(selection, "find_tracks", searched)
    large = {**SUBJECT, "whole_picture": 0.3}
    told = propose(facts, None, None, box_opener, SETTINGS, large, implement=False)
    assert told["proposed"]["segment"] == 1
    assert [segment["people"] for segment in told["segments"]] == [0, 1, 0]


def test_nobody_anywhere_is_said(facts: dict[str, Any]) -> None:
    only_ends = facts | {
        "cuts_s": [0.48],
        "end_s": 0.96,
        "frame_time_s": facts["frame_time_s"][:25],
    }
    told = propose(
        only_ends, None, None, box_opener, {**SETTINGS, "shortest_s": 0.1}, SUBJECT, implement=True
    )["proposed"]
    assert told["reason"].startswith("nobody seen in any segment") and told["sure"] == 0.0
    assert (told["start_s"], told["end_s"]) == (0.0, 0.96)


def test_a_window_across_a_cut_is_warned_about() -> None:
    window = {"start_s": 0.5, "end_s": 1.5}
    assert "the camera jumps at 1.00 s" in crossing({"cuts_s": [1.0, 2.0]}, window)[0]
    assert crossing({"cuts_s": [0.5, 2.0]}, window) == []


def test_a_faint_cut_stands_out_from_the_frames_beside_it() -> None:
    time = np.arange(50) / 25
    change = np.full(50, 0.01)
    change[20] = 0.06
    np.testing.assert_allclose(find_cuts(time, change, 0.08), [0.8])
    # A flash changes the picture twice, a pan many times.
    change[21] = 0.06
    assert find_cuts(time, change, 0.08).size == 0


def test_a_window_that_ends_after_the_video_is_warned_about() -> None:
    facts = {"start_s": 0.0, "duration_s": 4.0, "end_s": 3.96}
    assert "end_s is 4.5 s, but the last frame is shown at 3.96 s" in beyond(facts, 4.5)[0]
    assert beyond(facts, 4.0) == beyond(facts, None) == []
