"""The pages that show clips beside each other."""


rule comparison_page:
    input:
        comparison_parts,
    output:
        page=COMPARISON_PAGE,
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
        tiles=lambda wildcards: tiles_of(wildcards.name),
        labels=lambda wildcards: {
            clip: CLIPS[clip]["label"] or clip
            for clip in comparison_clips(wildcards.name)
        },
        grid=lambda wildcards: grid_settings(config["composites"], wildcards.name)
        | plan.only(config["composites"], "fps"),
        pairs=PAIR_SETTINGS,
        settings=config["site"],
        code=code("comparison_page.py"),
    message:
        "{wildcards.name}: writing the page of comparisons"
    script:
        "../workflow/scripts/comparison_page.py"
