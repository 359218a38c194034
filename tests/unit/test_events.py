from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from kinepath.bat import SOURCES
from kinepath.body.skeleton import BLAZEPOSE
from kinepath.events import analysed_contact, analysed_stroke, find_events
from tests.poses import make_poses, standing_position

FPS, STATURE = 50.0, 200.0
WRISTS = [BLAZEPOSE.index(f"{side}_wrist") for side in ("left", "right")]


def clip(
    seconds: float, hands_at: list[float], tip_at: list[float], *, jump_at: float | None = None
) -> tuple[xr.Dataset, xr.Dataset]:
    """Poses and bat whose hands and tip pass by at their fastest at the given times."""
    time = np.arange(round(seconds * FPS)) / FPS

    def passing(times: list[float]) -> np.ndarray:
        bursts = [np.tanh((time - at) / 0.08) for at in times]
        return np.asarray(np.sum([0 * time, *bursts], axis=0))

    way, turn = 0.15 * STATURE * passing(hands_at), 0.4 * STATURE * passing(tip_at)
    position = standing_position(time.size)
    position[:, 0, WRISTS, 0] += way[:, None]
    grip = position[:, :, WRISTS, 0].mean(axis=2)
    tip = grip + np.column_stack([turn, np.full(time.size, 0.4 * STATURE)])
    if jump_at is not None:
        tip[time >= jump_at, 0] += 0.8 * STATURE
    poses = make_poses(position, fps=FPS).assign_attrs(stature_px=STATURE)
    bat = xr.Dataset(
        {
            "tip": (("time", "space"), tip),
            "grip": (("time", "space"), grip),
            "source": ("time", np.full(time.size, SOURCES["observed"])),
        }
    )
    return poses, bat


def test_a_stroke_has_its_events_in_order_around_its_burst() -> None:
    events = find_events(*clip(3, [1.5], [1.5]))
    stroke = analysed_stroke(events)
    assert stroke is not None
    assert stroke["burst_s"] == pytest.approx(1.5, abs=0.02)
    order = ["top_of_backlift_s", "downswing_s", "burst_s", "follow_through_s"]
    times = [stroke[name] for name in order]
    assert times == sorted(times)
    contact = stroke["contact"]
    assert contact["early_s"] < contact["time_s"] < contact["late_s"]
    assert contact["source"] == "motion"
    assert events["note"] is None


def test_a_jump_of_the_tip_while_the_hands_are_slow_is_no_stroke() -> None:
    events = find_events(*clip(4, [3.0], [3.0], jump_at=1.0))
    assert [stroke["burst_s"] for stroke in events["strokes"]] == pytest.approx([3.0], abs=0.02)


def test_hands_that_jump_are_not_stronger_than_hands_that_swing() -> None:
    """For a frame they are faster; the tip swings both times."""
    poses, bat = clip(5, [3.4], [1.5, 3.4])
    jumped = poses["time"].values - poses["time"].values[0] >= 1.5
    way = np.where(jumped, 0.2 * STATURE, 0.0)
    position = poses["position"].transpose("time", "space", "keypoints", "individuals")
    position.values[:, 0, WRISTS, 0] += way[:, None]
    poses = poses.assign(position=position)
    bat["tip"].values[:, 0] += way
    bat["grip"].values[:, 0] += way
    events = find_events(poses, bat)
    assert [s["burst_s"] for s in events["strokes"]] == pytest.approx([1.5, 3.4], abs=0.04)
    first, second = (stroke["intensity"] for stroke in events["strokes"])
    assert first > second
    assert events["analysed"] == 1


def test_the_strongest_whole_stroke_is_analysed_and_the_others_are_listed() -> None:
    events = find_events(*clip(5, [0.1, 1.5, 3.4, 3.4], [0.1, 1.5, 3.4]))
    bursts = [stroke["burst_s"] for stroke in events["strokes"]]
    assert bursts == pytest.approx([0.1, 1.5, 3.4], abs=0.04)
    assert [stroke["whole"] for stroke in events["strokes"]] == [False, True, True]
    assert events["analysed"] == 2
    assert "contact_s" in events["note"]
    chosen = find_events(*clip(5, [0.1, 1.5, 3.4, 3.4], [0.1, 1.5, 3.4]), contact_s=1.52)
    assert chosen["analysed"] == 1
    contact = analysed_contact(chosen)
    assert contact is not None
    assert (contact["time_s"], contact["source"]) == (1.52, "sheet")


