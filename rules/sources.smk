"""Which files the jobs read, where that depends on the sheet or the configuration."""


def simulated(name):
    """Give the scenario of a simulated clip: its own settings over those shared by all."""
    shared = {key: value for key, value in config["simulate"].items() if key != "clips"}
    return {**shared, **config["simulate"]["clips"][name]}


def raw_files(clip):
    """Give the raw video of a clip; of a folder its images: one that changes makes its clip again."""
    path = Path(CLIPS[clip]["path"])
    if not path.is_dir():
        return tracked(path, f"raw/{clip}")
    images = sorted(each for each in path.iterdir() if each.name[0] != ".")
    return [tracked(image, f"raw/{clip}/{image.stem}") for image in images]


# A missing input would stop the whole workflow. Where all that is made from a video is there
# already, its path is named although nothing lies there: then Snakemake uses what is made.
RAW = {clip: raw_files(clip) for clip in CLIPS if clip not in MISSING}


def raw_video(wildcards):
    """Give the raw video of a clip, or nothing if there is none: its probe then says so."""
    return RAW.get(wildcards.clip, [])


def is_mirrored(clip):
    """Tell whether a clip is mirrored, so that left- and right-handers compare."""
    return has_implement(clip) and CLIPS[clip]["handed"] == "left"


def reference_of(clip):
    """Name what a clip is aligned to: a clip, "mean", or None for the standing body."""
    return config["align"]["reference"].get(CLIPS[clip]["activity"])


def reference_is_mirrored(clip):
    """Tell whether the clip that a clip is aligned to is mirrored itself."""
    return reference_of(clip) in CLIPS and is_mirrored(reference_of(clip))


def align_reference(wildcards):
    """Give the files of what a clip is aligned to, by name; none for the standing body."""
    chosen = reference_of(wildcards.clip)
    if chosen is None:
        return {}
    if chosen == "mean":
        return {"mean": f"results/means/{CLIPS[wildcards.clip]['activity']}.h5"}
    return {
        "reference": f"results/clean/{chosen}.h5",
        "reference_camera": f"results/camera/{chosen}.h5",
    }


def averaged(activity):
    """Name the clips of an activity of which a mean motion can be made."""
    return made(
        "results/camera/{clip}.h5",
        made("results/clean/{clip}.h5", clips_of(activity)),
    )


def kinematics_of(wildcards):
    """Give the kinematics of all clips of an activity."""
    return per_clip("results/kinematics/{clip}.h5", compared(wildcards.activity))


def pair_shards(wildcards):
    """Give the files of the jobs that share an activity's pairs; nothing where one does all."""
    of = config["pairs"]["shards"]
    pattern = f"results/pairs/shards/{wildcards.activity}/{{k}}-of-{of}.json"
    return expand(pattern, k=range(of)) if of > 1 else []


def can_be_shown(clips):
    """Name those of some clips that have all that is needed to show them beside others."""
    for pattern in SHOWN:
        clips = made(pattern, clips)
    return clips


def composite_clips(name, unseen=UNSEEN):
    """Name the clips of a composite, in the order of its tiles: those that can be shown."""
    chosen = config["composites"]["grids"].get(name)
    shown = can_be_shown(clips_of(name) if chosen is None else chosen)
    return shown if chosen else plan.tiles(shown, unseen, MAX_TILES)


def grid_pairs(name):
    """Give the comparisons by which a grid is in step; nothing where it is not by phase."""
    if grid_settings(config["composites"], name)["by"] != "phase":
        return []
    return f"results/pairs/{CLIPS[composite_clips(name)[0]]['activity']}.h5"


def composite_videos(wildcards):
    """Give the videos that a composite shows, in the order of its tiles."""
    folder = {"shots": "conformed"}.get(wildcards.kind, wildcards.kind)
    return per_clip(f"results/{folder}/{{clip}}.mp4", composite_clips(wildcards.name))


def montage_clips(name):
    """Name the clips of a montage that can be shown, in their order."""
    return can_be_shown(config["composites"]["montages"][name]["clips"])


def montage_videos(wildcards):
    """Give the videos that a montage shows, in their order."""
    kind = montage_settings(config["composites"], wildcards.name)["show"]
    folder = {"shots": "conformed"}.get(kind, kind)
    return expand(f"results/{folder}/{{clip}}.mp4", clip=montage_clips(wildcards.name))


def montage_labels(name):
    """Give what to write below the clips of a montage: overlays and skeletons say it themselves."""
    clips = montage_clips(name)
    if montage_settings(config["composites"], name)["show"] != "shots":
        return [""] * len(clips)
    return names_of(clips)


def montage_chains(name):
    """Give the kinetic chains that a montage draws while its clips play."""
    if not montage_settings(config["composites"], name)["inset"]:
        return []
    clips = [clip for clip in montage_clips(name) if has_implement(clip)]
    return per_clip("results/chain/{clip}.json", clips)


# What a clip must have to be shown beside others.
SHOWN = [
    "results/conformed/{clip}.mp4",
    "results/conformed/{clip}.json",
    "results/kinematics/{clip}.h5",
    "results/overlays/{clip}.mp4",
    "results/skeletons/{clip}.mp4",
]
COMPARED = [activity for activity in ACTIVITIES if compared(activity)]
COMPOSITES = [
    name
    for name in dict.fromkeys([*config["composites"]["grids"], *ACTIVITIES])
    # One clip is compared with nothing, unless somebody asks for a grid of it.
    if len(composite_clips(name)) >= (1 if name in config["composites"]["grids"] else 2)
]
MONTAGES = [
    name
    for name in config["composites"]["montages"]
    if montage_clips(name) and f"results/montages/{name}.mp4" not in UNMADE
]
# What the pairs themselves depend on; the rest of the section only concerns how they are told.
PAIR_SETTINGS = plan.only(
    config["pairs"],
    *("joints", "scale", "band", "max_gap_s", "minimum_share", "minimum_parts"),
)
