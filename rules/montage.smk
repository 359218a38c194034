"""Clips one after another."""


rule montage:
    input:
        videos=lambda wildcards: project.montage_videos(wildcards.name),
        conformed=lambda wildcards: project.per_clip(
            "results/conformed/{clip}.json", project.montage_clips(wildcards.name)
        ),
        kinematics=lambda wildcards: project.per_clip(
            "results/kinematics/{clip}.h5", project.montage_clips(wildcards.name)
        ),
        chains=lambda wildcards: project.montage_chains(wildcards.name),
    output:
        report(
            "results/montages/{name}.mp4",
            caption="../workflow/report/montage.rst",
            category="Comparisons",
            labels={"clips": "{name}", "figure": "montage"},
        ),
    log:
        "logs/montage/{name}.log",
    wildcard_constraints:
        name="[A-Za-z0-9_-]+",
    conda:
        "../envs/main.yaml"
    threads: 2
    resources:
        mem_mb=memory(2000),
        runtime=minutes(20),
    params:
        clips=lambda wildcards: project.montage_clips(wildcards.name),
        labels=lambda wildcards: project.montage_labels(wildcards.name),
        montage=lambda wildcards: plan.only(
            montage_settings(config["composites"], wildcards.name),
            *("title", "title_s", "fade_s"),
        ),
        settings=plan.only(config["composites"], "fps", "crf"),
        code=code("montage.py"),
    message:
        "{wildcards.name}: putting the clips one after another"
    script:
        "../workflow/scripts/montage.py"
