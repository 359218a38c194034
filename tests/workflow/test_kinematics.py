from __future__ import annotations

import numpy as np

from kinepath.clean import clean
from kinepath.io import sequence
from kinepath.io.files import write_json
from tests.poses import make_poses, standing_position
from tests.unit.test_clean import SETTINGS
from tests.unit.test_kinematics import FPS, TIME, aligned
from tests.workflow.conftest import Workspace


def test_the_rules_give_speeds_in_metres_and_a_picture(workspace: Workspace) -> None:
    workspace.sheet({"clip": "a", "path": "a.mp4", "activity": "batting", "height_m": 2.0})
    tip = 0.5 * np.stack([np.cos(4 * TIME), np.sin(4 * TIME)], axis=1)
    plane = aligned(tip).assign_attrs(scale=200.0)
    sequence.write(plane, workspace.path("results/aligned/a.h5"), "aligned")
    cleaned = clean(make_poses(standing_position(len(TIME)), fps=FPS), SETTINGS)
    sequence.write(cleaned, workspace.path("results/clean/a.h5"), "poses")
    last = float(TIME[-1])
    contact = {"time_s": last / 2, "early_s": last / 4, "late_s": last, "source": "sound"}
    stroke = {"top_of_backlift_s": last / 4, "follow_through_s": 0.75 * last, "contact": contact}
    workspace.path("results/events").mkdir(parents=True)
    events = {"strokes": [stroke], "analysed": 0, "note": "two strokes"}
    write_json(workspace.path("results/events/a.json"), events)
    workspace.make("results/kinematics/a.h5", rule="kinematics")
    features = sequence.read(workspace.path("results/kinematics/a.h5"), "kinematics")
    speed = 0.5 * np.sin(4 / FPS) * FPS
    np.testing.assert_allclose(features["bat_speed"][1:-1], speed)
    np.testing.assert_allclose(features["bat_speed_m"][1:-1], 2 * speed)
    assert features.attrs["peak_kind"] == "at least"
    assert last / 4 <= features.attrs["peak_time_s"] <= 0.75 * last
    assert features.attrs["contact_s"] == last / 2
    assert features.attrs["contact_source"] == "sound"
    assert "two strokes" in features.attrs["warnings"]
    workspace.make("results/kinematics/a.png", rule="kinematics_figure")
    picture = workspace.path("results/kinematics/a.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000
