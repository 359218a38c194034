"""Settings of what is shown: videos, grids, pages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kinepath.settings.model import LEFT_OUT, Model


class VideosSettings(Model):
    """Skeleton and overlay videos."""

    crf: int = Field(
        20, ge=0, le=51, description="Constant rate factor of x264; lower is better and larger."
    )
    trail_s: float = Field(
        0.3,
        ge=0,
        le=5,
        description="For how long the bat's tip leaves a trail, seconds; 0 for none.",
    )


Step = Literal["contact", "start", "phase"]
Ends = Literal["pad", "trim"]


class GridSettings(Model):
    """What one grid has other than the rest."""

    columns: int = Field(LEFT_OUT, ge=1, le=12, description="Tiles in a row.")
    by: Step = Field(LEFT_OUT, description="At what the tiles are in step.")
    ends: Ends = Field(LEFT_OUT, description="What becomes of tiles of unequal length.")


class MontageSettings(Model):
    """Clips one after another."""

    clips: list[str] = Field(min_length=1, description="Clips, in their order.")
    title: str = Field(
        LEFT_OUT, max_length=200, description="Of the card at the beginning; else its name."
    )
    show: Literal["overlays", "skeletons", "shots"] = Field(
        LEFT_OUT, description="Which videos: overlays (as if left out), skeletons or shots."
    )
    title_s: float = Field(
        LEFT_OUT, ge=0, le=10, description="How long the title stands, seconds; else 2."
    )
    fade_s: float = Field(
        LEFT_OUT, ge=0, le=2, description="How long a clip fades into the next, seconds; else 0.5."
    )
    inset: bool = Field(
        LEFT_OUT,
        description="Whether the parts' speeds are drawn in a corner while a stroke plays; else"
        " true.",
    )


class CompositesSettings(Model):
    """Grids of videos in step, letterboxed to tiles of one size."""

    grids: dict[str, Annotated[list[str], Field(min_length=1)]] = Field(
        {},
        json_schema_extra={"propertyNames": {"pattern": "^[A-Za-z0-9_-]+$"}},
        description="Grids of chosen clips by name; each activity gets one of its own besides.",
    )
    grid_settings: dict[str, GridSettings] = Field(
        {},
        description="Columns, by and ends of single grids, by the name of the grid or activity,"
        " where they are others than those below.",
    )
    montages: dict[str, MontageSettings] = Field(
        {},
        json_schema_extra={"propertyNames": {"pattern": "^[A-Za-z0-9_-]+$"}},
        description="Videos that show clips one after another, by name, with a title, cross-fades"
        " and the sequence of each: clips, title, show, title_s, fade_s, inset.",
    )
    max_tiles: int = Field(
        12, ge=1, le=64, description="Most clips that an activity's own grid shows."
    )
    columns: int = Field(3, ge=1, le=12, description="Tiles in a row.")
    by: Step = Field(
        "contact",
        description="At what the tiles are in step: contact, or the start of each (a tile without"
        " a stroke starts with the grid), or phase: all follow their warping paths onto the first.",
    )
    ends: Ends = Field(
        "pad",
        description="Tiles of unequal length: pad lets each stand still until it starts and after"
        " it has ended, trim shows only while all that have a stroke move.",
    )
    tile_width: int = Field(
        640, ge=32, le=3840, multiple_of=2, description="Width of a tile in pixels, even."
    )
    tile_height: int = Field(
        360, ge=32, le=2160, multiple_of=2, description="Height of a tile in pixels, even."
    )
    fps: float | None = Field(
        None,
        gt=0,
        le=240,
        description="Frame rate of the grid, hertz; null for the highest of the clips'.",
    )
    crf: int = Field(
        20, ge=0, le=51, description="Constant rate factor of x264; lower is better and larger."
    )


class SiteSettings(Model):
    """The page."""

    title: str = Field(
        "Movement analysis", min_length=1, max_length=200, description="Heading of the page."
    )
