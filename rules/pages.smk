"""Which pages there are, and which files each shows."""

# What a clip's page rests on; a clip that lacks any of it is a red row of the first page instead.
PAGE_BASE = [
    *SHOWN,
    "results/camera_shots/{clip}.json",
    "results/clean/{clip}.h5",
    "results/kinematics/{clip}.png",
]
IMPLEMENT_PARTS = [
    "results/bat/{clip}_swing.png",
    "results/events/{clip}.json",
    "results/chain/{clip}.json",
    "results/chain/{clip}_corrpath.png",
]
EXERCISE_PARTS = [
    "results/reps/{clip}.png",
    "results/form/{clip}.json",
    "results/form/{clip}.png",
    "results/form/{clip}_drift.png",
    "results/form/{clip}.mp4",
]


def has_page(clip):
    """Tell whether what a clip's page rests on can be made."""
    return all(made(part, [clip]) for part in PAGE_BASE)


def clip_page_parts(wildcards):
    """Give all files that a clip's page shows, but for those that cannot be made."""
    parts = list(PAGE_BASE)
    parts += IMPLEMENT_PARTS if has_implement(wildcards.clip) else []
    parts += EXERCISE_PARTS if exercise_of(wildcards.clip) else []
    return can_be_made(expand(parts, clip=wildcards.clip))


PAIRED = [activity for activity in COMPARED if len(compared(activity)) > 1]


def sheet_row(clip):
    """Give what the pages say of a clip without looking at its results."""
    columns = plan.only(
        CLIPS[clip], "label", "activity", "athlete", "date", "repetitions"
    )
    return {"clip": clip, **columns}


def tiles_of(name):
    """Name the clips in the grid of a page of comparisons; some pages have none."""
    return composite_clips(name) if name in COMPOSITES else []


def comparison_clips(name):
    """Name the clips that a page of comparisons is about."""
    alike = compared(name) if name in PAIRED else []
    return list(dict.fromkeys([*alike, *tiles_of(name)]))


def comparison_parts(wildcards):
    """Give all files that a page of comparisons shows, but for those that cannot be made."""
    name, parts = wildcards.name, []
    if name in COMPOSITES:
        kinds = ["shots", "skeletons", "overlays"]
        parts += expand("results/composites/{name}_{kind}.mp4", name=name, kind=kinds)
        for pattern in (
            "results/kinematics/{clip}.h5",
            "results/conformed/{clip}.json",
        ):
            parts += per_clip(pattern, composite_clips(name))
    if name in PAIRED:
        what = ["matrix", "map", "tree"]
        parts += [f"results/pairs/{name}.h5", f"results/pairs/{name}_templates.h5"]
        parts += expand("results/pairs/{name}_{what}.png", name=name, what=what)
        parts += per_clip("results/kinematics/{clip}.h5", compared(name))
    return can_be_made(dict.fromkeys(parts))


RECORDS = per_clip("results/site/clips/{clip}.json", filter(has_page, CLIPS))
COMPARISON_PAGE = "results/site/comparisons/{name}.html"
SIDE_BY_SIDE = [
    name
    for name in dict.fromkeys([*COMPOSITES, *PAIRED])
    if COMPARISON_PAGE.format(name=name) not in UNMADE
]
