"""Grids of videos in step."""


rule composite:
    input:
        videos=composite_videos,
        pairs=lambda wildcards: grid_pairs(wildcards.name),
        kinematics=lambda wildcards: per_clip(
            "results/kinematics/{clip}.h5", composite_clips(wildcards.name)
        ),
        conformed=lambda wildcards: per_clip(
            "results/conformed/{clip}.json", composite_clips(wildcards.name)
        ),
    output:
        report(
            "results/composites/{name}_{kind}.mp4",
            caption="../workflow/report/grid.rst",
            category="Comparisons",
            labels={"clips": "{name}", "figure": "{kind}"},
        ),
    log:
        "logs/composite/{name}_{kind}.log",
    wildcard_constraints:
        name="[A-Za-z0-9_-]+",
        kind="shots|skeletons|overlays",
    conda:
        "../envs/main.yaml"
    threads: 2
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        clips=lambda wildcards: composite_clips(wildcards.name),
        labels=lambda wildcards: names_of(composite_clips(wildcards.name)),
        step=lambda wildcards: grid_settings(config["composites"], wildcards.name),
        settings=plan.only(
            config["composites"], "tile_width", "tile_height", "fps", "crf"
        ),
        code=code("composite.py"),
    message:
        "{wildcards.name}: putting the {wildcards.kind} side by side"
    script:
        "../workflow/scripts/composite.py"
