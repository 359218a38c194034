"""The page: everything in one folder that opens from disk."""


rule site:
    input:
        page_parts(),
    output:
        page="results/site/index.html",
        media=directory("results/site/media"),
    log:
        "logs/site.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        rows={
            clip: {
                "clip": clip,
                "label": row["label"],
                "activity": row["activity"],
                "athlete": row["athlete"],
            }
            for clip, row in CLIPS.items()
        },
        card=lambda wildcards: CARD,
        failures=lambda wildcards: FAILURES,
        activities=ACTIVITIES,
        composites={name: composite_clips(name) for name in COMPOSITES},
        composite_fps=config["composites"]["fps"],
        settings=config["site"],
        code=code("site.py"),
    message:
        "writing the page"
    script:
        "../workflow/scripts/site.py"
