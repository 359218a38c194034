from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from kinepath.body.skeleton import BLAZEPOSE
from kinepath.errors import KinepathError
from kinepath.io import sequence
from kinepath.io.video import read_frames
from kinepath.synth import Scenario, Simulation, render, simulate, write_clip
from kinepath.synth.implement import IMPLEMENTS
from kinepath.synth.mesh import Limb, Mesh, ellipsoid
from kinepath.synth.raster import depth_pass
from kinepath.synth.scene import scene

Images = NDArray[np.uint8]
TINY = Scenario(shot="cover_drive", width=160, height=90, fps=50.0, duration_s=2.4, grain=0.0)


def pictures(
    scenario: Scenario, frames: Sequence[int] = (0, 30, 72, 90, 119)
) -> tuple[Images, xr.Dataset]:
    simulation = simulate(scenario)
    few = Simulation(scenario, simulation.truth.isel(time=list(frames)))
    return np.stack(list(render(few))), few.truth


@pytest.fixture(scope="module")
def drive() -> tuple[Images, xr.Dataset]:
    return pictures(TINY)


def test_same_seed_gives_the_same_pictures(drive: tuple[Images, xr.Dataset]) -> None:
    noisy = replace(TINY, grain=3.0)
    first, again = pictures(noisy, (0, 60))[0], pictures(noisy, (0, 60))[0]
    np.testing.assert_array_equal(first, again)
    assert first.shape == (2, 90, 160, 3)
    assert first.dtype == np.uint8
    spread = (first[0].astype(float) - drive[0][0]).std()
    assert 2.0 < spread < 4.5


def test_other_seed_gives_another_background(drive: tuple[Images, xr.Dataset]) -> None:
    other, _ = pictures(replace(TINY, seed=2))
    assert np.abs(other[0, :25].astype(float) - drive[0][0, :25]).mean() > 3


def test_left_hander_is_seen_as_the_mirror_image(drive: tuple[Images, xr.Dataset]) -> None:
    left, _ = pictures(replace(TINY, handed="left"))
    np.testing.assert_array_equal(left, drive[0][:, :, ::-1])


@pytest.mark.parametrize("shot", ["cover_drive", "hook", "squat"])
def test_athlete_is_drawn_where_the_truth_says(shot: str) -> None:
    given = replace(TINY, shot=shot, width=320, height=180, shake_px=0.0, pan_deg=0.0, zoom=1.0)
    images, truth = pictures(given)
    camera = given.camera()
    empty = scene(camera, given.seed, outdoors=given.is_batter).seen(
        camera.rotation(np.zeros(1))[0], 1.0
    )
    fall = images[0, 5, 5].astype(float) / np.maximum(empty[5, 5], 1)
    assert (fall > 0.8).all()
    for image, position in zip(images, truth["position"].values[..., 0], strict=True):
        changed = np.abs(image.astype(float) - empty).max(axis=-1) > 22
        near = cv2.dilate(changed.astype(np.uint8), np.ones((5, 5)))
        x, y = np.round(position).astype(int)
        names = [
            k for k, n in enumerate(BLAZEPOSE.keypoints) if "foot" not in n and "heel" not in n
        ]
        assert near[y[names], x[names]].mean() > 0.9
        share = changed.mean()
        assert 0.02 < share < 0.35


def test_bat_is_blurred_at_contact(drive: tuple[Images, xr.Dataset]) -> None:
    sharp, _ = pictures(replace(TINY, shutter=0.01), (72,))
    blurred, _ = pictures(replace(TINY, shutter=0.9), (72,))
    assert np.abs(sharp.astype(float) - blurred).max() > 25


def test_panorama_moves_as_the_background_points_do() -> None:
    given = replace(TINY, width=320, height=180, pan_deg=3.0, zoom=1.1)
    camera = given.camera()
    world = scene(camera, given.seed, outdoors=True)
    ends = np.array([0.0, given.duration])
    rotations, zooms = camera.rotation(ends), camera.zoom_factor(ends)
    first, last = (world.seen(r, float(z)) for r, z in zip(rotations, zooms, strict=True))
    to_last = (camera.intrinsics(zooms[1]) @ rotations[1]) @ np.linalg.inv(
        camera.intrinsics(zooms[0]) @ rotations[0]
    )
    moved = cv2.warpPerspective(first, to_last, (320, 180))
    inside = cv2.warpPerspective(np.ones((180, 320), np.uint8), to_last, (320, 180)) > 0
    difference = np.abs(moved.astype(float) - last)[inside]
    assert np.median(difference) < 3
    assert np.abs(first.astype(float) - last).mean() > 2 * difference.mean()


