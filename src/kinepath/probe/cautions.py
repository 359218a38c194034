"""Warnings before a raw video is used: what is wrong, what it means, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinepath.io.video.fields import PROGRESSIVE

#: Minimum ratio of recording rate to playback rate for slow motion.
_SLOW_MOTION = 1.2
#: Minimum frame rate that resolves a stroke, hertz.
_FEW = 20.0
#: A file whose clock starts within this of zero counts as starting at zero, seconds.
_AT_ZERO = 0.05
#: A video that ends earlier than stated by more than this is truncated: seconds, and a fraction.
_SHORT_S, _SHORT_SHARE = 0.5, 0.1

Facts = Mapping[str, Any]


def cautions(facts: Facts, *, flagged_interlaced: bool) -> list[str]:
    """Return one line for every irregularity of a raw video.

    Parameters
    ----------
    facts : mapping
        Facts from :func:`kinepath.probe.probe`.
    flagged_interlaced : bool
        Whether most stored frames are flagged as interlaced.
    """
    said = (
        _hidden_frames(facts),
        _early_end(facts),
        _late_clock(facts),
        _fields(facts, flagged=flagged_interlaced),
        _dynamic_range(facts),
        _steps(facts) if facts["rate_sections"] else _varies(facts),
        _slow_motion(facts),
        _repeats(facts),
        _frozen(facts),
        _black(facts),
        _few_frames(facts),
    )
    return [text for text in said if text]


def _hidden_frames(facts: Facts) -> str | None:
    shown = int(facts["frames_decoded"])
    shown = shown if facts["field_order"] == PROGRESSIVE else shown // 2
    if shown >= (facts["frames_stated"] or 0):
        return None
    return (
        f"the container states {facts['frames_stated']} frames, {shown} are shown: the others are"
        " hidden by an edit list (of a trimmed clip), or damaged; if a player shows more, copy the"
        " file again"
    )


def _early_end(facts: Facts) -> str | None:
    stated, shown = facts["duration_stated_s"], facts["duration_s"]
    # A frame count is more reliable; a transport stream's duration is an estimate.
    if stated is None or facts["frames_stated"] or "mpeg" in facts["container"]:
        return None
    if shown > stated - max(_SHORT_S, _SHORT_SHARE * stated):
        return None
    return (
        f"the container states {stated:.2f} s, {shown:.2f} s are shown: the rest is damaged or"
        " missing; copy the file again"
    )


def _late_clock(facts: Facts) -> str | None:
    if facts["file_start_s"] <= _AT_ZERO:
        return None
    return (
        f"the file's own clock starts at {facts['file_start_s']:.3f} s; times here count from the"
        " first frame that is shown, as players count, and so must start_s and end_s"
    )


def _fields(facts: Facts, *, flagged: bool) -> str | None:
    if facts["field_order"] != PROGRESSIVE:
        how = "" if flagged else " (seen in the frames; the file does not say so)"
        return (
            f"interlaced, {facts['field_order']} field first{how}: its fields are shown in turn,"
            f" {facts['fps_usual']:.4g} frames per second; fps in the sheet, where given, counts"
            " fields"
        )
    if flagged:
        return "flagged as interlaced, but its frames are whole and used as they are: nothing to do"
    return None


def _dynamic_range(facts: Facts) -> str | None:
    if facts["dynamic_range"] == "SDR":
        return None
    return (
        f"high dynamic range ({facts['dynamic_range']}): brightness and colours are mapped to those"
        " of ordinary video; film without HDR to have them as the camera sees them"
    )


def _varies(facts: Facts) -> str | None:
    if not facts["variable_rate"]:
        return None
    shortest, _, longest = facts["frame_interval_s"]
    return (
        f"the frame rate varies (frames are {1e3 * shortest:.0f} to {1e3 * longest:.0f} ms apart):"
        " the clip is resampled to a constant one and positions are interpolated between frames;"
        " lock the camera's frame rate where peak speeds matter"
    )


def _steps(facts: Facts) -> str:
    parts = ", ".join(
        f"{each['fps']:.4g} from {each['start_s']:.2f} to {each['end_s']:.2f} s"
        for each in facts["rate_sections"]
    )
    return (
        f"the frame rate changes in steps, as where slow motion begins and ends: {parts} (frames"
        " per second); speeds are true only where the file's times are, and in a part that plays"
        " slower than it happened they are too low; put start_s and end_s around one part to"
        " analyse it at its own rate and, if it plays too slow, the camera's rate as fps"
    )


def _slow_motion(facts: Facts) -> str | None:
    recorded = facts["fps_recorded"]
    fastest = max([facts["fps_usual"], *(each["fps"] for each in facts["rate_sections"])])
    if recorded is None or recorded <= _SLOW_MOTION * fastest:
        return None
    return (
        f"slow motion: recorded at {recorded:g} frames per second, shown at"
        f" {facts['fps_usual']:.4g}; speeds are true only with fps {recorded:g} in the sheet"
    )


def _repeats(facts: Facts) -> str | None:
    count = len(facts["repeated_frames"])
    if not count:
        return None
    said = f"{count} frames show the picture of the one before; they are interpolated through"
    if facts["fps_pictures"] is None:
        return f"{said}, so movement there is a guess; use the recording as the camera made it"
    return (
        f"{said}: {facts['fps_usual']:.2f} frames per second were made of"
        f" {facts['fps_pictures']:.1f}, which is all there is to see; use the recording as the"
        " camera made it"
    )


def _frozen(facts: Facts) -> str | None:
    if not facts["freezes"]:
        return None
    first, length = max(facts["freezes"], key=lambda run: int(run[1]))
    count, rate = len(facts["freezes"]), facts["fps_usual"]
    return (
        f"the picture freezes {'once' if count == 1 else f'{count} times'}, longest for"
        f" {length / rate:.2f} s at about {first / rate:.2f} s: what moves there is not known; put"
        " start_s and end_s around a part without freezes"
    )


def _black(facts: Facts) -> str | None:
    share = facts["black_share"]
    if share == 1.0:
        return "the picture is black throughout: nobody can be found; export the video again"
    if share > 0.0:
        return (
            f"{100 * share:.0f} % of the frames are black: nothing is found there; put start_s and"
            " end_s around the others"
        )
    return None


def _few_frames(facts: Facts) -> str | None:
    if facts["frames_decoded"] == 1:
        return (
            "a single frame: nothing that needs motion can be found; give a video, or a folder of"
            " numbered images"
        )
    if facts["fps_usual"] >= _FEW:
        return None
    return (
        f"only {facts['fps_usual']:.1f} frames per second: fast movement falls between frames and"
        " its peaks are too low; film at 50 or more"
    )
