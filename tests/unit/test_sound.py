from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from kinepath.sound import RATE, clicks, listen
from tests.videos import make_video

RNG = np.random.default_rng(5)


def noise(seconds: float, click_at: list[float], *, hum: float = 0.0) -> np.ndarray:
    samples = RNG.normal(0, 0.003, round(seconds * RATE))
    samples += hum * np.sin(2 * np.pi * 200 * np.arange(samples.size) / RATE)
    for at in click_at:
        start = round(at * RATE)
        samples[start : start + 100] += RNG.normal(0, 0.3, 100) * np.exp(-np.arange(100) / 25)
    return samples


@pytest.mark.parametrize("hum", [0.0, 0.5])
def test_clicks_are_found_to_the_millisecond_and_a_hum_is_none(hum: float) -> None:
    found = clicks(noise(2, [0.5, 1.3], hum=hum))
    loud = [time for time, level in found if level > 15]
    assert loud == pytest.approx([0.5, 1.3], abs=0.004)
    assert all(level < 15 for time, level in found if min(abs(time - 0.5), abs(time - 1.3)) > 0.05)


def with_sound(path: Path, samples: np.ndarray, frames: int = 50, fps: int = 25) -> dict[str, Any]:
    """Write a video with sound; return the facts of its conformed video."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=fps)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for k in range(frames):
            image = np.full((64, 64, 3), 5 * k % 255, dtype=np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(video.encode())
        pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.rate, frame.pts = RATE, 0
        container.mux(audio.encode(frame))
        container.mux(audio.encode())
    time = (np.arange(frames) / fps).tolist()
    return {"clip": "a", "fps": fps, "time_s": time, "raw_time_s": time}


def test_the_sound_of_a_video_is_heard_on_its_clock(tmp_path: Path) -> None:
    facts = with_sound(tmp_path / "a.mkv", noise(2, [0.7, 1.6]))
    heard = listen(tmp_path / "a.mkv", facts)
    loud = [click["time_s"] for click in heard["clicks"] if click["level_db"] > 15]
    assert loud == pytest.approx([0.7, 1.6], abs=0.005)
    window = {**facts, "time_s": facts["time_s"][25:], "raw_time_s": facts["raw_time_s"][25:]}
    later = listen(tmp_path / "a.mkv", window)
    loud = [click["time_s"] for click in later["clicks"] if click["level_db"] > 15]
    assert loud == pytest.approx([1.6], abs=0.005)


def test_what_cannot_be_heard_is_said(tmp_path: Path) -> None:
    facts = with_sound(tmp_path / "a.mkv", np.zeros(2 * RATE))
    assert "silent" in listen(tmp_path / "a.mkv", facts)["note"]
    slow = {**facts, "time_s": [time / 4 for time in facts["time_s"]]}
    assert "slow motion" in listen(tmp_path / "a.mkv", slow)["note"]
    make_video(tmp_path / "b.mp4")
    heard = listen(tmp_path / "b.mp4", facts)
    assert (heard["clicks"], heard["note"]) == ([], "the video has no sound")
