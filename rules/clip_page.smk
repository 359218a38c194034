"""The page of each clip, with all that it shows."""


rule clip_page:
    input:
        lambda wildcards: pages.clip_parts(project, wildcards.clip),
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
        row=lambda wildcards: pages.sheet_row(project, wildcards.clip),
        failures=lambda wildcards: [
            failure for failure in FAILURES if failure["clip"] == wildcards.clip
        ],
        settings=config["site"],
        code=code("clip_page.py"),
    message:
        "{wildcards.clip}: writing its page"
    script:
        "../workflow/scripts/clip_page.py"
