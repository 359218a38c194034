"""Environments of their own, for pose backends whose packages are not in the main one."""


rule environment:
    input:
        pins=str(ENVIRONMENTS / "{environment}.txt"),
    output:
        "resources/envs/{environment}.json",
    log:
        "logs/environment/{environment}.log",
    wildcard_constraints:
        environment="[a-z-]+",
    conda:
        "../envs/main.yaml"
    threads: 1
    resources:
        mem_mb=memory(4000),
        runtime=minutes(60),
    params:
        code=code("environment.py"),
    message:
        "Building the environment {wildcards.environment} (some minutes)"
    script:
        "../workflow/scripts/environment.py"
