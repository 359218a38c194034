"""A project's sheet and configuration, and what the rules look up in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kinepath.drawing import naming
from kinepath.settings import grid_settings, montage_settings
from kinepath.workflow import plan

#: What a clip must have to be shown beside others.
SHOWN = (
    "results/conformed/{clip}.mp4",
    "results/conformed/{clip}.json",
    "results/kinematics/{clip}.h5",
    "results/overlays/{clip}.mp4",
    "results/skeletons/{clip}.mp4",
)
#: The setting of a video of several clips, by the folder in which its clips' videos lie.
_FOLDERS = {"shots": "conformed"}
#: What the pairs depend on; the rest of their settings concerns how they are reported.
_OF_PAIRS = ("joints", "scale", "band", "max_gap_s", "minimum_share", "minimum_parts")


@dataclass(frozen=True)
class Project:
    """The clips of a project, and which files a run makes of them.

    Parameters
    ----------
    config : mapping
        The whole configuration.
    clips : mapping
        The rows of the sheet by clip, in their order; see :func:`kinepath.io.sheet.read_sheet`.
    unusable : collection of str
        Clips that cannot be used at all.
    unmade : collection of str
        Files that an earlier attempt could not make.
    """

    config: Mapping[str, Any]
    clips: Mapping[str, Mapping[str, Any]]
    unusable: Collection[str] = frozenset()
    unmade: Collection[str] = frozenset()
    _seconds: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    def activity(self, clip: str) -> Mapping[str, Any]:
        """Return the settings of a clip's activity."""
        return dict(self.config["activities"][self.clips[clip]["activity"]])

    def clips_of(self, activity: str) -> list[str]:
        """Return the clips of an activity, in the sheet's order."""
        return [clip for clip, row in self.clips.items() if row["activity"] == activity]

    def has_implement(self, clip: str) -> bool:
        """Return whether a bat or the like is swung in a clip."""
        return self.activity(clip).get("implement") is not None

    def implement_of(self, clip: str) -> dict[str, Any]:
        """Return the settings of the implement that is swung in a clip, and its name."""
        name = self.activity(clip)["implement"]
        return {**self.config["implements"][name], "name": name}

    def exercise_of(self, clip: str) -> str | None:
        """Return the exercise that a clip's activity is, or None."""
        return self.activity(clip).get("exercise")

    def column(self, clips: Iterable[str], name: str) -> list[Any]:
        """Return one column of the sheet for clips, in their order."""
        return [self.clips[clip][name] for clip in clips]

    def title(self, clip: str) -> str:
        """Return a clip's label, or its name where it has none."""
        return self.clips[clip]["label"] or clip

    def names_of(self, clips: Iterable[str]) -> list[str]:
        """Return clips' names for images: their labels, or label and clip where these are alike."""
        return naming.names({clip: self.clips[clip]["label"] for clip in clips})

    @cached_property
    def implement_clips(self) -> list[str]:
        """The clips in which something is swung."""
        return [clip for clip in self.clips if self.has_implement(clip)]

    @cached_property
    def exercise_clips(self) -> list[str]:
        """The clips in which an exercise is repeated."""
        return [clip for clip in self.clips if self.exercise_of(clip)]

    @cached_property
    def activities(self) -> list[str]:
        """The activities that clips have."""
        return [activity for activity in self.config["activities"] if self.clips_of(activity)]

    def is_simulated(self, path: str | Path) -> bool:
        """Return whether a path is one that the simulated athlete's rule makes."""
        where = Path(path)
        return (
            where.parent == Path("resources/clips/simulated")
            and where.suffix == ".mp4"
            and where.stem in self.config["simulate"]["clips"]
        )

    def scenario(self, name: str) -> dict[str, Any]:
        """Return the scenario of a simulated clip: its own settings over those shared by all."""
        simulate = self.config["simulate"]
        shared = {key: value for key, value in simulate.items() if key != "clips"}
        return {**shared, **simulate["clips"][name]}

    def made(self, pattern: str, clips: Iterable[str] | None = None) -> list[str]:
        """Return the clips (of all, unless stated) for which a file can be made."""
        return [
            clip
            for clip in (self.clips if clips is None else clips)
            if clip not in self.unusable and pattern.format(clip=clip) not in self.unmade
        ]

    def per_clip(self, pattern: str, clips: Iterable[str] | None = None) -> list[str]:
        """Expand a pattern over the clips for which its file can be made."""
        return [pattern.format(clip=clip) for clip in self.made(pattern, clips)]

    def can_be_made(self, paths: Iterable[str]) -> list[str]:
        """Return those of some files that can be made, whatever they concern."""
        return [path for path in paths if path not in self.unmade]

    def is_mirrored(self, clip: str) -> bool:
        """Return whether a clip is mirrored, so that left- and right-handers compare."""
        return self.has_implement(clip) and self.clips[clip]["handed"] == "left"

    def reference_of(self, clip: str) -> str | None:
        """Return what a clip is aligned to: a clip, "mean", or None for the standing body."""
        chosen: str | None = self.config["align"]["reference"].get(self.clips[clip]["activity"])
        return chosen

    def reference_is_mirrored(self, clip: str) -> bool:
        """Return whether the clip that a clip is aligned to is mirrored itself."""
        reference = self.reference_of(clip)
        return reference in self.clips and self.is_mirrored(str(reference))

    def reference_files(self, clip: str) -> dict[str, str]:
        """Return the files of what a clip is aligned to; none for the standing body."""
        chosen = self.reference_of(clip)
        if chosen is None:
            return {}
        if chosen == "mean":
            return {"mean": f"results/means/{self.clips[clip]['activity']}.h5"}
        return {
            "reference": f"results/clean/{chosen}.h5",
            "reference_camera": f"results/camera/{chosen}.h5",
        }

    def averaged(self, activity: str) -> list[str]:
        """Return the clips of an activity of which a mean motion can be made."""
        cleaned = self.made("results/clean/{clip}.h5", self.clips_of(activity))
        return self.made("results/camera/{clip}.h5", cleaned)

    def compared(self, activity: str) -> list[str]:
        """Return the clips of an activity that can be compared."""
        return self.made("results/kinematics/{clip}.h5", self.clips_of(activity))

    def kinematics_of(self, activity: str) -> list[str]:
        """Return the kinematics of all clips of an activity."""
        return self.per_clip("results/kinematics/{clip}.h5", self.compared(activity))

    @cached_property
    def compared_activities(self) -> list[str]:
        """The activities with clips to compare."""
        return [activity for activity in self.activities if self.compared(activity)]

    def pair_shards(self, activity: str) -> list[str]:
        """Return the files of the jobs that share an activity's pairs; none where one does all."""
        of = self.config["pairs"]["shards"]
        shards = range(of) if of > 1 else ()
        return [f"results/pairs/shards/{activity}/{k}-of-{of}.json" for k in shards]

    @cached_property
    def pair_settings(self) -> dict[str, Any]:
        """What the pairs depend on."""
        return plan.only(self.config["pairs"], *_OF_PAIRS)

    def can_be_shown(self, clips: Sequence[str]) -> list[str]:
        """Return those of some clips that have all that is needed to show them beside others."""
        shown = list(clips)
        for pattern in SHOWN:
            shown = self.made(pattern, shown)
        return shown

    @property
    def tiles_are_short(self) -> bool:
        """Whether an activity has more clips than a grid has tiles."""
        most = self.config["composites"]["max_tiles"]
        return any(len(self.clips_of(activity)) > most for activity in self.activities)

    @cached_property
    def unseen(self) -> set[str]:
        """The clips in which nobody is seen, as far as is known as the run starts.

        Asked only where a grid has too few tiles.
        """
        return plan.unseen("results/summary.csv") if self.tiles_are_short else set()

    def composite_clips(self, name: str, unseen: Collection[str] | None = None) -> list[str]:
        """Return the clips of a composite, in the order of its tiles: those that can be shown."""
        composites = self.config["composites"]
        chosen = composites["grids"].get(name)
        shown = self.can_be_shown(self.clips_of(name) if chosen is None else chosen)
        if chosen:
            return shown
        return plan.tiles(shown, self.unseen if unseen is None else unseen, composites["max_tiles"])

    @cached_property
    def composites(self) -> list[str]:
        """The composites that can be made.

        One clip is compared with nothing, unless somebody asks for a grid of it.
        """
        grids = self.config["composites"]["grids"]
        return [
            name
            for name in dict.fromkeys([*grids, *self.activities])
            if len(self.composite_clips(name)) >= (1 if name in grids else 2)
        ]

    def grid_pairs(self, name: str) -> str | list[str]:
        """Return the comparisons by which a grid is in step; nothing where it is not by phase."""
        if grid_settings(self.config["composites"], name)["by"] != "phase":
            return []
        return f"results/pairs/{self.clips[self.composite_clips(name)[0]]['activity']}.h5"

    def composite_videos(self, name: str, kind: str) -> list[str]:
        """Return the videos that a composite shows, in the order of its tiles."""
        return self.per_clip(_videos(kind), self.composite_clips(name))

    def montage_clips(self, name: str) -> list[str]:
        """Return the clips of a montage that can be shown, in their order."""
        return self.can_be_shown(self.config["composites"]["montages"][name]["clips"])

    @cached_property
    def montages(self) -> list[str]:
        """The montages that can be made."""
        return [
            name
            for name in self.config["composites"]["montages"]
            if self.montage_clips(name) and f"results/montages/{name}.mp4" not in self.unmade
        ]

    def empty(self) -> list[str]:
        """Return a line for each grid and montage asked for of which no clip can be shown."""
        chosen = self.config["composites"]
        asked = {
            **{f"grid '{name}'": clips for name, clips in chosen["grids"].items()},
            **{f"montage '{name}'": each["clips"] for name, each in chosen["montages"].items()},
        }
        return [
            f"{what}: not made, for none of its clips can be shown ({', '.join(clips)}); mend them,"
            " or name others under composites"
            for what, clips in asked.items()
            if not self.can_be_shown(clips)
        ]

    def montage_videos(self, name: str) -> list[str]:
        """Return the videos that a montage shows, in their order."""
        kind = montage_settings(self.config["composites"], name)["show"]
        return [_videos(kind).format(clip=clip) for clip in self.montage_clips(name)]

    def montage_labels(self, name: str) -> list[str]:
        """Return what to write below the clips of a montage.

        Nothing below overlays and skeletons, which have it in their images.
        """
        clips = self.montage_clips(name)
        if montage_settings(self.config["composites"], name)["show"] != "shots":
            return [""] * len(clips)
        return self.names_of(clips)

    def montage_chains(self, name: str) -> list[str]:
        """Return the kinetic chains that a montage draws while its clips play."""
        if not montage_settings(self.config["composites"], name)["inset"]:
            return []
        clips = [clip for clip in self.montage_clips(name) if self.has_implement(clip)]
        return self.per_clip("results/chain/{clip}.json", clips)

    def file_seconds(self, clip: str) -> float:
        """Return how long a clip's raw video is; 0 while there is none to look at."""
        # Every job of a run builds a project, and few need the decoder.
        from kinepath.io.container import stated_duration

        if clip not in self._seconds:
            row = self.clips[clip]
            self._seconds[clip] = stated_duration(row["path"], row.get("fps")) or 0
        return self._seconds[clip]

    def clip_seconds(self, clip: str) -> float:
        """Return how long the part of a clip that is analysed is."""
        start, end = self.clips[clip]["start_s"] or 0, self.clips[clip]["end_s"]
        return max(0, min(self.file_seconds(clip), end or float("inf")) - start)

    def clips_behind(self, wildcards: Mapping[str, str]) -> list[str]:
        """Return the clips that a job concerns: those of its wildcards; all where it has none."""
        if "activity" in wildcards:
            return self.clips_of(wildcards["activity"])
        if "name" in wildcards:
            return self.composite_clips(wildcards["name"])
        if wildcards:
            return [wildcards[key] for key in ("clip", "a", "b") if key in wildcards]
        return list(self.clips)

    def seconds_behind(self, wildcards: Mapping[str, str]) -> float:
        """Return how long the clips that a job concerns are together."""
        return sum(self.clip_seconds(clip) for clip in self.clips_behind(wildcards))


def _videos(kind: str) -> str:
    return f"results/{_FOLDERS.get(kind, kind)}/{{clip}}.mp4"
