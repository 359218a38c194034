"""Grids of videos in step."""


rule composite:
    input:
        videos=lambda wildcards: project.composite_videos(
            wildcards.name, wildcards.kind
        ),
        pairs=lambda wildcards: project.grid_pairs(wildcards.name),
        kinematics=lambda wildcards: project.per_clip(
            "results/kinematics/{clip}.h5", project.composite_clips(wildcards.name)
        ),
        conformed=lambda wildcards: project.per_clip(
            "results/conformed/{clip}.json", project.composite_clips(wildcards.name)
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
        clips=lambda wildcards: project.composite_clips(wildcards.name),
        labels=lambda wildcards: project.names_of(
            project.composite_clips(wildcards.name)
        ),
        step=lambda wildcards: grid_settings(config["composites"], wildcards.name),
        settings=plan.only(
            config["composites"], "tile_width", "tile_height", "fps", "crf"
        ),
        code=code("composite.py"),
    message:
        "{wildcards.name}: putting the {wildcards.kind} side by side"
    script:
        "../workflow/scripts/composite.py"