def test_a_stroke_with_an_impact_goes_before_a_silent_one() -> None:
    poses, bat = clip(6, [1.5, 4.0], [1.5, 4.0])
    for number, contact in enumerate((1.5, 4.0)):
        impact = [{"time_s": contact + 0.05, "level_db": 30.0}]
        assert find_events(poses, bat, impact)["analysed"] == number


@pytest.mark.parametrize("before", [0.9, 1.1])
def test_a_backlift_belongs_to_the_stroke_that_follows(before: float) -> None:
    twice_as_fast = [2.0, 2.0]
    events = find_events(*clip(4, [2.0 - before, *twice_as_fast], [2.0 - before, *twice_as_fast]))
    assert [stroke["burst_s"] for stroke in events["strokes"]] == pytest.approx([2.0], abs=0.02)
    assert events["note"] is None
    equal = find_events(*clip(4, [2.0 - before, 2.0], [2.0 - before, 2.0]))
    assert len(equal["strokes"]) == 2


def test_a_contact_beside_the_stroke_contradicts_none_of_its_events() -> None:
    inside = find_events(*clip(4, [2.0], [2.0]), contact_s=2.02)
    assert inside["note"] is None
    for given in (1.65, 2.35):
        events = find_events(*clip(4, [2.0], [2.0]), contact_s=given)
        stroke = events["strokes"][events["analysed"]]
        assert stroke["contact"]["time_s"] == given
        assert "fastest at 2.0" in events["note"] and f"{given:.2f} s" in events["note"]
        for name in ("top_of_backlift_s", "downswing_s"):
            assert stroke[name] is None or stroke[name] < given
        assert stroke["follow_through_s"] is None or stroke["follow_through_s"] > given


def test_a_contact_in_the_sheet_makes_a_stroke_where_none_was_found() -> None:
    events = find_events(*clip(3, [], []), contact_s=1.0)
    contact = analysed_contact(events)
    assert contact is not None
    assert contact["time_s"] == 1.0


def test_a_stroke_at_the_end_of_the_clip_is_cut_off_and_said_to_be() -> None:
    events = find_events(*clip(2, [1.95], [1.95]))
    assert "cut off" in events["note"]


@pytest.mark.parametrize(
    "clicks, source, contact_s",
    [
        ([(1.62, 30.0)], "sound", 1.57),
        ([(0.4, 30.0)], "motion", 1.5),
        ([(1.62, 9.2)], "motion", 1.5),
    ],
)
def test_a_loud_click_near_the_burst_tells_contact(
    clicks: list[tuple[float, float]], source: str, contact_s: float
) -> None:
    heard = [{"time_s": time, "level_db": level} for time, level in clicks]
    contact: dict[str, Any] | None = analysed_contact(find_events(*clip(3, [1.5], [1.5]), heard))
    silent = analysed_contact(find_events(*clip(3, [1.5], [1.5])))
    assert contact is not None
    assert silent is not None
    assert contact["source"] == source
    assert contact["time_s"] == pytest.approx(contact_s, abs=0.03)
    if source == "sound":
        width = contact["late_s"] - contact["early_s"]
        assert width < 0.7 * (silent["late_s"] - silent["early_s"])


def test_without_motion_or_hands_there_is_no_stroke_and_the_reason() -> None:
    still = find_events(*clip(3, [], []))
    assert (still["strokes"], still["analysed"]) == ([], None)
    assert "no stroke" in still["note"]
    poses, bat = clip(3, [1.5], [1.5])
    poses["position"][:] = np.nan
    assert "too few frames" in find_events(poses, bat)["note"]
    assert analysed_contact(find_events(poses, bat)) is None


@pytest.mark.parametrize("frames", [1, 2, 4])
def test_a_few_frames_are_no_stroke(frames: int) -> None:
    poses, bat = clip(3, [1.5], [1.5])
    few = slice(0, frames)
    assert "too few frames" in find_events(poses.isel(time=few), bat.isel(time=few))["note"]
