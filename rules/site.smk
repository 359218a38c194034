"""The first page: a table of all clips, and the way to all other pages."""


rule site:
    input:
        records=RECORDS,
        comparisons=COMPARISON_PAGES.values(),
        probes=can_be_made(expand("results/probe/{clip}.json", clip=CLIPS)),
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
        rows={
            clip: {
                "clip": clip,
                **plan.only(row, "label", "activity", "athlete", "date"),
            }
            for clip, row in CLIPS.items()
        },
        failures=lambda wildcards: FAILURES,
        comparisons={name: len(comparison_clips(name)) for name in COMPARISON_PAGES},
        settings=config["site"],
        code=code("site.py"),
    message:
        "writing the first page"
    script:
        "../workflow/scripts/site.py"
