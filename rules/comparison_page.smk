"""The pages that show clips beside each other."""


rule comparison_page:
    input:
        lambda wildcards: pages.comparison_parts(project, wildcards.name),
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
        tiles=lambda wildcards: pages.tiles_of(project, wildcards.name),
        labels=lambda wildcards: {
            clip: project.title(clip)
            for clip in pages.comparison_clips(project, wildcards.name)
        },
        grid=lambda wildcards: grid_settings(config["composites"], wildcards.name)
        | plan.only(config["composites"], "fps"),
        pairs=project.pair_settings,
        settings=config["site"],
        code=code("comparison_page.py"),
    message:
        "{wildcards.name}: writing the page of comparisons"
    script:
        "../workflow/scripts/comparison_page.py"
