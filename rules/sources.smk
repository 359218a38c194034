"""Which files the jobs read, where that depends on the sheet or the configuration."""


def simulated(name):
    """Give the scenario of a simulated clip: its own settings over those shared by all."""
    shared = {key: value for key, value in config["simulate"].items() if key != "clips"}
    try:
        return {**shared, **config["simulate"]["clips"][name]}
    except KeyError:
        known = ", ".join(config["simulate"]["clips"])
        raise WorkflowError(
            f"no simulated clip {name!r} under simulate.clips; known: {known}"
        )


def raw_video(wildcards):
    """Return the raw video of a clip, or nothing if there is none: its own job then says so.

    A missing input would stop the whole workflow. Of a folder the images are the input: one that
    changes makes its clip again.
    """
    path = CLIPS[wildcards.clip]["path"]
    if Path(path).is_dir():
        return sorted(str(image) for image in Path(path).iterdir() if image.is_file())
    return path if Path(path).is_file() or is_simulated(path) else []


def is_simulated(path):
    """Tell whether a path is one that the simulated athlete's rule makes."""
    where = Path(path)
    return (
        where.parent == Path("resources/clips/simulated")
        and where.suffix == ".mp4"
        and where.stem in config["simulate"]["clips"]
    )


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


def kinematics_of(wildcards):
    """Give the kinematics of all clips of an activity."""
    return per_clip("results/kinematics/{clip}.h5", clips_of(wildcards.activity))


def pair_shards(wildcards):
    """Give the files of the jobs that share an activity's pairs; nothing where one does all."""
    of = config["pairs"]["shards"]
    pattern = f"results/pairs/shards/{wildcards.activity}/{{k}}-of-{of}.json"
    return expand(pattern, k=range(of)) if of > 1 else []


def composite_clips(name):
    """Name the clips of a composite, in the order of its tiles."""
    chosen = config["composites"]["grids"].get(name)
    return chosen if chosen else clips_of(name)[: config["composites"]["max_tiles"]]


def composite_videos(wildcards):
    """Give the videos that a composite shows, in the order of its tiles."""
    folder = {"shots": "conformed"}.get(wildcards.kind, wildcards.kind)
    return per_clip(f"results/{folder}/{{clip}}.mp4", composite_clips(wildcards.name))


# What the pairs themselves depend on; the rest of the section only concerns how they are told.
PAIR_SETTINGS = {
    key: config["pairs"][key]
    for key in (
        "joints",
        "scale",
        "band",
        "max_gap_s",
        "minimum_share",
        "minimum_parts",
    )
}
