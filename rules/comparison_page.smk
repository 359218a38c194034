"""The pages that show clips beside each other."""

PAIRED = [activity for activity in COMPARED if len(compared(activity)) > 1]


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
        parts += [f"results/pairs/{name}.h5"]
        parts += expand("results/pairs/{name}_{what}.png", name=name, what=what)
        parts += per_clip("results/kinematics/{clip}.h5", compared(name))
    return can_be_made(dict.fromkeys(parts))


rule comparison_page:
    input:
        comparison_parts,
    output:
        page="results/site/comparisons/{name}.html",
        media=directory("results/site/comparisons/{name}"),
    log:
        "logs/comparison_page/{name}.log",
    wildcard_constraints:
        name="[A-Za-z0-9_-]+",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(2000),
        runtime=minutes(20),
    params:
        tiles=lambda wildcards: (
            composite_clips(wildcards.name) if wildcards.name in COMPOSITES else []
        ),
        labels=lambda wildcards: {
            clip: CLIPS[clip]["label"] or clip
            for clip in (
                compared(wildcards.name)
                if wildcards.name in PAIRED
                else composite_clips(wildcards.name)
            )
        },
        fps=config["composites"]["fps"],
        pairs=PAIR_SETTINGS,
        settings=config["site"],
        code=code("comparison_page.py"),
    message:
        "{wildcards.name}: writing the page of comparisons"
    script:
        "../workflow/scripts/comparison_page.py"