def test_written_clip_and_truth_belong_together(tmp_path: Path) -> None:
    given = replace(TINY, clip="demo", duration_s=0.2)
    video, truth_path = tmp_path / "demo.mp4", tmp_path / "demo.truth.h5"
    write_clip(given, video, truth_path)
    truth = sequence.read(truth_path, "truth")
    frames = list(read_frames(video))
    assert len(frames) == truth.sizes["time"] == 10
    np.testing.assert_allclose([frame.time for frame in frames], truth["time"], atol=1e-6)
    assert frames[0].image.shape == (90, 160, 3)
    assert truth.attrs["clip"] == "demo"
    drawn = next(iter(render(simulate(given))))
    assert np.abs(frames[0].image.astype(float) - drawn).mean() < 4


def test_depth_buffer_keeps_the_nearest_triangle_that_faces_the_eye() -> None:
    square = [[0, 0], [10, 0], [0, 10]]
    corners = np.array(
        [[*p, 1.0] for p in square] + [[*p, 2.0] for p in square] + [[*p, 3.0] for p in square],
        dtype=np.float32,
    )
    triangles = np.array([[0, 1, 2], [3, 4, 5], [6, 8, 7]], dtype=np.int32)
    depth, nearest = np.zeros((12, 12), np.float32), np.full((12, 12), -1, np.int32)
    depth_pass(corners, triangles, depth, nearest)
    assert nearest[2, 2] == 1
    assert depth[2, 2] == pytest.approx(2.0)
    assert nearest[11, 11] == -1


def test_surfaces_face_outward() -> None:
    axis = np.eye(3)
    left, front, up = axis[0:1], -axis[1:2], axis[2:3]
    mesh = Mesh()
    mesh.add(ellipsoid(np.zeros((1, 3)), (left, front, up), (1.0, 2.0, 3.0)), (1.0, 1.0, 1.0))
    outward = (mesh.vertices() * mesh.normals()).sum(axis=-1)
    assert (outward > 0).all()
    # Clockwise in a picture, whose y goes down: the right-handed normal points inward.
    corners = mesh.vertices()[0][mesh.triangles()]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((normal * corners.mean(axis=1)).sum(axis=-1) < 1e-6).all()


def test_limb_passes_its_ends_and_rounds_its_middle() -> None:
    points = np.array([[0.0, 0, 0], [0.0, 0, -1], [0.0, 1, -1]])
    joints = (points[:1], points[1:2], points[2:])
    limb = Limb(joints, np.array([[1.0, 0, 0]]), bend=0.2)
    centres, tangent = limb.centres(np.array([0.0, 0.5, 0.8, 1.0, 1.2, 2.0]))
    np.testing.assert_allclose(centres[0, 0], joints[0][0])
    np.testing.assert_allclose(centres[0, -1], joints[2][0])
    np.testing.assert_allclose(centres[0, 3], [0, 0.05, -0.95], atol=1e-12)
    np.testing.assert_allclose(tangent[0, 3], np.array([0, 1, -1]) / np.sqrt(2), atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(tangent, axis=-1), 1.0)


@pytest.mark.parametrize("implement", IMPLEMENTS)
def test_what_is_swung_is_drawn_to_its_tip(implement: str) -> None:
    given = replace(TINY, implement=implement, width=640, height=360, shake_px=0.0, pan_deg=0.0)
    images, truth = pictures(given, (50,))
    length = np.linalg.norm(truth["bat_tip_3d"].values[0] - truth["bat_grip_3d"].values[0])
    assert length == pytest.approx(IMPLEMENTS[implement].below_grip_m)
    short = replace(IMPLEMENTS[implement], stations=IMPLEMENTS[implement].stations[:2], hoop=None)
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(IMPLEMENTS, implement, short)
        without, _ = pictures(given, (50,))
    changed = np.argwhere(np.abs(images[0].astype(int) - without[0]).max(axis=2) > 20)[:, ::-1]
    grip, tip = truth["bat_grip"].values[0], truth["bat_tip"].values[0]
    along = (changed - grip) @ (tip - grip) / np.sum((tip - grip) ** 2)
    assert along.max() == pytest.approx(1.0, abs=0.06)


def test_an_implement_that_there_is_not_is_refused() -> None:
    with pytest.raises(KinepathError, match=r"no implement named 'oar'; there are: cricket_bat"):
        replace(TINY, implement="oar")
