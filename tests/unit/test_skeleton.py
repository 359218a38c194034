from __future__ import annotations

import numpy as np
import pytest
from mediapipe.tasks.python.vision import PoseLandmark

from kinepath.body.skeleton import (
    BLAZEPOSE,
    BODY_JOINTS,
    COCO17,
    HUMAN36M,
    Skeleton,
    by_name,
    mirrored,
    side,
)


def test_keypoints_are_mediapipes_in_its_order() -> None:
    assert list(BLAZEPOSE.keypoints) == [landmark.name.lower() for landmark in PoseLandmark]


def test_mirroring_is_its_own_inverse_and_exchanges_sides() -> None:
    order = BLAZEPOSE.mirror_order()
    np.testing.assert_array_equal(order[order], np.arange(33))
    for name, other in zip(BLAZEPOSE.keypoints, np.array(BLAZEPOSE.keypoints)[order], strict=True):
        assert mirrored(name) == other
        assert {side(name), side(other)} in ({"left", "right"}, {"middle"})


@pytest.mark.parametrize("skeleton", [BLAZEPOSE, COCO17, HUMAN36M])
def test_segments_join_known_keypoints_and_are_symmetric(skeleton: Skeleton) -> None:
    segments = {frozenset(pair) for pair in skeleton.segments}
    assert set().union(*segments) <= set(skeleton.keypoints)
    assert len(set(skeleton.keypoints)) == len(skeleton.keypoints)
    assert {frozenset(map(mirrored, pair)) for pair in segments} == segments
    assert set(BODY_JOINTS) <= set(BLAZEPOSE.keypoints)


def test_look_up_by_name() -> None:
    for skeleton in (BLAZEPOSE, COCO17, HUMAN36M):
        assert by_name(skeleton.name) is skeleton
    with pytest.raises(KeyError, match="blazepose-33"):
        by_name("coco")
