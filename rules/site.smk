"""The first page: a table of all clips, and the way to all other pages."""

WITH_PAGE = [clip for clip in CLIPS if pages.has_page(project, clip)]
SIDE_BY_SIDE = pages.comparisons(project)


rule site:
    input:
        records=project.per_clip("results/site/clips/{clip}.json", WITH_PAGE),
        comparisons=expand("results/site/comparisons/{name}.html", name=SIDE_BY_SIDE),
        montages=expand("results/montages/{name}.mp4", name=project.montages),
        probes=project.can_be_made(expand("results/probe/{clip}.json", clip=CLIPS)),
        chains="results/chain/summary.png" if CHAIN_CLIPS else [],
    output:
        page="results/site/index.html",
        compare="results/site/compare.html",
        athletes=directory("results/site/athletes"),
        assets=directory("results/site/assets"),
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
        rows={clip: pages.sheet_row(project, clip) for clip in CLIPS},
        failures=lambda wildcards: FAILURES,
        comparisons={
            name: len(pages.comparison_clips(project, name)) for name in SIDE_BY_SIDE
        },
        montages=[
            montage_settings(config["composites"], name)["title"]
            for name in project.montages
        ],
        settings=config["site"],
        code=code("site.py"),
    message:
        "writing the first page"
    script:
        "../workflow/scripts/site.py"
