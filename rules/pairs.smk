"""Comparison of clips by dynamic time warping."""


rule pairs:
    input:
        kinematics=lambda wildcards: project.kinematics_of(wildcards.activity),
        shards=lambda wildcards: project.pair_shards(wildcards.activity),
    output:
        "results/pairs/{activity}.h5",
    log:
        "logs/pairs/{activity}.log",
    conda:
        "../envs/main.yaml"
    threads: config["pairs"]["threads"]
    resources:
        mem_mb=pairs_memory,
        runtime=pairs_minutes,
    params:
        clips=lambda wildcards: project.compared(wildcards.activity),
        cache="results/pairs/cache/{activity}",
        settings=project.pair_settings,
        code=code("pairs.py"),
    message:
        "{wildcards.activity}: comparing all clips"
    script:
        "../workflow/scripts/pairs.py"


rule pairs_shard:
    input:
        kinematics=lambda wildcards: project.kinematics_of(wildcards.activity),
    output:
        "results/pairs/shards/{activity}/{shard}-of-{shards}.json",
    log:
        "logs/pairs/shards/{activity}/{shard}-of-{shards}.log",
    wildcard_constraints:
        shard="[0-9]+",
        shards="[0-9]+",
    conda:
        "../envs/main.yaml"
    threads: config["pairs"]["threads"]
    resources:
        mem_mb=pairs_memory,
        runtime=pairs_minutes,
    params:
        clips=lambda wildcards: project.compared(wildcards.activity),
        cache="results/pairs/cache/{activity}",
        settings=project.pair_settings,
        code=code("pairs_shard.py"),
    message:
        "{wildcards.activity}: comparing clips, shard {wildcards.shard} of {wildcards.shards}"
    script:
        "../workflow/scripts/pairs_shard.py"


rule pairs_summary:
    input:
        pairs="results/pairs/{activity}.h5",
        kinematics=lambda wildcards: project.kinematics_of(wildcards.activity),
    output:
        summary="results/pairs/{activity}.json",
        templates="results/pairs/{activity}_templates.h5",
        matrix=report(
            "results/pairs/{activity}_matrix.png",
            caption="../workflow/report/likeness.rst",
            category="Comparisons",
            labels={"activity": "{activity}", "figure": "matrix"},
        ),
        tree=report(
            "results/pairs/{activity}_tree.png",
            caption="../workflow/report/likeness.rst",
            category="Comparisons",
            labels={"activity": "{activity}", "figure": "tree"},
        ),
        map=report(
            "results/pairs/{activity}_map.png",
            caption="../workflow/report/likeness.rst",
            category="Comparisons",
            labels={"activity": "{activity}", "figure": "map"},
        ),
    log:
        "logs/pairs_summary/{activity}.log",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=pairs_memory,
        runtime=pairs_minutes,
    params:
        clips=lambda wildcards: project.compared(wildcards.activity),
        labels=lambda wildcards: project.column(
            project.compared(wildcards.activity), "label"
        ),
        athletes=lambda wildcards: project.column(
            project.compared(wildcards.activity), "athlete"
        ),
        settings=project.pair_settings | plan.only(config["pairs"], "permutations"),
        code=code("pairs_summary.py"),
    message:
        "{wildcards.activity}: what the comparisons say"
    script:
        "../workflow/scripts/pairs_summary.py"
