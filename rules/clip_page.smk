"""The page of each clip, with all that it shows."""

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


rule clip_page:
    input:
        clip_page_parts,
    output:
        page="results/site/clips/{clip}.html",
        media=directory("results/site/clips/{clip}"),
        record="results/site/clips/{clip}.json",
    log:
        "logs/clip_page/{clip}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        row=lambda wildcards: {
            "clip": wildcards.clip,
            **plan.only(CLIPS[wildcards.clip], "label", "activity", "athlete", "date"),
        },
        failures=lambda wildcards: [
            failure for failure in FAILURES if failure["clip"] == wildcards.clip
        ],
        settings=config["site"],
        code=code("clip_page.py"),
    message:
        "{wildcards.clip}: writing its page"
    script:
        "../workflow/scripts/clip_page.py"
