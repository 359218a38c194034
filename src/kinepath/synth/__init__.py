"""The simulated athlete: clips with known ground truth, including pixels.

``simulate`` computes only motion and projection and is fast; ``render`` draws the frames;
``write_clip`` writes video and ground truth. Rendering modules are imported only when used.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kinepath.synth.scenario import Scenario
from kinepath.synth.shots import SHOTS
from kinepath.synth.simulation import Simulation, simulate

if TYPE_CHECKING:
    from kinepath.io.video import Image

__all__ = ["SHOTS", "Scenario", "Simulation", "render", "simulate", "write_clip"]


def render(simulation: Simulation) -> Iterator[Image]:
    """Draw the frames of a simulation; see :func:`kinepath.synth.rendering.render`."""
    from kinepath.synth import rendering

    return rendering.render(simulation)


def write_clip(scenario: Scenario, video_path: str | Path, truth_path: str | Path) -> None:
    """Write video and ground truth of a scenario; see :func:`kinepath.synth.clip.write_clip`."""
    from kinepath.synth import clip

    clip.write_clip(scenario, video_path, truth_path)
