"""A simulated clip on disk: the video and its ground truth."""

from __future__ import annotations

from pathlib import Path

from kinepath.io import sequence
from kinepath.io.video import video_writer
from kinepath.synth.rendering import render
from kinepath.synth.scenario import Scenario
from kinepath.synth.simulation import simulate

_CRF = 16


def write_clip(scenario: Scenario, video_path: str | Path, truth_path: str | Path) -> None:
    """Write the video of a scenario and its ground truth.

    Parameters
    ----------
    scenario : Scenario
        The scenario to simulate.
    video_path, truth_path : path
        The H.264 video, and the file of kind ``truth`` (see :func:`kinepath.synth.simulate`).
    """
    simulation = simulate(scenario)
    size = scenario.width, scenario.height
    with video_writer(video_path, *size, scenario.fps, crf=_CRF, preset="superfast") as writer:
        for image in render(simulation):
            writer.write(image)
    sequence.write(simulation.truth, truth_path, kind="truth")
