"""Which files the page shows."""

# What a clip's card rests on; a clip that lacks any of it is told of in a row instead.
CARD = [*SHOWN, "results/camera_shots/{clip}.json", "results/kinematics/{clip}.png"]
EXERCISE_PARTS = [
    "results/reps/{clip}.png",
    "results/form/{clip}.json",
    "results/form/{clip}.png",
    "results/form/{clip}_drift.png",
    "results/form/{clip}.mp4",
]
IMPLEMENT_PARTS = [
    "results/bat/{clip}_swing.png",
    "results/chain/{clip}.json",
    "results/chain/{clip}_corrpath.png",
]


def page_parts():
    """Give all files that the page shows, but for those that cannot be made."""
    parts = [path for part in CARD for path in per_clip(part)]
    parts += [
        path for part in IMPLEMENT_PARTS for path in per_clip(part, IMPLEMENT_CLIPS)
    ]
    parts += [
        path for part in EXERCISE_PARTS for path in per_clip(part, EXERCISE_CLIPS)
    ]
    of_all = expand("results/probe/{clip}.json", clip=CLIPS)
    of_all += expand(
        "results/pairs/{activity}_{what}.png",
        activity=[name for name in COMPARED if len(compared(name)) > 1],
        what=["matrix", "map", "tree"],
    )
    of_all += expand(
        "results/composites/{name}_{kind}.mp4",
        name=COMPOSITES,
        kind=["shots", "skeletons", "overlays"],
    )
    of_all += ["results/chain/summary.png"] if CHAIN_CLIPS else []
    return parts + can_be_made(of_all)
